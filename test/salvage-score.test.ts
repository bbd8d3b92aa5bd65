// The judge of the salvage bench: what it counts as handled, changed, wrong and invented.
import { expect, test } from 'vitest';
import { Score, type ScoreRow } from '../bench/salvage/score.js';

const AT = { file: 'a.log', line_first: 1, line_last: 2 };
const SAID = {
  component: 'agent',
  level: 'info',
  msg: 'hello',
  time: null,
  guest_time: null,
  sandbox: ['s', null],
  container: null,
};
const exact = { ...AT, ...SAID, shape: null, must: 'exact' };
const salvage = { ...AT, ...SAID, shape: 'C2', must: 'salvage' };
const flag = { ...AT, ...SAID, msg: null, shape: 'C6', must: 'flag' };
const drop = { ...AT, ...SAID, msg: null, component: null, level: null, shape: 'C14', must: 'drop' };
const any = { ...drop, shape: null, must: 'any' };

const record = (kata: object, more: object = {}) => ({
  kata: { component: 'agent', level: 'info', msg: 'hello', ...kata },
  source: { path: 'a.log', line: 1 },
  ...more,
});

function row(truths: readonly object[], records: readonly object[]): Partial<ScoreRow> {
  const score = new Score();
  for (const truth of truths) score.addTruth(truth);
  for (const each of records) score.addRecord(each, 'a.log');
  const [, found] = score.finish()[0] ?? ['', undefined];
  if (!found) return {};
  const { expected, handled, invented, changed, wrong } = found;
  return { expected, handled, invented, changed, wrong };
}

const right = { expected: 1, handled: 1, invented: 0, changed: 0, wrong: 0 };

test.each([
  ['an undamaged record that is equal', [exact], [record({})], right],
  ['a value that may be absent is there', [exact], [record({ sandbox: 's' })], right],
  [
    'an undamaged record with another value',
    [exact],
    [record({ level: 'debug' })],
    { ...right, handled: 0, changed: 1, wrong: 1 },
  ],
  ['an undamaged record that is missing', [exact], [], { ...right, handled: 0 }],
  ['a restored record that names its damage', [salvage], [record({ repairs: ['C2'] })], right],
  ['a restored record that does not', [salvage], [record({})], { ...right, handled: 0 }],
  [
    'a restored record with a wrong value',
    [salvage],
    [record({ repairs: ['C2'], sandbox: 'x' })],
    { ...right, handled: 0, wrong: 1 },
  ],
  ['a piece that is marked', [salvage], [record({ msg: 'hel', partial: true })], { ...right, handled: 0 }],
  ['two records for one', [exact], [record({}), record({})], { ...right, invented: 1 }],
  ['a gap marker besides', [exact], [record({}), record({ gap: true })], right],
  [
    'pieces of what cannot be restored',
    [flag],
    [record({ partial: true }, { raw: 'x' }), record({ partial: true }, { raw: 'y' })],
    right,
  ],
  ['a piece that lost its text', [flag], [record({ partial: true })], { ...right, handled: 0 }],
  [
    'a piece that passes for a record',
    [flag],
    [record({ partial: true }, { raw: 'x' }), record({})],
    { ...right, invented: 1 },
  ],
  ['an empty line, dropped', [drop], [], right],
  ['an empty line that became a record', [drop], [record({})], { ...right, invented: 1 }],
  ['text that is no record', [any], [record({})], { ...right, expected: 0, handled: 0 }],
])('%s', (_, truths, records, expected) => {
  expect(row(truths, records)).toEqual(expected);
});

test('a double is one record with two places', () => {
  const twice = { ...exact, shape: 'C20', must: 'salvage', places: [AT, { ...AT, line_first: 9, line_last: 9 }] };
  expect(row([twice], [record({ repairs: ['C20'], dup: 1 })])).toEqual(right);
  const both = [record({ repairs: ['C20'] }), { ...record({}), source: { path: 'a.log', line: 9 } }];
  expect(row([twice], both)).toEqual({ ...right, invented: 1 });
});
