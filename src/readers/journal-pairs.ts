// The entries of a journal file or of an export as the pairs that room kata reads.
import * as fs from 'node:fs';
import { jsonEncoder } from '../formats/journal/encoders.ts';
import { headNumber } from '../formats/journal/entry.ts';
import { FieldFragments } from '../formats/journal/field-fragments.ts';
import { H_REALTIME } from '../formats/journal/layout.ts';
import { readJsonObject } from '../kata/json-record.ts';
import { Pairs } from '../kata/record.ts';
import { discover } from './journal/discovery.ts';
import { Journal } from './journal/journal.ts';

/** Takes an entry: its pairs, its number (from 1) in what is read, and where it stands; of a folder, in which file. */
export type TakeEntry = (pairs: Pairs, number: number, offset: number, bytes: number, file?: string) => void;

/** Whether a folder holds a journal, or may: it, or one of its machines' folders, cannot be looked into. */
export function isJournalFolder(path: string): boolean {
  if (!isFolder(path)) return false;
  const { files, unreadable } = discover([path]);
  return files.length > 0 || unreadable.size > 0;
}

function isFolder(path: string): boolean {
  return fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/**
 * Reads a journal, a file or a folder of them, from its head to its present end; entries of several files come in their
 * order, as those of one.
 * @param tell told each thing once that cannot be read, and of which file.
 */
export async function readJournal(
  path: string,
  take: TakeEntry,
  tell: (why: string, file: string) => void,
): Promise<void> {
  const told = new Set<string>();
  const isOne = !isFolder(path);
  const journal = await Journal.open({
    directories: isOne ? [] : [path],
    files: isOne ? [path] : [],
    namespace: undefined,
    dedup: true,
    onProblem: ({ path: file, why }) => {
      const text = `${file} ${why}`;
      if (!told.has(text)) tell(why, file);
      told.add(text);
    },
  });
  try {
    const fields = new FieldFragments(jsonEncoder({ all: true, binary: 'array', skipsBootId: false }));
    journal.seekHead();
    for (let number = 1; journal.next(); number++) {
      const { entry } = journal;
      fields.load(entry.file, journal.items, journal.itemCount);
      const pairs = readJsonObject(entryJson(fields, headNumber(entry.head, H_REALTIME)));
      if (pairs) take(new Pairs(pairs.keys, pairs.values), number, entry.offset, 0, entry.path);
    }
  } finally {
    journal.close();
  }
}

function entryJson(fields: FieldFragments, realtimeMicros: number): string {
  let json = `{"__REALTIME_TIMESTAMP":"${realtimeMicros}"`;
  for (let at = 0; at < fields.count; at++) {
    const id = fields.ids[at] as number;
    if (id >= 0) json += fields.bytes.toString('utf8', fields.start[id], fields.end[id]);
  }
  return `${json}}`;
}

const LF = 0x0a;
const EQUALS = 0x3d;
const LENGTH_BYTES = 8;
/** A longer field is no field of a journal. */
const FIELD_MAX_BYTES = 768 << 20;

/**
 * The journal export format, cut into entries: `NAME=text` lines, or `NAME`, a length and bytes; an empty line ends an
 * entry.
 * @see https://systemd.io/JOURNAL_EXPORT_FORMATS/
 */
export class ExportCutter {
  readonly #take: TakeEntry;
  #rest: Buffer = Buffer.alloc(0);
  #keys: string[] = [];
  #values: string[] = [];
  /** Of the first byte of the rest, and of the entry at hand. */
  #offset = 0;
  #start = 0;
  /** Numbers of the lines that these bytes begin. */
  #line = 1;
  #startLine = 1;

  constructor(take: TakeEntry) {
    this.#take = take;
  }

  cut(block: Buffer): void {
    const data = this.#rest.length === 0 ? block : Buffer.concat([this.#rest, block]);
    let at = 0;
    while (true) {
      const next = this.#field(data, at);
      if (next < 0) break;
      this.#offset += next - at;
      at = next;
    }
    this.#rest = Buffer.from(data.subarray(at));
  }

  end(): void {
    if (this.#rest.length > 0) this.cut(Buffer.from('\n'));
    this.#endEntry();
  }

  /** Takes the field or the empty line at `at`; the position behind it, or -1 where its end has not come yet. */
  #field(data: Buffer, at: number): number {
    const end = data.indexOf(LF, at);
    if (end < 0) return -1;
    this.#line++;
    if (end === at) {
      this.#endEntry(1);
      return end + 1;
    }
    const equals = data.indexOf(EQUALS, at);
    if (equals >= 0 && equals < end) {
      this.#add(data.toString('latin1', at, equals), data.toString('utf8', equals + 1, end));
      return end + 1;
    }
    const next = this.#bytesField(data, at, end);
    if (next < 0) this.#line--;
    return next;
  }

  /** As #field, for one whose name ends at `end`, with a length and bytes behind it. */
  #bytesField(data: Buffer, at: number, end: number): number {
    const from = end + 1 + LENGTH_BYTES;
    if (from > data.length) return -1;
    const length = Number(data.readBigUInt64LE(end + 1));
    // No length: a line that is no field. It is passed over.
    if (length > FIELD_MAX_BYTES) return end + 1;
    const next = from + length + 1;
    if (next > data.length) return -1;
    this.#add(data.toString('latin1', at, end), data.toString('utf8', from, from + length));
    for (let feed = data.indexOf(LF, end + 1); feed >= 0 && feed < next; feed = data.indexOf(LF, feed + 1))
      this.#line++;
    return next;
  }

  #add(key: string, value: string): void {
    this.#keys.push(key);
    this.#values.push(value);
  }

  #endEntry(lineFeedBytes = 0): void {
    const end = this.#offset + lineFeedBytes;
    if (this.#keys.length > 0)
      this.#take(new Pairs(this.#keys, this.#values), this.#startLine, this.#start, end - this.#start);
    this.#keys = [];
    this.#values = [];
    this.#start = end;
    this.#startLine = this.#line;
  }
}
