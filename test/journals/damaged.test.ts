// Damaged journals: nothing crashes, nothing is invented, as much is found as there is.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { answer, CORPUS, exportedEntries, journalsIn, katalogJournal } from './corpus.ts';
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
const whole = new Map<string, Map<string, Buffer>>();

async function entriesOf(journal: string): Promise<Map<string, Buffer>> {
  const known = whole.get(journal);
  if (known) return known;
  const { output } = await katalogJournal(['--file', path.join(CORPUS, journal), '-o', 'export']);
  const entries = exportedEntries(output);
  whole.set(journal, entries);
  return entries;
}

describe.each(journals)('%s', (journal) => {
  test('gives at least what journalctl 262 and a plain walk give, and invents nothing', async () => {
    const { output } = await katalogJournal(['--file', path.join(CORPUS, journal), '-o', 'export']);
    const found = exportedEntries(output);
    const journalctl = exportedEntries(answer(journal, 'export262') ?? Buffer.alloc(0)).size;
    const floor = Math.max(journalctl, plainSalvage(fs.readFileSync(path.join(CORPUS, journal))));
    expect(found.size).toBeGreaterThanOrEqual(floor);
    const base = patches.find(({ name }) => name === path.basename(journal, '.journal'))?.base;
    if (base === undefined) return;
    const good = await entriesOf(base);
    expect([...found.keys()].filter((cursor) => !isKnown(cursor, good)).length).toBeLessThanOrEqual(
      strangersAllowed(journal),
    );
  });
});

/** Entries whose own head may be hit: by random flips, or because the patch is one of an entry's head. */
function strangersAllowed(journal: string): number {
  return /random|entry30|sig/.test(journal) ? 2 : 0;
}

/** By everything but the ids that the header tells. */
function isKnown(cursor: string, good: ReadonlyMap<string, Buffer>): boolean {
  const part = cursor.slice(cursor.indexOf(';i='));
  return [...good.keys()].some((other) => other.endsWith(part));
}
