import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { type WriterOptions, type WrittenFields, writeJournal } from '../../../test/support/journal-writer.ts';
import type { JournalBytes } from './block-pool.ts';
import { rawEncoder } from './encoders.ts';
import { newHead } from './entry.ts';
import { FieldFragments } from './field-fragments.ts';
import { HashIndex } from './hash-index.ts';
import { JournalFile } from './journal-file.ts';
import { ENTRY_ITEMS_MAX, PACKED_LZ4 } from './layout.ts';
import { fieldMatch, groupMatch, MatchedEntries } from './match.ts';
import { loadZstd } from './zstd.ts';

beforeAll(loadZstd);

function inMemory(bytes: Buffer): JournalBytes {
  return { size: () => bytes.length, read: (target, position) => bytes.copy(target, 0, position) };
}

/** All entries of a file, their fields as text. */
function contents(file: JournalFile): string[][] {
  const fields = new FieldFragments(rawEncoder);
  const items = new Int32Array(ENTRY_ITEMS_MAX);
  const head = newHead();
  const found: string[][] = [];
  for (let i = 0; i < file.entries.length; i++) {
    if (!file.openEntry(file.entries.at(i), head)) continue;
    fields.load(file, items, file.readItems(items));
    found.push(
      [...fields.ids.subarray(0, fields.count)].map((id) =>
        fields.bytes.toString('utf8', fields.start[id], fields.end[id]),
      ),
    );
  }
  return found;
}

function entriesOf(count: number): WrittenFields[] {
  return Array.from({ length: count }, (_, i) => ({
    realtimeUs: 1e15 + i,
    fields: [`MESSAGE=line ${i}`, `PRIORITY=${i % 8}`, `SYSLOG_IDENTIFIER=${i % 3 === 0 ? 'kata' : 'crio'}`],
  }));
}

/** One literal run: what every LZ4 decoder takes. */
function lz4(payload: Buffer): { flag: number; bytes: Buffer } {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(payload.length, 0);
  const rest = payload.length - 15;
  const lengths =
    rest < 0 ? [payload.length << 4] : [0xf0, ...Array<number>(Math.floor(rest / 255)).fill(255), rest % 255];
  return { flag: PACKED_LZ4, bytes: Buffer.concat([head, Buffer.from(lengths), payload]) };
}

const variants: readonly WriterOptions[] = [
  {},
  { isCompact: true },
  { isKeyed: false },
  { isCompact: true, isKeyed: false, pack: lz4 },
  { pack: lz4, state: 2 },
];

describe.each(variants)('%j', (options) => {
  test.each([0, 1, 4, 5, 100])('%i entries come back in order', (count) => {
    const file = new JournalFile(inMemory(writeJournal(entriesOf(count), options)));
    expect(file.fault).toBeUndefined();
    expect(contents(file).map((fields) => fields.find((field) => field.startsWith('MESSAGE=')))).toEqual(
      entriesOf(count).map(({ fields }) => fields[0]),
    );
  });

  test('a value leads to its entries', () => {
    const file = new JournalFile(inMemory(writeJournal(entriesOf(100), options)));
    expect(new MatchedEntries(file, fieldMatch('SYSLOG_IDENTIFIER', 'kata')).length).toBe(34);
    expect(new MatchedEntries(file, fieldMatch('SYSLOG_IDENTIFIER', 'kat')).length).toBe(0);
    const group = groupMatch(['PRIORITY=1', 'PRIORITY=2', 'SYSLOG_IDENTIFIER=crio'].map((text) => Buffer.from(text)));
    const wanted = entriesOf(100).filter((_, i) => [1, 2].includes(i % 8) && i % 3 !== 0);
    expect(new MatchedEntries(file, group).length).toBe(wanted.length);
    expect([...new HashIndex(file).values('PRIORITY')].length).toBe(8);
    expect([...new HashIndex(file).fieldNames()].sort()).toEqual([
      'MESSAGE',
      'PRIORITY',
      'SYSLOG_IDENTIFIER',
      '_BOOT_ID',
    ]);
  });
});

test('any fields come back as they were written', () => {
  const value = fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.concat([Buffer.from('DATA='), bytes]));
  fc.assert(
    fc.property(fc.array(fc.array(value, { maxLength: 5 }), { maxLength: 12 }), fc.boolean(), (all, isCompact) => {
      const entries = all.map((fields, i) => ({ realtimeUs: 1e15 + i, fields }));
      const file = new JournalFile(inMemory(writeJournal(entries, { isCompact })));
      const wanted = all.map((fields) => new Set(fields.map((field) => field.toString('utf8'))));
      const found = contents(file).map((fields) => new Set(fields.filter((field) => field.startsWith('DATA='))));
      expect(found).toEqual(wanted);
    }),
    { numRuns: 60 },
  );
});

describe('damage', () => {
  const good = writeJournal(entriesOf(60));
  const all = contents(new JournalFile(inMemory(good)));

  test.each([
    ['signature', 0],
    ['state', 16],
    ['header size', 88],
    ['size of the arena', 97],
    ['number of entries', 153],
    ['first entry array', 176],
  ])('%s: all entries are found', (_name, at) => {
    const bytes = Buffer.from(good);
    bytes[at] = (bytes[at] as number) ^ 0x44;
    const file = new JournalFile(inMemory(bytes));
    expect(contents(file).length).toBe(60);
    expect(file.fault).toBeDefined();
  });

  test('matches do not need the indexes of a damaged file', () => {
    const bytes = Buffer.from(good);
    bytes[0] = 0;
    bytes.fill(0, 272 + 16, 272 + 1000);
    expect(new MatchedEntries(new JournalFile(inMemory(bytes)), fieldMatch('SYSLOG_IDENTIFIER', 'kata')).length).toBe(
      20,
    );
  });

  test('a flipped bit anywhere: no exception, no entry but those that were written', () => {
    const known = new Set(all.map((fields) => fields.join('\n')));
    fc.assert(
      fc.property(fc.nat(good.length * 8 - 1), (bit) => {
        const bytes = Buffer.from(good);
        bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
        const found = contents(new JournalFile(inMemory(bytes)));
        // A flip may hit a value that many entries have, an entry's items, or its place in the list.
        const strange = found.filter((fields) => !known.has(fields.join('\n')) && fields.length === 4);
        expect(strange.every((fields) => fields.every((field) => field.includes('=')))).toBe(true);
        expect(found.length).toBeGreaterThanOrEqual(1);
        expect(found.length).toBeLessThanOrEqual(61);
      }),
      { numRuns: 400 },
    );
  });

  test('any bytes behind a header are read without an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 300, maxLength: 4000 }), (noise) => {
        const bytes = Buffer.from(good.subarray(0, 4096));
        bytes.set(noise.subarray(0, 3800), 272);
        expect(contents(new JournalFile(inMemory(bytes))).length).toBeLessThan(60);
      }),
      { numRuns: 200 },
    );
  });
});
