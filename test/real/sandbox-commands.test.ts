// The commands that look at Kata's logs as a whole, as a user runs them on the sample day: output, exit code, no secret.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { generateSamples } from '../../samples/generate.js';
import { ServedPage } from '../support/browser.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** In the environment of the sample day's containers. */
const SECRET = 'example-not-a-secret';

interface Truth {
  readonly id: string;
  readonly story: string;
  readonly console: string;
  readonly phases: readonly object[];
}

let directory = '';
let truths: readonly Truth[] = [];

beforeAll(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'katalog-sandbox-'));
  generateSamples(directory);
  const lines = fs.readFileSync(path.join(directory, 'sandboxes.ndjson'), 'utf8').trim().split('\n');
  truths = lines.map((line) => JSON.parse(line) as Truth);
});

afterAll(() => {
  fs.rmSync(directory, { recursive: true, force: true });
});

function katalog(...args: readonly string[]): {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
} {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/katalog.js', ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  return { code: status, out: stdout, err: stderr };
}

const log = (name: string): string => path.join(directory, name);
const shimLog = (): string => log('kata-runtime.log');
const story = (name: string): Truth => {
  const found = truths.find((truth) => truth.story === name && truth.console === 'kata-runtime.log');
  if (!found) throw new Error(`no story ${name}`);
  return found;
};

test('the sample logs hold the secret that no output may show', () => {
  expect(fs.readFileSync(shimLog(), 'utf8')).toContain(SECRET);
});

test('sandbox: a row for each', () => {
  const { code, out } = katalog('sandbox', shimLog());
  expect(code).toBe(0);
  expect(out.trim().split('\n')).toHaveLength(truths.length + 1);
  for (const { id } of truths) expect(out).toContain(id.slice(0, 12));
});

test('sandbox ID --json: the phases of the truth', () => {
  const { id, phases } = story('slow');
  const { code, out } = katalog('sandbox', id.slice(0, 8), shimLog(), '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ id, phases, stuck: false, completeness: { gaps: 0, suppressed: 0 } });
  expect(Object.keys(JSON.parse(out) as object)).toEqual(
    ['id', 'first', 'last', 'duration_ms', 'records', 'errors', 'hypervisor', 'pod', 'namespace'].concat([
      'last_phase',
      'stuck',
      'phases',
      'rpcs',
      'first_error',
      'completeness',
    ]),
  );
});

test('sandbox ID: the page of the slow one leads to the cause', () => {
  const { out } = katalog('sandbox', story('slow').id, shimLog());
  expect(out).toMatch(/guest kernel +userspace +█+ +\d+\.\d\d s +\d+ %/);
  expect(out).toMatch(/userspace +after +[\d:.]+ +debug +guest-kernel +random: crng init done/);
  expect(out).toMatch(/virtio_fs_init +\d+\.\d ms/);
  expect(out).not.toContain(SECRET);
});

test('--store: the sandboxes and problems of the file that was imported', async () => {
  const state = path.join(directory, 'state');
  const served = await ServedPage.files([shimLog()], state);
  await served.stop();
  const store = ['--store', path.join(state, 'store')];
  const { id } = story('slow');
  for (const command of [
    ['sandbox', '--json'],
    ['sandbox', id.slice(0, 8), '--json'],
    ['problems', '--json'],
  ]) {
    const [stored, read] = [katalog(...command, ...store), katalog(...command, shimLog())];
    expect(stored.code, stored.err).toBe(0);
    expect(JSON.parse(stored.out)).toEqual(JSON.parse(read.out));
  }
  expect(katalog('problems', shimLog(), ...store)).toMatchObject({ code: 64, out: '' });
});

test('sandbox ID --report: Markdown without secrets', () => {
  const { code, out } = katalog('sandbox', story('agent-panic').id, shimLog(), '--report');
  expect(code).toBe(0);
  expect(out).toMatch(/^# Kata sandbox [0-9a-f]{64}\n/);
  expect(out).toContain('## First error\n\n```text\nthread');
  expect(out).not.toContain(SECRET);
});

test.each([
  ['an id that is not there', ['sandbox', 'ffffffffffff'], 1, 'no sandbox "ffffffffffff"'],
  ['a report of all', ['sandbox', '--report'], 64, '--report wants'],
  ['a kind of problem that is none', ['problems', '--fail-on', 'fire'], 64, 'expected some of panic, oom, gap, error'],
  ['a percentage that is none', ['boot', '--fail-over', 'lots'], 64, 'expected a percentage'],
])('%s', (_, args, code, message) => {
  const files = args[0] === 'boot' ? [shimLog(), shimLog()] : [shimLog()];
  const result = katalog(...args, ...files);
  expect([result.code, result.err]).toEqual([code, expect.stringContaining(message)]);
});

test('problems: groups with their kinds, and a gate', () => {
  const { code, out } = katalog('problems', shimLog(), '--json', '--fail-on', 'panic');
  const kinds = (JSON.parse(out) as readonly { readonly kind: string }[]).map(({ kind }) => kind);
  expect([code, new Set(kinds)]).toEqual([1, new Set(['panic', 'oom', 'gap', 'error'])]);
  expect(out).not.toContain(SECRET);
  expect(katalog('problems', log('kata-json.log'), '--fail-on', 'panic,oom,gap').code).toBe(0);
});

test('boot: a log is not slower than itself, and is slower than one without its slowest', () => {
  expect(katalog('boot', shimLog(), shimLog(), '--fail-over', '10%').code).toBe(0);
  const slow = truths.filter((truth) => truth.story === 'slow').map(({ id }) => id);
  const lines = fs.readFileSync(shimLog(), 'utf8').split('\n');
  fs.writeFileSync(log('without.log'), lines.filter((line) => !slow.some((id) => line.includes(id))).join('\n'));
  const { code, err } = katalog('boot', log('without.log'), shimLog(), '--fail-over', '10%');
  expect([code, err]).toEqual([1, expect.stringContaining('slower: total')]);
});

test('doctor kata: below a root, each line that hides records', () => {
  const node = log('node');
  const write = (file: string, text: string): void => {
    fs.mkdirSync(path.dirname(path.join(node, file)), { recursive: true });
    fs.writeFileSync(path.join(node, file), text);
  };
  write('etc/crio/crio.conf', '[crio.runtime.runtimes.kata]\nruntime_config_path = "/opt/kata/clh.toml"\n');
  write('etc/crio/crio.conf.d/debug.conf', '[crio.runtime]\nlog_level = "debug"\n');
  write('opt/kata/clh.toml', '[hypervisor.clh]\nenable_debug = true\n[runtime]\nenable_debug = false\n');
  write('opt/kata/config.d/agent.toml', '[agent.kata]\nenable_debug = true\n');
  write('etc/systemd/journald.conf', '[Journal]\nStorage=persistent\nRateLimitIntervalSec=0\n');
  const { code, out } = katalog('doctor', 'kata', '--root', node);
  expect(code).toBe(1);
  expect(out).toContain('/opt/kata/clh.toml:4:1 warning: [runtime] enable_debug = false hides');
  expect(out).toContain('hint: write under [runtime]: enable_debug = true');
  expect(out.trim().split('\n').at(-1)).toBe('1 warning');
});

test('doctor: what each output promises', () => {
  const { code, out } = katalog('doctor', '--state-dir', log('state'));
  expect(code).toBe(0);
  expect(out).toContain('output elasticsearch: exactly once in effect');
  expect(out).toContain('output stdout: at least once');
});
