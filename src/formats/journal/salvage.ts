// Entries of a damaged file, found without its indexes: a walk over everything that looks like an object.

import { entryFault } from './entry.ts';
import { OffsetList } from './entry-list.ts';
import {
  DATA,
  ENTRY,
  ENTRY_HEADER_BYTES,
  FIELD,
  FIELD_NAME_AT,
  FIELD_NAME_MAX_BYTES,
  HEADER_MIN_BYTES,
  MIN_BYTES,
  PACKED_MASK,
  TAG,
  u64,
} from './layout.ts';
import { alignedSize, type ObjectReader } from './object-reader.ts';

/** Offsets of everything that is an entry, ascending. */
export function salvageEntries(objects: ObjectReader, isCompact: boolean): Float64Array {
  return new Walk(objects, isCompact).entries();
}

class Walk {
  readonly #objects: ObjectReader;
  readonly #isCompact: boolean;
  readonly #found = new OffsetList();

  constructor(objects: ObjectReader, isCompact: boolean) {
    this.#objects = objects;
    this.#isCompact = isCompact;
  }

  entries(): Float64Array {
    const { end } = this.#objects;
    let isInStep = true;
    for (let offset = HEADER_MIN_BYTES; offset + 16 <= end; ) {
      const size = this.#plausibleSize(offset);
      const isTrusted = size > 0 && this.#isFollowed(offset + alignedSize(size));
      if (size > 0) this.#take(offset, isInStep);
      // A size that leads nowhere may be damaged and hide what comes next: then only a step.
      offset += isTrusted ? alignedSize(size) : 8;
      isInStep = isTrusted;
    }
    return this.#found.toArray();
  }

  /** Size of what may be an object at `offset`, else 0. */
  #plausibleSize(offset: number): number {
    const objects = this.#objects;
    if (!objects.peek(offset, 16)) return 0;
    const word = objects.at >> 2;
    const first = objects.words[word] as number;
    if ((first & ~0xffff) !== 0 || objects.words[word + 1] !== 0) return 0;
    const type = first & 255;
    const flags = first >> 8;
    if (type < DATA || type > TAG || (flags & ~PACKED_MASK) !== 0 || (flags !== 0 && type !== DATA)) return 0;
    const size = u64(objects.words, word + 2);
    if (size < (MIN_BYTES[type] as number) || offset + size > objects.end) return 0;
    return type === FIELD && size > FIELD_NAME_AT + FIELD_NAME_MAX_BYTES ? 0 : size;
  }

  /** Whether objects may go on at `offset`: another one, nothing yet, or the end. */
  #isFollowed(offset: number): boolean {
    if (offset + 16 > this.#objects.end) return true;
    if (this.#plausibleSize(offset) > 0) return true;
    const { words, at } = this.#objects;
    return this.#objects.peek(offset, 16) && words[at >> 2] === 0 && words[(at >> 2) + 2] === 0;
  }

  #take(offset: number, isInStep: boolean): void {
    const objects = this.#objects;
    if (!objects.open(offset, ENTRY) || entryFault(objects, this.#isCompact) !== undefined) return;
    // Out of step we may stand within somebody's payload, which may be a journal file itself.
    if (isInStep || this.#hasFields(offset)) this.#found.push(offset);
  }

  /** Whether most of an entry's items are DATA objects in front of it. */
  #hasFields(offset: number): boolean {
    const objects = this.#objects;
    objects.open(offset, ENTRY);
    const step = this.#isCompact ? 1 : 4;
    const count = (objects.size - ENTRY_HEADER_BYTES) / (step * 4);
    const items = Array.from({ length: count }, (_, i) => {
      const word = ((objects.at + ENTRY_HEADER_BYTES) >> 2) + i * step;
      return this.#isCompact ? (objects.words[word] as number) >>> 0 : u64(objects.words, word);
    });
    return items.filter((item) => item < offset && objects.openHead(item, DATA)).length * 2 > count;
  }
}
