// The lines of a file, read once from front to back in blocks, whatever their length.
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
  /** With the line feed. */
  readonly bytes: number;
}

/** Takes a line; `isEnded` is false for a last line without a line feed. */
export type TakeLine = (line: FileLine, isEnded: boolean) => void;

const BLOCK_BYTES = 1 << 20;
const LF = 0x0a;

/**
 * Reads a file to its present end.
 * @param passed told the number of bytes of each block that was read.
 * @throws {EnvironmentError} `files/read`
 */
export async function readFileLines(path: string, take: TakeLine, passed: (bytes: number) => void): Promise<void> {
  const cutter = new LineCutter(take);
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

/** Cuts blocks into lines, whatever their length. */
export class LineCutter {
  readonly #take: TakeLine;
  /** The beginning of a line whose end has not come yet. */
  #head: Buffer[] = [];
  #line = 0;
  #offset = 0;

  constructor(take: TakeLine) {
    this.#take = take;
  }

  cut(block: Buffer): void {
    const decode = isAscii(block) ? 'latin1' : 'utf8';
    let from = 0;
    while (true) {
      const end = block.indexOf(LF, from);
      if (end < 0) break;
      if (this.#head.length === 0) this.#give(block.toString(decode, from, end), end - from + 1, true);
      else {
        const whole = Buffer.concat([...this.#head, block.subarray(from, end)]);
        this.#head = [];
        this.#give(whole.toString('utf8'), whole.length + 1, true);
      }
      from = end + 1;
    }
    // The block is used again for the next read.
    if (from < block.length) this.#head.push(Buffer.from(block.subarray(from)));
  }

  end(): void {
    if (this.#head.length === 0) return;
    const whole = Buffer.concat(this.#head);
    this.#give(whole.toString('utf8'), whole.length, false);
  }

  #give(text: string, bytes: number, isEnded: boolean): void {
    this.#line++;
    this.#take({ text, line: this.#line, offset: this.#offset, bytes }, isEnded);
    this.#offset += bytes;
  }
}
