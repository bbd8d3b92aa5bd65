import { expect, test } from 'vitest';
import { ImportProgress, stateOf } from './import-progress.ts';
import { ProgressLine } from './progress-line.ts';

const STATE = { count: 120_000, unit: 'entries', bytes: 96_100_000, share: 0.24 };

test.each([
  [0, STATE, '120,000 entries (24 %), 96.1 MB'],
  [500, STATE, '120,000 entries (24 %), 96.1 MB, 192 MB/s'],
  [2000, STATE, '120,000 entries (24 %), 96.1 MB, 48 MB/s, 7 s left'],
  [60_000, STATE, '120,000 entries (24 %), 96.1 MB, 2 MB/s, 3 min 10 s left'],
  [7_200_000, { ...STATE, share: 0.5 }, '120,000 entries (50 %), 96.1 MB, 0 MB/s, 2 h 0 min left'],
  [2000, { ...STATE, share: undefined }, '120,000 entries, 96.1 MB, 48 MB/s'],
  [2000, { ...STATE, share: 1 }, '120,000 entries (100 %), 96.1 MB, 48 MB/s'],
])('after %i ms', (passedMs, state, text) => {
  let nowMs = 5000;
  const progress = new ImportProgress(() => nowMs);
  nowMs += passedMs;
  expect(progress.text(state)).toBe(text);
});

test.each([
  ['nothing known', {}, undefined],
  ['a journal', { j: { entries_expected: 200, entries: 50, bytes_in: 9 } }, 0.25],
  ['files', { t: { bytes_expected: 200, bytes_in: 150 } }, 0.75],
  [
    'the slower of two',
    { t: { bytes_expected: 200, bytes_in: 150 }, j: { entries_expected: 2, entries: 1, bytes_in: 5 } },
    0.5,
  ],
  ['one that cannot tell', { t: { bytes_in: 150 }, j: { entries_expected: 2, entries: 1, bytes_in: 5 } }, undefined],
  ['more than was expected', { j: { entries_expected: 2, entries: 3, bytes_in: 5 } }, 1],
])('share: %s', (_, counters, share) => {
  expect(stateOf(counters).share).toBe(share);
});

test('records and bytes are those of the sources, not those of what comes behind them', () => {
  const counters = {
    journal: { bytes_in: 10, records_out: 3, entries: 3 },
    tail: { bytes_in: 20, records_out: 4 },
    grep: { records_in: 7, records_out: 7 },
    opensearch: { records_in: 7, stored: 7 },
  };
  expect(stateOf(counters)).toEqual({ count: 7, unit: 'records', bytes: 30, share: undefined });
});

test('a terminal is painted at most five times a second, and left clean', () => {
  let nowMs = 0;
  const written: string[] = [];
  const out = { isTTY: true, columns: 12, write: (text: string) => written.push(text) };
  const line = new ProgressLine(out, () => nowMs);
  line.start(() => `at ${nowMs} and more`);
  for (nowMs = 50; nowMs <= 400; nowMs += 50) line.tick();
  line.above('said\n');
  line.stop();
  const painted = (ms: number): string => `\r\x1b[K${`at ${ms} and more`.slice(0, 11)}`;
  expect(written).toEqual([painted(0), painted(200), painted(400), '\r\x1b[K', 'said\n', painted(450), '\r\x1b[K']);
});

test('where there is no terminal only the lines of others are written', () => {
  const written: string[] = [];
  const line = new ProgressLine({ write: (text: string) => written.push(text) });
  line.start(() => 'progress');
  line.tick();
  line.above('said\n');
  line.stop();
  expect(written).toEqual(['said\n']);
});
