// Generated configurations: sound ones of the real plugins, and the same with mistakes whose lines are known.
import fc from 'fast-check';
import { expect } from 'vitest';
import { readConfig } from '../../src/config/load.ts';
import { printConfig } from '../../src/config/plain-print.ts';
import { contextOf, short, treeOf } from '../../src/config/plain-read.ts';
import { catalog } from '../../src/plugins/catalog.ts';

const FILE = '/c/fluent.conf';

interface Line {
  readonly text: string;
  /** What a mistake can be made of. */
  readonly kind: 'open' | 'close' | 'type' | 'number' | 'text' | 'other';
}

type Mistake = readonly [name: string, kind: Line['kind'], make: (text: string) => string, code: string];

/** Each keeps the number of lines, and is a mistake of its own line only. */
const MISTAKES: readonly Mistake[] = [
  ['unknown plugin', 'type', (text) => `${text}xyzzy`, 'config/unknown-plugin'],
  ['type with a bad escape', 'type', (text) => text.replace(/(@?type) (\w+)/, '$1 "$2\\d"'), 'config/unknown-escape'],
  ['no number', 'number', (text) => text.replace(/\s\d+\w?$/, ' many'), 'config/'],
  ['bad escape', 'text', (text) => `${text.replace(/(\S+)\s+\S.*$/, '$1')} "a\\d+"`, 'config/unknown-escape'],
  [
    'text behind a quoted value',
    'text',
    (text) => `${text.replace(/(\S+)\s+\S.*$/, '$1')} "a" b`,
    'config/junk-after-value',
  ],
  ['an open quote', 'text', (text) => `${text.replace(/(\S+)\s+\S.*$/, '$1')} 'a`, 'config/unterminated-string'],
  ['Ruby', 'text', (text) => `${text.replace(/(\S+)\s+\S.*$/, '$1')} "#{Time.now.year}"`, 'config/ruby'],
  [
    'a variable that is not set',
    'text',
    (text) => `${text.replace(/(\S+)\s+\S.*$/, '$1')} "#{ENV.fetch('NONE')}"`,
    'config/ruby',
  ],
  ['a reserved name', 'number', (text) => text.replace(/\S.*$/, '@foo 1'), 'config/reserved-name'],
  ['no >', 'open', (text) => text.replace('>', ''), 'config/unclosed-tag'],
  ['text behind a tag', 'open', (text) => `${text} x`, 'config/junk-after-value'],
  ['a dash in a name', 'open', (text) => text.replace('<', '<x-'), 'config/section-name'],
  ['another end', 'close', (text) => text.replace('</', '</x'), 'config/unmatched-end'],
  ['an end without >', 'close', (text) => text.replace('>', ''), 'config/unmatched-end'],
  ['text behind an end', 'close', (text) => `${text} x`, 'config/junk-after-value'],
];

const word = fc.stringMatching(/^[a-z]{1,8}$/);
const textValue = fc.oneof(
  word,
  fc.constantFrom(
    'a b  c',
    '"quoted # \\"x\\""',
    "'single \\' #{no}'",
    '/var/log/x',
    '"#{hostname}"',
    'x#y',
    '#text',
    '"#{ENV[\'SET\']}"',
  ),
);
const noise = fc.constantFrom<readonly Line[]>(
  [],
  [other('')],
  [other('# a comment <match> "')],
  [other('  '), other('\t# x')],
);

function other(text: string): Line {
  return { text, kind: 'other' };
}

const param = (name: string, value: fc.Arbitrary<string>, kind: Line['kind']): fc.Arbitrary<readonly Line[]> =>
  fc.tuple(value, fc.constantFrom(' ', '  ', '\t')).map(([text, blank]) => [{ text: `${name}${blank}${text}`, kind }]);

const optional = (lines: fc.Arbitrary<readonly Line[]>): fc.Arbitrary<readonly Line[]> =>
  fc.oneof(lines, fc.constant<readonly Line[]>([]));

const parts = (...all: fc.Arbitrary<readonly Line[]>[]): fc.Arbitrary<readonly Line[]> =>
  fc.tuple(...all.flatMap((each) => [each, noise])).map((lists) => lists.flat());

function section(name: string, arg: string, body: fc.Arbitrary<readonly Line[]>): fc.Arbitrary<readonly Line[]> {
  return fc
    .tuple(body, fc.constantFrom('', '  ', '\t'))
    .map(([lines, indent]) => [
      { text: `<${name}${arg === '' ? '' : ` ${arg}`}>`, kind: 'open' },
      ...lines.map(({ text, kind }) => ({ text: `${indent}${text}`, kind })),
      { text: `</${name}>`, kind: 'close' },
    ]);
}

const type = (name: string): fc.Arbitrary<readonly Line[]> => fc.constant([{ text: `@type ${name}`, kind: 'type' }]);
const parse = section('parse', '', parts(type('json'), optional(param('time_key', word, 'text'))));
const tail = section(
  'source',
  '',
  parts(
    type('tail'),
    fc.constant([other('path /var/log/a.log'), other('tag kata')]),
    optional(param('refresh_interval', fc.constantFrom('5', '60s'), 'number')),
    optional(param('path_key', textValue, 'text')),
    optional(param('read_from_head', fc.constantFrom('true', 'yes', 'false'), 'other')),
    parse,
  ),
);
const filter = section('filter', 'kata', parts(type('parser'), param('key_name', word, 'text'), parse));
const search = section(
  'match',
  'kata',
  parts(
    type('elasticsearch'),
    optional(param('port', fc.constantFrom('9200', '9201'), 'number')),
    optional(param('logstash_prefix', textValue, 'text')),
    optional(param('custom_headers', fc.constantFrom('{"a":"b"}', '{"a": "b # c"} # d'), 'other')),
  ),
);
const plain = section('match', '**', parts(fc.oneof(type('stdout'), type('null'))));
const rules = fc
  .tuple(fc.oneof(filter, fc.constant<readonly Line[]>([])), fc.oneof(search, plain))
  .map((lists) => lists.flat());
const label = section('label', '@KATA', rules);

export const soundConfiguration: fc.Arbitrary<readonly Line[]> = fc
  .tuple(noise, tail, noise, rules, noise, optional(label))
  .map((lists) => lists.flat());

/** Between 1 and 3 mistakes, each in a line of its own. */
const mistakes = fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 3 });
const lineEnd = fc.constantFrom('\n', '\r\n');

/** Sound ones have no error; broken ones have errors in the lines of their mistakes, and in no other. */
export function checkConfigurations(runs: number): void {
  fc.assert(
    fc.property(soundConfiguration, mistakes, lineEnd, (lines, wanted, end) => {
      const text = (all: readonly Line[]): string => all.map((line) => line.text + end).join('');
      expect(errorsOf(text(lines))).toEqual([]);
      const tree = treeOf(text(lines), { SET: 'x' });
      expect(short(treeOf(printConfig(tree), { SET: 'x' }))).toEqual(short(tree));

      const broken = [...lines];
      const expected = new Map<number, readonly [name: string, code: string]>();
      for (const [which, where] of wanted) breakOne(broken, expected, which, where);
      const found = errorsOf(text(broken));
      const foundLines = new Set(found.map(({ line }) => line));
      expect([...expected.keys()].filter((line) => !foundLines.has(line) && !mayHide(expected, line))).toEqual([]);
      for (const { line, code } of found)
        expect([line, code]).toEqual([line, expect.stringContaining(expected.get(line)?.[1] ?? 'none')]);
    }),
    { numRuns: runs },
  );
}

/** What is wrong inside of a section that has no name or no known plugin is not looked for. */
const HIDING = new Set(['a dash in a name', 'unknown plugin', 'type with a bad escape']);
const MEANINGS = new Set(['unknown plugin', 'no number']);

function mayHide(expected: ReadonlyMap<number, readonly [name: string, code: string]>, line: number): boolean {
  const others = [...expected].filter(([other]) => other !== line).map(([, [name]]) => name);
  const isMeaning = MEANINGS.has(expected.get(line)?.[0] ?? '');
  return others.includes('a dash in a name') || (isMeaning && others.some((name) => HIDING.has(name)));
}

function breakOne(lines: Line[], expected: Map<number, readonly [string, string]>, which: number, where: number): void {
  const [name, kind, make, code] = MISTAKES[which % MISTAKES.length] as Mistake;
  const candidates = lines.flatMap((line, index) => (line.kind === kind && !expected.has(index + 1) ? [index] : []));
  const index = candidates[where % Math.max(1, candidates.length)];
  if (index === undefined) return;
  lines[index] = { text: make((lines[index] as Line).text), kind: 'other' };
  expected.set(index + 1, [name, code]);
}

function errorsOf(text: string): { readonly line: number; readonly code: string }[] {
  const { environment, ...files } = contextOf({ [FILE]: text }, { SET: 'x' });
  const { outcome } = readConfig(FILE, catalog, environment, files);
  return outcome.problems
    .filter(({ severity }) => severity === 'error')
    .map(({ place, code }) => ({ line: place?.line ?? 0, code }));
}
