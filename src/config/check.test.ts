import { expect, test } from 'vitest';
import type { PluginKind } from '../core/plugin.ts';
import type { Problem } from '../core/problem.ts';
import { Checker } from './check.ts';
import { plainCatalog } from './plain-catalog.ts';
import { treeOf } from './plain-read.ts';
import type { Planned } from './planned.ts';

interface Checked {
  readonly planned: Planned | undefined;
  readonly problems: readonly Problem[];
}

function check(kind: PluginKind, text: string): Checked {
  const [section] = treeOf(`<x a>\n${text}\n</x>`).sections;
  if (!section) throw new Error('no section');
  const checker = new Checker(plainCatalog, true);
  return { planned: checker.plugin(kind, section), problems: checker.problems };
}

const reader = (text: string) => check('source', `@type reader\npath /a\n${text}`);

const DEFAULTS = {
  path: '/a',
  tag: 'none',
  password: undefined,
  code: undefined,
  ratio: 0.5,
  limit: 10,
  chunk: 1024,
  wait: 5,
  head: false,
  mode: 'safe',
  names: [],
  map: undefined,
  pattern: undefined,
  threads: 1,
  parse: undefined,
  entry: undefined,
  storage: undefined,
};

test.each([
  ['', {}],
  ['tag "#{use_default}"', { tag: 'none' }],
  ['password "#{use_nil}"', { password: undefined }],
  ['path /b', { path: '/b' }],
  ['password "x y"\ncode 7', { password: 'x y', code: 7 }],
  ['ratio 1.5\nlimit 3\nchunk 8k\nwait 2m\nhead', { ratio: 1.5, limit: 3, chunk: 8192, wait: 120, head: true }],
  [
    'mode fast\nnames a, b\nmap a:1\npattern /x/i',
    { mode: 'fast', names: ['a', 'b'], map: { a: '1' }, pattern: '/x/i' },
  ],
  ['names ["a"]\nmap {"a": 1}', { names: ['a'], map: { a: 1 } }],
  ['<entry>\n</entry>', { entry: { deep: true } }],
  ['<entry>\ndeep false\n</entry>', { entry: { deep: false } }],
  ['@id one\n@label @X\n@log_level warn', {}],
])('%j is sound', (text, values) => {
  const { planned, problems } = reader(text);
  expect(problems).toEqual([]);
  expect(planned?.settings).toEqual({ ...DEFAULTS, ...values });
});

test('a plugin with its id, its label, its place, and the plugin inside of it', () => {
  const { planned } = reader('@id one\n@label @X\n<parse>\n@type words\n</parse>');
  expect(planned).toMatchObject({
    kind: 'source',
    type: 'reader',
    id: 'one',
    label: '@X',
    place: { line: 1, column: 1 },
  });
  expect(planned?.settings['parse']).toMatchObject({ kind: 'parser', type: 'words', settings: { delimiter: ' ' } });
});

test('sections that stand any number of times, in order; their parameters keep their names', () => {
  const { planned, problems } = check('filter', '@type rules\n<rule>\nkey a\ntype b\n</rule>\n<rule>\nkey c\n</rule>');
  expect(problems).toEqual([]);
  expect(planned?.settings).toEqual({
    rule: [
      { key: 'a', type: 'b' },
      { key: 'c', type: undefined },
    ],
  });
});

test.each<readonly [PluginKind, string, string, string, number]>([
  ['source', 'path /a', 'config/missing-type', '<x a>: expected a parameter @type', 1],
  ['source', '@type\npath /a', 'config/missing-type', '<x a>: expected a parameter @type', 1],
  ['source', 'path /a\n@type raeder', 'config/unknown-plugin', 'there is no source "raeder"', 3],
  ['output', '@type reader', 'config/unknown-plugin', 'there is no output "reader"', 2],
  ['source', '@type reader', 'config/missing-parameter', '<x a>: expected a parameter path', 1],
  ['source', '@type reader\npath "#{use_nil}"', 'config/missing-parameter', 'path: expected a value, got nil', 3],
  [
    'source',
    '@type reader\npath "#{use_default}"',
    'config/missing-parameter',
    'path: expected a value, got a default',
    3,
  ],
  [
    'source',
    '@type reader\npath /a\ntag "#{use_nil}"',
    'config/missing-parameter',
    'tag: expected a value, got nil',
    4,
  ],
  ['source', '@type reader\npath x\ntag x', 'config/same', 'path and tag are the same', 1],
  ['filter', '@type strict', 'config/missing-section', '<x a>: expected a section <parse>', 1],
  ['filter', '@type strict\n<parse>\n</parse>', 'config/missing-type', '<parse>: expected a parameter @type', 3],
  ['filter', '@type rules', 'config/missing-section', '<x a>: expected a section <rule>', 1],
  ['filter', '@type rules\n<rule>\n</rule>', 'config/missing-parameter', '<rule>: expected a parameter key', 3],
  [
    'filter',
    '@type strict\n<parse>\n@type words\n</parse>\n<parse>\n@type words\n</parse>',
    'config/section-twice',
    '<parse> may stand once',
    6,
  ],
])('%s %j is refused: %s', (kind, text, code, message, line) => {
  expect(check(kind, text).problems).toMatchObject([{ code, severity: 'error', message, place: { line } }]);
});

test.each([
  ['limit many', 'config/not-a-number', 'limit: expected a whole number, got "many"', 4, 7],
  ['max many', 'config/not-a-number', 'max: expected a whole number, got "many"', 4, 5],
  [
    'wait 500ms',
    'config/ambiguous-duration',
    'wait: expected a duration such as 5s, 2m or 0.1, got "500ms", which is taken as 30000 seconds',
    4,
    6,
  ],
  ['mode slow', 'config/unknown-word', 'mode: expected one of fast, safe, got "slow"', 4, 6],
  ['head on', 'config/not-a-bool', 'head: expected true, yes, false or no, got "on"', 4, 6],
  ['code s3cr3t', 'config/not-a-number', 'code: the value (not shown, it is a secret) cannot be read', 4, 6],
])('%j is refused at its value: %s', (text, code, message, line, column) => {
  const errors = reader(text).problems.filter(({ severity }) => severity === 'error');
  expect(errors).toMatchObject([{ code, message, place: { line, column } }]);
});

test('nothing of a secret is shown', () => {
  expect(JSON.stringify(reader('code s3cr3t').problems)).not.toContain('s3cr3t');
});

test.each<readonly [string, Problem['severity'], string, string | undefined]>([
  ['limti 3', 'warning', 'config/unknown-parameter', 'did you mean "limit"?'],
  ['constructor 3', 'warning', 'config/unknown-parameter', undefined],
  ['<pars>\n</pars>', 'warning', 'config/unknown-section', 'did you mean "parse"?'],
  ['<constructor>\n</constructor>', 'warning', 'config/unknown-section', undefined],
  ['<path>\n</path>', 'warning', 'config/unknown-section', undefined],
  ['<entry>\ndep 1\n</entry>', 'warning', 'config/unknown-parameter', 'did you mean "deep"?'],
  ['max 3', 'warning', 'config/old-style', 'write limit'],
  ['threads 4', 'notice', 'config/accepted', undefined],
  ['<storage>\npath /x\n</storage>', 'notice', 'config/accepted', undefined],
  ['type words', 'warning', 'config/unknown-parameter', undefined],
  ['format words', 'warning', 'config/old-style', 'write <parse> @type words </parse>'],
])('%j is accepted with a %s: %s', (text, severity, code, hint) => {
  const { planned, problems } = reader(text);
  expect(planned).toBeDefined();
  expect(problems).toMatchObject([{ severity, code, place: { line: expect.any(Number) } }]);
  expect(problems[0]?.hint).toBe(hint);
});

test('what has no effect cannot make a configuration fail', () => {
  const { problems } = reader('threads many');
  expect(problems.map(({ severity }) => severity)).toEqual(['notice', 'warning']);
});

test('the last of equal parameters counts, whatever its spelling', () => {
  expect(reader('limit 1\nlimit 2').planned?.settings['limit']).toBe(2);
  expect(reader('limit 1\nmax 2').planned?.settings['limit']).toBe(2);
});

test('every problem is found, not the first alone', () => {
  const { problems } = check(
    'source',
    'type reader\nlimit x\nwait 1w\nmode slow\nfoo 1\n<parse>\n@type none\n</parse>',
  );
  expect(problems.map(({ code }) => code).sort()).toEqual([
    'config/ambiguous-duration',
    'config/missing-parameter',
    'config/not-a-number',
    'config/old-style',
    'config/unknown-parameter',
    'config/unknown-plugin',
    'config/unknown-word',
  ]);
});
