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
import type { Repair, Source, Understood } from '../kata/record.ts';
import { beginsLine, isWholeRecord } from '../kata/whole-line.ts';
import { type FileLine, readFileLines } from './files/file-lines.ts';
import { formOfFile, headOfFile, isRegularFile, readStream, type Takers } from './input-form.ts';
import { isJournalFolder, readJournal } from './journal-pairs.ts';
import { type BlockSizes, type Edges, readFastFile } from './kata-fast-file.ts';
import { TextLines } from './text-lines.ts';

/** Takes lines of NDJSON, which lie in `bytes` until it returns. */
export type TakeFast = (path: string, lines: readonly FastLine[], bytes: Buffer) => void;

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
  /** Longer lines are cut. */
  readonly lineMaxBytes?: number;
  /** Takes lines of NDJSON of whole records of bare files; without it everything comes to `emit`. */
  readonly fast?: FastSettings;
  /** Told each input before it is read. */
  readonly opened?: (path: string) => void;
  /**
   * Told what of an input could not be read; all others are read. Without it the first one that cannot be read ends everything, and
   * of those that are damaged there is what can be read.
   */
  readonly failed?: (path: string, failure: EnvironmentError) => void;
}

/** Standard input, among paths. */
export const STDIN = '-';

/**
 * Reads all inputs to their present end.
 * @param paths files, or `-` for `stdin`.
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
  readonly #sizes: BlockSizes;
  #path = '';

  constructor({ memory, redacts, passed, lineMaxBytes }: InputSettings, { copies, take, blockBytes }: FastSettings) {
    const { arena, keys, kata } = this.#scanner;
    this.#passed = passed;
    this.#sizes = { blockBytes, lineMaxBytes };
    this.#lines = new FastLines(
      { arena, keys, kata },
      { memory, prefix: '', redacts, copies, take: (lines) => take(this.#path, lines, arena.u8) },
    );
  }

  async read(path: string, reader: KataReader, plain: TextLines, edges: Edges): Promise<void> {
    this.#path = path;
    const parts = { scanner: this.#scanner, lines: this.#lines, reader, plain, passed: this.#passed, edges };
    await readFastFile(path, parts, this.#sizes);
  }
}

/** What is wrong with one input. */
const INPUT_FAILURES: ReadonlySet<string> = new Set(['files/read', 'files/cut', 'files/form', 'files/journal']);

/** Of the lines of a file these are looked at before they are read. */
const HEAD_BYTES = 64 << 10;

const STDIN_PATHS: ReadonlySet<string> = new Set([STDIN, '/dev/stdin', '/dev/fd/0', '/proc/self/fd/0']);

/** Whether it is standard input, which cannot be opened by its path where it is a socket. */
function isStdin(file: string): boolean {
  return STDIN_PATHS.has(file);
}

class SeriesReader {
  readonly #reader: KataReader;
  readonly #lines: TextLines;
  readonly #settings: InputSettings;
  readonly #fast: FastFiles | undefined;
  #last: Tail | undefined;
  #entries = 0;

  constructor(settings: InputSettings, fast: FastFiles | undefined) {
    this.#fast = fast;
    this.#reader = new KataReader(settings);
    this.#lines = new TextLines(this.#reader);
    this.#settings = settings;
  }

  async read(file: string, hasNext: boolean, stdin: Readable): Promise<void> {
    let tail = this.#last;
    this.#last = undefined;
    const line = (line: FileLine, isEnded: boolean): void => {
      if (!tail && !hasNext) {
        this.#lines.line(line.text, sourceOf(file, line));
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
      ...(tail && { first: line, behindFirst: () => this.#release() }),
      ...(hasNext && { last: line }),
    };
    const entry: Takers['entry'] = (pairs, line, offset, bytes, path = file) => {
      this.#reader.entry(pairs, { path, line, offset, bytes, number: ++this.#entries });
    };
    this.#settings.opened?.(file);
    try {
      const { passed, lineMaxBytes } = this.#settings;
      const head = (bytes: Buffer): void => this.#reader.lookAhead(file, bytes.toString('latin1', 0, HEAD_BYTES));
      await this.#content(file, stdin, { line, entry, passed, lineMaxBytes, head }, edges);
    } catch (thrown) {
      this.#fail(file, thrown);
    }
    if (tail) this.#line(tail);
  }

  async #content(file: string, stdin: Readable, takers: Takers, edges: Edges): Promise<void> {
    if (isStdin(file)) return readStream('standard input', stdin, takers);
    const tell = (why: string, journal: string): void => this.#tell(journal, why);
    if (isJournalFolder(file)) return readJournal(file, takers.entry, tell);
    if (!isRegularFile(file)) return readStream(file, fs.createReadStream(file), takers);
    const form = formOfFile(file);
    if (form === 'journal') return readJournal(file, takers.entry, tell);
    if (form !== 'lines') {
      const open = (): Readable => fs.createReadStream(file);
      return readStream(file, open(), takers, open);
    }
    takers.head?.(headOfFile(file, HEAD_BYTES));
    if (this.#fast) return this.#fast.read(file, this.#reader, this.#lines, edges);
    return readFileLines(file, takers.line, takers.passed, takers.lineMaxBytes);
  }

  /** @throws what is no failure of this input, and all of them if nobody is told */
  #fail(file: string, thrown: unknown): void {
    if (!(thrown instanceof EnvironmentError) || !INPUT_FAILURES.has(thrown.code)) throw thrown;
    const { failed } = this.#settings;
    if (failed) failed(file, thrown);
    else if (thrown.code !== 'files/cut') throw thrown;
  }

  #tell(file: string, why: string): void {
    const todo = `What can be read of it was read; katalog journal --verify --file ${file} tells more`;
    this.#settings.failed?.(
      file,
      new EnvironmentError('files/journal', `${file} is no sound journal: ${why}. ${todo}`),
    );
  }

  end(): void {
    this.#release();
    this.#lines.end();
    this.#reader.end();
  }

  #release(): void {
    if (this.#last) this.#line(this.#last);
    this.#last = undefined;
  }

  #line({ path: file, line, repairs }: Tail): void {
    this.#lines.line(line.text, sourceOf(file, line), repairs);
  }

  /** The last line of one file and the first of the next: one, if that is what they were. */
  #border(tail: Tail, first: Tail): Tail {
    // Of a line that was too long the rest is missing: nothing goes on behind it.
    const isTooLong = [tail, first].some(({ line }) => line.isCut);
    const text = isTooLong ? '' : joinedText(tail, first);
    if (isTooLong || !isCut(tail, first.line.text, text)) {
      this.#line(tail);
      return first;
    }
    const line = { ...tail.line, text };
    return { path: tail.path, line, isEnded: first.isEnded, repairs: ['C24'] };
  }
}

function sourceOf(file: string, { line, offset, bytes, isCut: wasCut }: FileLine): Source {
  return { path: file, line, offset, bytes, ...(wasCut && { isCut: wasCut }) };
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
  if (!isTorn || [tail, first].some(({ path: file }) => isStdin(file) || !isPlainFile(file))) return text;
  return Buffer.concat([tail, first].map(bytesOf)).toString('utf8').replace(/\n$/, '');
}

function isPlainFile(file: string): boolean {
  return isRegularFile(file) && formOfFile(file) === 'lines';
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
