// The records of one sandbox as short lines in the order of time, to show what stood around its first error.
import type { Instant } from '../core/event.ts';
import { millisBetween } from '../kata/instant.ts';
import type { Seen } from '../kata/sandbox-book.ts';

export interface TimelineRow {
  readonly time: Instant;
  readonly level: string;
  readonly component: string;
  readonly msg: string;
}

/** A sandbox in full debug that lived for days has more; those in its middle tell least. */
const ROWS_MAX = 100_000;
const TEXT_MAX = 300;

export class Timeline {
  readonly #rows: TimelineRow[] = [];

  add({ kata }: Seen): void {
    if (!kata.time || this.#rows.length >= ROWS_MAX) return;
    const text = kata.msg ?? kata.error ?? '';
    this.#rows.push({
      time: kata.time,
      level: kata.level ?? '',
      component: kata.component ?? '',
      msg: text.slice(0, TEXT_MAX),
    });
  }

  /** All of them, in the order of time. */
  rows(): readonly TimelineRow[] {
    return this.#sorted();
  }

  #sorted(): readonly TimelineRow[] {
    return this.#rows.toSorted((one, other) => millisBetween(one.time, other.time));
  }

  /** The records next to a moment: `count` before it, the one at it, `count` after it. */
  around(moment: Instant, count: number): readonly TimelineRow[] {
    const sorted = this.#sorted();
    const at = sorted.findIndex(({ time }) => millisBetween(time, moment) >= 0);
    return at === -1 ? sorted.slice(-count) : sorted.slice(Math.max(0, at - count), at + count + 1);
  }
}
