// Any mix of inputs as understood records: files of lines, the pieces of split or rotated ones in their order, a stream.
import * as path from 'node:path';
import type { Readable } from 'node:stream';
import type { KataMemory } from '../kata/memory.ts';
import { KataReader } from '../kata/reader.ts';
import type { Understood } from '../kata/record.ts';
import { isWholeRecord } from '../kata/whole-line.ts';
import { type FileLine, readFileLines, readStreamLines } from './files/file-lines.ts';
import { kindOfFile, readExport, readJournalFile, type TakeEntry } from './journal-pairs.ts';

export interface InputSettings {
  readonly memory: KataMemory;
  readonly emit: (record: Understood) => void;
  readonly redacts: boolean;
  readonly unwraps: boolean;
  /** Told the bytes of each block that was read. */
  readonly passed: (bytes: number) => void;
  /** Told what cannot be read of a journal. */
  readonly tell?: (why: string) => void;
}

/** Standard input, among paths. */
export const STDIN = '-';

/**
 * Reads all inputs to their present end.
 * @param paths files, or `-` for `stdin`.
 * @throws {EnvironmentError} `files/read`
 */
export async function readInputs(paths: readonly string[], settings: InputSettings, stdin: Readable): Promise<void> {
  for (const series of seriesOf(paths)) {
    const reader = new SeriesReader(settings);
    for (const [index, file] of series.entries()) await reader.read(file, index + 1 < series.length, stdin);
    reader.end();
  }
}

interface Part {
  readonly series: string;
  readonly order: number;
}

const ROTATED = /^(.+)\.(\d{1,4})(?:\.gz)?$/;
const SPLIT_NUMBER = /^(.*[._-])(\d{2,4})(\.\w+)?(?:\.gz)?$/;
const SPLIT_LETTERS = /^(.*?[._-]|x)([a-z]{2,3})(?:\.gz)?$/;

function partOf(name: string): Part {
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
}

class SeriesReader {
  readonly #reader: KataReader;
  readonly #passed: (bytes: number) => void;
  readonly #tell: (why: string) => void;
  #last: Tail | undefined;

  constructor(settings: InputSettings) {
    this.#reader = new KataReader(settings);
    this.#passed = settings.passed;
    this.#tell = settings.tell ?? (() => undefined);
  }

  async read(file: string, hasNext: boolean, stdin: Readable): Promise<void> {
    const reader = this.#reader;
    let tail = this.#last;
    this.#last = undefined;
    const take = (line: FileLine, isEnded: boolean): void => {
      if (tail) this.#border(tail, file, line);
      else if (hasNext) {
        if (this.#last) this.#line(this.#last);
        this.#last = { path: file, line, isEnded };
      } else reader.line(line.text, { path: file, line: line.line, offset: line.offset, bytes: line.bytes });
      tail = undefined;
    };
    const takeEntry: TakeEntry = (pairs, line, offset, bytes) => {
      reader.entry(pairs, { path: file, line, offset, bytes });
    };
    const kind = file === STDIN ? 'lines' : kindOfFile(file);
    if (kind === 'journal') await readJournalFile(file, takeEntry, this.#tell);
    else if (kind === 'export') await readExport(file, takeEntry, this.#passed);
    else if (file === STDIN) await readStreamLines(stdin, take, this.#passed);
    else await readFileLines(file, take, this.#passed);
    if (tail) this.#line(tail);
  }

  end(): void {
    if (this.#last) this.#line(this.#last);
    this.#reader.end();
  }

  #line({ path: file, line }: Tail): void {
    this.#reader.line(line.text, { path: file, line: line.line, offset: line.offset, bytes: line.bytes });
  }

  /** The last line of one file and the first of the next: one record, if they are one only together. */
  #border(tail: Tail, file: string, first: FileLine): void {
    const whole = tail.line.text + first.text;
    if (
      isWholeRecord(tail.line.text) === false &&
      isWholeRecord(first.text) !== true &&
      isWholeRecord(whole) === true
    ) {
      const { line, offset, bytes } = tail.line;
      this.#reader.line(whole, { path: tail.path, line, offset, bytes }, ['C24']);
      return;
    }
    this.#line(tail);
    this.#line({ path: file, line: first, isEnded: true });
  }
}
