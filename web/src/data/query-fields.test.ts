import { expect, test } from 'vitest';
import { namesakes, unknownFields } from './query-fields.ts';

const KNOWN = ['kata_level', 'fields.pod', 'kata.pod', 'MESSAGE'];

test.each([
  ['', []],
  ['level:error and MESSAGE:x and word', []],
  ['@timestamp > "2026-03-02" and _index:a', []],
  ['sandbox:2fa5* or not message:x', ['sandbox', 'message']],
  ['pod:a and (pod:b or nothing:*)', ['pod', 'nothing']],
  ['level:', []],
] as const)('%s', (query, unknown) => {
  expect(unknownFields(query, KNOWN)).toEqual(unknown);
});

test.each([
  ['pod', ['kata.pod', 'fields.pod']],
  ['message', ['MESSAGE']],
  ['kata.level', ['kata_level']],
  ['nothing', []],
] as const)('%s has namesakes', (field, names) => {
  expect(namesakes(field, KNOWN)).toEqual(names);
});
