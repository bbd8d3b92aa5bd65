// The runner itself: what passes, what fails and how it says so.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { findCases } from './case-folder.ts';
import { runCase } from './run-case.ts';

const TAIL = `<source>
  @type tail
  path "#{ENV['CASE_DIR']}/in.log"
  pos_file "#{ENV['CASE_DIR']}/in.pos"
  tag t
  read_from_head true
  <parse>
    @type json
  </parse>
</source>
`;
const SENT = `${TAIL}<match **>\n  @type elasticsearch\n  host nowhere.invalid\n</match>\n`;
const LINES = '{"time":1.5,"n":1}\n{"time":2,"n":2}\n';
const ONE = '{"tag":"t","time":"1.500000000","record":{"n":1.0}}\n';
const TWO = '{"tag":"t","time":"2.000000000","record":{"n":2}}\n';

let directory = '';
afterEach(() => fs.rmSync(directory, { recursive: true, force: true }));

function caseOf(files: Readonly<Record<string, string>>): string {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'katalog-runner-'));
  for (const [name, text] of Object.entries({ 'fluent.conf': SENT, 'in.log': LINES, ...files })) {
    fs.mkdirSync(path.dirname(path.join(directory, 'c', name)), { recursive: true });
    fs.writeFileSync(path.join(directory, 'c', name), text);
  }
  return directory;
}

async function run(files: Readonly<Record<string, string>>, more: { configuration?: string; update?: boolean } = {}) {
  const [testCase] = findCases(caseOf(files));
  if (!testCase) throw new Error('no case was found');
  return runCase(testCase, { configuration: more.configuration, update: more.update ?? false, env: {} });
}

test.each<readonly [string, Readonly<Record<string, string>>, readonly string[]]>([
  ['the expected events', { 'expected.jsonl': ONE + TWO }, []],
  ['any order', { 'expected.jsonl': TWO + ONE, 'case.json': '{"order":"any"}' }, []],
  ['another order', { 'expected.jsonl': TWO + ONE }, ['- t 2.000000000 {"n":2}', '+ t 2.000000000 {"n":2}']],
  ['a missing event', { 'expected.jsonl': ONE }, ['+ t 2.000000000 {"n":2}']],
  [
    'another value',
    { 'expected.jsonl': ONE.replace('1.0', '3') + TWO },
    ['- t 1.500000000 {"n":3}', '+ t 1.500000000 {"n":1}'],
  ],
  ['the better events win', { 'expected.jsonl': TWO, 'expected.better.jsonl': ONE + TWO }, []],
  ['positions', { 'expected.jsonl': ONE + TWO, 'case.json': '{"pos_after":{"in.log":36}}' }, []],
  [
    'another position',
    { 'expected.jsonl': ONE + TWO, 'case.json': '{"pos_after":{"in.log":5,"other.log":1}}' },
    ['position of in.log: expected 5, found 36', 'position of other.log: expected 1, found none'],
  ],
  [
    'a template and the environment',
    {
      'in.pos.tmpl': '@CASE_DIR@/in.log\t0000000000000013\t@INODE:in.log@\n',
      'expected.jsonl': TWO.replace('"t"', '"from.env"'),
      'case.json': '{"env":{"TAG":"from.env"}}',
      'fluent.conf': SENT.replace('tag t', `tag "#{ENV['TAG']}"`),
    },
    [],
  ],
  [
    'numbers beyond 2^53',
    {
      'in.log': '{"time":1.5,"n":12345678901234567890}\n',
      'expected.jsonl': ONE.replace('1.0', '12345678901234567891'),
    },
    ['- t 1.500000000 {"n":12345678901234567891}', '+ t 1.500000000 {"n":12345678901234567890}'],
  ],
  ['a refusal at its line', { 'expected.error.json': '{"line":2}', 'fluent.conf': '<source>\n@type tial\n</source>\n' }, []],
  [
    'a refusal elsewhere',
    { 'expected.error.json': '{"line":9,"about":"x"}', 'fluent.conf': '<source>\n@type tial\n</source>\n' },
    ['- refused at line 9: x', '+ fluent.conf:2:7 error: there is no source "tial" [config/unknown-plugin]'],
  ],
  ['no refusal', { 'expected.error.json': '{"line":2}' }, ['- refused at line 2: ']],
  [
    'an unexpected refusal',
    { 'expected.jsonl': '', 'fluent.conf': '<source>\n@type tial\n</source>\n' },
    ['fluent.conf:2:7 error: there is no source "tial" [config/unknown-plugin]'],
  ],
  [
    'problems',
    {
      'fluent.conf': `tag x\n${TAIL}`,
      'expected.problems':
        'fluent.conf:1:1 warning: "tag" stands outside of every section and has no effect [config/unknown-parameter]\n' +
        'warn: router: no match for tag "t": 2 records so far went nowhere\n',
    },
    [],
  ],
  ['a tree', { 'fluent.conf': 'a 1\n', 'expected.tree.json': '{"name":"ROOT","arg":"","attrs":{"a":"1"},"elements":[]}' }, []],
  [
    'another tree',
    { 'fluent.conf': 'a 2\n', 'expected.tree.json': '{"name":"ROOT","arg":"","attrs":{"a":"1"},"elements":[]}' },
    [
      '- {"arg":"","attrs":{"a":"1"},"elements":[],"name":"ROOT"}',
      '+ {"arg":"","attrs":{"a":"2"},"elements":[],"name":"ROOT"}',
    ],
  ],
  [
    'an expected line that is none',
    { 'expected.jsonl': 'x\n' },
    ['it could not be run: line 1 of the expected events: expected {"tag","time","record"}, got "x"'],
  ],
])('%s', async (_, files, differences) => {
  expect(await run(files)).toEqual(differences);
});

test("a user's configuration finds its absolute paths inside of the case", async () => {
  const files = { 'var/log/kata.log': LINES, 'expected.jsonl': ONE + TWO, 'user.conf': '' };
  const user = SENT.replace(`"#{ENV['CASE_DIR']}/in.log"`, '/var/log/kata.log').replace(/.*pos_file.*\n/, '');
  const configuration = path.join(os.tmpdir(), `katalog-user-${process.pid}.conf`);
  fs.writeFileSync(configuration, user);
  try {
    expect(await run(files, { configuration })).toEqual([]);
  } finally {
    fs.rmSync(configuration);
  }
});

test('what came of a case becomes what is expected', async () => {
  const files = { 'case.json': '{}', 'in.log': `${LINES}{"n":3}\nx\n`, 'expected.problems': 'old\n' };
  expect(await run(files, { update: true })).toEqual([]);
  expect(fs.readFileSync(path.join(directory, 'c/expected.jsonl'), 'utf8')).toBe(
    `${ONE.replace('1.0', '1')}${TWO}{"tag":"t","time":"now","record":{"n":3}}\n`,
  );
  expect(fs.readFileSync(path.join(directory, 'c/expected.problems'), 'utf8')).toContain('warn: ');
  const [testCase] = findCases(directory);
  expect(testCase && (await runCase(testCase, { configuration: undefined, update: false, env: {} }))).toEqual([]);
});
