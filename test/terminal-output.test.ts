// Nothing that stands in a log, a file name or a command line does anything to the terminal that shows it.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeJournal } from './support/journal-writer.ts';

const program = fileURLToPath(new URL('../bin/katalog.js', import.meta.url));
/** What Node asks before it writes: the program believes that a terminal is there. */
const AS_TERMINAL = 'data:text/javascript,process.stdout.isTTY=true';
const ID = `ab12${'0'.repeat(60)}`;
const HOSTILE = 'x\u009b31m\u007f\u0085\u2028\u2029\u202e\u061c\u2066\ufeffy';
const NAME = 'a\u001b[2J\u0007\b\u009b\u202e.log';
const SHIM = `time="2026-03-02T00:00:01.5Z" level=error msg="${HOSTILE}" name=containerd-shim-v2 pid=7 sandbox=${ID} source=virtcontainers\n`;
const AGENT = `{"msg":"${HOSTILE}","level":"ERRO","ts":"2026-03-02T00:00:02.5Z","pid":"1","name":"kata-agent","source":"agent","k${HOSTILE}":"${HOSTILE}"}\n`;
const CONFIG = (parser: string, format: string): string => `<source>
  @type tail
  path DIR/plain.log
  tag kata
  read_from_head true
  <parse>
    @type ${parser}
  </parse>
</source>
<filter **>
  @type kata
</filter>
<match **>
  @type stdout
  <format>
    @type ${format}
  </format>
</match>
`;
const MACHINE = '0123456789abcdef0123456789abcdef';
const FIELDS = ['SYSLOG_IDENTIFIER=kata', 'PRIORITY=3', `MESSAGE=${HOSTILE}`];
const FILES: Readonly<Record<string, string | Buffer>> = {
  [NAME]: SHIM + AGENT,
  'plain.log': SHIM + AGENT,
  'stdout.conf': CONFIG('none', 'stdout'),
  'json.conf': CONFIG('logfmt', 'json'),
  'single.conf': CONFIG('none', 'single_value'),
  [`journal/${MACHINE}/system.journal`]: writeJournal([{ realtimeUs: 1_772_409_603_000_000, fields: FIELDS }]),
};
let directory = '';

beforeAll(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'katalog-terminal-'));
  for (const [name, content] of Object.entries(FILES)) {
    fs.mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    const text = typeof content === 'string' ? content.replaceAll('DIR', directory) : content;
    fs.writeFileSync(path.join(directory, name), text);
  }
});
afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

interface Printed {
  readonly out: string;
  readonly err: string;
}

function katalog(args: readonly string[], node: readonly string[]): Printed {
  const { stdout, stderr } = spawnSync(process.execPath, [...node, program, ...args], {
    cwd: directory,
    encoding: 'utf8',
    env: { ...process.env, XDG_STATE_HOME: directory, HOME: directory, NO_COLOR: '1' },
  });
  return { out: stdout, err: stderr };
}

const UNSAFE = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\ufeff]/u;
const run = (name: string): readonly string[] => [
  'run',
  '-c',
  `${name}.conf`,
  '--once',
  '--state-dir',
  `state-${name}`,
];

test.each<readonly [string, readonly string[], string]>([
  ['text', ['parse', NAME], 'x\\x9b31m\\x7f\\x85<U+2028><U+2029><U+202E><U+061C><U+2066><U+FEFF>y'],
  ['csv', ['parse', '-o', 'csv', NAME], 'a\\x1b[2J\\x07\\x08\\x9b<U+202E>.log,error,x\\x9b31m\\x7f'],
  ...['json', 'ndjson', 'logfmt', 'yaml', 'toml'].map(
    (form) => [form, ['parse', '-o', form, NAME], 'x\\u009b31m'] as const,
  ),
  ['xml', ['parse', '-o', 'xml', NAME], 'x&#x9b;31m'],
  ['what failed a check', ['parse', '-c', NAME], ''],
  ['sandbox', ['sandbox', ID, NAME], 'x\\x9b31m'],
  ['sandbox --json', ['sandbox', ID, NAME, '--json'], 'x\\u009b31m'],
  ['problems', ['problems', NAME], '\\x9b'],
  ['problems --json', ['problems', NAME, '--json'], 'x\\u009b31m'],
  ['run, as Fluentd prints', run('stdout'), 'x\\u009b31m'],
  ['run, json', run('json'), 'x\\u009b31m'],
  ['run, a value alone', run('single'), 'x\\u009b31m'],
  ['explain --sample', ['explain', '-c', 'stdout.conf', '--sample', 'plain.log'], 'x\\x9b31m'],
  ['journal', ['journal', '-D', 'journal', '-o', 'cat'], 'x\\x9b31m'],
  ['journal -o json', ['journal', '-D', 'journal', '-o', 'json', '--output-fields', 'PRIORITY'], '"PRIORITY":"3"'],
  ['check', ['check', '--json', '-c', NAME], '\\u001b[2J'],
])('%s', (_, args, expected) => {
  const { out, err } = katalog(args, ['--import', AS_TERMINAL]);
  expect(out).toContain(expected);
  expect(out).not.toMatch(UNSAFE);
  expect(err).not.toMatch(UNSAFE);
});

test.each<readonly [string, readonly string[], string]>([
  ['a command', ['x\u001b[2J\u009b'], "unknown command 'x\\x1b[2J\\x9b'"],
  ['an option', ['parse', '--x\u001b[2J'], "unknown option '--x\\x1b[2J'"],
  ['a value of a choice', ['parse', '-o', 'x\u001b[2J'], "argument 'x\\x1b[2J' is invalid"],
  ['a kind', ['problems', '--fail-on', 'x\u001b[2J\u202e', NAME], "argument 'x\\x1b[2J<U+202E>' is invalid"],
  ['a percentage', ['boot', '--fail-over', '\u0007', NAME, NAME], "argument '\\x07' is invalid"],
  ['a file', ['parse', 'x\u001b[2J'], 'there is no file "x\\x1b[2J"'],
])('what is refused of a command line is told without its control characters: %s', (_, args, told) => {
  const { err } = katalog(args, []);
  expect(err).toContain(told);
  expect(err).not.toMatch(UNSAFE);
});

test('a program gets the characters as they are', () => {
  const { out } = katalog(['parse', '-q', '-o', 'ndjson', NAME], []);
  expect(out).toContain(HOSTILE);
});
