// Entries as text for people: the short forms, verbose, cat and json-pretty of journalctl.
import { formatCursor } from '../formats/journal/cursor.ts';
import { type EntryHead, headNumber } from '../formats/journal/entry.ts';
import { JsonLinesWriter, type WrittenEntry } from '../formats/journal/entry-writer.ts';
import type { FieldFragments } from '../formats/journal/field-fragments.ts';
import { isPrintable } from '../formats/journal/json-value.ts';
import { H_REALTIME } from '../formats/journal/layout.ts';
import { OutputBuffer } from '../formats/journal/output-buffer.ts';
import { formatTime } from '../formats/time/format.ts';

export const OUTPUT_FORMS = [
  'short',
  'short-iso',
  'short-precise',
  'cat',
  'json',
  'json-pretty',
  'export',
  'verbose',
] as const;
export type OutputForm = (typeof OUTPUT_FORMS)[number];

export interface FormOptions {
  readonly form: OutputForm;
  readonly all: boolean;
  readonly fields: readonly string[] | undefined;
  readonly showsHostname: boolean;
  readonly isUtc: boolean;
}

/** Fields of the line's head that are longer are not shown. */
const HEAD_FIELD_MAX_BYTES = 300;
const SHORT_TIMES = {
  'short-iso': '%Y-%m-%dT%H:%M:%S%:z',
  'short-precise': '%b %d %H:%M:%S.%6N',
  short: '%b %d %H:%M:%S',
} as const;
const VERBOSE_TIME = '%a %Y-%m-%d %H:%M:%S.%6N';

/** The first value of a field of the entry. */
function fieldValue(fields: FieldFragments, name: string): Buffer | undefined {
  const wanted = fields.names.idOf(name);
  for (let i = 0; i < fields.count; i++) {
    const id = fields.ids[i] as number;
    if (fields.name[id] === wanted) return rawValue(fields, id);
  }
  return undefined;
}

function rawValue(fields: FieldFragments, id: number): Buffer {
  const name = fields.names.names[fields.name[id] as number] as string;
  return fields.bytes.subarray((fields.start[id] as number) + name.length + 1, fields.end[id]);
}

/** Microseconds at which the message was sent, else at which it came. */
function shownTime(fields: FieldFragments, head: EntryHead): number {
  const text = fieldValue(fields, '_SOURCE_REALTIME_TIMESTAMP')?.toString('latin1') ?? '';
  const source = /^\d{1,17}$/.test(text) ? Number(text) : 0;
  return source > 0 && source < 2 ** 55 ? source : headNumber(head, H_REALTIME);
}

export function timeText(us: number, format: string, isUtc: boolean): string {
  const seconds = Math.floor(us / 1e6);
  return formatTime({ seconds, nanos: (us - seconds * 1e6) * 1000 }, format, isUtc ? 'UTC' : 'local');
}

/** `UTC`, `CET` of the time zone at a time. */
export function zoneName(us: number, isUtc: boolean): string {
  if (isUtc) return 'UTC';
  const parts = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' }).formatToParts(us / 1000);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'UTC';
}

const SPAN_UNITS = [
  ['w', 604_800],
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
] as const;

/** A time span as systemd writes it, to a millisecond: `2h 5min 4.103s`. */
export function spanText(us: number): string {
  let ms = Math.floor(us / 1000);
  const parts: string[] = [];
  for (const [unit, seconds] of SPAN_UNITS) {
    const count = Math.floor(ms / (seconds * 1000));
    if (count > 0) parts.push(`${count}${unit}`);
    ms -= count * seconds * 1000;
  }
  if (ms > 0) parts.push(`${ms % 1000 === 0 ? ms / 1000 : (ms / 1000).toFixed(3)}s`);
  return parts.length > 0 ? parts.join(' ') : '0';
}

/** `12B`, `1.5K`, `3.0M`. */
export function sizeText(bytes: number): string {
  let size = bytes;
  for (const unit of ['B', 'K', 'M', 'G', 'T']) {
    if (size < 1024 || unit === 'T')
      return unit === 'B' ? `${size}B` : `${(Math.floor(size * 10) / 10).toFixed(1)}${unit}`;
    size /= 1024;
  }
  return '';
}

abstract class TextWriter {
  readonly out: OutputBuffer = new OutputBuffer();

  protected put(bytes: Buffer): void {
    this.out.room(bytes.length);
    this.out.length += bytes.copy(this.out.bytes, this.out.length);
  }

  protected text(text: string): void {
    this.put(Buffer.from(text));
  }

  /** The lines of a value, the second and later ones set in. */
  protected lines(value: Buffer, indent: number): void {
    for (let from = 0; from < value.length; ) {
      const found = value.indexOf(0x0a, from);
      const end = found < 0 ? value.length : found;
      if (from > 0) this.text(' '.repeat(indent));
      this.put(value.subarray(from, end));
      this.text('\n');
      from = end + 1;
    }
  }
}

/** `Nov 25 10:00:00 host kata[12]: message`. */
export class ShortWriter extends TextWriter {
  readonly #options: FormOptions;
  readonly #format: string;

  constructor(options: FormOptions) {
    super();
    this.#options = options;
    this.#format =
      options.form in SHORT_TIMES ? SHORT_TIMES[options.form as keyof typeof SHORT_TIMES] : SHORT_TIMES.short;
  }

  write({ head }: WrittenEntry, fields: FieldFragments): void {
    const message = fieldValue(fields, 'MESSAGE');
    // An entry without a message is no line; journalctl passes it over too.
    if (!message) return;
    const isBlob = !this.#options.all && !isPrintable(message);
    const prefix = this.#prefix(head, fields);
    this.text(prefix);
    if (isBlob) this.text(`[${sizeText(message.length)} blob data]\n`);
    else this.lines(message, prefix.length);
  }

  #prefix(head: EntryHead, fields: FieldFragments): string {
    const host = this.#options.showsHostname ? this.#shown(fields, '_HOSTNAME') : undefined;
    const sender = this.#shown(fields, 'SYSLOG_IDENTIFIER') ?? this.#shown(fields, '_COMM') ?? 'unknown';
    const pid = this.#shown(fields, '_PID') ?? this.#shown(fields, 'SYSLOG_PID');
    const time = timeText(shownTime(fields, head), this.#format, this.#options.isUtc);
    return `${time}${host === undefined ? '' : ` ${host}`} ${sender}${pid === undefined ? '' : `[${pid}]`}: `;
  }

  #shown(fields: FieldFragments, name: string): string | undefined {
    const value = fieldValue(fields, name);
    if (!value || (!this.#options.all && (value.length >= HEAD_FIELD_MAX_BYTES || !isOneLine(value)))) return undefined;
    return value.toString('utf8');
  }
}

function isOneLine(value: Buffer): boolean {
  return isPrintable(value) && !value.includes(0x0a);
}

/** Time, cursor and every field on lines of their own. */
export class VerboseWriter extends TextWriter {
  readonly #options: FormOptions;
  readonly #names: ReadonlySet<string> | undefined;

  constructor(options: FormOptions) {
    super();
    this.#options = options;
    this.#names = options.fields && new Set(options.fields);
  }

  write({ seqnumId, head }: WrittenEntry, fields: FieldFragments): void {
    const us = shownTime(fields, head);
    const time = `${timeText(us, VERBOSE_TIME, this.#options.isUtc)} ${zoneName(us, this.#options.isUtc)}`;
    this.text(`${time} [${formatCursor(seqnumId, head)}]\n`);
    for (const id of fields.ids.subarray(0, fields.count)) {
      const name = fields.names.names[fields.name[id] as number] as string;
      if (this.#names?.has(name) === false) continue;
      const value = rawValue(fields, id);
      this.text(`    ${name}=`);
      if (!this.#options.all && !isPrintable(value)) this.text(`[${sizeText(value.length)} blob data]\n`);
      else if (value.length === 0) this.text('\n');
      else this.lines(value, name.length + 5);
    }
  }
}

/** Values only, each on its lines. */
export class CatWriter extends TextWriter {
  readonly #names: readonly string[];

  constructor(names: readonly string[]) {
    super();
    this.#names = names;
  }

  write(_entry: WrittenEntry, fields: FieldFragments): void {
    for (const name of this.#names) {
      const value = fieldValue(fields, name);
      if (!value) continue;
      this.put(value);
      this.text('\n');
    }
  }
}

/** JSON over many lines. */
export class PrettyWriter extends TextWriter {
  readonly #lines = new JsonLinesWriter();

  write(entry: WrittenEntry, fields: FieldFragments): void {
    this.#lines.write(entry, fields);
    const object: unknown = JSON.parse(this.#lines.out.take().toString('utf8'));
    this.text(`${JSON.stringify(object, undefined, '\t').replace(/^(\t+"(?:[A-Z0-9_]+)"):/gm, '$1 :')}\n`);
  }
}

/** What --show-cursor prints at the end. */
export function cursorLine({ seqnumId, head }: WrittenEntry): string {
  return `-- cursor: ${formatCursor(seqnumId, head)}\n`;
}
