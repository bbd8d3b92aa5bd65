import { expect, test } from 'vitest';
import { TagPattern } from './tag-pattern.ts';
import { sampleTags } from './tag-samples.ts';

function patternOf(text: string): TagPattern {
  const pattern = TagPattern.parse(text);
  if (!pattern.ok) throw new Error(text);
  return pattern.value;
}

const PATTERNS = [
  '**',
  'a',
  'a.*',
  'a.**',
  '**.a',
  'a.**.b',
  '{a,b.{c,d}}.*',
  'kata*',
  'a.*.{b,c*}',
  '\\*.a',
  'a**',
  '{**,x}',
];

test.each(PATTERNS)('every sample of %s is one of its tags', (text) => {
  const samples = sampleTags(text) ?? [];
  expect(samples.length).toBeGreaterThan(0);
  expect(samples.filter((tag) => !patternOf(text).matches(tag))).toEqual([]);
});

test.each<readonly [string, string, boolean]>([
  ['**', 'a.b', true],
  ['a.**', 'a', true],
  ['a.**', 'a.*', true],
  ['a.*', 'a.**', false],
  ['a.*', 'a.b', true],
  ['{a,b}.*', 'a.*', true],
  ['a.*', '{a,b}.*', false],
  ['**.a', 'x.y.a', true],
  ['**.a', 'a.**', false],
  ['a.b', 'a.*', false],
  ['/kata\\..+/', 'kata.**', false],
  ['/.*/', 'kata.**', true],
  ['kata*', 'kata-x', true],
])('%s takes all of %s: %s', (text, other, expected) => {
  const pattern = patternOf(text);
  expect((sampleTags(other) ?? []).every((tag) => pattern.matches(tag))).toBe(expected);
});

test('a regular expression and a pattern with too many alternatives have no samples', () => {
  expect(sampleTags('/a.*/')).toBe(undefined);
  expect(sampleTags('{a,b}'.repeat(20))).toBe(undefined);
});
