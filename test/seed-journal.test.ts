// The journal fragments of the how-to document, as they stand there with a match appended, on a journal that holds its
// sample record.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { type WrittenFields, writeJournal } from './support/journal-writer.ts';

const bin = fileURLToPath(new URL('../bin/katalog.js', import.meta.url));
const record = JSON.parse(fs.readFileSync(new URL('./fixtures/seed-record.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, string | number>
>;
const node = fs.mkdtempSync(path.join(os.tmpdir(), 'katalog-seed-journal-'));
afterAll(() => fs.rmSync(node, { recursive: true, force: true }));

/** The entry of the sample record: everything but what the filter adds. */
const SAMPLE: WrittenFields = {
  realtimeUs: 1_582_281_087_810_805,
  monotonicUs: 1000,
  bootId: String(record['_BOOT_ID']),
  seqnum: 1,
  fields: Object.entries(record)
    .filter(([name]) => !name.startsWith('kata_'))
    .map(([name, value]) => `${name}=${value}`),
};

function entry(seqnum: number, fields: readonly string[]): WrittenFields {
  return { ...SAMPLE, realtimeUs: SAMPLE.realtimeUs + seqnum, monotonicUs: 1000 + seqnum, seqnum, fields };
}

interface Event {
  readonly time: string;
  readonly tag: string;
  readonly record: Readonly<Record<string, string | number>>;
}

/** Runs an example on the node's disk, everything printed. */
function run(example: string, state: string): readonly Event[] {
  const text = fs.readFileSync(new URL(`../examples/${example}.conf`, import.meta.url), 'utf8');
  const file = path.join(node, `${example}.conf`);
  fs.writeFileSync(file, `${text}\n<match **>\n  @type stdout\n</match>\n`);
  const args = [
    bin,
    'run',
    '-c',
    file,
    '--once',
    '--root',
    node,
    '--state-dir',
    path.join(node, state),
    '--host-id',
    'test',
  ];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { ...process.env, TZ: 'UTC' },
  });
  expect(status, stderr).toBe(0);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, time = '', tag = '', json = ''] = /^(\S+ \S+) \+0000 ([^:]+): (.*)$/.exec(line) ?? [];
      return { time, tag, record: JSON.parse(json) };
    });
}

function putJournal(directory: string, entries: readonly WrittenFields[]): void {
  fs.mkdirSync(path.join(node, directory), { recursive: true });
  fs.writeFileSync(path.join(node, directory, 'system.journal'), writeJournal(entries, { state: 0 }));
}

test('logfmt in the journal: the sample record, key by key, and pos_file honoured', () => {
  putJournal('run/log/journal', [SAMPLE, entry(2, ['SYSLOG_IDENTIFIER=crio', 'MESSAGE=another'])]);
  const events = run('seed-journal', 'first');
  expect(events.map(({ tag }) => tag)).toEqual(['kata-containers']);
  expect(events[0]?.record).toEqual(record);
  expect(events[0]?.record['kata_pid']).toBe(14314);
  expect(Object.keys(events[0]?.record ?? {}).toSorted()).toEqual(Object.keys(record).toSorted());
  // The parser gives the event the record's own time, all nine digits.
  expect(events[0]?.time).toBe('2020-02-21 10:31:27.810781647');
  expect(fs.readFileSync(path.join(node, 'run/log/journal/kata-journald.pos'), 'utf8')).toMatch(/^s=[0-9a-f]{32};i=1;/);
  expect(run('seed-journal', 'second')).toEqual([]);
});

test('shimv2: what containerd.service logged is told apart', () => {
  const unit = '_SYSTEMD_UNIT=containerd.service';
  putJournal('path/to/journal', [
    entry(1, [unit, 'SYSLOG_IDENTIFIER=kata', 'MESSAGE=one']),
    entry(2, [unit, 'SYSLOG_IDENTIFIER=containerd', 'MESSAGE=two']),
    entry(3, ['_SYSTEMD_UNIT=crio.service', 'SYSLOG_IDENTIFIER=kata', 'MESSAGE=three']),
  ]);
  fs.mkdirSync(path.join(node, 'tmp'), { recursive: true });
  const events = run('seed-shimv2', 'third');
  expect(events.map(({ tag, record: { MESSAGE } }) => [tag, MESSAGE])).toEqual([
    ['kata_tag', 'one'],
    ['containerd_tag', 'two'],
  ]);
});
