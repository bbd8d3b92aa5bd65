// The commands that look at logs as a whole, on inputs as they are found: missing, empty, damaged, folders, patterns.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeJournal } from './support/journal-writer.ts';

const program = fileURLToPath(new URL('../bin/katalog.js', import.meta.url));
const ID = `ab12${'0'.repeat(60)}`;
let directory = '';

const record = (second: number, level: string, msg: string): string =>
  `time="2026-03-02T00:00:0${second}.000000001Z" level=${level} msg="${msg}" name=containerd-shim-v2 pid=7 sandbox=${ID} source=virtcontainers`;
const GOOD = `${record(1, 'info', 'loaded configuration')}\n${record(2, 'error', 'no space left')}\n`;
const HOSTILE = '@all <b>x</b> \u202e [a](http://evil.example) `` x';
const FINE = `${record(1, 'info', 'loaded configuration')}\n`;
const JOURNAL_FIELDS = ['SYSLOG_IDENTIFIER=kata', 'PRIORITY=3', `MESSAGE=${record(3, 'error', 'from the journal')}`];
const MACHINE = '0123456789abcdef0123456789abcdef';

const FILES: Readonly<Record<string, string | Buffer>> = {
  'good.log': GOOD,
  'fine.log': FINE,
  'gap.log': `${record(1, 'error', 'slog-async: logger dropped messages due to channel overflow')}\n`,
  'hostile.log': `${FINE}${record(2, 'error', HOSTILE)}\n`,
  'gopanic.log':
    'panic: runtime error: index out of range [1] with length 0\n\ngoroutine 1 [running]:\nmain.main()\n\t/x.go:1 +0x1d\n',
  'kpanic.log': `${record(1, 'debug', 'reading guest console')} vmconsole="[    1.000000] Kernel panic - not syncing: VFS"\n`,
  'oom.log': `${record(1, 'info', 'got an OOM event')}\n`,
  'empty.log': '',
  'nul.log': Buffer.alloc(4096),
  'text.log': 'hello world\n',
  'bad.gz': Buffer.from('\x1f\x8bno gzip at all', 'latin1'),
  'cut.gz': gzipSync(GOOD.repeat(50)).subarray(0, -12),
  'folder/readme': 'no journal\n',
  [`journal/${MACHINE}/system.journal`]: writeJournal([{ realtimeUs: 1_772_409_603_000_000, fields: JOURNAL_FIELDS }]),
};

beforeAll(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'katalog-whole-'));
  for (const [name, content] of Object.entries(FILES)) {
    fs.mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    fs.writeFileSync(path.join(directory, name), content);
  }
});
afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

function katalog(command: string): { readonly code: number | null; readonly out: string; readonly err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...command.split(' ')], {
    cwd: directory,
    encoding: 'utf8',
    env: { ...process.env, XDG_STATE_HOME: directory, HOME: directory },
  });
  return { code: status, out: stdout, err: stderr };
}

test.each<readonly [string, number, string, string]>([
  ['problems good.log', 0, 'no space left', ''],
  ['problems *.log', 0, 'no space left', ''],
  ['problems journal', 0, 'from the journal', ''],
  [`problems journal/${MACHINE}`, 0, 'from the journal', ''],
  ['problems missing.log good.log', 69, 'no space left', 'there is no file "missing.log"'],
  ['problems folder good.log', 69, 'no space left', '"folder" is a folder without a journal'],
  [
    'problems bad.gz good.log',
    69,
    'no space left',
    'bad.gz holds damaged packed data (unknown compression method): what stands before was read.',
  ],
  [
    'problems good.log bad.gz',
    69,
    'no space left',
    'bad.gz holds damaged packed data (unknown compression method): what stands before was read.',
  ],
  ['problems cut.gz', 69, 'no space left', 'cut.gz ends in the middle of its packed data'],
  ['problems empty.log', 0, '', 'there is no record of Kata'],
  ['problems fine.log --fail-on panic,oom,gap', 0, 'no problems found', ''],
  ['problems empty.log --fail-on panic,oom,gap', 1, '', '--fail-on: nothing was looked at, so it fails'],
  ['problems nul.log text.log --fail-on panic', 1, '', '--fail-on: nothing was looked at, so it fails'],
  ['problems missing.log --fail-on panic', 1, '', '--fail-on: nothing was looked at, so it fails'],
  ['problems gap.log --fail-on error', 1, 'gap ', '1 problems of a kind that --fail-on names'],
  ['problems gopanic.log --fail-on oom', 0, 'panic ', ''],
  ['problems gopanic.log --fail-on gap,oom', 0, 'panic ', ''],
  ['problems gopanic.log --fail-on error', 1, 'panic ', '1 problems of a kind that --fail-on names'],
  ['problems kpanic.log --fail-on error', 1, 'panic ', '1 problems of a kind that --fail-on names'],
  ['problems kpanic.log --fail-on gap', 0, 'panic ', ''],
  ['problems oom.log --fail-on error', 1, 'oom ', '1 problems of a kind that --fail-on names'],
  ['problems oom.log --fail-on panic', 0, 'oom ', ''],
  ['problems --help', 0, 'error takes in every panic', ''],
  ['boot --help', 0, 'more than 1 ms', ''],
  ['parse journal', 0, 'from the journal', '1 records from 1 inputs'],
  ['sandbox good.log', 0, 'ab1200000000', ''],
  ['sandbox journal', 0, 'ab1200000000', ''],
  ['sandbox *.log', 0, 'ab1200000000', ''],
  ['sandbox empty.log', 0, 'no sandboxes found', ''],
  ['sandbox ab1 good.log', 0, `sandbox ${ID}`, ''],
  ['sandbox AB12 good.log', 0, `sandbox ${ID}`, ''],
  ['sandbox fff good.log', 1, '', 'there is no file "fff", and no sandbox "fff" in these logs'],
  ['sandbox ABCDE good.log', 1, '', 'there is no file "ABCDE", and no sandbox "ABCDE" in these logs'],
  ['sandbox missing.log good.log', 69, 'ab1200000000', 'there is no file "missing.log"'],
  ['boot fine.log good.log', 0, 'came up: before 0 of 1 sandboxes, after 0 of 1', ''],
  ['boot fine.log good.log --fail-over 10%', 1, 'came up', 'fewer come up: before 0 of 1 sandboxes, after 0 of 1'],
  ['doctor kata --root folder', 0, 'no configuration of Kata', ''],
  ['doctor kata --root missing', 64, '', '--root "missing" is no folder that is there'],
  ['boot fine.log missing.log', 69, 'after 0 of 0', 'there is no file "missing.log"'],
])('katalog %s: %i', (command, code, out, err) => {
  const result = katalog(command);
  expect(result.out).toContain(out);
  expect(result.err).toContain(err);
  expect(result.code, result.err).toBe(code);
});

test('a report: what the log says stands in code, escaped where it is not seen', () => {
  const { code, out } = katalog('sandbox ab12 hostile.log --report');
  expect(code).toBe(0);
  expect(out).not.toContain('\u202e');
  // What is left of the page without its code was written by Katalog.
  const own = out.replace(/^(`{3,})text\n[\s\S]*?\n\1$/gm, '').replace(/(`+)[^`\n]+\1/g, '');
  expect(own).not.toMatch(/@|http|<b>|U\+202E/);
  expect(out).toMatch(/^```text\n@all <b>x<\/b> <U\+202E> /m);
  expect(out).toMatch(/^> 00:00:02\.\d+ {2}error/m);
});
