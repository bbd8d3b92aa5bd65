import { describe, expect, test } from 'vitest';
import {
  chosenValues,
  conditionsOf,
  fieldIs,
  toggledValue,
  withCondition,
  withoutChoice,
  withoutCondition,
} from './query-text.ts';

describe('conditions', () => {
  test.each([
    ['', []],
    ['level:error', ['level:error']],
    ['level:error and sandbox:2f*', ['level:error', 'sandbox:2f*']],
    ['a b  AND c', ['a', 'b', 'c']],
    ['msg:"this and that" and x:1', ['msg:"this and that"', 'x:1']],
    ['(a and b) and not c', ['(a and b)', 'not c']],
    ['a or b and c', ['a or b and c']],
    ['level:(error', ['level:(error']],
  ])('of %j', (query, conditions) => {
    expect(conditionsOf(query)).toEqual(conditions);
  });

  test.each([
    ['', 'x:1', 'x:1'],
    ['x:1', 'x:1', 'x:1'],
    ['a or b', 'x:1', '(a or b) and x:1'],
    ['msg:"a and b"', 'x:1', 'msg:"a and b" and x:1'],
  ])('%j with %j', (query, condition, result) => {
    expect(withCondition(query, condition)).toBe(result);
  });

  test.each([
    ['x:1', 'x:1', ''],
    ['a and x:1', 'x:1', 'a'],
    ['msg:"x:1 and y" and x:1', 'x:1', 'msg:"x:1 and y"'],
  ])('%j without %j', (query, condition, result) => {
    expect(withoutCondition(query, condition)).toBe(result);
  });
});

describe('values of a field that are chosen', () => {
  test.each([
    ['', 'tag', 'kata', 'tag:kata'],
    ['tag:kata', 'tag', 'kata', ''],
    ['tag:kata', 'tag', 'crio', 'tag:(kata or crio)'],
    ['x and tag:(kata or crio)', 'tag', 'kata', 'x and tag:crio'],
    ['tag:(kata or "a b") and x', 'tag', 'c"d', 'x and tag:(kata or "a b" or "c\\"d")'],
    ['tag:kata*', 'tag', 'kata', 'tag:kata* and tag:kata'],
    ['a or b', 'tag', 'kata', '(a or b) and tag:kata'],
    ['PRIORITY:6', 'PRIORITY', 3, 'PRIORITY:(6 or 3)'],
  ])('%j, then %s = %j', (query, field, value, result) => {
    expect(toggledValue(query, field, value)).toBe(result);
  });

  test('are told apart from other conditions on the field', () => {
    const query = 'tag:(a or b) and not tag:c and tag > d and x:y';
    expect(chosenValues(query, 'tag')).toEqual(['a', 'b']);
    expect(withoutChoice(query, 'tag')).toBe('not tag:c and tag > d and x:y');
  });

  test.each(['and', '-x', 'a:b', 'with "quotes"', 'a\\b', '*', '(', 'é'])('%j can be asked for', (value) => {
    expect(chosenValues(fieldIs('f', value), 'f')).toEqual([value]);
  });
});
