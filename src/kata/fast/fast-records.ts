// The fast road for records that a parser has read: those of the Go runtime that are whole, hold no secrets and need nothing
// joined, and what they pass on, are understood where they lie.
import type { Bytes } from '../../core/scanner.ts';
import { firstSpan, LIVE, S_END, S_START, SPAN_BYTES, type Tape, W_SPANS, W_STATUS } from '../../core/tape.ts';
import type { FastHost } from './facts.ts';
import { DONE, FastRoad, type FastSettings, type Holder } from './fast-road.ts';

/** Three words a record: its address, start and end of its object. */
const RESULT_BYTES = 12;

/** Takes a record that the fast road leaves alone. */
export type TakeOther = (record: number) => void;

/** A list of (record, start, end of its object) words. */
export interface Objects extends Bytes {
  /** How many of the records were repaired. */
  readonly repaired: number;
}

export class FastRecords {
  readonly #host: FastHost;
  readonly #road: FastRoad;

  constructor(host: FastHost, settings: FastSettings) {
    this.#host = host;
    this.#road = new FastRoad(host, settings);
  }

  /**
   * Goes through the LIVE records of a tape in their order.
   */
  understand(tape: Tape, holder: Holder, takeOther: TakeOther): Objects {
    const { arena, kata } = this.#host;
    const road = this.#road;
    const start = arena.alloc(tape.count * RESULT_BYTES);
    let end = start;
    const before = road.repaired;
    // A line that is passed on is unescaped, what it quotes once more, and a text in it.
    road.begin(bytesOf(arena.i32, tape) * 4, holder);
    for (let record = tape.start; record < tape.end; ) {
      if (road.isOpen && holder.holdsAll !== true) {
        road.aim(end);
        record = kata.understand(record, tape.end);
        end = kata.resultsEnd();
        road.learn();
        if (kata.stopReason() === DONE) break;
        if (road.tell(kata.stopReason())) continue;
      }
      const other = record;
      if (arena.i32[(record >> 2) + W_STATUS] === LIVE) road.letPlain(holder, () => takeOther(other));
      record += arena.i32[record >> 2] as number;
    }
    return { start, end, repaired: road.repaired - before };
  }
}

/** Bytes that the unescaped values of a tape may take. */
function bytesOf(i32: Int32Array, tape: Tape): number {
  let bytes = 0;
  for (let record = tape.start; record < tape.end; record += i32[record >> 2] as number) {
    const first = firstSpan(record);
    const end = first + (i32[(record >> 2) + W_SPANS] as number) * (SPAN_BYTES >> 2);
    for (let span = first; span < end; span += SPAN_BYTES >> 2)
      bytes += (i32[span + S_END] as number) - (i32[span + S_START] as number) + 1;
  }
  return bytes;
}
