// The module that writes JSON lines says what its plain twin says.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { type WriterOptions, type WrittenFields, writeJournal } from '../../../test/support/journal-writer.ts';
import { BlockPool } from './block-pool.ts';
import { type JsonForm, jsonEncoder, onlyFields } from './encoders.ts';
import { newHead } from './entry.ts';
import { JsonLinesWriter } from './entry-writer.ts';
import { FieldFragments } from './field-fragments.ts';
import { JournalFile } from './journal-file.ts';
import { JsonLines } from './json-lines.ts';
import { ENTRY_ITEMS_MAX } from './layout.ts';
import { loadZstd } from './zstd.ts';

beforeAll(loadZstd);

const FORM: JsonForm = { all: false, binary: 'array', skipsBootId: true };

const pool = new BlockPool();

function fileOf(entries: readonly WrittenFields[], options: WriterOptions = {}): JournalFile {
  const bytes = writeJournal(entries, options);
  const source = { size: () => bytes.length, read: (target: Buffer, from: number) => bytes.copy(target, 0, from) };
  return new JournalFile(source, pool);
}

/** One for each form, as for all files of a journal: what it keeps of one must not show in another. */
const made = new Map<string, JsonLines>();

function jsonLines(form: JsonForm, names: readonly string[] | undefined): JsonLines {
  const key = JSON.stringify([form, names]);
  const lines = made.get(key) ?? new JsonLines(form, names);
  made.set(key, lines);
  return lines;
}

/** The lines of all entries of the files, in turn: those of the module and those of the plain twin. */
function bothOf(files: readonly JournalFile[], form: JsonForm, names?: readonly string[]): [string[], string[]] {
  const fast = jsonLines(form, names);
  const unreadable = fast.unreadable;
  const plain = new JsonLinesWriter();
  const fields = new FieldFragments(onlyFields(jsonEncoder(form), names));
  const items = new Int32Array(ENTRY_ITEMS_MAX);
  const head = newHead();
  const parts: [Buffer[], Buffer[]] = [[], []];
  for (let i = 0; files.some(({ entries }) => i < entries.length); i++) {
    for (const file of files.filter(({ entries }) => i < entries.length)) {
      file.openEntry(file.entries.at(i), head);
      const count = file.readItems(items);
      const { seqnumId } = file.header;
      fast.write({ file, seqnumId, head }, items, count);
      if (fast.isFull || i % 3 === 0) parts[0].push(Buffer.from(fast.take()));
      fields.load(file, items, count);
      plain.write({ seqnumId, head }, fields);
    }
  }
  parts[0].push(Buffer.from(fast.take()));
  parts[1].push(Buffer.from(plain.out.take()));
  expect(fast.unreadable - unreadable).toBe(fields.unreadable);
  return [linesOf(parts[0]), linesOf(parts[1])];
}

/** Without the blanks that the plain twin writes between tokens. */
function linesOf(parts: readonly Buffer[]): string[] {
  const lines = Buffer.concat(parts).toString('utf8').split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => JSON.stringify(JSON.parse(line)));
}

/** Few names and values, so that entries share them; now and then a name twice. */
const name = fc.constantFrom('MESSAGE', 'PRIORITY', '_PID', 'A', 'X'.repeat(64));
const value = fc.oneof(
  fc.constantFrom('', '6', 'kata', 'a "quoted" \\ text\twith\nlines', 'größe 设备'),
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
);
const field = fc.tuple(name, value).map(([a, b]) => Buffer.from(`${a}=${b}`, 'latin1'));
const entry = fc.record({
  realtimeUs: fc.integer({ min: 1, max: 2 ** 50 }),
  monotonicUs: fc.integer({ min: 0, max: 2 ** 50 }),
  bootId: fc.constantFrom('b0'.repeat(16), '0123456789abcdef'.repeat(2)),
  seqnum: fc.integer({ min: 1, max: 2 ** 52 }),
  fields: fc.array(field, { minLength: 1, maxLength: 8 }),
});
const options = fc.record({ isCompact: fc.boolean(), isKeyed: fc.boolean() });

describe('JSON lines', () => {
  test('are those of the plain twin', () => {
    fc.assert(
      fc.property(
        fc.array(entry, { minLength: 1, maxLength: 12 }),
        fc.array(entry, { maxLength: 6 }),
        options,
        fc.constantFrom(undefined, ['MESSAGE', '_PID']),
        fc.boolean(),
        (first, second, variant, names, all) => {
          const files = [fileOf(first, variant), fileOf(second, { ...variant, seqnumId: 'c4'.repeat(16) })];
          const [fast, plain] = bothOf(files, { ...FORM, all }, names);
          expect(fast).toEqual(plain);
          expect(fast).toHaveLength(first.length + second.length);
        },
      ),
      { numRuns: 150 },
    );
  });

  const entriesWith = (text: (i: number) => string): WrittenFields[] =>
    Array.from({ length: 12 }, (_, i) => ({ realtimeUs: 1e15 + i, fields: [`MESSAGE=${text(i)}`, 'PRIORITY=6'] }));

  test.each([
    ['values longer than what the module takes', entriesWith((i) => `${i}${'x'.repeat(150_000)}`)],
    ['lines longer than its memory', entriesWith((i) => `${i}${'"'.repeat(i === 3 ? 3_000_000 : 60_000)}`)],
    ['values of 4 KiB, which are null but with --all', entriesWith((i) => 'y'.repeat(4080 + i))],
  ])('%s', (_, entries) => {
    for (const all of [true, false]) {
      const [fast, plain] = bothOf([fileOf(entries)], { ...FORM, all });
      expect(fast).toEqual(plain);
    }
  });

  test('more names than the module has numbers for', () => {
    const entries = Array.from({ length: 300 }, (_, i) => ({
      realtimeUs: 1e15 + i,
      fields: Array.from({ length: 100 }, (_, k) => `N${i * 100 + k}=${k}`),
    }));
    const [fast, plain] = bothOf([fileOf(entries)], FORM);
    expect(fast).toEqual(plain);
  });

  test('more shared values than are kept', () => {
    const fields = Array.from({ length: 60_000 }, (_, i) => `V${i % 50}=${i}`);
    const entries = Array.from({ length: 3600 }, (_, i) => ({
      realtimeUs: 1e15 + i,
      fields: fields.slice((i % 1800) * 32, (i % 1800) * 32 + 32),
    }));
    const [fast, plain] = bothOf([fileOf(entries)], FORM);
    expect(fast).toEqual(plain);
  });
});
