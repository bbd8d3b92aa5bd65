// Writes a new tape record by record, from records that exist.
import type { Arena } from './arena.ts';
import {
  firstSpan,
  HEAD_BYTES,
  S_END,
  S_KEY,
  S_KIND,
  S_START,
  SPAN_BYTES,
  type Tape,
  W_SIZE,
  W_SPANS,
} from './tape.ts';

export class TapeWriter {
  readonly #arena: Arena;
  readonly #start: number;
  readonly #limit: number;
  #end: number;
  #count = 0;

  /** @param bytes room for everything that will be written. */
  constructor(arena: Arena, bytes: number) {
    this.#arena = arena;
    this.#start = arena.alloc(bytes);
    this.#limit = this.#start + bytes;
    this.#end = this.#start;
  }

  /** Copies a record as it is; the copy's address. */
  copy(record: number): number {
    const { i32, u8 } = this.#arena;
    const bytes = i32[record >> 2] as number;
    const copy = this.#take(bytes);
    u8.copyWithin(copy, record, record + bytes);
    this.#count++;
    return copy;
  }

  /** Copies a record's head and gives it no fields; follow with {@link addSpan}. */
  copyHead(record: number): number {
    const { i32, u8 } = this.#arena;
    const copy = this.#take(HEAD_BYTES);
    u8.copyWithin(copy, record, record + HEAD_BYTES);
    i32[(copy >> 2) + W_SIZE] = HEAD_BYTES;
    i32[(copy >> 2) + W_SPANS] = 0;
    this.#count++;
    return copy;
  }

  /** Appends a span to the record that was written last. */
  addSpan(record: number, key: number, kind: number, start: number, end: number): void {
    this.#take(SPAN_BYTES);
    const { i32 } = this.#arena;
    const head = record >> 2;
    const count = i32[head + W_SPANS] as number;
    const span = firstSpan(record) + count * (SPAN_BYTES >> 2);
    i32[span + S_KEY] = key;
    i32[span + S_KIND] = kind;
    i32[span + S_START] = start;
    i32[span + S_END] = end;
    i32[head + W_SPANS] = count + 1;
    i32[head + W_SIZE] = (i32[head + W_SIZE] as number) + SPAN_BYTES;
  }

  /** Appends a copy of a span (a word index) to the record that was written last. */
  copySpan(record: number, span: number): void {
    const { i32 } = this.#arena;
    const [key, kind, start, end] = [i32[span + S_KEY], i32[span + S_KIND], i32[span + S_START], i32[span + S_END]];
    this.addSpan(record, key as number, kind as number, start as number, end as number);
  }

  /** Takes a whole tape over. */
  copyTape(tape: Tape): void {
    this.#arena.u8.copyWithin(this.#take(tape.end - tape.start), tape.start, tape.end);
    this.#count += tape.count;
  }

  tape(): Tape {
    return { start: this.#start, end: this.#end, count: this.#count };
  }

  #take(bytes: number): number {
    const at = this.#end;
    this.#end += bytes;
    if (this.#end > this.#limit) throw new Error('BUG: tape writer is out of room');
    return at;
  }
}
