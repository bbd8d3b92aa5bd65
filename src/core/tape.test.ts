import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { addCopyNumber, FANOUT_PART_BITS, HEAD_BYTES, numberPart, W_FANOUT } from './tape.ts';

/** Heads of records only. */
function headOf(from: Int32Array): Int32Array {
  return Int32Array.from(from);
}

interface Tree {
  readonly parts: readonly Tree[];
}

/** The numbers of everything that comes of a record: its parts, or their parts. */
function leaves(record: Int32Array, { parts }: Tree): number[] {
  if (parts.length === 0) return [record[W_FANOUT] as number];
  return parts.flatMap((part, k) => {
    const head = headOf(record);
    expect(numberPart(head, 0, k)).toBe(true);
    return leaves(head, part);
  });
}

const leaf: Tree = { parts: [] };
const list = fc.array(fc.constant(leaf), { maxLength: 9 }).map((parts): Tree => ({ parts }));
const tree = fc.array(list, { maxLength: 40 }).map((parts): Tree => ({ parts }));

test('parts of parts have numbers of their own, also in a further copy', () => {
  fc.assert(
    fc.property(tree, fc.nat(500), (parts, copy) => {
      const record = new Int32Array(HEAD_BYTES >> 2);
      record[0] = HEAD_BYTES;
      addCopyNumber(record, { start: 0, end: HEAD_BYTES, count: 1 }, copy);
      const numbers = leaves(record, parts);
      expect(new Set(numbers).size).toBe(numbers.length);
      expect(numbers.every((number) => number >>> FANOUT_PART_BITS === copy)).toBe(true);
    }),
  );
});

test('a plain list is numbered from 0 on', () => {
  expect(leaves(new Int32Array(HEAD_BYTES >> 2), { parts: [leaf, leaf, leaf] })).toEqual([0, 1, 2]);
});
