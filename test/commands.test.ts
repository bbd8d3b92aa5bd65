// The commands that look at a configuration, as a user runs them: what they print and how they end.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const program = fileURLToPath(new URL('../bin/katalog.js', import.meta.url));
let directory = '';

const TAIL = `<source>
  @type tail
  path DIR/in.log
  tag kata
  <parse>
    @type json
  </parse>
</source>
`;
const STDOUT = '<match **>\n  @type stdout\n</match>\n';
const files: Readonly<Record<string, string>> = {
  'sound.conf': TAIL + STDOUT,
  'warning.conf': `${TAIL}${STDOUT}<match kata>\n  @type stdout\n</match>\n`,
  'broken.conf': `${TAIL}<match **>\n  @type stdotu\n</match\n`,
  'old.conf': `<source>\n  type tail\n  format json\n  path DIR/in.log\n  tag "kata # \\"x\\""\n</source>\n${STDOUT}`,
  'missing.conf': TAIL.replace('in.log', 'none.log') + STDOUT,
  'unreachable.conf': `${TAIL}<match **>\n  @type elasticsearch\n  hosts http://127.0.0.1:1\n</match>\n`,
  'rewrite.conf': `${TAIL}<match kata>
  @type rewrite_tag_filter
  <rule>
    key level
    pattern /(.+)/
    tag level.$1
  </rule>
</match>
<match level.error>
  @type null
</match>
<match level.*>
  @type stdout
</match>
`,
  'journal.conf': `<source>\n  @type systemd\n  path DIR/none\n  tag j\n</source>\n<match **>\n  @type file\n  path DIR/in.log/out\n</match>\n`,
  'empty.conf': `<source>\n  @type systemd\n  path DIR\n  tag j\n</source>\n<match **>\n  @type file\n  path DIR/new/out.%Y.log\n</match>\n`,
  'kata.conf': `${TAIL}<filter **>\n  @type kata\n</filter>\n${STDOUT}`,
  'include.conf': '@include sound.conf\n',
  'in.log': '{"n":1}\n',
};

beforeAll(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'katalog-commands-'));
  for (const [name, text] of Object.entries(files)) {
    fs.writeFileSync(path.join(directory, name), text.replaceAll('DIR', directory));
  }
});
afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

function katalog(args: readonly string[]): {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
} {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd: directory,
    encoding: 'utf8',
  });
  const local = (text: string): string => text.replaceAll(directory, 'DIR');
  return { status, out: local(stdout), err: local(stderr) };
}

test.each<readonly [string, number, string]>([
  ['check -c sound.conf', 0, 'sound.conf: no problems\n'],
  ['check -c warning.conf', 0, 'warning.conf: 1 warning\n'],
  ['check -c warning.conf --strict', 78, 'warning.conf: 1 error\n'],
  [
    'check -c broken.conf',
    78,
    'broken.conf:10:9 error: there is no output "stdotu" [config/unknown-plugin]\n    hint: did you mean "stdout"?\n',
  ],
  ['check -c broken.conf', 78, 'broken.conf:11:1 error: expected </match>, found "</match"'],
  ['check -c broken.conf', 78, 'broken.conf: 2 errors\n'],
  ['check -c sound.conf --live', 0, 'sound.conf: no problems\n'],
  ['check -c missing.conf --live', 0, 'warning: path: "DIR/none.log" is not there [live/no-file]'],
  ['check -c journal.conf --live', 1, 'warning: path: "DIR/none" is not there [live/no-file]'],
  ['check -c journal.conf --live', 1, 'error: path: "DIR/in.log" is no directory [live/unwritable]'],
  ['check -c empty.conf --live', 0, 'warning: path: no journal file is in "DIR" [live/no-file]'],
  ['check -c unreachable.conf --live', 1, 'error: no answer from http://127.0.0.1:1: connect ECONNREFUSED'],
  ['check -c unreachable.conf', 0, 'unreachable.conf: no problems\n'],
  ['config -c include.conf', 0, `${TAIL}\n${STDOUT}`],
  [
    'config -c old.conf --modern',
    0,
    '<source>\n  @type tail\n  path DIR/in.log\n  tag "kata \\# \\"x\\""\n  <parse>\n    @type json\n  </parse>\n</source>\n',
  ],
  ['explain -c sound.conf', 0, 'tail (sound.conf:1)\n│  tag kata\n└─ match **  stdout (sound.conf:9)\n'],
  ['check -c rewrite.conf', 0, 'rewrite.conf: no problems\n'],
  [
    'explain -c rewrite.conf',
    0,
    `└─ match kata  rewrite_tag_filter (rewrite.conf:9)
   ├─ → level.$1
   │  │  tag level.error
   │  └─ match level.error  null (rewrite.conf:17)
   └─ → level.$1
      │  tag level.x
      └─ match level.*  stdout (rewrite.conf:20)

every filter and match is reached
`,
  ],
  ['explain -c warning.conf', 0, 'no event of these sources comes to:\n  match kata  stdout (warning.conf:12)\n'],
  ['explain -c sound.conf --format mermaid', 0, '  n0 -->|"kata"| n1\n'],
  ['explain -c sound.conf --sample in.log', 0, 'record 1, at byte 0\n  source tail (sound.conf:1)  kata\n'],
  ['explain -c sound.conf --sample in.log', 0, '{"n":1}\n  output stdout (sound.conf:9)  kata  unchanged\n'],
  ['explain -c kata.conf --sample in.log', 0, '  filter kata (kata.conf:9)  kata\n'],
  ['completion bash', 0, 'complete'],
])('katalog %s: %i, %j', (command, status, out) => {
  const result = katalog(command.split(' '));
  expect(result.out).toContain(out);
  expect(result.status).toBe(status);
});

test.each<readonly [string, number, string]>([
  ['check', 64, "required option '-c, --config <file>' not specified"],
  ['chekc', 64, 'Did you mean check?'],
  ['check -c none.conf', 78, 'cannot read the configuration none.conf'],
  ['explain -c sound.conf --sample none.log', 69, 'there is no sample "none.log"'],
  ['run -c sound.conf --port abc', 64, "argument 'abc' is invalid. expected a number from 0 to 65535."],
  ['explain -c broken.conf', 78, 'there is no output "stdotu"'],
])('katalog %s: %i, says %j', (command, status, err) => {
  const result = katalog(command.split(' '));
  expect(result.err).toContain(err);
  expect(result.status).toBe(status);
});

test('check --json is one object a program can read', () => {
  const { out } = katalog(['check', '--json', '-c', 'broken.conf']);
  expect(JSON.parse(out)).toMatchObject({
    file: 'broken.conf',
    ok: false,
    problems: [
      { code: 'config/unknown-plugin', severity: 'error', file: 'broken.conf', line: 10, column: 9 },
      { code: 'config/unmatched-end', severity: 'error', line: 11, column: 1 },
    ],
  });
});

test('config --json is the tree after includes, each section with its place', () => {
  const { out } = katalog(['config', '--json', '-c', 'include.conf']);
  expect(JSON.parse(out)).toMatchObject({
    name: 'ROOT',
    elements: [
      { name: 'source', attrs: { '@type': 'tail', tag: 'kata' }, file: 'DIR/sound.conf', line: 1 },
      { name: 'match', arg: '**', line: 9 },
    ],
  });
});
