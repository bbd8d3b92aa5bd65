// The items of one bulk request: their bytes, and whose records they are.
import type { Segment } from '../core/event.ts';

const LF = 0x0a;

/** Consecutive items of one segment. */
export interface Piece {
  readonly segment: Segment;
  readonly count: number;
}

/** One item: action line and document line, line ends included. */
export interface BulkItem {
  readonly bytes: Buffer;
  readonly segment: Segment;
}

export class Bulk {
  readonly pieces: Piece[] = [];
  items = 0;
  #buffer: Buffer;
  #length = 0;

  /** @param buffer where the bytes go; a larger one is taken when it is full. */
  constructor(buffer: Buffer) {
    this.#buffer = buffer;
  }

  get bytes(): number {
    return this.#length;
  }

  get body(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  /** The buffer, for the next bulk. This one must not be used any more. */
  get buffer(): Buffer {
    return this.#buffer;
  }

  /** Appends `count` items of a segment: the bytes `[start, end)` of `source`, copied. */
  add(source: Buffer, start: number, end: number, segment: Segment, count: number): void {
    this.#reserve(end - start);
    source.copy(this.#buffer, this.#length, start, end);
    this.#length += end - start;
    this.items += count;
    const last = this.pieces.at(-1);
    if (last?.segment === segment) this.pieces[this.pieces.length - 1] = { segment, count: last.count + count };
    else this.pieces.push({ segment, count });
  }

  /** The items one by one, in order. Each has two lines: no document holds a raw line feed. */
  split(): BulkItem[] {
    const items: BulkItem[] = [];
    let start = 0;
    for (const { segment, count } of this.pieces) {
      for (let i = 0; i < count; i++) {
        const end = this.#buffer.indexOf(LF, this.#buffer.indexOf(LF, start) + 1) + 1;
        items.push({ bytes: this.#buffer.subarray(start, end), segment });
        start = end;
      }
    }
    return items;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + bytes));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

/** A bulk of these items, its bytes its own. */
export function bulkOf(items: readonly BulkItem[]): Bulk {
  const bulk = new Bulk(Buffer.allocUnsafe(items.reduce((sum, { bytes }) => sum + bytes.length, 0)));
  for (const { bytes, segment } of items) bulk.add(bytes, 0, bytes.length, segment, 1);
  return bulk;
}
