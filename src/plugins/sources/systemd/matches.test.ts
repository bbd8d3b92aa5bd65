import { expect, test } from 'vitest';
import type { Match } from '../../../formats/journal/match.ts';
import { checkMatches, matchOf } from './matches.ts';

/** A condition as a text: `(A=1 and (B=2 or B=3))`. */
function told(match: Match | undefined): string {
  if (!match) return 'everything';
  if (match.kind === 'field') return match.payload.toString();
  return `(${match.of.map(told).join(match.kind === 'all' ? ' and ' : ' or ')})`;
}

test.each([
  ['nothing', [], 'everything'],
  ['an empty object', ['{}'], 'everything'],
  ['an empty object beside another asks for nothing', ['{}', '{"A":"1"}'], 'A=1'],
  ['objects are alternatives', ['{"A":"1"}', '{"B":"2"}'], '(A=1 or B=2)'],
  ['fields of one object must all fit', ['{"A":"1","B":"2"}'], '(A=1 and B=2)'],
  ['a list of values is one of them', ['{"A":["1","2"]}'], '(A=1 or A=2)'],
  ['a number is compared as text', ['{"PRIORITY":5}'], 'PRIORITY=5'],
  ['names are upper-cased', ['{"_systemd_unit":"x"}'], '_SYSTEMD_UNIT=x'],
  ['null is no condition', ['{"A":null,"B":"2"}'], 'B=2'],
  ['bytes, not characters', ['{"A":"é"}'], 'A=é'],
])('%s', (_what, items, expected) => {
  expect(checkMatches(items)).toEqual([]);
  expect(told(matchOf(items))).toBe(expected);
});

test.each([
  ['kata', 'expected a list of objects'],
  ['["A"]', 'expected a list of objects'],
  ['{"A B":"1"}', '"A B" is no name of a journal field'],
  ['{"A":{"b":1}}', 'A: expected a text or a list of texts'],
])('%s is refused', (item, message) => {
  expect(checkMatches([item]).map((problem) => problem.message)).toEqual([expect.stringContaining(message)]);
});
