// How a text ends is looked for without patterns, for those take the square of its length, or fail on megabytes. On short texts both
// say the same.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { agent, SANDBOX, shim, wrap } from '../../test/support/kata-lines.ts';
import { endsInValue, lastQuote } from './json-record.ts';
import { readRecords } from './plain-read.ts';
import { unquoteGo } from './quoted-text.ts';
import { closesQuote, isQuotedEnd, looksLikeTail, mayBeTail } from './salvage-logfmt.ts';

const PATTERNS: readonly (readonly [string, (text: string) => unknown, (text: string) => unknown])[] = [
  ['lastQuote', lastQuote, (text) => text.search(/(?<=(?<!\\)(?:\\\\)*)"\s*\}\s*$/)],
  ['endsInValue', endsInValue, (text) => /":"(?:[^"\\]|\\.)*"\s*\}\s*$/.test(text)],
  ['isQuotedEnd', isQuotedEnd, (text) => /^(?:[^"\\]|\\.)*"$/.test(text)],
  ['closesQuote', closesQuote, (text) => (text.match(/(?<!\\)(?:\\\\)*"/g)?.length ?? 0) % 2 === 1],
  [
    'looksLikeTail',
    (text) => looksLikeTail(`pid=1${text}`),
    (text) => /\\":\\"[^"]*\\"\}"$|(?:^|[\s"])[A-Za-z][\w.-]*=(?:"(?:[^"\\]|\\.)*"|[^\s"]+)$/.test(`pid=1${text}`),
  ],
  ['mayBeTail', mayBeTail, (text) => !text.includes(' ') || text.endsWith('"') || /[^\s=]=[^\s"]*$/.test(text)],
];

const text = fc
  .array(fc.constantFrom('"', '\\', ' ', ':', '}', 'x', '=', '":"', '"}', ' a="', 'b='), { maxLength: 14 })
  .map((parts) => parts.join(''));

test.each(PATTERNS)('%s is what its pattern says', (_, found, expected) => {
  fc.assert(
    fc.property(text, (one) => {
      expect(found(one)).toEqual(expected(one));
    }),
    { numRuns: 2000 },
  );
});

test.each([1, 200_000])('%s escapes of Go', (count) => {
  expect(unquoteGo(String.raw`a\n\"\x1b\\`.repeat(count))).toBe('a\n"\x1b\\'.repeat(count));
});

const FLOOD = 20_000;

/** Of none each place may be looked at from every other one. */
test.each([
  ' ',
  '\t',
  '"',
  '\\',
  '\\"',
  '\\" ',
  '"A=',
  'time="2026-',
  '=" ',
  'a=',
  '[    1.000000] ',
  '{"',
  '\r',
  '\x1b[',
])('a flood of %j: what stands around it is read', (unit) => {
  const flood = unit.repeat(FLOOD);
  const lines = [flood, `${flood}x`, shim(flood), wrap(`${flood}x`), agent(flood), `{"msg":"${flood}"}`];
  const entries = lines.map((line) => JSON.stringify({ MESSAGE: line, SYSLOG_IDENTIFIER: 'kata' }));
  const found = readRecords([shim('a'), ...lines, ...entries, shim('b')]).map(({ kata }) => kata);
  expect(found.filter(({ msg }) => msg === 'a' || msg === 'b').map(({ msg, sandbox }) => [msg, sandbox])).toEqual([
    ['a', SANDBOX],
    ['b', SANDBOX],
  ]);
});
