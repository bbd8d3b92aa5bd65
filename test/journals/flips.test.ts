// Random bit flips over the good journals: no exception, no long work, no memory without bound.
// KATALOG_FLIPS sets how many (10,000), KATALOG_SEED where they begin.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import type { JournalBytes } from '../../src/formats/journal/block-pool.ts';
import { BlockPool } from '../../src/formats/journal/block-pool.ts';
import { jsonEncoder } from '../../src/formats/journal/encoders.ts';
import { newHead } from '../../src/formats/journal/entry.ts';
import { FieldFragments } from '../../src/formats/journal/field-fragments.ts';
import { JournalFile } from '../../src/formats/journal/journal-file.ts';
import { ENTRY_ITEMS_MAX } from '../../src/formats/journal/layout.ts';
import { fieldMatch, MatchedEntries } from '../../src/formats/journal/match.ts';
import { loadZstd } from '../../src/formats/journal/zstd.ts';
import { CORPUS } from './corpus.ts';

const FLIPS = Number(process.env['KATALOG_FLIPS'] ?? 10_000);
const SEED = Number(process.env['KATALOG_SEED'] ?? 1);
const LONGEST_CPU_MS = 1000;
const MEMORY_MAX_BYTES = 300 << 20;

function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function goodFiles(): Buffer[] {
  return ['variants', 'special'].flatMap((folder) => {
    const place = path.join(CORPUS, folder);
    const names = fs.existsSync(place) ? fs.readdirSync(place).filter((name) => name.endsWith('.journal')) : [];
    return names.map((name) => fs.readFileSync(path.join(place, name)));
  });
}

const pool = new BlockPool();
const items = new Int32Array(ENTRY_ITEMS_MAX);
const head = newHead();
const fields = new FieldFragments(jsonEncoder({ all: true, binary: 'array', skipsBootId: true }));

function readAll(bytes: Buffer): number {
  const source: JournalBytes = { size: () => bytes.length, read: (target, at) => bytes.copy(target, 0, at) };
  const file = new JournalFile(source, pool);
  let count = 0;
  for (let i = 0; i < file.entries.length; i++) {
    if (!file.openEntry(file.entries.at(i), head)) {
      file.salvage('there is no entry where one should be');
      if (i >= file.entries.length || !file.openEntry(file.entries.at(i), head)) continue;
    }
    fields.load(file, items, file.readItems(items));
    count += fields.count > 0 ? 1 : 0;
  }
  return count + new MatchedEntries(file, fieldMatch('SYSLOG_IDENTIFIER', 'kata')).length;
}

test(`${FLIPS} flips from seed ${SEED}`, async () => {
  await loadZstd();
  const files = goodFiles();
  expect(files.length, CORPUS).toBeGreaterThan(0);
  const random = randomFrom(SEED);
  const before = process.memoryUsage().rss;
  let slowest = { cpuMs: 0, flip: -1 };
  for (let flip = 0; flip < FLIPS; flip++) {
    const bytes = files[flip % files.length] as Buffer;
    // Half of the flips hit the header and the first objects, where everything else hangs on.
    const bit = Math.floor(random() * (flip % 2 === 0 ? bytes.length : Math.min(bytes.length, 8192)) * 8);
    const at = bit >> 3;
    const mask = 1 << (bit & 7);
    bytes[at] = (bytes[at] as number) ^ mask;
    const cpu = process.cpuUsage();
    readAll(bytes);
    const { user, system } = process.cpuUsage(cpu);
    bytes[at] = (bytes[at] as number) ^ mask;
    if (user + system > slowest.cpuMs * 1000) slowest = { cpuMs: (user + system) / 1000, flip };
  }
  expect(slowest.cpuMs, `flip ${slowest.flip}`).toBeLessThan(LONGEST_CPU_MS);
  expect(process.memoryUsage().rss - before).toBeLessThan(MEMORY_MAX_BYTES);
});
