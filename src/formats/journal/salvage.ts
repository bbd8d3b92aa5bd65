// Entries of a damaged file, found without its indexes: a walk over everything that looks like an object.

import { entryFault } from './entry.ts';
import { OffsetList } from './entry-list.ts';
import { endOfName } from './field-name.ts';
import type { JournalHeader } from './header.ts';
import {
  COMPACT_DATA_HEAD_BYTES,
  DATA,
  DATA_HEAD_BYTES,
  ENTRY,
  ENTRY_HEADER_BYTES,
  FIELD,
  FIELD_NAME_AT,
  FIELD_NAME_MAX_BYTES,
  H_REALTIME,
  H_SEQNUM,
  HEADER_MIN_BYTES,
  MIN_BYTES,
  PACKED_MASK,
  TAG,
  u64,
  W_HEAD,
} from './layout.ts';
import { alignedSize, type ObjectReader } from './object-reader.ts';

/** What the header tells of its entries. */
export type HeaderBounds = Pick<JournalHeader, 'headSeqnum' | 'tailSeqnum' | 'headRealtimeUs' | 'tailRealtimeUs'>;

/** DATA objects that are asked how the file is laid out. */
const VOTES = 32;

/** Offsets of everything that is an entry, ascending. */
export function salvageEntries(objects: ObjectReader, isCompact: boolean, bounds: HeaderBounds): Float64Array {
  return new Walk(objects, isCompact, bounds).entries();
}

/** Whether objects are laid out as in a compact file, by where names of fields begin; undefined where none tells. */
export function looksCompact(objects: ObjectReader): boolean | undefined {
  let votes = 0;
  let sum = 0;
  for (let offset = HEADER_MIN_BYTES; offset + 16 <= objects.end && votes < VOTES; ) {
    const size = plausibleSize(objects, offset);
    offset += size > 0 ? alignedSize(size) : 8;
    if (size === 0 || !objects.open(offset - alignedSize(size), DATA)) continue;
    const { bytes, words, at } = objects;
    if ((words[at >> 2] as number) >> 8 !== 0) continue;
    const isRegular = endOfName(bytes, at + DATA_HEAD_BYTES, at + size) > 0;
    if (!isRegular && endOfName(bytes, at + COMPACT_DATA_HEAD_BYTES, at + size) < 0) continue;
    votes++;
    sum += isRegular ? -1 : 1;
  }
  return sum === 0 ? undefined : sum > 0;
}

/** Size of what may be an object at `offset`, else 0. */
function plausibleSize(objects: ObjectReader, offset: number): number {
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

class Walk {
  readonly #objects: ObjectReader;
  readonly #isCompact: boolean;
  readonly #bounds: HeaderBounds;
  readonly #found = new OffsetList();

  constructor(objects: ObjectReader, isCompact: boolean, bounds: HeaderBounds) {
    this.#objects = objects;
    this.#isCompact = isCompact;
    this.#bounds = bounds;
  }

  entries(): Float64Array {
    const { end } = this.#objects;
    let isInStep = true;
    for (let offset = HEADER_MIN_BYTES; offset + 16 <= end; ) {
      const size = plausibleSize(this.#objects, offset);
      const isTrusted = size > 0 && this.#isFollowed(offset + alignedSize(size));
      if (size > 0) this.#take(offset, isInStep);
      // A size that leads nowhere may be damaged and hide what comes next: then only a step.
      offset += isTrusted ? alignedSize(size) : 8;
      isInStep = isTrusted;
    }
    return this.#found.toArray();
  }

  /** Whether objects may go on at `offset`: another one, nothing yet, or the end. */
  #isFollowed(offset: number): boolean {
    if (offset + 16 > this.#objects.end) return true;
    if (plausibleSize(this.#objects, offset) > 0) return true;
    const { words, at } = this.#objects;
    return this.#objects.peek(offset, 16) && words[at >> 2] === 0 && words[(at >> 2) + 2] === 0;
  }

  #take(offset: number, isInStep: boolean): void {
    const objects = this.#objects;
    if (!objects.open(offset, ENTRY) || entryFault(objects, this.#isCompact) !== undefined) return;
    // Out of step we may stand within somebody's payload, which may be a journal file itself.
    if (isInStep || this.#fitsHeader() || this.#hasFields(offset)) this.#found.push(offset);
  }

  /** Whether number and time of the entry that is open are those of this file. */
  #fitsHeader(): boolean {
    const { words, at } = this.#objects;
    const { headSeqnum, tailSeqnum, headRealtimeUs, tailRealtimeUs } = this.#bounds;
    const seqnum = u64(words, (at >> 2) + W_HEAD + H_SEQNUM);
    const realtimeUs = u64(words, (at >> 2) + W_HEAD + H_REALTIME);
    const isNumbered = seqnum >= headSeqnum && seqnum <= tailSeqnum && headSeqnum > 0;
    return isNumbered && realtimeUs >= headRealtimeUs && realtimeUs <= tailRealtimeUs;
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
