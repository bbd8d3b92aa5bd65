// The flags of `katalog parse`, as a user gives them: what is printed where, and how it ends.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';

const program = fileURLToPath(new URL('../bin/katalog.js', import.meta.url));
const REST = 'name=kata pid=12 source=shim';
const line = (second: number, rest: string): string => `time="2026-03-01T21:20:0${second}.5Z" level=info ${rest}\n`;
const files: Readonly<Record<string, string | Buffer>> = {
  'sound.log': line(2, `msg=second ${REST}`) + line(1, `msg=first ${REST}`),
  'later.log': line(3, `msg=third ${REST}`),
  'no-pid.log': line(1, 'msg=x name=kata source=shim'),
  'torn.log': `${line(1, `msg=x ${REST}`).trimEnd()}${line(2, `msg=y ${REST}`)}`,
  'empty.log': '',
  'empty.gz': gzipSync(''),
  'packed.log': line(1, 'msg="time=torn" name=kata-proxy pid=12 source=agent'),
  'nul.log': '\0'.repeat(100),
  'blank.log': `${line(1, `msg=x ${REST}`)}\n`,
  'packed.zst': Buffer.from('28b52ffd0458', 'hex'),
};
let directory = '';

beforeAll(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'katalog-parse-'));
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(directory, name), text);
});

afterAll(() => {
  fs.rmSync(directory, { recursive: true, force: true });
});

function parse(
  args: string,
  input: string | Buffer = '',
): { readonly code: number | null; readonly out: string; readonly err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'parse', ...args.split(' ')], {
    cwd: directory,
    encoding: 'utf8',
    input,
  });
  return { code: status, out: stdout, err: stderr };
}

test.each([
  ['sound.log', 0, '2 records from 1 inputs'],
  ['-s sound.log later.log', 0, '3 records from 2 inputs'],
  ['-s no-pid.log', 1, 'no-pid.log:1: pid: missing'],
  ['no-pid.log', 0, '1 records'],
  ['-s --ignore-missing-fields no-pid.log', 0, '1 records'],
  ['-c no-pid.log', 1, 'pid: missing'],
  ['-s torn.log', 1, 'repaired: C8'],
  ['torn.log', 0, 'records glued together, split'],
  ['empty.log', 0, '0 records'],
  ['--error-if-file-empty sound.log empty.log', 1, '2 records'],
  ['--error-if-no-records empty.log', 1, '0 records'],
  ['--error-if-no-records --error-if-file-empty sound.log', 0, '2 records'],
  ['--debug later.log', 0, 'parsed 1 log records in 1 files'],
  ['-q --debug later.log', 0, 'parsed 1 log records in 1 files'],
  ['--error-if-file-empty empty.gz', 1, 'empty.gz: 0 (empty)'],
  ['--error-if-file-empty -', 1, '-: 0 (empty)'],
  ['nul.log', 0, 'nul.log: 0 (nothing in its 100 bytes is a record)'],
  ['-s packed.log', 1, 'agent unpack failed'],
  ['-s --no-agent-unpack packed.log', 0, '1 records'],
  ['-s blank.log', 1, 'lines without anything where a record was expected: 1'],
  [
    'sound.log packed.zst',
    69,
    'packed.zst is packed by zstd: expected text, a journal or gzip. Unpack it first: zstd -dc',
  ],
  ['sound.log packed.zst', 69, '2 records from 2 inputs'],
  ['sound.log none.log', 64, '2 records from 1 inputs'],
  ['--output-file /dev/full sound.log', 69, 'cannot write /dev/full: ENOSPC'],
  ['--output-file none/out sound.log', 69, 'cannot write none/out: ENOENT'],
  ['none.log', 64, 'there is no file "none.log"'],
  ['.', 64, '"." is a folder without a journal: name files, such as "./*"'],
  ['-o nothing sound.log', 64, 'Allowed choices are text, json'],
])('parse %s', (args, code, told) => {
  const { code: ended, err } = parse(args);
  expect({ ended, err }).toEqual({ ended: code, err: expect.stringContaining(told) as string });
});

test('files, patterns and standard input, in the order of time', () => {
  const messages = (args: string, input?: string | Buffer): readonly unknown[] =>
    parse(`-q -o ndjson ${args}`, input)
      .out.trim()
      .split('\n')
      .map((text) => JSON.parse(text).kata.msg);
  expect(messages('sound.log')).toEqual(['first', 'second']);
  expect(messages('s*.log l*.log')).toEqual(['first', 'second', 'third']);
  expect(messages('later.log -', files['sound.log'])).toEqual(['first', 'second', 'third']);
  expect(messages('later.log /dev/stdin', files['sound.log'])).toEqual(['first', 'second', 'third']);
});

test('quiet says nothing but what failed, a check prints nothing', () => {
  expect(parse('-q -o json sound.log')).toMatchObject({ code: 0, err: '' });
  expect(parse('-c -o xml sound.log')).toMatchObject({ code: 0, out: '' });
  const why = 'records that failed a check: 1\n  -:1: not a record\n';
  expect(parse('-q -c -', 'level=info msg=x')).toMatchObject({ code: 1, out: '', err: why });
});

test('the output file is the owner’s alone, and holds nothing of what was there', () => {
  const file = path.join(directory, 'out.json');
  fs.writeFileSync(file, 'x'.repeat(100_000), { mode: 0o600 });
  expect(parse(`-q -o json --output-file ${file} sound.log`)).toMatchObject({ code: 0, out: '', err: '' });
  expect(JSON.parse(fs.readFileSync(file, 'utf8')).Entries).toHaveLength(2);
  const fresh = path.join(directory, 'fresh.json');
  parse(`-q -o json --output-file ${fresh} sound.log`);
  expect(fs.statSync(fresh).mode & 0o777).toBe(0o600);
});

test('the names of the forms, one a line', () => {
  expect(parse('--list-output-formats').out).toBe('text\njson\nndjson\ncsv\nlogfmt\nyaml\ntoml\nxml\n');
});
