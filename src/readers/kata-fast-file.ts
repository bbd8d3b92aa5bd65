// A plain file of lines read in blocks into the scanner's memory, where whole records become lines of NDJSON at once; the other
// lines take the plain road.
import * as fs from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Scanner } from '../core/scanner.ts';
import type { FastLines } from '../kata/fast/fast-lines.ts';
import type { KataReader } from '../kata/reader.ts';
import { type FileLine, headText, LINE_MAX_BYTES, readFailure, type TakeLine } from './files/file-lines.ts';
import type { TextLines } from './text-lines.ts';

const BLOCK_BYTES = 256 << 10;
const BLOCKS_A_TURN = 8;
/** Behind a block: where it is filled by a line with its feed, there must be room to see whether that is the last one. */
const SPARE_BYTES = 1;
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

export interface BlockSizes {
  /** Bytes that are read at once. */
  readonly blockBytes?: number | undefined;
  /** Longer lines are cut. */
  readonly lineMaxBytes?: number | undefined;
}

/**
 * Reads a file to its present end.
 * @throws {EnvironmentError} `files/read`
 */
export async function readFastFile(path: string, parts: FastFile, sizes: BlockSizes): Promise<void> {
  const { arena } = parts.scanner;
  const mark = arena.mark();
  try {
    const file = await fs.promises.open(path);
    try {
      await new BlockReader(path, parts, sizes).read(file);
    } finally {
      await file.close();
    }
  } catch (thrown) {
    throw readFailure(path, thrown);
  } finally {
    arena.release(mark);
  }
}

/** The beginning of a line that is too long, and its bytes so far. */
interface CutLine {
  readonly text: string;
  bytes: number;
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
  readonly #lineMaxBytes: number;
  #cut: CutLine | undefined;

  constructor(path: string, parts: FastFile, { blockBytes = BLOCK_BYTES, lineMaxBytes = LINE_MAX_BYTES }: BlockSizes) {
    this.#path = path;
    this.#parts = parts;
    this.#lineMaxBytes = lineMaxBytes;
    this.#size = Math.min(blockBytes, lineMaxBytes);
    this.#block = parts.scanner.arena.alloc(this.#size + SPARE_BYTES);
  }

  async read(file: fs.promises.FileHandle): Promise<void> {
    const { arena } = this.#parts.scanner;
    let blocks = 0;
    while (true) {
      // At once: a block of a file costs less to read than to wait for.
      const room = Math.max(this.#size - this.#held, SPARE_BYTES);
      const bytesRead = fs.readSync(file.fd, arena.u8, this.#block + this.#held, room, null);
      if (bytesRead === 0) break;
      if (this.#cut) this.#skip(this.#cut, bytesRead);
      else this.#take(this.#held + bytesRead);
      this.#parts.passed(bytesRead);
      // Others have their turn, such as who shows how far it is.
      if (++blocks % BLOCKS_A_TURN === 0) await nextTurn();
    }
    if (this.#cut) this.#giveCut(this.#cut, false);
    else if (this.#held > 0) this.#end(this.#block + this.#held);
  }

  /** Takes the whole lines of the block, and keeps what begins behind them, or the last one, too. */
  #take(filled: number): void {
    const { arena } = this.#parts.scanner;
    const { last } = this.#parts.edges;
    const bytes = arena.u8.subarray(this.#block, this.#block + filled);
    const feed = bytes.lastIndexOf(LF);
    const start = this.#first(feed);
    const behind = last && feed === filled - 1 ? lineStart(bytes, feed) : feed + 1;
    const end = Math.max(start, behind + this.#block);
    this.#held = this.#block + filled - end;
    if (end > start) this.#read(start, end);
    if (end > this.#block) this.#parts.scanner.arena.u8.copyWithin(this.#block, end, this.#block + filled);
    else if (this.#held === this.#size) this.#grow(feed < 0);
  }

  /** Leaves out what is behind the beginning of a line. */
  #skip(cut: CutLine, filled: number): void {
    const { arena } = this.#parts.scanner;
    const feed = arena.u8.subarray(this.#block, this.#block + filled).indexOf(LF);
    cut.bytes += feed < 0 ? filled : feed + 1;
    if (feed < 0) return;
    this.#giveCut(cut, true);
    const rest = filled - feed - 1;
    arena.u8.copyWithin(this.#block, this.#block + feed + 1, this.#block + filled);
    if (rest > 0) this.#take(rest);
  }

  /** Nothing goes on behind a line that was cut: no other file needs to know of it, but of that it is the first. */
  #giveCut({ text, bytes }: CutLine, isEnded: boolean): void {
    const { first, behindFirst } = this.#parts.edges;
    const [line, offset] = [this.#line++, this.#offset];
    this.#cut = undefined;
    this.#offset += bytes;
    if (first && line === 1) first({ text, line, offset, bytes, isCut: true }, isEnded);
    else {
      behindFirst?.();
      this.#parts.plain.line(text, { path: this.#path, line, offset, bytes, isCut: true }, undefined, false);
    }
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
    else if (last) last(this.#fileLine(start, end, 0), false);
    else {
      behindFirst?.();
      this.#plain(start, end, this.#line, this.#offset, 0, false);
    }
  }

  /** The line is longer than the block, or fills it. */
  #grow(isLonger: boolean): void {
    const { arena } = this.#parts.scanner;
    // The longest line that is not cut, and its line feed.
    const size = Math.min(this.#size * 2, this.#lineMaxBytes + 1);
    if (size === this.#size) {
      if (isLonger) this.#beginCut();
      return;
    }
    const block = arena.alloc(size + SPARE_BYTES);
    arena.u8.copyWithin(block, this.#block, this.#block + this.#held);
    this.#block = block;
    this.#size = size;
  }

  #beginCut(): void {
    const head = this.#parts.scanner.arena.u8.subarray(this.#block, this.#block + this.#lineMaxBytes);
    this.#cut = { text: headText(head), bytes: this.#held };
    this.#held = 0;
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

function lineStart(bytes: Buffer, feed: number): number {
  return feed === 0 ? 0 : bytes.lastIndexOf(LF, feed - 1) + 1;
}
