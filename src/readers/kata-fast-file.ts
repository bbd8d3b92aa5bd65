// A plain file of lines read in blocks into the scanner's memory, where whole records become lines of NDJSON at once; the other
// lines take the plain road.
import * as fs from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Scanner } from '../core/scanner.ts';
import type { FastLines } from '../kata/fast/fast-lines.ts';
import type { KataReader } from '../kata/reader.ts';
import { type FileLine, readFailure, type TakeLine } from './files/file-lines.ts';
import type { TextLines } from './text-lines.ts';

const BLOCK_BYTES = 256 << 10;
const BLOCKS_A_TURN = 8;
const LF = 0x0a;
const BLANK = 0x20;

/** Lines that may belong to those of another file are given away. */
export interface Edges {
  /** Takes the first line: the file before may go on in it. */
  readonly first?: TakeLine;
  /** Told before any line behind the first one is read. */
  readonly behindFirst?: () => void;
  /** Takes the last line: it may go on in the next file. */
  readonly last?: TakeLine;
}

/** What reads the file. */
export interface FastFile {
  readonly scanner: Scanner;
  readonly lines: FastLines;
  readonly reader: KataReader;
  /** Takes the lines that need the plain road. */
  readonly plain: TextLines;
  readonly passed: (bytes: number) => void;
  readonly edges: Edges;
}

/**
 * Reads a file to its present end.
 * @throws {EnvironmentError} `files/read`
 */
export async function readFastFile(path: string, parts: FastFile, blockBytes: number = BLOCK_BYTES): Promise<void> {
  const { arena } = parts.scanner;
  const mark = arena.mark();
  try {
    const file = await fs.promises.open(path);
    try {
      await new BlockReader(path, parts, blockBytes).read(file);
    } finally {
      await file.close();
    }
  } catch (thrown) {
    throw readFailure(path, thrown);
  } finally {
    arena.release(mark);
  }
}

class BlockReader {
  readonly #path: string;
  readonly #parts: FastFile;
  #block: number;
  #size: number;
  /** Bytes of a line whose end has not come yet, at the start of the block. */
  #held = 0;
  #line = 1;
  #offset = 0;

  constructor(path: string, parts: FastFile, blockBytes: number) {
    this.#path = path;
    this.#parts = parts;
    this.#size = blockBytes;
    this.#block = parts.scanner.arena.alloc(this.#size);
  }

  async read(file: fs.promises.FileHandle): Promise<void> {
    const { arena } = this.#parts.scanner;
    let blocks = 0;
    while (true) {
      // At once: a block of a file costs less to read than to wait for.
      const bytesRead = fs.readSync(file.fd, arena.u8, this.#block + this.#held, this.#size - this.#held, null);
      if (bytesRead === 0) break;
      this.#take(this.#held + bytesRead);
      this.#parts.passed(bytesRead);
      // Others have their turn, such as who shows how far it is.
      if (++blocks % BLOCKS_A_TURN === 0) await nextTurn();
    }
    if (this.#held > 0) this.#end(this.#block + this.#held);
  }

  /** Takes the whole lines of the block, and keeps what begins behind them, or the last one, too. */
  #take(filled: number): void {
    const { arena } = this.#parts.scanner;
    const { last } = this.#parts.edges;
    const bytes = arena.u8.subarray(this.#block, this.#block + filled);
    const feed = bytes.lastIndexOf(LF);
    const start = this.#first(feed);
    const behind = last && feed > 0 ? bytes.lastIndexOf(LF, feed - 1) : feed;
    const end = Math.max(start, (last && feed === 0 ? 0 : behind + 1) + this.#block);
    this.#held = this.#block + filled - end;
    if (end > start) this.#read(start, end);
    if (end > this.#block) this.#parts.scanner.arena.u8.copyWithin(this.#block, end, this.#block + filled);
    else if (this.#held === this.#size) this.#grow();
  }

  /** Gives the first line of the file away, if it is wanted and ends at `feed` or before; where the next one begins. */
  #first(feed: number): number {
    const { first } = this.#parts.edges;
    if (!first || this.#line > 1 || feed < 0) return this.#block;
    const end = this.#parts.scanner.arena.u8.indexOf(LF, this.#block);
    first(this.#fileLine(this.#block, end, 1), true);
    this.#line++;
    this.#offset += end + 1 - this.#block;
    return end + 1;
  }

  #read(start: number, end: number): void {
    const { scanner, lines, reader, plain, edges } = this.#parts;
    const { arena } = scanner;
    edges.behindFirst?.();
    // The last line of the block before waited for this one.
    if (!this.#isIndented(start, end)) plain.end();
    scanner.tidy();
    const mark = arena.mark();
    const forms = reader.formsOf(this.#path);
    const isConsole = (): boolean => reader.isConsole(this.#path);
    const input = { start, end, path: this.#path, line: this.#line, offset: this.#offset, forms, isConsole };
    this.#line += lines.read(input, reader, (from, until, line, offset) => {
      this.#plain(from, until, line, offset, 1, this.#isIndented(until + 1, end));
    });
    this.#offset += end - start;
    arena.release(mark);
  }

  /** The file ended: the block holds a line without a feed, or the last one that has one. */
  #end(end: number): void {
    const { first, last, behindFirst } = this.#parts.edges;
    const feed = this.#parts.scanner.arena.u8.subarray(this.#block, end).indexOf(LF) + this.#block;
    const start = this.#block;
    if (first && this.#line === 1 && feed < start) first(this.#fileLine(start, end, 0), false);
    else if (feed === end - 1) last?.(this.#fileLine(start, feed, 1), true);
    else if (feed >= start) {
      this.#read(start, feed + 1);
      last?.(this.#fileLine(feed + 1, end, 0), false);
    } else if (last) last(this.#fileLine(start, end, 0), false);
    else {
      behindFirst?.();
      this.#plain(start, end, this.#line, this.#offset, 0, false);
    }
  }

  /** The line is longer than the block. */
  #grow(): void {
    const { arena } = this.#parts.scanner;
    const block = arena.alloc(this.#size * 2);
    arena.u8.copyWithin(block, this.#block, this.#block + this.#held);
    this.#block = block;
    this.#size *= 2;
  }

  #plain(start: number, end: number, line: number, offset: number, feeds: number, mayGoOn: boolean): void {
    const source = { path: this.#path, line, offset, bytes: end - start + feeds };
    this.#parts.plain.line(this.#text(start, end), source, undefined, mayGoOn);
  }

  /** Whether the line at `start` is indented, or has not been read yet. */
  #isIndented(start: number, end: number): boolean {
    return start >= end || this.#parts.scanner.arena.u8[start] === BLANK;
  }

  #fileLine(start: number, end: number, feeds: number): FileLine {
    return { text: this.#text(start, end), line: this.#line, offset: this.#offset, bytes: end - start + feeds };
  }

  #text(start: number, end: number): string {
    return this.#parts.scanner.arena.u8.toString('utf8', start, end);
  }
}
