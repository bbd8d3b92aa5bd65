// The lines of a file or a stream, read once from front to back: plain or gzip'd, in blocks, whatever their length.
import { isAscii } from 'node:buffer';
import * as fs from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
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
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

/**
 * Reads a file to its present end.
 * @param passed told the number of bytes of each block that was read.
 * @param cut told where a compressed file ends in its middle; what there is of it was given.
 * @throws {EnvironmentError} `files/read`
 */
export async function readFileLines(
  path: string,
  take: TakeLine,
  passed: (bytes: number) => void,
  cut: () => void = () => undefined,
): Promise<void> {
  const cutter = new LineCutter(take);
  try {
    const file = await fs.promises.open(path);
    try {
      const isGzip = (await file.read(Buffer.alloc(2), 0, 2, 0)).buffer.equals(GZIP_MAGIC);
      if (isGzip) {
        const text = file.createReadStream({ start: 0, autoClose: false }).pipe(createGunzip());
        if (!(await readStream(text, cutter, passed))) cut();
      } else await readBlocks(file, cutter, passed);
    } finally {
      await file.close();
    }
  } catch (thrown) {
    // What the taker of the lines throws is none of ours.
    const code = systemCode(thrown);
    if (thrown instanceof EnvironmentError || code === undefined || code.startsWith('ERR_')) throw thrown;
    throw new EnvironmentError('files/read', `cannot read ${path}: ${failureText(thrown)}`, { cause: thrown });
  }
  cutter.end();
}

/** Reads a stream to its end. */
export async function readStreamLines(
  stream: Readable,
  take: TakeLine,
  passed: (bytes: number) => void,
): Promise<void> {
  const cutter = new LineCutter(take);
  await readStream(stream, cutter, passed);
  cutter.end();
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

/** A gzip'd file that ends in its middle gives what there is. @returns whether it was whole */
async function readStream(stream: Readable, cutter: LineCutter, passed: (bytes: number) => void): Promise<boolean> {
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      cutter.cut(chunk);
      passed(chunk.length);
    }
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'Z_BUF_ERROR')) throw thrown;
    return false;
  }
  return true;
}

/** Whether the file begins as gzip does. @throws {EnvironmentError} `files/read` */
export function isGzip(path: string): boolean {
  const head = Buffer.alloc(GZIP_MAGIC.length);
  try {
    const file = fs.openSync(path, 'r');
    try {
      fs.readSync(file, head, 0, head.length, 0);
    } finally {
      fs.closeSync(file);
    }
  } catch (thrown) {
    throw new EnvironmentError('files/read', `cannot read ${path}: ${failureText(thrown)}`, { cause: thrown });
  }
  return head.equals(GZIP_MAGIC);
}

class LineCutter {
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
