// What Kata's logs hold of secrets comes out nowhere: every kind of secret in every copy that a log has of a text, through every
// command and output that understands Kata. What was not understood (dead letters, the state, the program's own log) is searched, too.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BulkServer, type Step } from '../support/bulk-server.ts';
import { scratchFolders } from '../support/folder.ts';
import { importAll } from '../support/program.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const PLANTED = 'planted';
const SANDBOX = '2fa5'.repeat(16);
const BASE = `name=containerd-shim-v2 pid=12 sandbox=${SANDBOX}`;

/** Texts as Kata, its agent and container engines log them, each with one secret. */
const SECRETS: readonly string[] = [
  'spec: Spec { process: Process { env: Some(["PATH=/bin", "TOKEN=planted-1"]) } }',
  '{"process":{"env":["A=planted-2"]}}',
  'ctr: Env:[A=planted-3 B=x] Cwd:/',
  'jaeger_password = "planted-4"',
  'kernel_params: agent.x_token=planted-5 quiet',
  '--initdata=cGxhbnRlZC02planted-6 x',
  'cc_init_data="planted-7"',
  'io.katacontainers.config.agent.policy: "planted-8"',
  '{"auths":{"registry":{"auth":"planted-9"}}}',
  'Authorization: Bearer planted-10-abcdef',
  'pulling https://user:planted-11@registry.example/x',
  'secret sealed.planted-12.planted-13.planted-14',
  'AWS_SECRET_ACCESS_KEY=planted-15',
];

const time = (n: number): string => `2026-03-01T21:20:${String(n % 60).padStart(2, '0')}.5Z`;
const quoted = (text: string): string => JSON.stringify(text);

function shimLines(): readonly string[] {
  return SECRETS.flatMap((secret, n) => {
    const agent = JSON.stringify({
      msg: secret,
      level: 'INFO',
      ts: time(n),
      name: 'kata-agent',
      source: 'agent',
      pid: '2',
    });
    const console = `time="${time(n)}" level=debug msg="reading guest console" ${BASE} source=virtcontainers subsystem=sandbox vmconsole=`;
    return [
      `time="${time(n)}" level=error msg=${quoted(secret)} ${BASE} source=virtcontainers`,
      `time="${time(n)}" level=error error=${quoted(secret)} msg="cannot start" ${BASE} source=virtcontainers`,
      `${console}${quoted(agent)}`,
      `${console}${quoted(secret)}`,
      // Torn: the end never comes.
      `time="${time(n)}" level=error ${BASE} msg=${quoted(`${secret} and more`).slice(0, -1)}`,
      // Of nobody's.
      secret,
    ];
  });
}

function journalLines(): readonly string[] {
  return SECRETS.map((secret, n) => {
    const text = `time="${time(n)}" level=warning msg=${quoted(secret)} ${BASE} source=virtcontainers`;
    return JSON.stringify({
      MESSAGE: n % 2 === 0 ? text : [...Buffer.from(text)],
      SYSLOG_RAW: [...Buffer.from(`<6>Mar  1 21:20:00 kata[12]: ${text}\n`)],
      _CMDLINE: `/usr/bin/x ${secret}`,
      SYSLOG_IDENTIFIER: 'kata',
      _PID: '12',
      _TRANSPORT: 'syslog',
      __REALTIME_TIMESTAMP: String(1_772_400_000_000_000 + n),
    });
  });
}

const folderOf = scratchFolders();
let folder = '';
let inputs: readonly string[] = [];

beforeAll(() => {
  folder = folderOf('kata-secrets');
  inputs = ['shim.log', 'node.journal.json'].map((name) => path.join(folder, 'logs', name));
  fs.mkdirSync(path.join(folder, 'logs'));
  fs.writeFileSync(inputs[0] as string, `${shimLines().join('\n')}\n`);
  fs.writeFileSync(inputs[1] as string, `${journalLines().join('\n')}\n`);
});

function katalog(...args: readonly string[]): string {
  const { stdout, stderr, error } = spawnSync(process.execPath, ['bin/katalog.js', ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  if (error) throw error;
  return stdout + stderr;
}

/** The lines of a text that show a secret. */
const shown = (text: string): readonly string[] => text.split('\n').filter((line) => line.includes(PLANTED));

function filesIn(directory: string): readonly string[] {
  return fs
    .readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

test('the logs hold every secret', () => {
  const text = inputs.map((file) => fs.readFileSync(file, 'utf8')).join('\n');
  expect(SECRETS.map((secret) => text.includes(secret.slice(-8)))).toEqual(SECRETS.map(() => true));
});

test.each(['text', 'json', 'ndjson', 'csv', 'logfmt', 'yaml', 'toml', 'xml'])('parse -o %s', (form) => {
  const said = katalog('parse', '-s', '-o', form, ...inputs);
  expect(said).toContain('[redacted]');
  expect(shown(said)).toEqual([]);
});

test('parse --no-redact shows them', () => {
  const said = katalog('parse', '--no-redact', '-o', 'ndjson', ...inputs);
  expect(SECRETS.map((_, n) => said.includes(`${PLANTED}-${n + 1}`))).toEqual(SECRETS.map(() => true));
});

test.each([['--json'], ['--report'], ['--html', 'page.html']])('sandbox %s', (...flags) => {
  const [flag, name] = flags as [string, string?];
  const file = name === undefined ? undefined : path.join(folder, name);
  const said = katalog('sandbox', SANDBOX, flag, ...(file === undefined ? [] : [file]), ...inputs);
  const page = file === undefined ? '' : fs.readFileSync(file, 'utf8');
  expect((said + page).length).toBeGreaterThan(200);
  expect(shown(said + page)).toEqual([]);
});

test('sandbox and problems on a terminal', () => {
  const said = katalog('sandbox', SANDBOX, ...inputs) + katalog('problems', ...inputs);
  expect(said).toContain('[redacted]');
  expect(shown(said)).toEqual([]);
});

describe('a run with filter kata', () => {
  let server: BulkServer;
  let sent = '';

  /** Takes the first document, refuses all others for good: they become dead letters. */
  function refuse(_: number, items: readonly string[]): Step {
    sent += items.join('\n');
    const refused = items
      .slice(1)
      .map((_item, index) => [index + 1, { status: 400, error: { type: 'x', reason: 'no' } }]);
    return { kind: 'items', refuse: Object.fromEntries(refused) };
  }

  beforeAll(async () => {
    server = await BulkServer.start();
    server.script = refuse;
    const sources = inputs.map(
      (file) =>
        `<source>\n@type tail\npath ${file}\ntag ${path.basename(file)}\nread_from_head true\n<parse>\n@type none\n</parse>\n</source>`,
    );
    const config = `${sources.join('\n')}
<filter **>
  @type kata
</filter>
<match **>
  @type copy
  <store>
    @type file
    path ${folder}/out/records
  </store>
  <store>
    @type store
    path ${folder}/store
  </store>
  <store>
    @type elasticsearch
    hosts ${server.origin}
    index_name x
  </store>
</match>
`;
    await importAll({ config, folder });
  });
  afterAll(() => server.stop());

  test('what was sent', () => {
    expect(sent).toContain('[redacted]');
    expect(shown(sent)).toEqual([]);
  });

  test.each(['out', 'store', 'state', 'program.log'])('%s', (name) => {
    const place = path.join(folder, name);
    const files = fs.statSync(place).isDirectory() ? filesIn(place) : [place];
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => fs.readFileSync(file, 'latin1').includes(PLANTED))).toEqual([]);
  });

  test('dead letters were written', () => {
    const text = filesIn(path.join(folder, 'state'))
      .map((file) => fs.readFileSync(file, 'latin1'))
      .join('\n');
    expect(text).toContain('[redacted]');
  });

  test('what is asked of the store', () => {
    const said = katalog('query', '', '-o', 'ndjson', '--store', path.join(folder, 'store'));
    expect(said).toContain('[redacted]');
    expect(shown(said)).toEqual([]);
  });
});
