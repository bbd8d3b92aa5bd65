// How journal fields are renamed: `<entry>` of the source `systemd`, and the filter `systemd_entry`.

import { bool, hash, type JsonObject } from '../../config/settings.ts';
import { spanText } from '../../core/field.ts';
import type { Host } from '../../core/plugin.ts';
import type { Problem } from '../../core/problem.ts';
import {
  firstSpan,
  HEAD_BYTES,
  KIND_JSON,
  LIVE,
  NO_KEY,
  S_END,
  S_KEY,
  S_KIND,
  S_START,
  SPAN_BYTES,
  type Tape,
  W_SIZE,
  W_SPANS,
  W_STATUS,
} from '../../core/tape.ts';

export const entrySettings = {
  field_map: hash({
    fallback: {},
    doc: 'Old name to new name, or to a list of them; values that meet are joined by a blank.',
  }),
  field_map_strict: bool({ fallback: false, doc: 'Keep only the fields of `field_map`.' }),
  fields_strip_underscores: bool({ fallback: false, doc: 'Take the underscores in front of names away.' }),
  fields_lowercase: bool({ fallback: false, doc: 'Write names in lower case.' }),
};

export interface EntrySettings {
  readonly field_map: JsonObject;
  readonly field_map_strict: boolean;
  readonly fields_strip_underscores: boolean;
  readonly fields_lowercase: boolean;
}

/** As Fluentd, a warning where nothing can be left of any record. */
export function checkEntry(settings: EntrySettings | undefined): readonly Omit<Problem, 'place'>[] {
  if (!settings?.field_map_strict || Object.keys(settings.field_map).length > 0) return [];
  const message = 'field_map_strict without a field_map: no field is kept';
  return [{ code: 'config/empty-map', severity: 'warning', message }];
}

/** A value of the new record: the spans whose texts it is made of, in order. */
interface Target {
  readonly name: string;
  readonly spans: number[];
}

export class EntryFields {
  readonly #settings: EntrySettings;
  readonly #host: Host;
  /** Target → its sources, in the order of the map. */
  readonly #sources = new Map<string, string[]>();
  readonly #mapped = new Set<string>();

  constructor(settings: EntrySettings, host: Host) {
    this.#settings = settings;
    this.#host = host;
    for (const [source, targets] of Object.entries(settings.field_map)) {
      this.#mapped.add(source);
      for (const target of (Array.isArray(targets) ? targets : [targets]).map(String)) {
        this.#sources.set(target, [...(this.#sources.get(target) ?? []), source]);
      }
    }
  }

  /** A tape of the same records with their fields renamed. */
  apply(tape: Tape): Tape {
    const { arena } = this.#host;
    const planned: { readonly record: number; readonly targets: readonly Target[] }[] = [];
    let bytes = 0;
    for (let record = tape.start; record < tape.end; record += arena.i32[record >> 2] as number) {
      const isLive = arena.i32[(record >> 2) + W_STATUS] === LIVE;
      const targets = isLive ? this.#targetsOf(record) : [];
      planned.push({ record, targets });
      bytes += HEAD_BYTES + targets.length * SPAN_BYTES;
    }
    const start = arena.alloc(bytes);
    let end = start;
    for (const { record, targets } of planned) end = this.#write(record, targets, end);
    return { start, end, count: tape.count };
  }

  #targetsOf(record: number): readonly Target[] {
    const spans = this.#spansOf(record);
    const targets = new Map<string, Target>();
    const add = (name: string, span: number | undefined): void => {
      if (span === undefined) return;
      const target = targets.get(name);
      if (target) target.spans.push(span);
      else targets.set(name, { name, spans: [span] });
    };
    for (const [name, sources] of this.#sources) {
      for (const source of sources) add(name, spans.get(source) ?? spans.get(source.toUpperCase()));
    }
    if (!this.#settings.field_map_strict) {
      for (const [name, span] of spans) if (!this.#mapped.has(name)) add(this.#renamed(name), span);
    }
    return [...targets.values()];
  }

  /** The spans of a record by name. */
  #spansOf(record: number): ReadonlyMap<string, number> {
    const { arena, keys } = this.#host;
    const spans = new Map<string, number>();
    const count = arena.i32[(record >> 2) + W_SPANS] as number;
    for (let i = 0, span = firstSpan(record); i < count; i++, span += SPAN_BYTES >> 2) {
      const key = arena.i32[span + S_KEY] as number;
      if (key !== NO_KEY) spans.set(keys.name(key), span);
    }
    return spans;
  }

  #renamed(name: string): string {
    const { fields_strip_underscores: strips, fields_lowercase: lowers } = this.#settings;
    const stripped = strips ? name.replace(/^_+/, '') : name;
    return lowers ? stripped.toLowerCase() : stripped;
  }

  #write(record: number, targets: readonly Target[], at: number): number {
    const { arena, keys } = this.#host;
    arena.u8.copyWithin(at, record, record + HEAD_BYTES);
    const size = HEAD_BYTES + targets.length * SPAN_BYTES;
    arena.i32[(at >> 2) + W_SIZE] = size;
    arena.i32[(at >> 2) + W_SPANS] = targets.length;
    for (const [index, { name, spans }] of targets.entries()) {
      const { start, end, kind } = this.#value(spans);
      const span = firstSpan(at) + index * (SPAN_BYTES >> 2);
      arena.i32[span + S_KEY] = keys.id(name);
      arena.i32[span + S_KIND] = kind;
      arena.i32[span + S_START] = start;
      arena.i32[span + S_END] = end;
    }
    return at + size;
  }

  #value(spans: readonly number[]): { readonly start: number; readonly end: number; readonly kind: number } {
    const { arena } = this.#host;
    const [first] = spans as readonly [number];
    const { i32 } = arena;
    if (spans.length === 1) {
      return {
        start: i32[first + S_START] as number,
        end: i32[first + S_END] as number,
        kind: i32[first + S_KIND] as number,
      };
    }
    const json = JSON.stringify(spans.map((span) => spanText(arena, span) ?? '').join(' '));
    const start = arena.alloc(Buffer.byteLength(json));
    return { start, end: start + arena.u8.write(json, start, 'utf8'), kind: KIND_JSON };
  }
}
