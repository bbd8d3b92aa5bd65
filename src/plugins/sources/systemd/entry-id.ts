// What tells entries of one boot and microsecond apart in their documents' ids.
import type { EntryHead } from '../../../formats/journal/entry.ts';
import { isSameFrom } from '../../../formats/journal/entry.ts';
import { H_REALTIME, H_XOR } from '../../../formats/journal/layout.ts';

const MASK_30 = 0x3fffffff;

function mixed(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  const rotated = hash ^ k;
  return (Math.imul((rotated << 13) | (rotated >>> 19), 5) + 0xe6546b64) | 0;
}

/** 30 bits over words, MurmurHash3 (x86, 32 bits): part of ids, it must never change. */
export function checkOf(words: readonly number[]): number {
  let hash = words.reduce(mixed, 0) ^ (words.length * 4);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) & MASK_30;
}

/** The check of an entry: xor hash, realtime, and which one it is of entries that agree in everything. */
export function entryCheck(head: EntryHead, occurrence: number): number {
  const words = [head[H_XOR], head[H_XOR + 1], head[H_REALTIME], head[H_REALTIME + 1], occurrence];
  return checkOf(words as number[]);
}

/** Whether two entries differ in nothing that an id is made of: only their order tells them apart. */
export function isAlike(a: EntryHead, b: EntryHead): boolean {
  return isSameFrom(a, b, H_REALTIME);
}
