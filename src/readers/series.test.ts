// Which files continue each other, by their names, and in which order.
import { expect, test } from 'vitest';
import { seriesOf } from './kata-inputs.ts';

const CASES: readonly (readonly [string, readonly string[], readonly (readonly string[])[]])[] = [
  ['rotation by number', ['kata.log', 'kata.log.1', 'kata.log.2.gz'], [['kata.log.2.gz', 'kata.log.1', 'kata.log']]],
  ['rotation without an end', ['syslog', 'syslog.1'], [['syslog.1', 'syslog']]],
  [
    'rotation by date',
    ['a.log', 'a.log-20260301', 'a.log-20260228.gz'],
    [['a.log-20260228.gz', 'a.log-20260301', 'a.log']],
  ],
  ['split -d', ['ci.log_01', 'ci.log_00'], [['ci.log_00', 'ci.log_01']]],
  [
    'split',
    ['ci.log.ab', 'ci.log.aa', 'xab', 'xaa'],
    [
      ['ci.log.aa', 'ci.log.ab'],
      ['xaa', 'xab'],
    ],
  ],
  ['split -a 3', ['part-aab', 'part-aaa'], [['part-aaa', 'part-aab']]],
  ['names that end alike', ['a.log', 'b.log', 'a.txt', 'a.out'], [['a.log'], ['b.log'], ['a.txt'], ['a.out']]],
  ['folders', ['1/kata.log.1', '2/kata.log'], [['1/kata.log.1'], ['2/kata.log']]],
  ['packed', ['kata.gz', 'kata.xz'], [['kata.gz'], ['kata.xz']]],
];

test.each(CASES)('%s', (_, files, series) => {
  expect(seriesOf(files)).toEqual(series);
});
