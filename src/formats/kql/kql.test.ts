import { expect, test } from 'vitest';
import { parseQuery } from './parse.ts';
import { compilePredicate } from './predicate.ts';
import type { FieldValue } from './query.ts';

const record: Record<string, FieldValue> = {
  'kata.level': 'error',
  'kata.sandbox': '2fa5b0c1',
  'kata.msg': 'Failed to create sandbox: no such file /run/kata/x',
  'kata.repairs': ['C1', 'C7'],
  'kata.duration_ms': 1520.5,
  SYSLOG_IDENTIFIER: 'kata',
  PRIORITY: '3',
  'odd name': 'a:b',
  starred: 'a*b',
  ready: true,
};

const warned: Record<string, FieldValue> = { kata_level: 'warn', message: 'Überlauf_1 in vCPU-7' };

function matches(text: string, fields: Record<string, FieldValue>): boolean {
  const outcome = parseQuery(text);
  if (!outcome.ok) throw new Error(`${text}: ${JSON.stringify(outcome.problems)}`);
  return compilePredicate(outcome.query)((name) => fields[name]);
}

test.each([
  ['', true],
  ['*', true],
  ['level:error', true],
  ['level:ERROR', true],
  ['level >= warning', true],
  ['level > error', false],
  ['kata.level:[trace TO info]', false],
  ['sandbox:2fa5*', true],
  ['sandbox:2FA5*', false],
  ['sandbox:*b0*', true],
  ['level:error and sandbox:2fa5*', true],
  ['level:error AND NOT sandbox:2fa5*', false],
  ['level:(info or error)', true],
  ['level:(info or not debug)', true],
  ['failed sandbox', true],
  ['failed sandboxes', false],
  ['"no such file"', true],
  ['"such no file"', false],
  ['sandbo*', true],
  ['kata.msg:creat*', true],
  ['kata.msg:"create sandbox"', true],
  ['kata.msg:/run/kata', true],
  ['kata.repairs:C7', true],
  ['kata.repairs:C2', false],
  ['kata.repairs:*', true],
  ['kata.pod:*', false],
  ['not kata.pod:*', true],
  ['kata.duration_ms > 1500', true],
  ['kata.duration_ms:[1000 TO 1520.5}', false],
  ['kata.duration_ms:[* TO 1520.5]', true],
  ['PRIORITY <= 3', true],
  ['PRIORITY:<3', false],
  ['"odd name":"a:b"', true],
  ['starred:a\\*b', true],
  ['starred:"a*b"', true],
  ['starred:"a*"', false],
  ['ready:true', true],
  ['SYSLOG_IDENTIFIER:kata PRIORITY:3', true],
  ['(level:info or level:error) and (PRIORITY:3)', true],
  ['level:info or level:debug and PRIORITY:3', false],
])('%s is %s', (text, wanted) => {
  expect(matches(text, record)).toBe(wanted);
});

test.each([
  ['level:warning', true],
  ['level >= warning', true],
  ['level:error', false],
  ['überlauf_1', true],
  ['überlauf', false],
  ['vcpu', true],
  ['"vCPU 7"', true],
  ['vCPU-7', true],
])('a record that was not understood: %s is %s', (text, wanted) => {
  expect(matches(text, warned)).toBe(wanted);
});

test.each([
  ['level:', 6, 'a value is expected'],
  ['a or', 4, 'a condition is expected'],
  ['(a and b', 8, '")" is expected'],
  ['a)', 1, 'no "("'],
  ['msg:"half', 4, 'quote is not closed'],
  ['time:12:00', 7, 'quote a value that holds a colon'],
  ['level:[1 TO', 11, 'range'],
  ['or a', 0, 'condition is expected before'],
])('%s: the error points at the place', (text, from, message) => {
  const outcome = parseQuery(text);
  if (outcome.ok) throw new Error('the query was accepted');
  expect(outcome.problems[0]?.message).toContain(message);
  expect(outcome.problems[0]?.from).toBe(from);
});

test('nesting has a bound', () => {
  const outcome = parseQuery(`${'('.repeat(2000)}a${')'.repeat(2000)}`);
  expect(outcome.ok).toBe(false);
});
