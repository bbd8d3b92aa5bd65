// Writes a new tape record by record, from records that exist.
//
// It grows when its room is used up. The addresses that it gave out are then void: only `last` is always right.
import type { Arena } from './arena.ts';
import {
  HEAD_BYTES,
  LIVE,
  S_END,
  S_KEY,
  S_KIND,
  S_START,
  SPAN_BYTES,
  type Tape,
  W_ORIGIN,
  W_SIZE,
  W_SPANS,
  W_STATUS,
} from './tape.ts';

const LEAST_ROOM_BYTES = 4096;

export class TapeWriter {
  readonly #arena: Arena;
  #start: number;
  #limit: number;
  #end: number;
  /** Distance of the record written last from the start. */
  #last = 0;
  #count = 0;

  /** @param bytes expected size of the tape. */
  constructor(arena: Arena, bytes: number) {
    this.#arena = arena;
    this.#start = arena.alloc(bytes);
    this.#limit = this.#start + bytes;
    this.#end = this.#start;
  }

  /** Address of the record that was written last. */
  get last(): number {
    return this.#start + this.#last;
  }

  /** Copies a record as it is; the copy's address. */
  copy(record: number): number {
    const bytes = this.#arena.i32[record >> 2] as number;
    const copy = this.#begin(bytes);
    this.#arena.u8.copyWithin(copy, record, record + bytes);
    return copy;
  }

  /** Copies a record's head and gives it no fields; follow with {@link addSpan}. */
  copyHead(record: number): number {
    const copy = this.#begin(HEAD_BYTES);
    const { i32, u8 } = this.#arena;
    u8.copyWithin(copy, record, record + HEAD_BYTES);
    i32[(copy >> 2) + W_SIZE] = HEAD_BYTES;
    i32[(copy >> 2) + W_SPANS] = 0;
    return copy;
  }

  /** As `copyHead`, for a record that is made from `origin`: LIVE, with W_ORIGIN. */
  beginFrom(origin: number): number {
    const copy = this.copyHead(origin);
    const { i32 } = this.#arena;
    i32[(copy >> 2) + W_STATUS] = LIVE;
    i32[(copy >> 2) + W_ORIGIN] = origin;
    return copy;
  }

  /** Appends a span to the record that was written last; the span's word index. */
  addSpan(key: number, kind: number, start: number, end: number): number {
    const span = this.#take(SPAN_BYTES) >> 2;
    const { i32 } = this.#arena;
    const head = this.last >> 2;
    const count = i32[head + W_SPANS] as number;
    i32[span + S_KEY] = key;
    i32[span + S_KIND] = kind;
    i32[span + S_START] = start;
    i32[span + S_END] = end;
    i32[head + W_SPANS] = count + 1;
    i32[head + W_SIZE] = (i32[head + W_SIZE] as number) + SPAN_BYTES;
    return span;
  }

  /** Appends a copy of a span (a word index) to the record that was written last. */
  copySpan(span: number): void {
    const { i32 } = this.#arena;
    this.addSpan(
      i32[span + S_KEY] as number,
      i32[span + S_KIND] as number,
      i32[span + S_START] as number,
      i32[span + S_END] as number,
    );
  }

  /** Takes a whole tape over. */
  copyTape(tape: Tape): void {
    const at = this.#take(tape.end - tape.start);
    this.#arena.u8.copyWithin(at, tape.start, tape.end);
    this.#count += tape.count;
  }

  /** Takes the record that was written last back. */
  dropLast(): void {
    this.#end = this.last;
    this.#count--;
  }

  tape(): Tape {
    return { start: this.#start, end: this.#end, count: this.#count };
  }

  #take(bytes: number): number {
    if (this.#end + bytes > this.#limit) this.#grow(bytes);
    const at = this.#end;
    this.#end += bytes;
    return at;
  }

  #grow(bytes: number): void {
    const used = this.#end - this.#start;
    const room = Math.max(used * 2, used + bytes, LEAST_ROOM_BYTES);
    const start = this.#arena.alloc(room);
    this.#arena.u8.copyWithin(start, this.#start, this.#end);
    this.#start = start;
    this.#end = start + used;
    this.#limit = start + room;
  }

  #begin(bytes: number): number {
    const record = this.#take(bytes);
    this.#last = record - this.#start;
    this.#count++;
    return record;
  }
}
