// The silences of a start.
import { expect, test } from 'vitest';
import { startSilences } from './silences.ts';
import type { Phase, PhaseName } from './startup.ts';

const at = (ms: number) => ({ seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1e6 });
const phase = (name: PhaseName, from: number, to: number): Phase => ({
  name,
  start: at(from),
  end: at(to),
  ms: to - from,
});
const said = (...times: readonly number[]) => times.map((ms) => ({ time: at(ms), ms }));
const START = [phase('prepare', 0, 1000), phase('kernel', 1000, 5000), phase('create', 5000, 6000)];
const LIFE = [...START, phase('running', 6000, 90_000), phase('stop', 90_000, 99_000)];

test.each([
  [
    'the longest first, with the phase it began in',
    said(0, 300, 1000, 4500, 5000, 6000),
    LIFE,
    ['kernel', 'create', 'prepare'],
  ],
  ['one that begins before a phase and ends in the next', said(0, 950, 3000), LIFE, ['prepare', 'prepare']],
  ['short ones are none', said(0, 50, 149, 248), LIFE, []],
  ['what runs may be silent', said(5950, 6000, 80_000), LIFE, []],
  ['a start that came to no end', said(0, 400), [phase('prepare', 0, 400)], ['prepare']],
  ['nothing known of its phases', said(0, 400), [], []],
  ['one record', said(10), LIFE, []],
] as const)('%s', (_, records, phases, expected) => {
  expect(startSilences(records, phases).map(({ phase: name }) => name)).toEqual(expected);
});

test('what was said before it is the record itself', () => {
  const records = said(0, 200, 3000);
  const [longest] = startSilences(records, LIFE);
  expect(longest).toEqual({ ms: 2800, phase: 'prepare', after: records[1] });
});
