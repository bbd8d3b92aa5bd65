// Where a stream is read from after a restart, so that filters know the half minute before its watermark.
import type { Json } from '../core/plugin.ts';

/** Seconds of event time that filters may remember. */
const SECONDS = 30;
/** Longest stretch that is read again: about a second of work; and where records have no times. */
const BYTES_MAX = 32 << 20;
const BYTES_UNTIMED = 4 << 20;

/** A settled segment. */
interface Settled {
  readonly start: number;
  /** What was said of `start`. */
  readonly mark: Json | undefined;
  /** Event time of its first record; undefined where it has none. */
  readonly seconds: number | undefined;
}

export class Past {
  #segments: Settled[] = [];
  /** What the segment before said of its end. */
  #lastMark: Json | undefined;

  /** @param mark what is known of the position where reading starts. */
  constructor(mark: Json | undefined) {
    this.#lastMark = mark;
  }

  get position(): number | undefined {
    return this.#segments[0]?.start;
  }

  get mark(): Json | undefined {
    return this.#segments[0]?.mark;
  }

  /** Notes a segment that is settled everywhere; they come in their order. */
  settled(start: number, end: number, seconds: number | undefined, mark: Json | undefined): void {
    const segments = this.#segments;
    // The first part of a segment that waits whole.
    if (start === end) return;
    segments.push({ start, mark: this.#lastMark, seconds });
    this.#lastMark = mark;
    let first = 0;
    while (first + 1 < segments.length && isForgotten(segments[first + 1] as Settled, end, seconds)) first++;
    if (first > 0) this.#segments = segments.slice(first);
  }
}

/** Whether what lies before a segment is too far from the end of the last one. */
function isForgotten({ start, seconds: then }: Settled, end: number, now: number | undefined): boolean {
  if (now === undefined || then === undefined) return end - start > BYTES_UNTIMED;
  return then <= now - SECONDS || end - start > BYTES_MAX;
}
