import { expect, test } from 'vitest';
import { TagPattern } from './tag-pattern.ts';

function matches(pattern: string, tag: string): boolean {
  const outcome = TagPattern.parse(pattern);
  if (!outcome.ok) throw new Error(`refused: ${outcome.problems[0]?.message}`);
  return outcome.value.matches(tag);
}

// The rows were observed on Fluentd.
test.each([
  ['a.**', ['a', 'a.b', 'a.b.c'], ['ab', 'b.a']],
  ['**.a', ['a', 'b.a', 'c.b.a'], ['ba', 'a.b']],
  ['a.*', ['a.b', 'a.'], ['a', 'a.b.c']],
  ['a.**.b', ['a.b', 'a.c.b', 'a.c.d.b'], ['a.bc', 'ab']],
  ['a**', ['ab', 'a.b.c', 'a'], ['ba']],
  ['**.*', ['a', 'a.b'], []],
  ['kata*', ['kata-x', 'kata'], ['kata.x']],
  ['**', ['', 'a', 'a.b'], []],
  ['a.**b', ['a.xb', 'a.b', 'a.x.b'], ['ab']],
  ['{a,b}.c', ['a.c', 'b.c'], ['c.c', 'a,b.c']],
  ['{a.**,b}', ['a', 'a.x', 'b'], ['b.x']],
  ['/kata-(runtime|agent)/', ['kata-runtime', 'kata-agent'], ['kata-runtime2', 'x kata-agent']],
  ['/^kata\\.(in|out)$/', ['kata.in', 'kata.out'], ['kata.in.x', 'a\nkata.in']],
  ['{a,{b,c}.*}.d', ['a.d', 'b.x.d', 'c..d'], ['b.d', 'a,d']],
  ['kata containerd', ['kata', 'containerd'], ['kata containerd', 'crio']],
  ['a\\*b', ['a*b'], ['axb']],
  ['kata.v1+x', ['kata.v1+x'], ['kata.v11x']],
  ['', ['anything'], []],
])('%s', (pattern, yes, no) => {
  for (const tag of yes) expect([tag, matches(pattern, tag)]).toEqual([tag, true]);
  for (const tag of no) expect([tag, matches(pattern, tag)]).toEqual([tag, false]);
});

test('a pattern that is no regular expression is refused, not thrown', () => {
  expect(TagPattern.parse('/(/').ok).toBe(false);
});
