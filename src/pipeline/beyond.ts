// What an output that saves a checkpoint with its positions (a file and its length) has of a stream beyond its
// watermark. Records that are held for later ones keep the watermark back while those behind them are written: these
// must not be written again after a restart, and what was held must be.
import type { Batch } from '../core/event.ts';
import { D_OFFSET, LIVE, W_STATUS } from '../core/tape.ts';
import type { Skip } from './state/model.ts';

/** What is asked of a segment. */
interface ReadSegment {
  readonly start: number;
  readonly end: number;
  readonly hasPositions: boolean;
  recordId(offset: number): string;
}

/** What is asked of a stream. */
interface ReadStream {
  readonly settledTo: readonly number[];
  readonly readTo: number;
  heldRecords(): readonly { readonly segment: ReadSegment; readonly offset: number }[];
}

export class Beyond {
  readonly #stream: ReadStream;
  readonly #output: number;
  /** What was written before the restart; gone once the watermark is behind it. */
  #skipTo: number;
  readonly #except: Set<string>;
  /** What was written since, by record, with the end of its segment. */
  readonly #written = new Map<string, number>();

  constructor(stream: ReadStream, output: number, skip: Skip | undefined) {
    this.#stream = stream;
    this.#output = output;
    this.#skipTo = skip?.to ?? 0;
    this.#except = new Set(skip?.except);
  }

  /** Whether the output may have some records of the segment already. */
  concerns(segment: ReadSegment): boolean {
    return segment.start < this.#skipTo;
  }

  /** Whether the output has the record at `offset` already. */
  has(segment: ReadSegment, offset: number): boolean {
    return this.#isBelow(segment, offset) && !this.#except.has(segment.recordId(offset));
  }

  /** The output was given the live records of the batch. */
  wrote({ arena, tape }: Batch, segment: ReadSegment): void {
    const { i32, f64 } = arena;
    for (let record = tape.start; record < tape.end; record += i32[record >> 2] as number) {
      if (i32[(record >> 2) + W_STATUS] !== LIVE) continue;
      const id = segment.recordId(f64[(record >> 3) + D_OFFSET] as number);
      this.#except.delete(id);
      this.#written.set(id, segment.end);
    }
  }

  /** What must be known after a restart beside the position; undefined where everything below it was written. */
  toSave(): Skip | undefined {
    const position = this.#stream.settledTo[this.#output] as number;
    for (const [id, end] of this.#written) if (end <= position) this.#written.delete(id);
    if (position >= this.#skipTo) {
      this.#skipTo = 0;
      this.#except.clear();
    }
    const held = this.#stream.heldRecords().filter(({ segment, offset }) => this.#isMissing(segment, offset));
    if (held.length === 0 && this.#skipTo === 0) return undefined;
    const ids = held.map(({ segment, offset }) => segment.recordId(offset));
    return { to: Math.max(this.#skipTo, this.#stream.readTo), except: [...new Set([...this.#except, ...ids])] };
  }

  #isMissing(segment: ReadSegment, offset: number): boolean {
    return !this.#written.has(segment.recordId(offset)) && !this.has(segment, offset);
  }

  /** Where offsets are no positions, segments are read again as they were read at first: a whole one is below. */
  #isBelow(segment: ReadSegment, offset: number): boolean {
    return segment.hasPositions ? offset < this.#skipTo : segment.end <= this.#skipTo;
  }
}
