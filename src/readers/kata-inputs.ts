// Any mix of inputs as understood records: files of lines, the pieces of split or rotated ones in their order, a stream.
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Readable } from 'node:stream';
import { Arena } from '../core/arena.ts';
import { EnvironmentError } from '../core/failure.ts';
import type { Scanner } from '../core/scanner.ts';
import { createScanner } from '../formats/scan/scanner.ts';
import { type Copies, type FastLine, FastLines } from '../kata/fast/fast-lines.ts';
import type { KataMemory } from '../kata/memory.ts';
import { KataReader } from '../kata/reader.ts';
import type { Repair, Understood } from '../kata/record.ts';
import { beginsLine, isWholeRecord } from '../kata/whole-line.ts';
import { type FileLine, isGzip, readFileLines, readStreamLines, type TakeLine } from './files/file-lines.ts';
import { kindOfFile, readExport, readJournal, type TakeEntry } from './journal-pairs.ts';
import { type Edges, readFastFile } from './kata-fast-file.ts';

/** Takes a line of NDJSON, which lies in `bytes` until it returns. */
export type TakeFast = (path: string, line: FastLine, bytes: Buffer) => void;

export interface FastSettings {
  readonly copies: Copies;
  readonly take: TakeFast;
  /** Bytes that are read at once. */
  readonly blockBytes?: number;
}

export interface InputSettings {
  readonly memory: KataMemory;
  readonly emit: (record: Understood) => void;
  readonly redacts: boolean;
  readonly unwraps: boolean;
  /** Told the bytes of each block that was read. */
  readonly passed: (bytes: number) => void;
  /** Takes lines of NDJSON of whole records of bare files; without it everything comes to `emit`. */
  readonly fast?: FastSettings;
  /** Told what cannot be read of a journal or a compressed file, and of which. */
  readonly tell?: (why: string) => void;
  /** Takes what went wrong with one input, and the others are read; without it the first such failure ends the run. */
  readonly failed?: (failure: EnvironmentError) => void;
}

/** Standard input, among paths. */
export const STDIN = '-';

/**
 * Reads all inputs to their present end.
 * @param paths files, folders of journals, or `-` for `stdin`.
 * @throws {EnvironmentError} `files/read`
 */
export async function readInputs(paths: readonly string[], settings: InputSettings, stdin: Readable): Promise<void> {
  const fast = settings.fast && new FastFiles(settings, settings.fast);
  for (const series of seriesOf(paths)) {
    const reader = new SeriesReader(settings, fast);
    for (const [index, file] of series.entries()) await reader.read(file, index + 1 < series.length, stdin);
    reader.end();
  }
}

interface Part {
  readonly series: string;
  readonly order: number;
}

const ROTATED = /^(.+)\.(\d{1,4})(?:\.gz)?$/;
/** logrotate's `dateext`, and the names of lumberjack (containerd of k3s): the newest part has no date. */
const DATED = /^(.+?)-(\d{8}(?:-\d{1,10})?|\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}(?:\.\d+)?)(\.(?!gz$)\w+)?(?:\.gz)?$/;
const SPLIT_NUMBER = /^(.*[._-])(\d{2,4})(\.\w+)?(?:\.gz)?$/;
/** Two letters, or three of the first 676; not the ends of other names, as `log` is. */
const SPLIT_LETTERS = /^(.*?[._-]|x)((?!gz|xz)[a-z]{2}|a[a-z]{2})(?:\.gz)?$/;

/** Digits of a date and a time: dates of one form sort as their numbers do. */
const DATE_DIGITS = 15;
const digitsOf = (date: string): string => date.replace(/\D/g, '').slice(0, DATE_DIGITS).padEnd(DATE_DIGITS, '0');

function partOf(name: string): Part {
  const dated = DATED.exec(name);
  if (dated) {
    const [, series = '', date = '', end] = dated;
    return { series: `${series}${end ?? ''}`, order: Number(digitsOf(date)) - 10 ** DATE_DIGITS };
  }
  const split = SPLIT_NUMBER.exec(name);
  if (split && /[_-]$/.test(split[1] as string))
    return { series: `${split[1]}#${split[3] ?? ''}`, order: Number(split[2]) };
  const rotated = ROTATED.exec(name);
  // The highest number is the oldest.
  if (rotated) return { series: rotated[1] as string, order: -Number(rotated[2]) };
  const letters = SPLIT_LETTERS.exec(name);
  if (letters) return { series: `${letters[1]}@`, order: Number.parseInt(letters[2] as string, 36) };
  return { series: name.replace(/\.gz$/, ''), order: 0 };
}

/** The files in groups that continue each other, oldest part first; groups in the order in which they were named. */
export function seriesOf(paths: readonly string[]): readonly (readonly string[])[] {
  const groups = new Map<string, { readonly file: string; readonly order: number }[]>();
  for (const file of new Set(paths)) {
    const { series, order } = partOf(path.basename(file));
    const key = path.join(path.dirname(file), series);
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push({ file, order });
  }
  return [...groups.values()].map((group) => group.toSorted((a, b) => a.order - b.order).map(({ file }) => file));
}

/** A line at the end of a file that may go on in the next one. */
interface Tail {
  readonly path: string;
  readonly line: FileLine;
  readonly isEnded: boolean;
  readonly repairs: readonly Repair[];
}

const SOUND: readonly Repair[] = [];

/** Reads plain files on the fast road. */
class FastFiles {
  readonly #scanner: Scanner = createScanner(new Arena());
  readonly #lines: FastLines;
  readonly #passed: (bytes: number) => void;
  readonly #blockBytes: number | undefined;
  #path = '';

  constructor({ memory, redacts, passed }: InputSettings, { copies, take, blockBytes }: FastSettings) {
    const { arena, keys, kata } = this.#scanner;
    this.#passed = passed;
    this.#blockBytes = blockBytes;
    this.#lines = new FastLines(
      { arena, keys, kata },
      { memory, prefix: '', redacts, copies, take: (line) => take(this.#path, line, arena.u8) },
    );
  }

  async read(path: string, reader: KataReader, edges: Edges): Promise<void> {
    this.#path = path;
    const parts = { scanner: this.#scanner, lines: this.#lines, reader, passed: this.#passed, edges };
    await readFastFile(path, parts, this.#blockBytes);
  }
}

class SeriesReader {
  readonly #reader: KataReader;
  readonly #passed: (bytes: number) => void;
  readonly #tell: (why: string) => void;
  readonly #failed: InputSettings['failed'];
  readonly #fast: FastFiles | undefined;
  #last: Tail | undefined;

  constructor(settings: InputSettings, fast: FastFiles | undefined) {
    this.#fast = fast;
    this.#reader = new KataReader(settings);
    this.#passed = settings.passed;
    this.#tell = settings.tell ?? (() => undefined);
    this.#failed = settings.failed;
  }

  async read(file: string, hasNext: boolean, stdin: Readable): Promise<void> {
    const reader = this.#reader;
    let tail = this.#last;
    this.#last = undefined;
    const take = (line: FileLine, isEnded: boolean): void => {
      if (!tail && !hasNext) {
        reader.line(line.text, { path: file, line: line.line, offset: line.offset, bytes: line.bytes });
        return;
      }
      const next = { path: file, line, isEnded, repairs: SOUND };
      const taken = tail ? this.#border(tail, next) : next;
      tail = undefined;
      this.#release();
      this.#last = taken;
      if (!hasNext) this.#release();
    };
    const edges: Edges = {
      ...(tail && { first: take, behindFirst: () => this.#release() }),
      ...(hasNext && { last: take }),
    };
    try {
      await this.#readFile(file, take, edges, stdin);
    } catch (thrown) {
      // What the takers of the records throw is no failure of the input.
      const isInput = thrown instanceof EnvironmentError && thrown.code === 'files/read';
      if (!isInput || !this.#failed) throw thrown;
      this.#failed(thrown);
    }
    if (tail) this.#line(tail);
  }

  async #readFile(file: string, take: TakeLine, edges: Edges, stdin: Readable): Promise<void> {
    const reader = this.#reader;
    const takeEntry: TakeEntry = (pairs, source) => {
      reader.entry(pairs, source);
    };
    const kind = file === STDIN ? 'lines' : kindOfFile(file);
    if (kind === 'journal') await readJournal(file, takeEntry, this.#tell);
    else if (kind === 'export') await readExport(file, takeEntry, this.#passed);
    else if (file === STDIN) await readStreamLines(stdin, take, this.#passed);
    else if (this.#fast && !isGzip(file)) await this.#fast.read(file, reader, edges);
    else
      await readFileLines(file, take, this.#passed, () =>
        this.#tell(`${file}: the compressed file ends in its middle`),
      );
  }

  end(): void {
    this.#release();
    this.#reader.end();
  }

  #release(): void {
    if (this.#last) this.#line(this.#last);
    this.#last = undefined;
  }

  #line({ path: file, line, repairs }: Tail): void {
    this.#reader.line(line.text, { path: file, line: line.line, offset: line.offset, bytes: line.bytes }, repairs);
  }

  /** The last line of one file and the first of the next: one, if that is what they were. */
  #border(tail: Tail, first: Tail): Tail {
    const text = joinedText(tail, first);
    if (!isCut(tail, first.line.text, text)) {
      this.#line(tail);
      return first;
    }
    const line = { ...tail.line, text };
    return { path: tail.path, line, isEnded: first.isEnded, repairs: ['C24'] };
  }
}

function isCut(tail: Tail, first: string, whole: string): boolean {
  const [before, behind] = [isWholeRecord(tail.line.text), isWholeRecord(first)];
  if (behind === true) return false;
  if (isWholeRecord(whole) === true) return before === false || !tail.isEnded;
  // Neither is a record: a line without its end goes on in the next file, unless that begins with a line of its own.
  return !tail.isEnded && before !== true && behind === undefined && !beginsLine(first);
}

const REPLACED = '\ufffd';

/** Both texts; a character that was cut in two is read from its bytes. */
function joinedText(tail: Tail, first: Tail): string {
  const text = tail.line.text + first.line.text;
  const isTorn = tail.line.text.endsWith(REPLACED) && first.line.text.startsWith(REPLACED);
  if (!isTorn || [tail, first].some(({ path: file }) => file === STDIN || file.endsWith('.gz'))) return text;
  return Buffer.concat([tail, first].map(bytesOf)).toString('utf8').replace(/\n$/, '');
}

function bytesOf({ path: file, line: { offset, bytes } }: Tail): Buffer {
  const buffer = Buffer.alloc(bytes);
  const descriptor = fs.openSync(file, 'r');
  try {
    return buffer.subarray(0, fs.readSync(descriptor, buffer, 0, bytes, offset));
  } finally {
    fs.closeSync(descriptor);
  }
}
