// Whatever an input holds and however it comes, its records come out, and what cannot be read of it is told.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KataMemory } from '../kata/memory.ts';
import type { Understood } from '../kata/record.ts';
import { readInputs, STDIN } from './kata-inputs.ts';

const SANDBOX = 'a'.repeat(64);
const MESSAGE = `time="2026-03-01T21:20:00.5Z" level=info msg=hello name=shim pid=7 sandbox=${SANDBOX} source=runtime`;
const LINE = `${MESSAGE}\n`;
/** Enough that it is packed in several pieces. */
const MANY = Array.from({ length: 20_000 }, (_, at) => `${MESSAGE} n=${(at * 7919) % 100_003}\n`).join('');
const PACKED = gzipSync(MANY);
const EXPORT = `__CURSOR=s=1;i=1\n__REALTIME_TIMESTAMP=1772400000500000\nSYSLOG_IDENTIFIER=kata\nMESSAGE=${MESSAGE}\n\n`;
const CURSOR = '[s=06;i=1fa;b=4b;m=1f3;t=64bfd087d4360;x=8f]';
const VERBOSE = `-- Logs begin at Sun 2026-03-01 00:00:00 CET, end at Sun 2026-03-01 22:00:00 CET. --
Sun 2026-03-01 22:20:00.500000 CET ${CURSOR}
    _TRANSPORT=syslog
    SYSLOG_IDENTIFIER=kata
    MESSAGE=${MESSAGE}
Sun 2026-03-01 22:20:01.500000 CET ${CURSOR}
    SYSLOG_IDENTIFIER=kata
    MESSAGE=one
            two
    _PID=9
Sun 2026-03-01 22:20:02.500000 CET ${CURSOR}
    SYSLOG_IDENTIFIER=kata
    MESSAGE=[23B blob data]
-- Boot 0123456789abcdef0123456789abcdef --
${MESSAGE}
`;
const REPORT = `<details>\n<summary>Runtime</summary>\n<p>\n\n\`\`\`\n${LINE}\`\`\`\n\n</p>\n</details>\n-- No entries --\n`;

let folder = '';

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'katalog-forms-'));
});

afterAll(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

interface Found {
  readonly messages: readonly (string | undefined)[];
  readonly records: readonly Understood[];
  readonly failures: readonly string[];
}

async function found(files: readonly string[], stdin: Buffer | string = ''): Promise<Found> {
  const records: Understood[] = [];
  const failures: string[] = [];
  const settings = {
    memory: new KataMemory(),
    emit: (record: Understood): void => void records.push(record),
    redacts: true,
    unwraps: true,
    passed: (): void => undefined,
    failed: (file: string, { code }: { readonly code: string }): void =>
      void failures.push(`${path.basename(file)} ${code}`),
  };
  await readInputs(files, settings, Readable.from(stdin.length === 0 ? [] : [Buffer.from(stdin)]));
  return { messages: records.map(({ kata }) => kata.msg), records, failures };
}

function written(name: string, content: Buffer | string): string {
  const file = path.join(folder, name);
  fs.writeFileSync(file, content);
  return file;
}

const HEAD = 'Aug 22 10:03:53 node1 kata[33]: ';
const SHORT = [
  `${HEAD}QMP initialized: Version {`,
  ...['    major: 8,', '}'].map((line) => `${' '.repeat(HEAD.length)}${line}`),
  `${HEAD}hello`,
  '  indented less',
  '',
].join('\n');

const FORMS: readonly (readonly [string, Buffer | string, readonly (string | undefined)[]])[] = [
  ['lines', LINE, ['hello']],
  ['a line without an end', MESSAGE, ['hello']],
  ['lines, packed', gzipSync(LINE), ['hello']],
  ['nothing', '', []],
  ['nothing, packed', gzipSync(''), []],
  ['an export', EXPORT, ['hello']],
  ['an export, packed', gzipSync(EXPORT), ['hello']],
  ['journalctl -o verbose', VERBOSE, ['hello', 'one\ntwo', undefined, 'hello']],
  ['journalctl -o short', SHORT, ['QMP initialized: Version {\n    major: 8,\n}', 'hello', '  indented less']],
  ['what rsyslog escaped', `${HEAD}a#012b\n`, ['a\nb']],
  ['what journalctl did not', `-- Logs begin at Sat, end at Sun. --\n${HEAD}a#012b\n`, ['a#012b']],
  ['a report', REPORT, ['hello']],
];

test.each(FORMS)('%s: from a file and from standard input', async (_, content, messages) => {
  const ofFile = await found([written('input', content)]);
  const ofStdin = await found([STDIN], content);
  expect([ofFile.messages, ofFile.failures]).toEqual([messages, []]);
  expect([ofStdin.messages, ofStdin.failures]).toEqual([messages, []]);
});

test('an entry of journalctl -o verbose has its time by its cursor, and is told where it stands', async () => {
  const [first, second, blob] = (await found([written('verbose', VERBOSE)])).records;
  expect(second?.kata.time).toEqual({ seconds: 1_772_400_001, nanos: 500_000_000 });
  expect(first?.source.line).toBe(2);
  expect([blob?.kata.gap, blob?.kata.repairs]).toEqual([true, ['C13']]);
});

test('a named pipe', async () => {
  const pipe = path.join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const [result] = await Promise.all([found([pipe]), fs.promises.writeFile(pipe, gzipSync(LINE))]);
  expect(result).toMatchObject({ messages: ['hello'], failures: [] });
});

const zstd = Buffer.from('28b52ffd0458', 'hex');
const journal = Buffer.concat([Buffer.from('LPKSHHRH'), Buffer.alloc(300, 0xff)]);

test.each<readonly [string, Buffer, string, number]>([
  ['cut.gz', PACKED.subarray(0, PACKED.length >> 1), 'files/cut', 5000],
  ['damaged.gz', Buffer.concat([PACKED.subarray(0, PACKED.length - 60), Buffer.alloc(60, 0xff)]), 'files/read', 5000],
  ['short.gz', gzipSync(LINE.repeat(3)).subarray(0, -8), 'files/cut', 3],
  ['garbage.gz', Buffer.concat([gzipSync(LINE.repeat(3)), Buffer.from('garbage')]), 'files/read', 2],
  ['sum.gz', Buffer.concat([PACKED.subarray(0, -8), Buffer.alloc(8, 1)]), 'files/read', 19_998],
  ['packed.zst', zstd, 'files/form', 0],
  ['journal.gz', gzipSync(journal), 'files/form', 0],
  ['bad.journal', journal, 'files/journal', 0],
])('%s stops no other input', async (name, content, code, least) => {
  const { messages, failures } = await found([written(name, content), path.join(folder, 'none'), written('z', LINE)]);
  expect(failures).toEqual([`${name} ${code}`, 'none files/read']);
  expect(messages.at(-1)).toBe('hello');
  expect(messages.filter((msg) => msg === 'hello').length).toBeGreaterThan(least);
});

test('an entry of an export is told by its first line', async () => {
  const bytes = Buffer.concat([Buffer.from('MESSAGE\n'), Buffer.from([3, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('a\nb\n')]);
  const content = Buffer.concat([Buffer.from(EXPORT), bytes, Buffer.from('\n'), Buffer.from(EXPORT)]);
  const { records } = await found([written('lines', content)]);
  const first = EXPORT.split('\n').length;
  expect(records.map(({ source }) => source.line)).toEqual([
    1,
    first,
    first + bytes.filter((byte) => byte === 10).length + 1,
  ]);
});
