import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type WriterOptions, type WrittenFields, writeJournal } from '../../../test/support/journal-writer.ts';
import { cursorOf, parseCursor } from '../../formats/journal/cursor.ts';
import { rawEncoder } from '../../formats/journal/encoders.ts';
import { headNumber } from '../../formats/journal/entry.ts';
import { FieldFragments } from '../../formats/journal/field-fragments.ts';
import { H_REALTIME, H_SEQNUM } from '../../formats/journal/layout.ts';
import { fieldMatch } from '../../formats/journal/match.ts';
import { Journal, type JournalOptions } from './journal.ts';
import type { JournalProblem } from './problems.ts';

const START_US = 1.7e15;
const STREAM = 'a5'.repeat(16);
const OTHER_STREAM = 'c6'.repeat(16);
const BOOTS = ['b1'.repeat(16), 'b2'.repeat(16)] as const;

let folder: string;
let problems: JournalProblem[];
let open: Journal[];

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'katalog-journal-'));
  problems = [];
  open = [];
});

afterEach(() => {
  for (const journal of open) journal.close();
  fs.rmSync(folder, { recursive: true });
});

/** Entries `from` to `to` of one stream, a microsecond apart. */
function range(from: number, to: number, bootId: string = BOOTS[0]): WrittenFields[] {
  return Array.from({ length: to - from + 1 }, (_, i) => ({
    realtimeUs: START_US + from + i,
    monotonicUs: from + i,
    seqnum: from + i,
    bootId,
    fields: [`MESSAGE=${from + i}`, `PARITY=${(from + i) % 2}`],
  }));
}

let files = 0;

function put(name: string, entries: readonly WrittenFields[], options: WriterOptions = {}): string {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const fileId = (++files).toString(16).padStart(32, '0');
  fs.writeFileSync(file, writeJournal(entries, { state: 2, seqnumId: STREAM, fileId, ...options }));
  return file;
}

async function journalOf(options: Partial<JournalOptions> = {}): Promise<Journal> {
  const journal = await Journal.open({
    directories: [folder],
    files: [],
    onProblem: (problem) => problems.push(problem),
    ...options,
  });
  open.push(journal);
  return journal;
}

/** Numbers of all entries that come. */
function numbers(journal: Journal, step: () => boolean = () => journal.next()): number[] {
  const found: number[] = [];
  while (step()) found.push(headNumber(journal.entry.head, H_SEQNUM));
  return found;
}

function sequence(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

describe('several files', () => {
  test('come as one, forwards and backwards', async () => {
    put('system@1.journal', range(1, 10));
    put('system@2.journal', range(11, 20));
    put('system.journal', range(21, 25), { state: 1 });
    const journal = await journalOf();
    expect(numbers(journal)).toEqual(sequence(1, 25));
    expect(numbers(journal, () => journal.previous())).toEqual(sequence(1, 24).reverse());
    journal.seekTail();
    expect(numbers(journal, () => journal.previous())).toEqual(sequence(1, 25).reverse());
  });

  test('interleaved by number within a stream, by time across streams', async () => {
    const all = range(1, 20);
    put(
      'system.journal',
      all.filter((_, i) => i % 3 !== 0),
    );
    put(
      'user-1000.journal',
      all.filter((_, i) => i % 3 === 0),
    );
    put(
      `${'d'.repeat(32)}/system.journal`,
      range(21, 30).map((entry) => ({ ...entry, monotonicUs: 5, bootId: BOOTS[1] })),
      { seqnumId: OTHER_STREAM },
    );
    expect(numbers(await journalOf())).toEqual(sequence(1, 30));
  });

  test('more files than there are blocks in memory: every entry has its own fields', async () => {
    const all = range(1, 270);
    for (let i = 0; i < 90; i++)
      put(
        `file-${i}.journal`,
        all.filter((_, place) => place % 90 === i),
      );
    const journal = await journalOf();
    const fields = new FieldFragments(rawEncoder);
    const messages: string[] = [];
    while (journal.next()) {
      fields.load(journal.entry.file, journal.items, journal.itemCount);
      const texts = [...fields.ids.subarray(0, fields.count)].map((id) =>
        fields.bytes.toString('latin1', fields.start[id], fields.end[id]),
      );
      messages.push(texts.find((text) => text.startsWith('MESSAGE=')) ?? '');
    }
    expect(messages).toEqual(all.map(({ fields: [message] }) => message));
  });

  test('copies under other numbers come once, equal lines of one file all', async () => {
    const same = range(1, 6).map((entry) => ({
      ...entry,
      realtimeUs: START_US,
      monotonicUs: 7,
      fields: ['MESSAGE=same'],
    }));
    put('system.journal', same);
    expect(numbers(await journalOf())).toEqual(sequence(1, 6));
    put('system.journal', range(1, 50));
    put(
      'flushed.journal',
      range(11, 60).map((entry) => ({ ...entry, seqnum: (entry.seqnum ?? 0) + 1000 })),
      { seqnumId: OTHER_STREAM },
    );
    const journal = await journalOf();
    const times: number[] = [];
    while (journal.next()) times.push(headNumber(journal.entry.head, H_REALTIME) - START_US);
    expect(times).toEqual(sequence(1, 60));
  });

  test('a directory of another kind, a text and a file that cannot be read do not hinder', async () => {
    put('system.journal', range(1, 3));
    put('remote/system.journal', range(1, 3));
    put(`${'e'.repeat(32)}.space/system.journal`, range(1, 3));
    fs.writeFileSync(path.join(folder, 'text.journal'), 'this is no journal\n'.repeat(100));
    fs.writeFileSync(path.join(folder, 'new.journal'), '');
    expect(numbers(await journalOf())).toEqual([1, 2, 3]);
    expect(problems.map(({ path: place }) => path.basename(place))).toEqual(['text.journal']);
    expect(numbers(await journalOf({ namespace: 'space' }))).toEqual([1, 2, 3]);
  });

  test('the double of a full file is dropped, with and without matches', async () => {
    const last = range(10, 10);
    put('system@1.journal', range(1, 10), { unlisted: 1 });
    put('system@2.journal', [...last.map((entry) => ({ ...entry, seqnum: 11 })), ...range(12, 14)]);
    expect(numbers(await journalOf({ dedup: true }))).toEqual([...sequence(1, 9), ...sequence(11, 14)]);
    expect(numbers(await journalOf())).toEqual(sequence(1, 14));
    expect(numbers(await journalOf({ dedup: true, match: fieldMatch('PARITY', '0') }))).toEqual([
      2, 4, 6, 8, 11, 12, 14,
    ]);
  });
});

describe('places', () => {
  test.each([
    ['by number', (cursor: string) => cursor],
    ['by time since boot', (cursor: string) => cursor.replace(STREAM, OTHER_STREAM)],
    ['by time', (cursor: string) => /t=\w+/.exec(cursor)?.[0] ?? ''],
  ])('a cursor leads to its entry %s', async (_name, change) => {
    put('system@1.journal', range(1, 10));
    put('system.journal', range(11, 20));
    const text = `s=${STREAM};i=d;b=${BOOTS[0]};m=d;t=${(START_US + 13).toString(16)};x=0`;
    const cursor = parseCursor(change(text));
    const journal = await journalOf();
    if (cursor) journal.seekCursor(cursor);
    expect(numbers(journal)).toEqual(sequence(13, 20));
  });

  test('a position is behind everything that was dealt with', async () => {
    put('system@1.journal', range(1, 10));
    const first = await journalOf();
    for (let i = 0; i < 4; i++) first.next();
    const position = first.position();
    put('system.journal', range(11, 12));
    const second = await journalOf();
    second.resume(position);
    expect(numbers(second)).toEqual(sequence(5, 12));
    expect(second.takeLosses()).toEqual([]);
  });

  test('what was flushed under other numbers meanwhile does not come again', async () => {
    const file = put('system.journal', range(1, 10));
    const first = await journalOf();
    for (let i = 0; i < 4; i++) first.next();
    const position = first.position();
    fs.rmSync(file);
    put(
      'system.journal',
      range(1, 12).map((entry) => ({ ...entry, seqnum: (entry.seqnum ?? 0) + 100 })),
      { seqnumId: OTHER_STREAM },
    );
    const second = await journalOf();
    second.resume(position);
    expect(numbers(second)).toEqual(sequence(105, 112));
  });

  test('an entry that was deleted costs a loss and no neighbour', async () => {
    put('system.journal', range(21, 30));
    const journal = await journalOf();
    const [entry] = range(7, 7);
    const head = new Int32Array(12);
    head[H_SEQNUM] = 7;
    expect(entry).toBeDefined();
    journal.resume({ seqnums: new Map([[STREAM, 7]]), last: cursorOf(STREAM, head) });
    expect(numbers(journal)).toEqual(sequence(21, 30));
    expect(journal.takeLosses()).toEqual([{ seqnumId: STREAM, from: 8, to: 20 }]);
    expect(journal.takeLosses()).toEqual([]);
  });
});

describe('files that are written to', () => {
  const ONLINE: WriterOptions = { state: 1, fileId: 'f00d'.repeat(8) };

  const ALL = range(1, 30);

  /** The file in place, with the first `visible` entries finished. */
  function grow(file: string, visible: number): void {
    const bytes = writeJournal(ALL, { seqnumId: STREAM, ...ONLINE, visible });
    const fd = fs.openSync(file, fs.existsSync(file) ? 'r+' : 'w');
    fs.writeSync(fd, bytes, 0, bytes.length, 0);
    fs.closeSync(fd);
  }

  test.each([undefined, fieldMatch('PARITY', '1')])('what is appended comes, match %#', async (match) => {
    const wanted = (found: number[]): number[] => (match ? found.filter((number) => number % 2 === 1) : found);
    const file = path.join(folder, 'system.journal');
    grow(file, 3);
    const journal = await journalOf({ match });
    expect(numbers(journal)).toEqual(wanted(sequence(1, 3)));
    for (const [from, to] of [
      [4, 4],
      [5, 30],
    ] as const) {
      grow(file, to);
      expect(journal.update()).toBe(true);
      const found = numbers(journal);
      expect(found).toEqual(wanted(sequence(from, to)));
    }
  });

  test('rotation: the old file is drained before the new one', async () => {
    const file = path.join(folder, 'system.journal');
    grow(file, 3);
    const journal = await journalOf();
    expect(numbers(journal)).toEqual(sequence(1, 3));
    grow(file, 6);
    fs.renameSync(file, path.join(folder, 'system@1.journal'));
    put('system.journal', range(7, 9), { state: 1 });
    const found: number[] = [];
    for (let i = 0; i < 4; i++) {
      journal.update();
      found.push(...numbers(journal));
    }
    expect(found).toEqual(sequence(4, 9));
    expect(journal.takeLosses()).toEqual([]);
  });

  test('a vacuumed file is a loss and no damage', async () => {
    const file = put('system@1.journal', range(1, 10));
    const journal = await journalOf();
    for (let i = 0; i < 4; i++) journal.next();
    fs.truncateSync(file, 0);
    fs.rmSync(file);
    put('system.journal', range(11, 13));
    // What a new file holds waits for a second look: older entries may lie in files that appeared beside it.
    journal.update();
    expect(numbers(journal)).toEqual([]);
    expect(journal.update()).toBe(true);
    expect(numbers(journal)).toEqual(sequence(11, 13));
    expect(journal.takeLosses()).toEqual([{ seqnumId: STREAM, from: 5, to: 10 }]);
    expect(problems).toEqual([]);
  });
});
