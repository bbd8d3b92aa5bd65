// Pairs as JSON: what JSON.stringify writes, however deep they are.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pairsJson } from './ndjson.ts';
import { Pairs, type Value } from './record.ts';

test('any value is written as JSON.stringify writes it', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      expect(pairsJson(new Pairs(['a'], [value as Value]))).toBe(JSON.stringify({ a: value }));
    }),
  );
});

const DEPTH = 50_000;

test.each<readonly [string, string, string, string]>([
  ['lists', '[', ']', ''],
  ['objects', '{"a":', '}', '1'],
])('%s in one another, deeper than a stack', (_, open, close, innermost) => {
  const json = `${open.repeat(DEPTH)}${innermost}${close.repeat(DEPTH)}`;
  expect(pairsJson(new Pairs(['x'], [JSON.parse(json) as Value]))).toBe(`{"x":${json}}`);
});
