// Forms for people: what the journalctl of this machine prints, byte for byte, but for the differences of
// docs/reference/differences.md and for what changed between systemd 252 and 262.
import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { journalsIn, katalogJournal, selection } from './corpus.ts';

const JOURNALCTL = 'journalctl';
const OLDEST = 252;
const version = Number(
  /systemd (\d+)/.exec(spawnSync(JOURNALCTL, ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1],
);
const mustBeThere = process.env['CI'] === 'true' || process.env['KATALOG_REQUIRE_SERVERS'] === '1';
const missing = version >= OLDEST ? undefined : `no journalctl of systemd ${OLDEST} or later`;
if (missing !== undefined && mustBeThere) throw new Error(missing);
if (missing !== undefined) console.log(`skipped: ${missing}`);

beforeAll(() => {
  process.env['TZ'] = 'UTC';
});

/** Output as both are compared; `same` for what must be byte for byte. */
type Form = (output: string) => unknown;

const same: Form = (output) => output;
/** 262 writes the zone of ISO times as RFC 3339 does. */
const isoTimes: Form = (output) => output.replace(/^(\S{19}[+-]\d\d):?(\d\d)/gm, '$1$2');
const sortedLines: Form = (output) => output.split('\n').sort();
/** Values, whatever the order of the keys; the numbers of entries are told by 254 and later. */
const values: Form = (output) =>
  output
    .split(/(?<=\})\n/)
    .filter((text) => text !== '')
    .map((text) => {
      const { __SEQNUM: _number, __SEQNUM_ID: _id, ...rest } = JSON.parse(text) as Record<string, unknown>;
      return rest;
    });
/** 256 and later write a heading. */
const boots: Form = (output) => output.replace(/^ *IDX .*\n/, '').replace(/^ +/gm, '');
/** File by file; without what 252 does not know of newer files, and what Katalog does not tell. */
const header: Form = (output) =>
  output
    .split('\n\n')
    .map((file) =>
      file
        .split('\n')
        .filter((line) => !/^(?:Rotate suggested|Compatible flags):/.test(line))
        .map((line) => (line.startsWith('File path: ') ? path.resolve(line.slice('File path: '.length)) : line))
        .join('\n')
        .trim(),
    )
    .sort();

const forms: readonly (readonly [string, Form])[] = [
  ['-o short', same],
  ['-o short-precise', same],
  ['-o short-iso', isoTimes],
  ['-o short-iso --utc', isoTimes],
  ['-o short --no-hostname', same],
  ['-a -o short', same],
  ['-o verbose', same],
  // Of all fields some have a NUL, where journalctl ends them.
  ['-a -o verbose --output-fields=MESSAGE,PRIORITY,_CMDLINE', same],
  ['-o verbose --output-fields=MESSAGE,PRIORITY', same],
  ['-o cat', same],
  ['-o cat --output-fields=MESSAGE,PRIORITY', sortedLines],
  ['-o json --output-fields=MESSAGE,PRIORITY', values],
  ['-o json-pretty', values],
  ['-F _SYSTEMD_UNIT', sortedLines],
  ['-F PRIORITY', sortedLines],
  ['-N', sortedLines],
  ['--list-boots', boots],
  ['--header', header],
  ['--disk-usage', same],
  ['-n 5', same],
  ['-r', same],
  ['-r -n 5', same],
  ['-b', same],
  ['-b -1', same],
  ['-k', same],
  ['-t kata', same],
  ['-u containerd', same],
  ['-p err', same],
  ['-p warning..debug', same],
  ['-g sandbox', same],
  ['-S 2026-01-01', same],
  ['-U @1767225601', same],
];

/** What the real one gives, with its exit code. */
function real(args: readonly string[]): { readonly code: number | null; readonly output: string } {
  const { status, stdout } = spawnSync(JOURNALCTL, ['--no-pager', '-q', ...args], {
    maxBuffer: 1 << 28,
    env: { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8', SYSTEMD_COLORS: '0' },
  });
  return { code: status, output: stdout.toString('latin1') };
}

/** Forms do not depend on how a file is stored: of the variants a few are enough. */
const variants = journalsIn('variants').filter((name) => /default|xz-keyed|compact-zstd-keyed/.test(name));
const journals = [...variants, ...journalsIn('special'), ...journalsIn('dirs')];

describe.skipIf(missing !== undefined).each(journals)('%s', (journal) => {
  test.each(forms)('%s', async (text, form) => {
    const args = [...selection(journal), ...text.split(' ')];
    const theirs = real(args);
    const ours = await katalogJournal(['-q', ...args]);
    expect({ code: ours.code, output: form(ours.output.toString('latin1')) }).toEqual({
      code: theirs.code,
      output: form(theirs.output),
    });
  });

  test('--cursor and --show-cursor', async () => {
    const selected = selection(journal);
    const shown = /^-- cursor: (.*)$/m.exec(real([...selected, '-n', '1', '--no-tail', '--show-cursor']).output)?.[1];
    if (shown === undefined) return;
    for (const args of [
      ['-n', '3', '--show-cursor'],
      ['-n', '1', '--show-cursor', `--cursor=${shown}`],
      ['-o', 'short', `--cursor=${shown}`],
    ]) {
      const ours = await katalogJournal(['-q', ...selected, ...args]);
      expect(ours.output.toString('latin1'), args.join(' ')).toBe(real([...selected, ...args]).output);
    }
  });
});
