// Laws of the grammar, over any text and any tree.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseConfig } from './grammar.ts';
import { printConfig } from './plain-print.ts';
import { contextOf, outcomeOf, short, treeOf } from './plain-read.ts';
import type { Section } from './tree.ts';

const FRAGMENTS = [
  '<',
  '</',
  '>',
  '<match',
  '<match a>',
  '</match>',
  '<a>',
  '</a>',
  '<a "x">',
  ' ',
  '\t',
  '\n',
  '\r\n',
  '\r',
  '#',
  ' # c',
  '#{',
  '}',
  '"#{hostname}"',
  '"#{use_nil}"',
  '"',
  "'",
  '\\',
  '\\n',
  '\\d',
  '[',
  ']',
  '{',
  ',',
  ':',
  '[1, 2]',
  '{"a": 1}',
  '["x',
  '/*',
  '//',
  '@type x',
  '@include',
  '@include x.conf',
  'include',
  'key value',
  'k',
  '@foo',
  'ä',
  '\ufeff',
  '\0',
  '\ud800',
] as const;
const files = { '/etc/x.conf': 'a 1\n<b>\n' };
const anyConfig = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 40 }).map((parts) => parts.join('')),
  fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 40 }).map((parts) => parts.join('\n')),
);

test('law: no text makes the reading throw, and every problem lies inside of its file', () => {
  const law = fc.property(anyConfig, (text) => {
    const { problems } = parseConfig(text, '/etc/fluent.conf', contextOf(files));
    for (const { place } of problems) {
      const lines = (place?.file === '/etc/x.conf' ? files['/etc/x.conf'] : text).split(/\r\n|\n|\r/);
      const line = lines[(place?.line ?? 0) - 1];
      expect([place, line]).not.toContain(undefined);
      expect(place?.column).toBeGreaterThanOrEqual(1);
      // The LF of a CRLF still belongs to its line.
      expect(place?.column).toBeLessThanOrEqual((line?.length ?? 0) + 2);
    }
  });
  fc.assert(law, { numRuns: 2000 });
});

const word = fc.stringMatching(/^[a-z_]{1,8}$/);
const text = fc.oneof(word, fc.string({ unit: 'binary', maxLength: 20 }), fc.constantFrom(...FRAGMENTS));
const key = text.filter((name) => !name.startsWith('@') && !name.startsWith('include'));
const place = { file: '', line: 1, column: 1 };
const section: fc.Memo<Section> = fc.memo((depth) =>
  fc.record({
    name: fc.stringMatching(/^\w{1,6}$/),
    arg: text,
    params: fc.array(
      fc.record({
        name: key,
        value: fc.oneof(text, fc.constant(null)),
        place: fc.constant(place),
        valuePlace: fc.constant(place),
      }),
      { maxLength: 4 },
    ),
    sections: depth <= 1 ? fc.constant([]) : fc.array(section(), { maxLength: 3 }),
    place: fc.constant(place),
  }),
);

test('law: a tree that is printed and read again is the same', () => {
  const law = fc.property(section(3), (tree) => {
    const read = treeOf(printConfig(tree));
    expect(short(read)).toEqual(short(tree));
  });
  fc.assert(law, { numRuns: 500 });
});

test('law: what was read from any text stays the same when it is printed and read again', () => {
  const law = fc.property(anyConfig, (any) => {
    const first = outcomeOf(parseConfig(any, '/etc/fluent.conf', contextOf()));
    fc.pre(first.ok);
    if (first.ok) expect(short(treeOf(printConfig(first.value)))).toEqual(short(first.value));
  });
  fc.assert(law, { numRuns: 1000 });
});
