// Lists of entry offsets: the chain of entry arrays of a file or of one value, and lists that were made otherwise.
import { ARRAY_HEADER_BYTES, ENTRY_ARRAY, u64, W_NEXT_ARRAY } from './layout.ts';
import type { ObjectReader } from './object-reader.ts';

/** Offsets of entries, ascending. */
export interface EntryList {
  readonly length: number;
  /** The offset at `index`, below `length`; 0 where the list is damaged. */
  at(index: number): number;
}

/** Items that are decoded at a time. */
const PIECE_ITEMS = 512;

/** Entry arrays that follow each other, the first `length` items of them. */
export class EntryChain implements EntryList {
  readonly #objects: ObjectReader;
  readonly #itemBytes: number;
  /** Offsets of the arrays, and the index of the first item of each; one more start than arrays. */
  readonly #arrays: number[] = [];
  readonly #starts: number[] = [];
  #firstArray: number;
  #length: number;
  #end = 0;
  #isEnded = false;
  readonly #piece = new Float64Array(PIECE_ITEMS);
  #pieceFrom = 0;
  #pieceUntil = 0;

  constructor(objects: ObjectReader, isCompact: boolean, firstArray: number, length: number) {
    this.#objects = objects;
    this.#itemBytes = isCompact ? 4 : 8;
    this.#firstArray = firstArray;
    this.#length = length;
  }

  get length(): number {
    return this.#length;
  }

  /** The file grew: there are `length` items now. */
  grow(firstArray: number, length: number): void {
    this.#firstArray = firstArray;
    this.#length = length;
    this.#isEnded = false;
  }

  at(index: number): number {
    if (index >= this.#pieceFrom && index < this.#pieceUntil) return this.#piece[index - this.#pieceFrom] as number;
    return this.#decode(index) ? (this.#piece[index - this.#pieceFrom] as number) : 0;
  }

  /** Reads items anew. */
  forget(): void {
    this.#pieceUntil = 0;
    this.#pieceFrom = 0;
    this.#isEnded = false;
  }

  /** Whether the arrays have room for every item that there should be. */
  isWhole(): boolean {
    return this.#length === 0 || this.#follow(this.#length - 1);
  }

  /** Index of the first item of the array at `offset`; undefined where the chain has no such array. */
  startOf(offset: number): number | undefined {
    this.isWhole();
    const array = this.#arrays.indexOf(offset);
    return array < 0 ? undefined : this.#starts[array];
  }

  /** Reads the headers of the arrays up to the one with item `index`. */
  #follow(index: number): boolean {
    while (this.#end <= index && !this.#isEnded) this.#isEnded = !this.#addArray();
    return this.#end > index;
  }

  #addArray(): boolean {
    const last = this.#arrays.at(-1);
    const offset = last === undefined ? this.#firstArray : this.#nextOf(last);
    // Arrays are appended to the file, so each lies behind the one before: anything else could be a loop.
    if (offset <= (last ?? 0) || !this.#objects.openHead(offset, ENTRY_ARRAY)) return false;
    const items = Math.floor((this.#objects.size - ARRAY_HEADER_BYTES) / this.#itemBytes);
    if (items < 1) return false;
    this.#arrays.push(offset);
    this.#starts.push(this.#end);
    this.#end += items;
    return true;
  }

  #nextOf(array: number): number {
    if (!this.#objects.openHead(array, ENTRY_ARRAY)) return 0;
    return u64(this.#objects.words, (this.#objects.at >> 2) + W_NEXT_ARRAY);
  }

  #decode(index: number): boolean {
    if (!this.#follow(index)) return false;
    let array = this.#arrays.length - 1;
    while ((this.#starts[array] as number) > index) array--;
    const start = this.#starts[array] as number;
    const end = this.#starts[array + 1] ?? this.#end;
    const from = start + Math.floor((index - start) / PIECE_ITEMS) * PIECE_ITEMS;
    const until = Math.min(end, this.#length, from + PIECE_ITEMS);
    const at = (this.#arrays[array] as number) + ARRAY_HEADER_BYTES + (from - start) * this.#itemBytes;
    if (!this.#objects.peek(at, (until - from) * this.#itemBytes)) return false;
    const { words, at: place } = this.#objects;
    for (let i = 0, word = place >> 2; i < until - from; i++) {
      this.#piece[i] = this.#itemBytes === 4 ? (words[word++] as number) >>> 0 : u64(words, word);
      if (this.#itemBytes === 8) word += 2;
    }
    this.#pieceFrom = from;
    this.#pieceUntil = until;
    return true;
  }
}

/** A list in memory that may grow. */
export class OffsetList implements EntryList {
  #offsets: Float64Array;
  #length: number;

  constructor(offsets: Float64Array = new Float64Array(0)) {
    this.#offsets = offsets;
    this.#length = offsets.length;
  }

  get length(): number {
    return this.#length;
  }

  at(index: number): number {
    return this.#offsets[index] as number;
  }

  push(offset: number): void {
    if (this.#length === this.#offsets.length) {
      const larger = new Float64Array(Math.max(64, this.#length * 2));
      larger.set(this.#offsets);
      this.#offsets = larger;
    }
    this.#offsets[this.#length++] = offset;
  }

  toArray(): Float64Array {
    return this.#offsets.slice(0, this.#length);
  }
}

/** Index of the first item that is not below `offset`. */
export function lowerBound(list: EntryList, offset: number): number {
  return firstIndex(list.length, (index) => list.at(index) >= offset);
}

/** The first index below `length` where `holds` is true, if it is false up to some point and true from there on. */
export function firstIndex(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
