// Damage of every kind to the good journals: reading ends, gives at least what a plain walk (and journalctl) gives, and
// invents nothing. KATALOG_DAMAGES sets how many of each kind (12), KATALOG_SEED where they begin.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { scratchFolders } from '../support/folder.ts';
import { CORPUS, journalsIn } from './corpus.ts';
import { doubled, invented, type ReadEntry, readEntries } from './damage.ts';
import { KINDS } from './damage-kinds.ts';
import { plainSalvage } from './plain-salvage.ts';

const COUNT = Number(process.env['KATALOG_DAMAGES'] ?? 12);
const SEED = Number(process.env['KATALOG_SEED'] ?? 1);
const hasJournalctl = spawnSync('journalctl', ['--version']).error === undefined;
const folderOf = scratchFolders();

function diceFrom(seed: number): (n: number) => number {
  let state = (seed * 2654435761) >>> 0 || 1;
  return (n) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % n;
  };
}

const names = [...journalsIn('variants'), ...journalsIn('special')].filter(
  (name) => fs.statSync(path.join(CORPUS, name)).size > 0,
);
const whole = new Map<string, ReadonlyMap<number, ReadEntry>>();

async function wholeOf(name: string): Promise<ReadonlyMap<number, ReadEntry>> {
  const known = whole.get(name);
  if (known) return known;
  const entries = new Map((await readEntries(path.join(CORPUS, name))).map((entry) => [entry.offset, entry]));
  whole.set(name, entries);
  return entries;
}

/** Entries that journalctl prints; 0 where it crashes or refuses. */
function printedByJournalctl(file: string): number {
  const args = ['--file', file, '-o', 'export', '--output-fields=_', '--no-pager', '-q'];
  const { stdout } = spawnSync('journalctl', args, { encoding: 'latin1', maxBuffer: 1 << 28, timeout: 10_000 });
  const cursors = stdout.match(/^__CURSOR=.*$/gm) ?? [];
  return new Set(cursors).size;
}

describe.skipIf(names.length === 0).each(Object.entries(KINDS))('%s', (kind, damageOf) => {
  test(`${COUNT} times from seed ${SEED}`, async () => {
    const folder = folderOf('damage');
    for (let i = 0; i < COUNT; i++) {
      const dice = diceFrom(SEED * 1009 + i * 31 + kind.length * 7919);
      const name = names[dice(names.length)] as string;
      const { bytes, damage } = damageOf(fs.readFileSync(path.join(CORPUS, name)), dice);
      const file = path.join(folder, `${i}.journal`);
      fs.writeFileSync(file, bytes);
      const found = await readEntries(file);
      const say = `${name}, ${kind} ${i}: ${JSON.stringify(damage)}`;
      expect(invented(found, await wholeOf(name), damage).slice(0, 2), say).toEqual([]);
      expect(doubled(found), say).toEqual([]);
      expect(found.length, `${say}, plain walk`).toBeGreaterThanOrEqual(plainSalvage(bytes));
      if (hasJournalctl) expect(found.length, `${say}, journalctl`).toBeGreaterThanOrEqual(printedByJournalctl(file));
      fs.rmSync(file);
    }
  });
});
