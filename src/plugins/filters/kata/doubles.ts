// The copies of records that came through two outputs, within a window of the events' time.
import { likenessOf } from '../../../kata/doubles.ts';
import type { Understood } from '../../../kata/record.ts';

/** A copy comes through the other output within this time of the events, in seconds. */
const WINDOW_SECONDS = 30;
const ENTRIES_MAX = 200_000;

interface Seen {
  readonly sink: string;
  readonly seconds: number;
}

export class Doubles {
  #young = new Map<string, Seen>();
  #old = new Map<string, Seen>();
  #startSeconds = 0;

  /** Whether the record came through another output before. */
  isDouble(record: Understood): boolean {
    const { identity, check } = likenessOf(record);
    const { time } = record.kata;
    if (identity === 0 || !time) return false;
    if (Math.abs(time.seconds - this.#startSeconds) > WINDOW_SECONDS || this.#young.size >= ENTRIES_MAX) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#startSeconds = time.seconds;
    }
    const key = `${time.seconds}.${time.nanos} ${identity} ${check}`;
    const seen = this.#young.get(key) ?? this.#old.get(key);
    if (seen && seen.sink !== record.sink) return true;
    this.#young.set(key, { sink: record.sink, seconds: time.seconds });
    return false;
  }
}
