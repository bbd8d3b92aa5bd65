// Whatever a log says, in Markdown it is text: no mention, no link, no markup, nothing that ends its code.
import { expect, test } from 'vitest';
import { cellCode, codeBlock, inlineCode, markdownTable } from './inert-markdown.ts';

test.each([
  ['a mention', 'cc @kata-containers/all', '`cc @kata-containers/all`'],
  ['a link', '[x](http://evil.example) www.evil.example #1', '`[x](http://evil.example) www.evil.example #1`'],
  ['HTML', '<img src=x onerror=alert(1)><!--', '`<img src=x onerror=alert(1)><!--`'],
  ['markup', '**b** _i_ ~~s~~ $x$', '`**b** _i_ ~~s~~ $x$`'],
  ['backticks', 'a `b` ``c', '``` a `b` ``c ```'],
  ['a backtick at an end', '`', '`` ` ``'],
  ['lines and control characters', 'a\n# b\r\u001b[2J\u0000', '`a\\x0a# b\\x0d\\x1b[2J\\x00`'],
  ['what turns the direction', 'a\u202eb\u2066c\u061c', '`a<U+202E>b<U+2066>c<U+061C>`'],
  ['what is not seen', 'a\u200bb\u2028c\u{e0041}', '`a<U+200B>b<U+2028>c<U+E0041>`'],
  ['nothing', '', ''],
])('inside a line: %s', (_, text, expected) => {
  expect(inlineCode(text)).toBe(expected);
});

test.each([
  ['bars', 'a|b', '`a\\|b`'],
  ['an escaped bar', 'a\\|b', '`a\\x5c\\|b`'],
  ['a backslash', 'C:\\x', '`C:\\x`'],
])('inside a cell: %s', (_, text, expected) => {
  expect(cellCode(text)).toBe(expected);
});

test('a row has as many cells as the head, whatever stands in them', () => {
  expect(markdownTable(['a', 'b'], [['|', 'x\n|---|']])).toBe('| a | b |\n|---|---|\n| `\\|` | `x\\x0a\\|---\\|` |');
});

test.each([
  ['plain', ['a @b'], '```text\na @b\n```'],
  ['a fence inside', ['```', '# x', '`````'], '``````text\n```\n# x\n`````\n``````'],
  ['a line feed inside', ['a\n```'], '````text\na\\x0a```\n````'],
])('in a block: %s', (_, lines, expected) => {
  expect(codeBlock(lines)).toBe(expected);
});
