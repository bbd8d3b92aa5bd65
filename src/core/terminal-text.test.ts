// What a terminal gets of foreign text: no character that does something there, in any form, and JSON stays JSON.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printable } from './problem.ts';
import { type EscapeWay, inert, inertBytes } from './terminal-text.ts';

const WAYS: readonly EscapeWay[] = ['json', 'xml', 'plain'];

test.each<readonly [string, string, readonly [json: string, xml: string, plain: string]]>([
  ['an escape sequence', '\u001b[2J', ['\\u001b[2J', '&#x1b;[2J', '\\x1b[2J']],
  ['its form of one byte', '\u009b31m', ['\\u009b31m', '&#x9b;31m', '\\x9b31m']],
  ['DEL', 'a\u007fb', ['a\\u007fb', 'a&#x7f;b', 'a\\x7fb']],
  ['bell and backspace', '\u0007\b', ['\\u0007\\u0008', '&#x7;&#x8;', '\\x07\\x08']],
  ['separators of lines', '\u2028\u2029', ['\\u2028\\u2029', '&#x2028;&#x2029;', '<U+2028><U+2029>']],
  ['the direction of reading', '\u202e\u061c', ['\\u202e\\u061c', '&#x202e;&#x61c;', '<U+202E><U+061C>']],
  ['what is isolated from it', '\u2066', ['\\u2066', '&#x2066;', '<U+2066>']],
  ['no width', '\u200b\ufeff', ['\\u200b\\ufeff', '&#x200b;&#xfeff;', '<U+200B><U+FEFF>']],
  ['a carriage return alone', 'a\rb', ['a\\u000db', 'a&#xd;b', 'a\\x0db']],
  ['ends of lines and tabulators', 'a\tb\r\n\n', ['a\tb\r\n\n', 'a\tb\r\n\n', 'a\tb\r\n\n']],
  ['letters of any kind', 'größe 日本 😀', ['größe 日本 😀', 'größe 日本 😀', 'größe 日本 😀']],
])('%s', (_, text, expected) => {
  expect(WAYS.map((way) => inert(text, way))).toEqual(expected);
});

const hostile = fc.string({
  unit: fc.constantFrom(
    'a',
    '"',
    '\\',
    '\n',
    '\r',
    '\u001b',
    '\u007f',
    '\u0085',
    '\u009b',
    '\u061c',
    '\u2028',
    '\u202e',
  ),
});
const UNSAFE = /(?![\n\r\t])[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u;

test('JSON says the same, and has none of these characters', () => {
  fc.assert(
    fc.property(hostile, hostile, (name, value) => {
      const shown = inert(JSON.stringify({ [name]: value }), 'json');
      expect(JSON.parse(shown)).toEqual({ [name]: value });
      expect(shown).not.toMatch(UNSAFE);
    }),
  );
});

test('what is made printable or inert has none of these characters', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      expect(printable(text)).not.toMatch(UNSAFE);
      for (const way of WAYS) expect(inert(text, way)).not.toMatch(UNSAFE);
    }),
  );
});

test('where there is no terminal, bytes stay bytes', () => {
  const bytes = Buffer.from('\u009b\xff', 'latin1');
  expect(inertBytes(bytes, 'json', false)).toBe(bytes);
  expect(inertBytes(Buffer.from('\u009b'), 'json', true).toString()).toBe('\\u009b');
});
