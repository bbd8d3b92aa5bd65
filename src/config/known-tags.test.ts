import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { commonTag, globsOf } from './tag-glob.ts';
import { TagPattern } from './tag-pattern.ts';

function patternOf(text: string): TagPattern {
  const pattern = TagPattern.parse(text);
  if (!pattern.ok) throw new Error(text);
  return pattern.value;
}

function common(one: string, other: string): string | undefined {
  const others = globsOf(other) ?? [];
  return (globsOf(one) ?? []).flatMap((a) => others.map((b) => commonTag(a, b))).find((tag) => tag !== undefined);
}

test.each<readonly [string, string, string | undefined]>([
  ['kata.**', 'kata.error', 'kata.error'],
  ['a.**.c', 'a.b.*', 'a.b.c'],
  ['a.*', 'b.*', undefined],
  ['a.*', 'a.b.c', undefined],
  ['kubernets.**', 'kubernetes.**', undefined],
  ['{a,b}.c', 'b.*', 'b.c'],
])('%s and %s have in common: %s', (one, other, expected) => {
  expect(common(one, other)).toBe(expected);
});

const piece = fc.constantFrom('a', 'b', '.', '*', '**', 'ab', '{a,b.c}', '\\*');
const pattern = fc
  .array(piece, { minLength: 1, maxLength: 5 })
  .map((pieces) => pieces.join(''))
  .filter((text) => !text.includes('***'));

test('a common tag is one of both patterns', () => {
  fc.assert(
    fc.property(pattern, pattern, (one, other) => {
      const found = common(one, other);
      if (found !== undefined) expect([one, other].map((text) => patternOf(text).matches(found))).toEqual([true, true]);
    }),
    { numRuns: 500 },
  );
});

test('patterns that both take a tag have a common one', () => {
  const parts = fc.array(fc.constantFrom('a', 'b', 'ab'), { minLength: 1, maxLength: 4 });
  const wildcards = fc.array(fc.constantFrom('', '', '*', '**', '{x,*}'), { minLength: 4, maxLength: 4 });
  const glob = (tag: readonly string[], wild: readonly string[]): string =>
    tag.map((part, index) => wild[index] || part).join('.');
  fc.assert(
    fc.property(parts, wildcards, wildcards, (tag, one, other) => {
      expect(common(glob(tag, one), glob(tag, other))).toBeDefined();
    }),
    { numRuns: 500 },
  );
});
