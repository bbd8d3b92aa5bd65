// Prefixes the names of a tape's fields: each name is made once, each field is one look into a table.
import type { Arena } from '../../../core/arena.ts';
import type { Keys } from '../../../core/event.ts';
import { firstSpan, NO_KEY, SPAN_BYTES, type Tape, W_SPANS } from '../../../core/tape.ts';

const SPAN_WORDS = SPAN_BYTES >> 2;

export class KeyPrefix {
  readonly #prefix: string;
  readonly #keys: Keys;
  /** By key id: the id of the prefixed name, 0 = not made yet (ids begin at 0, so they are kept plus one). */
  #made = new Int32Array(256);
  #epoch = -1;

  constructor(prefix: string, keys: Keys) {
    this.#prefix = prefix;
    this.#keys = keys;
  }

  apply(arena: Arena, tape: Tape): void {
    if (this.#epoch !== this.#keys.epoch) this.#made.fill(0);
    this.#epoch = this.#keys.epoch;
    for (let record = tape.start; record < tape.end; record += arena.i32[record >> 2] as number) {
      const first = firstSpan(record);
      const end = first + (arena.i32[(record >> 2) + W_SPANS] as number) * SPAN_WORDS;
      for (let span = first; span < end; span += SPAN_WORDS) {
        const key = arena.i32[span] as number;
        if (key === NO_KEY) continue;
        // Before the view is taken: making a name may grow the memory.
        const made = this.#made[key] || this.#make(key);
        arena.i32[span] = made - 1;
      }
    }
  }

  #make(key: number): number {
    if (key >= this.#made.length) {
      const larger = new Int32Array(Math.max(this.#made.length * 2, key + 1));
      larger.set(this.#made);
      this.#made = larger;
    }
    const id = this.#keys.id(`${this.#prefix}${this.#keys.name(key)}`) + 1;
    this.#made[key] = id;
    return id;
  }
}
