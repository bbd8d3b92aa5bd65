import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Segment } from './manifest.ts';
import { mergeable, partsOf } from './merge.ts';

const HOUR = 3_600_000_000_000n;
const DAY_HOURS = 24;

function segment(hour: number, rows: number, more: Partial<Segment> = {}): Segment {
  const min = BigInt(hour) * HOUR;
  const file = `seg/x/${min}-${min + HOUR - 1n}-${hour}.parquet`;
  return {
    file,
    min: String(min),
    max: String(min + HOUR - 1n),
    rows,
    bytes: rows,
    crc: 0,
    columns: {},
    streams: {},
    foreign: 0,
    sealedAt: hour * 3600,
    ...more,
  };
}

const hours = (rows: readonly number[]): Segment[] => rows.map((count, hour) => segment(hour, count));

test.each<[string, Segment[], number[]]>([
  ['nothing', [], []],
  ['too few', hours([10, 10, 10]), []],
  ['a quiet day', hours([10, 10, 10, 10, 10]), [0, 1, 2, 3, 4]],
  ['large ones stay, and part the small', hours([10, 10, 600_000, 10, 10, 10, 10]), [3, 4, 5, 6]],
  ['at most a million rows', hours([300_000, 300_000, 300_000, 99_999, 10]), [0, 1, 2, 3]],
  ['not what lies days apart', [0, 30, 60, 90, 120].map((hour) => segment(hour, 10)), []],
  ['nor what was stored days apart', [0, 1, 2, 3].map((hour) => segment(hour, 10, { sealedAt: hour * 90_000 })), []],
])('%s', (_, segments, wanted) => {
  const picked = mergeable(segments);
  expect(picked.map((one) => segments.indexOf(one))).toEqual(wanted);
});

/** What merging does to a list, without the files. */
function merged(segments: readonly Segment[], seq: number): readonly Segment[] {
  const group = mergeable(segments);
  if (group.length === 0) return segments;
  const [first, last] = [group[0] as Segment, group[group.length - 1] as Segment];
  const rows = group.reduce((sum, one) => sum + one.rows, 0);
  const sealedAt = Math.max(...group.map((one) => one.sealedAt));
  const parts = Object.fromEntries(group.flatMap(partsOf));
  const file = `seg/x/${first.min}-${last.max}-${seq}.parquet`;
  return [...segments.filter((one) => !group.includes(one)), { ...first, file, max: last.max, rows, sealedAt, parts }];
}

test('however small its files, a store of some days has few, and every row stays', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 400_000 }), { maxLength: 10 * DAY_HOURS }), (rows) => {
      let segments: readonly Segment[] = hours(rows);
      for (let seq = 1000; ; seq++) {
        const next = merged(segments, seq);
        if (next === segments) break;
        segments = next;
      }
      const total = rows.reduce((sum, count) => sum + count, 0);
      expect(segments.reduce((sum, one) => sum + one.rows, 0)).toBe(total);
      expect(segments.flatMap(partsOf).reduce((sum, [, count]) => sum + count, 0)).toBe(total);
      // Three small ones may stand between two that are full, and at the ends of days.
      const days = Math.ceil(rows.length / DAY_HOURS);
      expect(segments.length).toBeLessThanOrEqual(4 * (Math.ceil(total / 500_000) + days) + 3);
    }),
  );
});
