// The records of one stream on their way through the filter, in their order. One whose meaning later ones decide (the rest of
// a torn record, the next line of a panic) waits, and all behind it wait with it: outputs get a stream's records in order.
import type { Held } from '../../../core/plugin.ts';
import type { KataReader } from '../../../kata/reader.ts';
import type { Marked } from './record-maker.ts';

/** What was understood of a record so far. */
export interface Meaning {
  readonly marks: Marked[];
  /** It came before through another output. */
  isDouble: boolean;
  /** Records made of it that had to be repaired. */
  repaired: number;
  /** It is one with records behind it, and holds secrets. */
  hidesRest: boolean;
}

/** A record of an earlier batch. */
export interface Kept {
  /** Of the records that its stream has had, from 1. */
  readonly number: number;
  readonly head: Buffer;
  readonly json: Buffer;
}

/** Records of one batch that wait. */
export interface Waiting {
  readonly held: Held;
  readonly records: Kept[];
}

/** Records that wait at most; more of a stream are never between the parts of one record. */
const WAITING_MAX = 512;
/** Records of others that stand between the pieces of one, at most (open-pieces.ts). */
const BETWEEN_MAX = 64;

export class Lane {
  readonly reader: KataReader;
  /** Oldest first. */
  readonly waiting: Waiting[] = [];
  /** Of the last record that came. */
  last = 0;
  /** Monotonic time at which it came. */
  atMs = 0;
  readonly #meanings = new Map<number, Meaning>();
  /** The last record whose rest is hidden, and whether only its rest has come since. */
  #hiding = Number.NEGATIVE_INFINITY;
  #hides = false;

  constructor(reader: KataReader) {
    this.reader = reader;
  }

  /** What is said of a record; to be filled. */
  meaning(number: number): Meaning {
    const known = this.#meanings.get(number);
    if (known) return known;
    const meaning = { marks: [], isDouble: false, repaired: 0, hidesRest: false };
    this.#meanings.set(number, meaning);
    return meaning;
  }

  /** What was said of a record, which is decided now; to be asked for one after the other. */
  take(number: number): Meaning | undefined {
    const meaning = this.#meanings.get(number);
    this.#meanings.delete(number);
    if (meaning) this.#hides = meaning.hidesRest;
    if (meaning?.hidesRest) this.#hiding = number;
    return meaning;
  }

  /** Whether a record of which nothing was said may be the rest of one with secrets. */
  isHidden(number: number): boolean {
    return this.#hides || number - this.#hiding <= BETWEEN_MAX;
  }

  /** Counts a record that comes. What it is too far from to decide is given up: that depends on the records alone. */
  next(): number {
    this.last++;
    this.reader.endBefore(this.last - WAITING_MAX);
    return this.last;
  }

  /** Number of the first record that is not decided yet. */
  undecided(): number {
    return this.reader.oldestLine ?? this.last + 1;
  }
}
