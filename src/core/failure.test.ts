import { expect, test } from 'vitest';
import { EnvironmentError, failureText } from './failure.ts';

const cause = new Error('no such file');

test.each([
  [new EnvironmentError('files/read', 'cannot read x', { cause }), 'cannot read x: no such file'],
  [new EnvironmentError('files/read', 'cannot read x: no such file', { cause }), 'cannot read x: no such file'],
  [new Error('outer', { cause: new Error('inner', { cause }) }), 'outer: inner: no such file'],
  ['a text', 'a text'],
])('%s says each cause once', (thrown, said) => {
  expect(failureText(thrown)).toBe(said);
});
