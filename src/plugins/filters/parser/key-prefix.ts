// Prefixes the names of a tape's fields: each name is made once, each field is one look into a table.
import type { Host } from '../../../core/plugin.ts';
import { firstSpan, NO_KEY, SPAN_BYTES, type Tape, W_SPANS } from '../../../core/tape.ts';

const SPAN_WORDS = SPAN_BYTES >> 2;

export class KeyPrefix {
  readonly #prefix: string;
  readonly #host: Host;
  /** By key id: the id of the prefixed name, 0 = not made yet (ids begin at 0, so they are kept plus one). */
  #made = new Int32Array(256);
  #epoch = -1;

  constructor(prefix: string, host: Host) {
    this.#prefix = prefix;
    this.#host = host;
  }

  apply(tape: Tape): void {
    const { keys, scanner } = this.#host;
    if (this.#epoch !== keys.epoch) this.#made.fill(0);
    this.#epoch = keys.epoch;
    const rest = scanner.mapKeys(tape.start, tape.end, this.#made);
    if (rest === tape.end) return;
    this.#makeAll(rest, tape.end);
    scanner.mapKeys(rest, tape.end, this.#made);
  }

  /** Makes the names that the records of `[from, until)` need. */
  #makeAll(from: number, until: number): void {
    const { arena } = this.#host;
    for (let record = from; record < until; record += arena.i32[record >> 2] as number) {
      const first = firstSpan(record);
      const end = first + (arena.i32[(record >> 2) + W_SPANS] as number) * SPAN_WORDS;
      for (let span = first; span < end; span += SPAN_WORDS) {
        const key = arena.i32[span] as number;
        if (key !== NO_KEY && !this.#made[key]) this.#make(key);
      }
    }
  }

  #make(key: number): void {
    const { keys } = this.#host;
    if (key >= this.#made.length) {
      const larger = new Int32Array(Math.max(this.#made.length * 2, key + 1));
      larger.set(this.#made);
      this.#made = larger;
    }
    this.#made[key] = keys.id(`${this.#prefix}${keys.name(key)}`) + 1;
  }
}
