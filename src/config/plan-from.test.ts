import { expect, test } from 'vitest';
import type { Problem } from '../core/problem.ts';
import { loadConfig } from './load.ts';
import { plainCatalog } from './plain-catalog.ts';
import { contextOf } from './plain-read.ts';
import type { Plan, Rule } from './plan.ts';

function load(text: string) {
  const { environment, ...files } = contextOf({ '/c/main.conf': text });
  return loadConfig('/c/main.conf', plainCatalog, environment, files);
}

function planOf(text: string): Plan {
  const outcome = load(text);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  return outcome.value;
}

const SOURCE = '<source>\n@type reader\npath /a\n</source>\n';
const MATCH = '<match none.**>\n@type nowhere\n</match>\n';
const FILTER = '<filter>\n@type rules\n<rule>\nkey k\n</rule>\n</filter>\n';
const LABEL = `<label @X>\n${MATCH}</label>\n`;

const shortRules = (rules: readonly Rule[]) =>
  rules.map(({ kind, pattern, plugin }) => [kind, pattern.text, plugin.type]);

test('sources, rules in file order, and labels', () => {
  const plan = planOf(`${SOURCE}${FILTER}${MATCH}<label @X>\n${FILTER}${MATCH}</label>\n${MATCH}${SOURCE}`);
  expect(plan.sources.map(({ type, place }) => [type, place.line])).toEqual([
    ['reader', 1],
    ['reader', 28],
  ]);
  expect(shortRules(plan.rules)).toEqual([
    ['filter', '', 'rules'],
    ['match', 'none.**', 'nowhere'],
    ['match', 'none.**', 'nowhere'],
  ]);
  expect([...plan.labels].map(([label, rules]) => [label, shortRules(rules)])).toEqual([
    [
      '@X',
      [
        ['filter', '', 'rules'],
        ['match', 'none.**', 'nowhere'],
      ],
    ],
  ]);
  expect(plan.system).toMatchObject({ log_level: 'info', root_dir: undefined, workers: 1 });
});

test('an empty pattern matches every tag', () => {
  expect(planOf(FILTER).rules[0]?.pattern.matches('any.tag')).toBe(true);
});

test('the body of a worker is made once for each number, with its worker_id and its own rules', () => {
  const source = SOURCE.replace('/a', '"/a#{worker_id}"');
  const relabel = '<match none>\n@type nowhere\n@id out\n@label @X\n</match>\n';
  const plan = planOf(
    `<system>\nworkers 2\n</system>\n${FILTER}<worker 0-1>\n${source}${relabel}${LABEL}</worker>\n${MATCH}`,
  );
  expect(plan.sources.map(({ settings, label }) => [settings['path'], label])).toEqual([
    ['/a0', undefined],
    ['/a1', '@ROOT/worker1'],
  ]);
  const rules = [
    ['filter', '', 'rules'],
    ['match', 'none', 'nowhere'],
    ['match', 'none.**', 'nowhere'],
  ];
  expect(shortRules(plan.rules)).toEqual(rules);
  expect([...plan.labels.keys()]).toEqual(['@X', '@X/worker1', '@ROOT/worker1']);
  expect(shortRules(plan.labels.get('@ROOT/worker1') ?? [])).toEqual(rules);
  const ends = [plan.rules[1], plan.labels.get('@ROOT/worker1')?.[1]].map((rule) => [
    rule?.plugin.id,
    rule?.plugin.label,
  ]);
  expect(ends).toEqual([
    ['out', '@X'],
    ['out/worker1', '@X/worker1'],
  ]);
});

test.each([
  ['x', 'expected a number or a range of numbers'],
  ['1-0', 'expected a number or a range of numbers'],
  ['0-99', 'expected a number or a range of numbers'],
  ['1', 'expected numbers below 1, the number of workers'],
  ['0-1', 'expected numbers below 1, the number of workers'],
])('<worker %s> is refused', (arg, message) => {
  expect(load(`<worker ${arg}>\n</worker>\n`).problems.filter(({ severity }) => severity === 'error')).toMatchObject([
    { code: 'config/worker-number', message: `<worker ${arg}>: ${message}`, place: { line: 1 } },
  ]);
});

test('a problem of a body that is made twice is told once', () => {
  const text = `<system>\nworkers 2\n</system>\n<worker 0-1>\n<match>\n@type nowhere\nx 1\n</match>\n</worker>\n`;
  expect(load(text).problems.filter(({ severity }) => severity === 'warning')).toHaveLength(1);
});

test.each([
  ['<system>\nlog_level warn\nroot_dir /d\n</system>\n', { log_level: 'warn', root_dir: '/d' }],
  ['<system>\n</system>\n', { log_level: 'info', root_dir: undefined }],
])('%j', (text, system) => {
  const outcome = load(text);
  expect(outcome.problems).toEqual([]);
  expect(outcome.ok && outcome.value.system).toMatchObject(system);
});

test('a surprising value is taken as Fluentd takes it, or refused with strict_config_value', () => {
  const source = '<source>\n@type reader\npath /a\nwait 500ms\n</source>\n';
  const lenient = load(source);
  expect(lenient.ok && lenient.value.sources[0]?.settings['wait']).toBe(30_000);
  expect(lenient.problems).toMatchObject([{ code: 'config/ambiguous-duration', severity: 'warning' }]);
  const strict = load(`<system>\nstrict_config_value true\n</system>\n${source}`);
  expect(strict.ok).toBe(false);
  expect(strict.problems).toMatchObject([{ code: 'config/ambiguous-duration', severity: 'error' }]);
});

test('all of <system> that has no effect gives notices, and an unknown word a warning', () => {
  const { problems } = load('<system>\nworkers 4\nprocess_name x\nworker 3\n<log>\nformat json\n</log>\n</system>\n');
  expect(problems.map(({ severity, place }) => [severity, place?.line])).toEqual([
    ['notice', 2],
    ['notice', 3],
    ['warning', 4],
    ['notice', 6],
  ]);
});

test.each([
  ['label @X is declared', `<source>\n@type reader\npath /a\n@label @X\n</source>\n${LABEL}`],
  [
    'label @X is declared later, in a plugin inside',
    `<match>\n@type nowhere\n<inner>\n@type nowhere\n@label @X\n</inner>\n</match>\n${LABEL}`,
  ],
  ['@ROOT leads back', '<match>\n@type nowhere\n@label @ROOT\n</match>\n'],
  ['ids differ', '<match a>\n@type nowhere\n@id a\n</match>\n<match b>\n@type nowhere\n@id b\n</match>\n'],
  ['@ERROR may be declared', `<label @ERROR>\n${MATCH}</label>\n`],
])('sound: %s', (_, text) => {
  expect(load(text)).toMatchObject({ ok: true, problems: [] });
});

const ID = '<match>\n@type nowhere\n@id a\n</match>\n';
test.each<readonly [string, string, Partial<Problem>]>([
  [
    '@id twice',
    ID + ID,
    { code: 'config/id-twice', message: '@id "a" stands twice', hint: 'first at /c/main.conf:3:5' },
  ],
  [
    '@id twice, once in a plugin inside',
    `${ID}<match>\n@type nowhere\n<inner>\n@type nowhere\n@id a\n</inner>\n</match>\n`,
    { code: 'config/id-twice', place: { file: '/c/main.conf', line: 9, column: 5 } },
  ],
  [
    'an unknown label',
    `<match>\n@type nowhere\n@label @Y\n</match>\n${LABEL}`,
    { code: 'config/unknown-label', message: 'there is no <label @Y>', hint: 'did you mean "@X"?' },
  ],
  [
    'an unknown label in a plugin inside',
    '<match>\n@type nowhere\n<inner>\n@type nowhere\n@label @Y\n</inner>\n</match>\n',
    { code: 'config/unknown-label', hint: 'known labels: none', place: { file: '/c/main.conf', line: 5, column: 8 } },
  ],
  [
    'a built-in label that nobody declared',
    '<match>\n@type nowhere\n@label @ERROR\n</match>\n',
    { code: 'config/unknown-label', hint: 'known labels: none' },
  ],
  ['a label without a name', `<label>\n${MATCH}</label>\n`, { code: 'config/label-name' }],
  ['a label without @', `<label X>\n${MATCH}</label>\n`, { code: 'config/label-name' }],
  ['the label of the root', `<label @ROOT>\n${MATCH}</label>\n`, { code: 'config/label-name' }],
  ['a label twice', LABEL + LABEL, { code: 'config/label-twice', message: '<label @X> stands twice' }],
  ['a label without match', `<label @X>\n${FILTER}</label>\n`, { code: 'config/label-without-match' }],
  ['<system> twice', '<system>\n</system>\n'.repeat(2), { code: 'config/section-twice' }],
  ['<system> in a worker', '<worker 0>\n<system>\n</system>\n</worker>\n', { code: 'config/unknown-section' }],
  ['a bad pattern', '<match /(/>\n@type nowhere\n</match>\n', { code: 'config/bad-pattern' }],
  ['a source without @type', '<source>\ntag x\n</source>\n', { code: 'config/missing-type' }],
  ['an unknown plugin', '<source>\n@type raeder\n</source>\n', { code: 'config/unknown-plugin' }],
  ['no path', '<source>\n@type reader\n</source>\n', { code: 'config/missing-parameter' }],
])('refused: %s', (_, text, problem) => {
  const { ok, problems } = load(text);
  expect(ok).toBe(false);
  expect(problems.filter(({ severity }) => severity === 'error')).toMatchObject([problem]);
});

const match = (pattern: string, type = 'nowhere') => `<match ${pattern}>\n@type ${type}\n</match>\n`;
const filter = (pattern: string) => FILTER.replace('<filter>', `<filter ${pattern}>`);
const tagged = (tag: string) => SOURCE.replace('path /a', `path /a\ntag ${tag}`);

test.each<readonly [string, string, readonly Partial<Problem>[]]>([
  [
    'a match after one that takes all',
    `${match('**')}${match('a')}`,
    [
      {
        code: 'config/unreachable',
        message: '<match a>: no event comes here, <match **> at line 1 takes them all',
        place: { file: '/c/main.conf', line: 4, column: 1 },
      },
    ],
  ],
  [
    'a filter after its match',
    `${match('a.**')}${filter('a.*')}`,
    [
      {
        code: 'config/unreachable',
        message: '<filter a.*>: no event comes here, <match a.**> at line 1 takes them all',
      },
    ],
  ],
  [
    'two matches that together take all',
    `${match('a.*')}${match('b.*')}${match('{a,b}.*')}`,
    [{ place: { file: '/c/main.conf', line: 7, column: 1 } }],
  ],
  ['the same expression twice', `${match('/a+/')}${match('/a+/')}`, [{ code: 'config/unreachable' }]],
  ['other expressions', `${match('/a+/')}${match('/a*/')}`, []],
  ['another order', `${match('a')}${match('**')}`, []],
  [
    'a mistyped pattern',
    `${tagged('kata.runtime')}${match('kta.**')}${match('kata.**')}`,
    [
      {
        code: 'config/no-such-tag',
        message: '<match kta.**>: no event has such a tag',
        hint: 'tags that there are: kata.runtime',
      },
    ],
  ],
  [
    'a pattern near to a tag',
    `${tagged('kata')}${match('katta')}${match('kata.**')}`,
    [{ hint: 'did you mean "kata"?' }],
  ],
  [
    'tags from paths',
    `${tagged('kata.*')}${match('x')}${match('kata.var.**')}`,
    [{ message: '<match x>: no event has such a tag' }],
  ],
  [
    'own messages outside of their label',
    `${tagged('a')}${match('fluent.**')}${match('a')}`,
    [{ code: 'config/own-messages', severity: 'notice' }],
  ],
  [
    'own messages in their label',
    `${tagged('a')}${match('a')}<label @FLUENT_LOG>\n${match('fluent.{warn,error}')}</label>\n`,
    [],
  ],
])('reach: %s', (_, text, problems) => {
  expect(load(text)).toMatchObject({ ok: true, problems });
});

test('@log_level is one of the levels', () => {
  const text = (level: string) => `<match>\n@type nowhere\n@log_level ${level}\n</match>\n`;
  expect(planOf(text('warn')).rules[0]?.plugin.logLevel).toBe('warn');
  expect(load(text('loud')).problems).toMatchObject([{ code: 'config/unknown-word', place: { line: 3, column: 12 } }]);
});

test.each([
  ['a parameter outside of every section', 'k v\n', 'config/unknown-parameter'],
  ['a mistyped section', '<sorce>\n</sorce>\n', 'config/unknown-section'],
  ['a source in a label', `<label @X>\n${SOURCE}${MATCH}</label>\n`, 'config/unknown-section'],
  ['a missing include', '@include none.conf\n', 'config/include'],
])('read with a warning: %s', (_, text, code) => {
  expect(load(text)).toMatchObject({
    ok: true,
    problems: [{ code, severity: 'warning', place: { file: '/c/main.conf' } }],
  });
});

test('mistakes of the text and of its meaning come together, in the order of the text', () => {
  const text = '<source>\n@type reader\npath "/a\\d"\nlimit x\n</source>\n<match> x\n@type nowere\nmax 1\n';
  expect(load(text).problems.map(({ code, place }) => [code, place?.line, place?.column])).toEqual([
    ['config/unknown-escape', 3, 9],
    ['config/not-a-number', 4, 7],
    ['config/junk-after-value', 6, 9],
    ['config/unknown-plugin', 7, 7],
    ['config/unclosed-section', 9, 1],
  ]);
});

test('everything that is wrong is found at once', () => {
  const text = '<source>\n@type reader\n</source>\n<match>\n@type nowere\n</match>\n<label X>\n</label>\n';
  expect(load(text).problems.map(({ code, place }) => [code, place?.line])).toEqual([
    ['config/missing-parameter', 1],
    ['config/unknown-plugin', 5],
    ['config/label-name', 7],
  ]);
});
