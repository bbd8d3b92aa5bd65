import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Gap, gapsJson, newParts, readGaps } from './gaps.ts';

const found = { seconds: 1, nanos: 2 };
const gap = (from: number, to: number, seqnumId = 's'): Gap => ({ seqnumId, from, to, found });

test.each([
  ['nothing known', [], [[5, 9]]],
  ['the same', [gap(5, 9)], []],
  ['more than it', [gap(1, 20)], []],
  ['its beginning', [gap(3, 6)], [[7, 9]]],
  ['its end', [gap(8, 12)], [[5, 7]]],
  [
    'its middle',
    [gap(6, 7)],
    [
      [5, 5],
      [8, 9],
    ],
  ],
  ['beside it', [gap(1, 4), gap(10, 12)], [[5, 9]]],
  ['another stream of numbers', [gap(5, 9, 't')], [[5, 9]]],
] as const)('what is new of a loss of 5 to 9: %s', (_what, known, expected) => {
  const parts = newParts({ seqnumId: 's', from: 5, to: 9 }, known);
  expect(parts.map(({ from, to }) => [from, to])).toEqual(expected);
});

test('law: parts and known gaps cover the loss, and no part touches a known gap', () => {
  const range = fc.tuple(fc.nat(30), fc.nat(10)).map(([from, length]) => gap(from, from + length));
  fc.assert(
    fc.property(range, fc.array(range, { maxLength: 5 }), (loss, known) => {
      const parts = newParts(loss, known);
      const isIn =
        (n: number) =>
        ({ from, to }: { readonly from: number; readonly to: number }) =>
          n >= from && n <= to;
      for (let n = loss.from; n <= loss.to; n++) {
        expect(parts.filter(isIn(n)).length).toBe(known.some(isIn(n)) ? 0 : 1);
      }
      expect(parts.every(({ from, to }) => from >= loss.from && to <= loss.to)).toBe(true);
    }),
  );
});

test('gaps survive the state', () => {
  const gaps = [gap(5, 9), gap(2 ** 40, 2 ** 40 + 3, 't')];
  expect(readGaps(JSON.parse(JSON.stringify(gapsJson(gaps))))).toEqual(gaps);
  expect(readGaps(undefined)).toEqual([]);
});
