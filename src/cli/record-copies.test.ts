// Copies of records of one instant, found without comparing each record with each other one: the same as if it were done.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withCopies } from './record-copies.ts';
import type { SortedRecord } from './record-frames.ts';

const record: fc.Arbitrary<SortedRecord> = fc.record({
  seconds: fc.constant(1),
  nanos: fc.constant(0),
  identity: fc.integer({ min: 0, max: 3 }),
  check: fc.integer({ min: 0, max: 1 }),
  sink: fc.integer({ min: 0, max: 3 }),
  bytes: fc.constant(Buffer.of()),
  start: fc.constant(0),
  end: fc.constant(0),
});

/** Each record with the first of those behind it that is its copy, of each other output. */
function compared(records: readonly SortedRecord[]): readonly (readonly number[])[] {
  const left = records.map((one, place) => ({ ...one, place }));
  const groups: number[][] = [];
  for (let one = left.shift(); one; one = left.shift()) {
    const { identity, check } = one;
    const group = [one];
    for (const other of identity === 0 ? [] : left) {
      const isCopy = other.identity === identity && other.check === check;
      if (isCopy && group.every(({ sink }) => sink !== other.sink)) group.push(other);
    }
    for (const copy of group.slice(1)) left.splice(left.indexOf(copy), 1);
    groups.push(group.map(({ place }) => place));
  }
  return groups;
}

test('as if each was compared with each other one', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 40 }), (records) => {
      const found = [...withCopies(records)].map((group) => group.map((one) => records.indexOf(one)));
      expect(found).toEqual(compared(records));
    }),
  );
});
