// Damaged journals: nothing crashes, nothing is invented, as much is found as there is.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { answer, CORPUS, exportedEntries, journalsIn, katalogJournal } from './corpus.ts';
import { doubled, invented, type Range, type ReadEntry, readEntries } from './damage.ts';
import { plainSalvage } from './plain-salvage.ts';

const journals = journalsIn('corrupt');

interface Patch {
  readonly name: string;
  readonly base: string;
  readonly patch?: readonly (readonly [offset: number, hex: string])[];
  readonly truncate?: number;
}

const patchFile = path.join(CORPUS, 'corrupt/patches.json');
const patches = fs.existsSync(patchFile) ? (JSON.parse(fs.readFileSync(patchFile, 'utf8')) as readonly Patch[]) : [];
const whole = new Map<string, ReadonlyMap<number, ReadEntry>>();

async function entriesOf(journal: string): Promise<ReadonlyMap<number, ReadEntry>> {
  const known = whole.get(journal);
  if (known) return known;
  const entries = new Map((await readEntries(path.join(CORPUS, journal))).map((entry) => [entry.offset, entry]));
  whole.set(journal, entries);
  return entries;
}

function damageOf({ patch = [], truncate }: Patch): readonly Range[] {
  const patched = patch.map(([offset, hex]) => [offset, offset + hex.length / 2] as const);
  return truncate === undefined ? patched : [...patched, [truncate, Number.POSITIVE_INFINITY]];
}

describe.each(journals)('%s', (journal) => {
  const file = path.join(CORPUS, journal);

  test('gives at least what journalctl 262 and a plain walk give', async () => {
    const { output } = await katalogJournal(['--file', file, '-o', 'export']);
    const found = exportedEntries(output);
    const journalctl = exportedEntries(answer(journal, 'export262') ?? Buffer.alloc(0)).size;
    expect(found.size).toBeGreaterThanOrEqual(Math.max(journalctl, plainSalvage(fs.readFileSync(file))));
  });

  test('invents nothing: every entry is one of the whole file, or the damage lies in its own bytes', async () => {
    const patch = patches.find(({ name }) => name.replace(/\.journal$/, '') === path.basename(journal, '.journal'));
    expect(patch, 'what was damaged').toBeDefined();
    if (!patch) return;
    const found = await readEntries(file);
    expect(invented(found, await entriesOf(patch.base), damageOf(patch))).toEqual([]);
    expect(doubled(found)).toEqual([]);
  });
});
