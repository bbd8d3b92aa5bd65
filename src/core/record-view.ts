// One record as an author of a plugin sees it: named fields and a time. What is only looked at stays where it lies; what
// is changed is written into scratch, so that nobody else who holds the old tape sees it.

import type { Arena } from './arena.ts';
import type { Batch, Instant, Keys } from './event.ts';
import { setSpanJson, spanJson, spanText } from './field.ts';
import type { FieldPath } from './field-path.ts';
import { findJson, withoutJson } from './json-splice.ts';
import type { Json } from './plugin.ts';
import type { Bytes } from './scanner.ts';
import {
  D_SECONDS,
  findSpan,
  firstSpan,
  KIND_JSON,
  KIND_TEXT,
  LIVE,
  NO_KEY,
  S_END,
  S_KEY,
  S_KIND,
  S_START,
  SPAN_BYTES,
  setTime,
  W_NANOS,
  W_SPANS,
  W_STATUS,
  W_TIMED,
} from './tape.ts';
import { TapeWriter } from './tape-writer.ts';

const SPAN_WORDS = SPAN_BYTES >> 2;

/** The name of a field, or a path into its value. */
export type FieldRef = string | FieldPath;

/** What a view needs of a plugin's host. */
interface ViewHost {
  readonly arena: Arena;
  readonly keys: Keys;
}

/**
 * A window on one record after the other; one object serves all records of a plugin.
 *
 * Names are looked up in the thread's key table: as many distinct ones as settings have, not as data has.
 */
export class RecordView {
  readonly #arena: Arena;
  readonly #keys: Keys;
  readonly #ids = new Map<string, number>();
  #epoch = -1;
  #record = 0;
  #writer: TapeWriter | undefined;

  constructor({ arena, keys }: ViewHost) {
    this.#arena = arena;
    this.#keys = keys;
  }

  /** Looks at a record; new fields cannot be added to it. Use {@link editRecords} for that. */
  at(record: number): this {
    this.#record = record;
    this.#writer = undefined;
    return this;
  }

  /** Looks at the record that the writer wrote last. */
  atLast(writer: TapeWriter): this {
    this.#writer = writer;
    return this;
  }

  /** Address of the record; void after the next `set` of a new field. */
  get record(): number {
    return this.#writer?.last ?? this.#record;
  }

  /** Names of the fields in their order. */
  keys(): string[] {
    const names: string[] = [];
    const { i32 } = this.#arena;
    const first = firstSpan(this.record);
    const end = first + (i32[(this.record >> 2) + W_SPANS] as number) * SPAN_WORDS;
    for (let span = first; span < end; span += SPAN_WORDS) {
      const key = i32[span] as number;
      if (key !== NO_KEY) names.push(this.#keys.name(key));
    }
    return names;
  }

  has(field: FieldRef): boolean {
    return typeof field === 'string' ? this.#span(field) >= 0 : this.#bytes(field) !== undefined;
  }

  /** The value, or undefined where there is none. Numbers are doubles; see {@link json} for their digits. */
  get(field: FieldRef): Json | undefined {
    const json = this.json(field);
    return json === undefined ? undefined : (JSON.parse(json) as Json);
  }

  /** The value if it is a string; undefined for every other value. */
  text(field: FieldRef): string | undefined {
    if (typeof field === 'string') {
      const span = this.#span(field);
      return span < 0 ? undefined : spanText(this.#arena, span);
    }
    const json = this.json(field);
    return json?.startsWith('"') ? (JSON.parse(json) as string) : undefined;
  }

  /** The value as JSON text, with its digits as they were written. */
  json(field: FieldRef): string | undefined {
    if (typeof field === 'string') {
      const span = this.#span(field);
      return span < 0 ? undefined : spanJson(this.#arena, span);
    }
    if (field.length === 1) return this.json(field[0]);
    const bytes = this.#bytes(field);
    return bytes && this.#arena.u8.toString('utf8', bytes.start, bytes.end);
  }

  /** Gives a field another value at its place, or adds it at the end. */
  set(name: string, value: Json): void {
    if (typeof value === 'string') this.setText(name, value);
    else this.setJson(name, JSON.stringify(value));
  }

  /** As `set`, for any JSON text on one line. */
  setJson(name: string, json: string): void {
    const span = this.#spanFor(name);
    setSpanJson(this.#arena, span, json);
  }

  /** As `set`, for a text; escaped when it is written out. */
  setText(name: string, text: string): void {
    const span = this.#spanFor(name);
    const start = this.#arena.alloc(Buffer.byteLength(text));
    const end = start + this.#arena.u8.write(text, start, 'utf8');
    this.#point(span, KIND_TEXT, start, end);
  }

  /** Removes a field, or what a path names inside of one; nothing happens where there is none. */
  remove(field: FieldRef): void {
    const [name, ...rest] = typeof field === 'string' ? [field] : field;
    const span = this.#span(name);
    if (span < 0) return;
    if (rest.length === 0) {
      this.#arena.i32[span + S_KEY] = NO_KEY;
      return;
    }
    const value = this.#valueOf(span);
    const shorter = value && withoutJson(this.#arena, value, rest);
    if (shorter) this.#point(span, KIND_JSON, shorter.start, shorter.end);
  }

  /** Renames a field at its place; a field that had the new name is removed. */
  rename(from: string, to: string): void {
    const span = this.#span(from);
    if (span < 0 || from === to) return;
    this.remove(to);
    this.#arena.i32[span + S_KEY] = this.#id(to);
  }

  /** Nanoseconds since the epoch, or undefined where the record has no time of its own. */
  get time(): bigint | undefined {
    const { i32, f64 } = this.#arena;
    const { record } = this;
    if (i32[(record >> 2) + W_TIMED] === 0) return undefined;
    return (
      BigInt(f64[(record >> 3) + D_SECONDS] as number) * 1_000_000_000n + BigInt(i32[(record >> 2) + W_NANOS] ?? 0)
    );
  }

  set time(nanos: bigint) {
    const part = ((nanos % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
    setTime(this.#arena, this.record, Number((nanos - part) / 1_000_000_000n), Number(part));
  }

  setInstant({ seconds, nanos }: Instant): void {
    setTime(this.#arena, this.record, seconds, nanos);
  }

  #id(name: string): number {
    if (this.#epoch !== this.#keys.epoch) this.#ids.clear();
    this.#epoch = this.#keys.epoch;
    let id = this.#ids.get(name);
    if (id === undefined) {
      id = this.#keys.id(name);
      this.#ids.set(name, id);
    }
    return id;
  }

  #span(name: string): number {
    // The id first: making one may grow the memory.
    const id = this.#id(name);
    return findSpan(this.#arena.i32, this.record, id);
  }

  #spanFor(name: string): number {
    const span = this.#span(name);
    if (span >= 0) return span;
    if (!this.#writer) throw new Error(`BUG: field ${name} cannot be added to a record that is only looked at`);
    return this.#writer.addSpan(this.#id(name), KIND_JSON, 0, 0);
  }

  #point(span: number, kind: number, start: number, end: number): void {
    const { i32 } = this.#arena;
    i32[span + S_KIND] = kind;
    i32[span + S_START] = start;
    i32[span + S_END] = end;
  }

  #bytes([name, ...rest]: FieldPath): Bytes | undefined {
    const span = this.#span(name);
    const value = span < 0 ? undefined : this.#valueOf(span);
    return value && findJson(this.#arena.u8, value, rest);
  }

  /** The JSON value of a span; a text has no parts. */
  #valueOf(span: number): Bytes | undefined {
    const { i32 } = this.#arena;
    if (i32[span + S_KIND] === KIND_TEXT) return undefined;
    return { start: i32[span + S_START] as number, end: i32[span + S_END] as number };
  }
}

/**
 * Copies each LIVE record of the batch to a new tape, where `edit` may change it, and gives the batch that tape.
 *
 * `edit` answers false to drop the record. The view is on the copy; `original` is its address in the old tape.
 */
export function editRecords(
  batch: Batch,
  view: RecordView,
  edit: (view: RecordView, original: number) => boolean | undefined,
): void {
  const { arena, tape } = batch;
  const writer = new TapeWriter(arena, tape.end - tape.start + tape.count * SPAN_BYTES);
  view.atLast(writer);
  for (let record = tape.start; record < tape.end; record += arena.i32[record >> 2] as number) {
    if (arena.i32[(record >> 2) + W_STATUS] !== LIVE) continue;
    writer.copy(record);
    if (edit(view, record) === false) writer.dropLast();
  }
  batch.tape = writer.tape();
}
