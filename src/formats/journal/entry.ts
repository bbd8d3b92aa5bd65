// Entries: what makes one valid, and the numbers of its head.
import {
  ENTRY_HEADER_BYTES,
  ENTRY_ITEMS_MAX,
  H_MONOTONIC,
  H_REALTIME,
  H_SEQNUM,
  HEAD_WORDS,
  TIME_HIGH_LIMIT,
  W_HEAD,
} from './layout.ts';
import type { ObjectReader } from './object-reader.ts';

/**
 * The head of an entry: seqnum, realtime, monotonic time, boot id and xor hash as 12 words in file order (`H_…`).
 * Numbers of 64 bits stay two words, so that none loses a digit.
 */
export type EntryHead = Int32Array;

export function newHead(): EntryHead {
  return new Int32Array(HEAD_WORDS);
}

/** What is wrong with the entry that `objects` has open; undefined for a valid one. */
export function entryFault(objects: ObjectReader, isCompact: boolean): string | undefined {
  const { words, at, size } = objects;
  const items = (size - ENTRY_HEADER_BYTES) / (isCompact ? 4 : 16);
  if (items < 1 || !Number.isInteger(items) || items > ENTRY_ITEMS_MAX) return 'size';
  const head = (at >> 2) + W_HEAD;
  const word = (index: number): number => (words[head + index] as number) >>> 0;
  if (word(H_SEQNUM) === 0 && word(H_SEQNUM + 1) === 0) return 'seqnum';
  if (word(H_REALTIME + 1) >= TIME_HIGH_LIMIT) return 'realtime';
  if (word(H_REALTIME) === 0 && word(H_REALTIME + 1) === 0) return 'realtime';
  return word(H_MONOTONIC + 1) >= TIME_HIGH_LIMIT ? 'monotonic time' : undefined;
}

/** Copies the head of the entry that `objects` has open. */
export function copyHead(objects: ObjectReader, head: EntryHead): void {
  const { words, at } = objects;
  const from = (at >> 2) + W_HEAD;
  for (let i = 0; i < HEAD_WORDS; i++) head[i] = words[from + i] as number;
}

/** Copies a head. Quicker than `set` for so few words. */
export function copyWords(from: EntryHead, to: EntryHead): void {
  for (let i = 0; i < HEAD_WORDS; i++) to[i] = from[i] as number;
}

/** Number of two words of a head; exact below 2^53. */
export function headNumber(head: EntryHead, at: number): number {
  return ((head[at] as number) >>> 0) + ((head[at + 1] as number) >>> 0) * 2 ** 32;
}

/** Less than 0, 0 or more: unsigned comparison of two words. */
export function compareWords(a: EntryHead, b: EntryHead, at: number): number {
  const high = ((a[at + 1] as number) >>> 0) - ((b[at + 1] as number) >>> 0);
  return high === 0 ? ((a[at] as number) >>> 0) - ((b[at] as number) >>> 0) : high;
}

/** Whether two heads agree from word `from` on, in everything that a copy of an entry keeps. */
export function isSameFrom(a: EntryHead, b: EntryHead, from: number, until: number = HEAD_WORDS): boolean {
  for (let i = from; i < until; i++) if (a[i] !== b[i]) return false;
  return true;
}
