// Puts records together from an original and its parsed fields.
import type { Arena } from '../../../core/arena.ts';
import type { Host } from '../../../core/plugin.ts';
import {
  firstSpan,
  HEAD_BYTES,
  KIND_JSON,
  LIVE,
  NO_KEY,
  SPAN_BYTES,
  setStatus,
  type Tape,
  W_ORIGIN,
  W_SPANS,
} from '../../../core/tape.ts';
import { TapeWriter } from '../../../core/tape-writer.ts';

const SPAN_WORDS = SPAN_BYTES >> 2;

export class RecordMaker {
  readonly #host: Host;
  readonly #arena: Arena;
  readonly #writer: TapeWriter;
  /** By key id: word index of the parsed span that waits for its place, 0 = none. */
  #waiting: Int32Array;

  constructor(host: Host, parsed: Tape) {
    this.#host = host;
    this.#arena = host.arena;
    this.#writer = new TapeWriter(this.#arena, roomFor(this.#arena.i32, parsed));
    this.#waiting = new Int32Array(host.keys.size);
  }

  tape(): Tape {
    return this.#writer.tape();
  }

  /** Takes a record over as it is, as a live one. */
  copied(record: number): void {
    setStatus(this.#arena.i32, this.#writer.copy(record), LIVE);
  }

  /**
   * The head of `head`, the fields of `origin` and those of `fields`, which win at the place of the original.
   * @param without key of a field of the original that is left out.
   */
  merged(head: number, origin: number, fields: number, without: number | undefined): void {
    const waiting = this.#waitingFor(fields);
    const writer = this.#writer;
    setStatus(this.#arena.i32, writer.copyHead(head), LIVE);
    const { i32 } = this.#arena;
    for (let span = firstSpan(origin), end = endOfSpans(i32, origin); span < end; span += SPAN_WORDS) {
      const key = i32[span] as number;
      if (key === NO_KEY || key === without) continue;
      writer.copySpan((waiting[key] as number) || span);
      waiting[key] = 0;
    }
    for (let span = firstSpan(fields), end = endOfSpans(i32, fields); span < end; span += SPAN_WORDS) {
      const key = i32[span] as number;
      if (key === NO_KEY) continue;
      if (waiting[key] !== 0) writer.copySpan(span);
      waiting[key] = 0;
    }
  }

  /** A record with the head of `record` and all its fields as one object. */
  wrapped(record: number, key: number): number {
    const { start, end } = this.#host.scanner.encodeRecord(record);
    return this.#single(record, key, start, end);
  }

  /** As `wrapped`, with an empty object. */
  emptyObject(record: number, key: number): number {
    const start = this.#arena.alloc(2);
    this.#arena.u8.write('{}', start, 'latin1');
    return this.#single(record, key, start, start + 2);
  }

  #single(record: number, key: number, start: number, end: number): number {
    const writer = new TapeWriter(this.#arena, HEAD_BYTES + SPAN_BYTES);
    const single = writer.copyHead(record);
    writer.addSpan(key, KIND_JSON, start, end);
    return single;
  }

  #waitingFor(fields: number): Int32Array {
    if (this.#waiting.length < this.#host.keys.size) this.#waiting = new Int32Array(this.#host.keys.size);
    const waiting = this.#waiting;
    const { i32 } = this.#arena;
    for (let span = firstSpan(fields), end = endOfSpans(i32, fields); span < end; span += SPAN_WORDS) {
      const key = i32[span] as number;
      if (key !== NO_KEY) waiting[key] = span;
    }
    return waiting;
  }
}

/** Word index behind the last span of the record. */
function endOfSpans(i32: Int32Array, record: number): number {
  return firstSpan(record) + (i32[(record >> 2) + W_SPANS] as number) * SPAN_WORDS;
}

/** Whether a record has a field beside the one of key `without`. */
export function hasOthers(i32: Int32Array, record: number, without: number | undefined): boolean {
  for (let span = firstSpan(record), end = endOfSpans(i32, record); span < end; span += SPAN_WORDS) {
    const key = i32[span];
    if (key !== NO_KEY && key !== without) return true;
  }
  return false;
}

/** Bytes that suffice for all records of `parsed` with all fields of their originals and one more. */
function roomFor(i32: Int32Array, parsed: Tape): number {
  let bytes = parsed.end - parsed.start + parsed.count * SPAN_BYTES;
  for (let record = parsed.start; record < parsed.end; record += i32[record >> 2] as number) {
    bytes += i32[(i32[(record >> 2) + W_ORIGIN] as number) >> 2] as number;
  }
  return bytes;
}
