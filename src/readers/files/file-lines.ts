// The lines of a file, read once from front to back in blocks. Of one that is too long the beginning is kept.
import { isAscii } from 'node:buffer';
import * as fs from 'node:fs';
import { EnvironmentError, failureText, systemCode } from '../../core/failure.ts';

/** A line without its line feed, and where it stands. */
export interface FileLine {
  readonly text: string;
  /** Counts from 1. */
  readonly line: number;
  /** Of its first byte, in the uncompressed content. */
  readonly offset: number;
  /** With the line feed; of a line that was cut, those that were left out, too. */
  readonly bytes: number;
  /** The text is the beginning of a longer one. */
  readonly isCut?: true;
}

/** Takes a line; `isEnded` is false for a last line without a line feed. */
export type TakeLine = (line: FileLine, isEnded: boolean) => void;

const BLOCK_BYTES = 1 << 20;
/** A longer line is cut: design's `max_record_bytes`. */
export const LINE_MAX_BYTES: number = 16 << 20;
const LF = 0x0a;

/**
 * Reads a file to its present end.
 * @param passed told the number of bytes of each block that was read.
 * @throws {EnvironmentError} `files/read`
 */
export async function readFileLines(
  path: string,
  take: TakeLine,
  passed: (bytes: number) => void,
  lineMaxBytes: number = LINE_MAX_BYTES,
): Promise<void> {
  const cutter = new LineCutter(take, lineMaxBytes);
  try {
    const file = await fs.promises.open(path);
    try {
      await readBlocks(file, cutter, passed);
    } finally {
      await file.close();
    }
  } catch (thrown) {
    throw readFailure(path, thrown);
  }
  cutter.end();
}

/** What was thrown while a file was read: a failure to read it, or what somebody threw who took its content. */
export function readFailure(path: string, thrown: unknown): unknown {
  const code = systemCode(thrown);
  if (thrown instanceof EnvironmentError || code === undefined || code.startsWith('ERR_')) return thrown;
  return new EnvironmentError('files/read', `cannot read ${path}: ${failureText(thrown)}`, { cause: thrown });
}

async function readBlocks(
  file: fs.promises.FileHandle,
  cutter: LineCutter,
  passed: (bytes: number) => void,
): Promise<void> {
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  while (true) {
    const { bytesRead } = await file.read(block, 0, BLOCK_BYTES, null);
    if (bytesRead === 0) return;
    cutter.cut(block.subarray(0, bytesRead));
    passed(bytesRead);
  }
}

/** The text of the beginning of a line that was cut: no character is half a one. */
export function headText(bytes: Buffer): string {
  const end = wholeCharacters(bytes);
  return bytes.toString('utf8', 0, end);
}

const CONTINUES_MASK = 0xc0;
const CONTINUES = 0x80;
const CHARACTER_MAX_BYTES = 4;

/** How many bytes there are without a character of UTF-8 at the end whose last bytes are missing. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back < CHARACTER_MAX_BYTES && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] as number;
    if ((byte & CONTINUES_MASK) === CONTINUES) continue;
    const wanted = byte < CONTINUES_MASK ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : CHARACTER_MAX_BYTES;
    return wanted > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** Cuts blocks into lines. */
export class LineCutter {
  readonly #take: TakeLine;
  readonly #maxBytes: number;
  /** The beginning of a line whose end has not come yet. */
  #head: Buffer[] = [];
  /** Bytes of the line so far, and how many of them are kept. */
  #seen = 0;
  #kept = 0;
  #line = 0;
  #offset = 0;

  constructor(take: TakeLine, maxBytes: number = LINE_MAX_BYTES) {
    this.#take = take;
    this.#maxBytes = maxBytes;
  }

  cut(block: Buffer): void {
    const decode = isAscii(block) ? 'latin1' : 'utf8';
    let from = 0;
    while (true) {
      const end = block.indexOf(LF, from);
      if (end < 0) break;
      if (this.#seen === 0 && end - from <= this.#maxBytes) {
        this.#give({ text: block.toString(decode, from, end), bytes: end - from + 1 }, true);
      } else {
        this.#keep(block.subarray(from, end));
        this.#giveKept(1);
      }
      from = end + 1;
    }
    if (from < block.length) this.#keep(block.subarray(from));
  }

  end(): void {
    if (this.#seen > 0) this.#giveKept(0);
  }

  #keep(bytes: Buffer): void {
    const kept = bytes.subarray(0, this.#maxBytes - this.#kept);
    // The block is used again for the next read.
    if (kept.length > 0) this.#head.push(Buffer.from(kept));
    this.#seen += bytes.length;
    this.#kept += kept.length;
  }

  #giveKept(feeds: number): void {
    const head = Buffer.concat(this.#head);
    const bytes = this.#seen + feeds;
    const isCut = this.#seen > this.#kept;
    this.#head = [];
    this.#seen = 0;
    this.#kept = 0;
    const line = isCut ? { text: headText(head), bytes, isCut } : { text: head.toString('utf8'), bytes };
    this.#give(line, feeds > 0);
  }

  #give(line: Pick<FileLine, 'text' | 'bytes' | 'isCut'>, isEnded: boolean): void {
    this.#line++;
    this.#take({ ...line, line: this.#line, offset: this.#offset }, isEnded);
    this.#offset += line.bytes;
  }
}
