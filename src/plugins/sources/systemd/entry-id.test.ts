import { expect, test } from 'vitest';
import { newHead } from '../../../formats/journal/entry.ts';
import { H_REALTIME, H_XOR } from '../../../formats/journal/layout.ts';
import { checkOf, entryCheck, isAlike } from './entry-id.ts';

// Part of the id of every document: these numbers must never change.
test.each([
  [[], 0],
  // The published MurmurHash3 of four zero bytes is 0x2362f9de.
  [[0], 0x2362f9de & 0x3fffffff],
  [[1, 2, 3], 701_991_638],
  [[-1, 2_147_483_647, 0, 5, 1], 228_620_504],
])('the check of %j is frozen', (words, expected) => {
  expect(checkOf(words)).toBe(expected);
});

test('entries of one microsecond differ by content, time and order', () => {
  const head = newHead();
  head[H_XOR] = 7;
  head[H_REALTIME] = 9;
  const other = head.slice();
  expect(isAlike(head, other)).toBe(true);
  expect(entryCheck(head, 0)).toBe(entryCheck(other, 0));
  expect(entryCheck(head, 1)).not.toBe(entryCheck(head, 0));
  other[H_XOR] = 8;
  expect(isAlike(head, other)).toBe(false);
  expect(entryCheck(other, 0)).not.toBe(entryCheck(head, 0));
});
