// Doubles (C20) in a stream that is not sorted: tells whether a record came before through another output.
import { likenessOf } from './doubles.ts';
import type { Understood } from './record.ts';

/** Records remembered a generation, of which there are two: copies that are further apart count twice. */
const GENERATION_MAX = 250_000;

export class FirstCopies {
  /** Time and likeness to the output it came through. */
  #young = new Map<string, string>();
  #old = new Map<string, string>();

  /** Whether the record is a copy of one that was asked for before. */
  isCopy(record: Understood): boolean {
    const { identity, check } = likenessOf(record);
    const { time } = record.kata;
    if (identity === 0 || !time) return false;
    const key = `${time.seconds} ${time.nanos} ${identity} ${check}`;
    const sink = this.#young.get(key) ?? this.#old.get(key);
    if (sink !== undefined) return sink !== record.sink;
    if (this.#young.size >= GENERATION_MAX) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, record.sink);
    return false;
  }
}
