// A plain file of lines read in blocks into the scanner's memory, where whole records become lines of NDJSON at once; the other
// lines take the plain road.
import * as fs from 'node:fs';
import { EnvironmentError, failureText, systemCode } from '../core/failure.ts';
import type { Scanner } from '../core/scanner.ts';
import type { FastLines } from '../kata/fast/fast-lines.ts';
import type { KataReader } from '../kata/reader.ts';

const BLOCK_BYTES = 256 << 10;
const LF = 0x0a;

/** What reads the file. */
export interface FastFile {
  readonly scanner: Scanner;
  readonly lines: FastLines;
  readonly reader: KataReader;
  readonly passed: (bytes: number) => void;
}

/**
 * Reads a file to its present end.
 * @throws {EnvironmentError} `files/read`
 */
export async function readFastFile(path: string, parts: FastFile): Promise<void> {
  const { arena } = parts.scanner;
  const mark = arena.mark();
  try {
    const file = await fs.promises.open(path);
    try {
      await new BlockReader(path, parts).read(file);
    } finally {
      await file.close();
    }
  } catch (thrown) {
    // What the takers of the lines throw is none of ours.
    const code = systemCode(thrown);
    if (code === undefined || code.startsWith('ERR_')) throw thrown;
    throw new EnvironmentError('files/read', `cannot read ${path}: ${failureText(thrown)}`, { cause: thrown });
  } finally {
    arena.release(mark);
  }
}

class BlockReader {
  readonly #path: string;
  readonly #parts: FastFile;
  #block: number;
  #size = BLOCK_BYTES;
  /** Bytes of a line whose end has not come yet, at the start of the block. */
  #held = 0;
  #line = 1;
  #offset = 0;

  constructor(path: string, parts: FastFile) {
    this.#path = path;
    this.#parts = parts;
    this.#block = parts.scanner.arena.alloc(this.#size);
  }

  async read(file: fs.promises.FileHandle): Promise<void> {
    const { arena } = this.#parts.scanner;
    while (true) {
      const { bytesRead } = await file.read(arena.u8, this.#block + this.#held, this.#size - this.#held, null);
      if (bytesRead === 0) break;
      this.#take(this.#held + bytesRead);
      this.#parts.passed(bytesRead);
    }
    if (this.#held > 0) this.#plain(this.#block, this.#block + this.#held, this.#line, this.#offset, 0);
  }

  /** Takes the whole lines of the block, and keeps what begins behind them. */
  #take(filled: number): void {
    const { scanner, lines, reader } = this.#parts;
    const { arena } = scanner;
    const start = this.#block;
    const end = arena.u8.subarray(start, start + filled).lastIndexOf(LF) + 1 + start;
    this.#held = start + filled - end;
    if (end > start) {
      scanner.tidy();
      const mark = arena.mark();
      const forms = reader.formsOf(this.#path);
      const isConsole = (): boolean => reader.isConsole(this.#path);
      const input = { start, end, path: this.#path, line: this.#line, offset: this.#offset, forms, isConsole };
      this.#line += lines.read(input, reader, (from, until, line, offset) => this.#plain(from, until, line, offset, 1));
      this.#offset += end - start;
      arena.release(mark);
      arena.u8.copyWithin(start, end, start + filled);
    } else if (this.#held === this.#size) this.#grow();
  }

  /** The line is longer than the block. */
  #grow(): void {
    const { arena } = this.#parts.scanner;
    const block = arena.alloc(this.#size * 2);
    arena.u8.copyWithin(block, this.#block, this.#block + this.#held);
    this.#block = block;
    this.#size *= 2;
  }

  #plain(start: number, end: number, line: number, offset: number, feeds: number): void {
    const { scanner, reader } = this.#parts;
    const text = scanner.arena.u8.toString('utf8', start, end);
    reader.line(text, { path: this.#path, line, offset, bytes: end - start + feeds });
  }
}
