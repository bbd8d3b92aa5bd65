// What formatters have in common: records as bytes, texts into the arena, the values of fields.

import { bool, oneOf, string } from '../../config/settings.ts';
import type { Arena } from '../../core/arena.ts';
import type { Instant } from '../../core/event.ts';
import type { Host } from '../../core/plugin.ts';
import { RecordView } from '../../core/record-view.ts';
import type { Bytes } from '../../core/scanner.ts';
import { formatTime } from '../../formats/time/format.ts';
import { rubyText } from './ruby-text.ts';

export const newlineFields = {
  add_newline: bool({ fallback: true, doc: 'End each record with a line break.' }),
  newline: oneOf(['lf', 'crlf'], { fallback: 'lf', doc: 'Which line break.' }),
};

export interface NewlineSettings {
  readonly add_newline?: boolean;
  readonly newline: 'lf' | 'crlf';
}

export function newlineOf({ add_newline: adds = true, newline }: NewlineSettings): string {
  if (!adds) return '';
  return newline === 'crlf' ? '\r\n' : '\n';
}

export const zoneFields = {
  localtime: bool({ fallback: true, doc: 'Times are in local time.' }),
  utc: bool({ fallback: false, doc: 'Times are in UTC.' }),
  timezone: string({ doc: 'Zone of times: `+09:00` or `Asia/Tokyo`.' }),
};

export interface ZoneSettings {
  readonly localtime: boolean;
  readonly utc: boolean;
  readonly timezone: string | undefined;
}

export function zoneNameOf({ localtime, utc, timezone }: ZoneSettings): string {
  return timezone ?? (utc || !localtime ? 'utc' : 'local');
}

/** Writes times; the text of a second is made once. */
export class TimeText {
  readonly #format: string;
  readonly #zone: string;
  readonly #hasNanos: boolean;
  #second = Number.NaN;
  #text = '';

  constructor(format: string, zone: string) {
    this.#format = format;
    this.#zone = zone;
    this.#hasNanos = /%\d*[NL]/.test(format);
  }

  at(time: Instant): string {
    if (this.#hasNanos) return formatTime(time, this.#format, this.#zone);
    if (time.seconds !== this.#second) {
      this.#second = time.seconds;
      this.#text = formatTime({ seconds: time.seconds, nanos: 0 }, this.#format, this.#zone);
    }
    return this.#text;
  }
}

export function putText(arena: Arena, text: string): Bytes {
  const start = arena.alloc(Buffer.byteLength(text));
  return { start, end: start + arena.u8.write(text, start, 'utf8') };
}

/** `head`, the record as JSON, `tail`, one behind the other. */
export function framedJson({ arena, scanner }: Host, head: string, record: number, tail: string): Bytes {
  const json = scanner.encodeRecord(record);
  const bytes = json.end - json.start;
  const start = arena.alloc(Buffer.byteLength(head) + bytes + tail.length);
  let end = start + arena.u8.write(head, start, 'utf8');
  arena.u8.copyWithin(end, json.start, json.end);
  end += bytes;
  return { start, end: end + arena.u8.write(tail, end, 'latin1') };
}

/** Texts of fields, as Ruby's to_s has them. */
export class FieldTexts {
  readonly #view: RecordView;

  constructor(host: Host) {
    this.#view = new RecordView(host);
  }

  keys(record: number): readonly string[] {
    return this.#view.at(record).keys();
  }

  /** Undefined where the field is missing or null. */
  text(record: number, name: string): string | undefined {
    const json = this.#view.at(record).json(name);
    return json === undefined || json === 'null' ? undefined : rubyText(json);
  }
}
