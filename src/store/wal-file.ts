// One write-ahead file: appended to, put on disk, and cut back to what was put there when something fails.
import * as fs from 'node:fs';
import * as fsp from 'node:fs/promises';
import * as path from 'node:path';
import { EnvironmentError } from '../core/failure.ts';

const LF = 0x0a;
const READ_BYTES = 1 << 20;

export class WalFile {
  readonly path: string;
  readonly seq: number;
  readonly #handle: fsp.FileHandle;
  /** Bytes that are on disk. */
  #synced: number;
  #written: number;

  private constructor(file: string, seq: number, handle: fsp.FileHandle, length: number) {
    this.path = file;
    this.seq = seq;
    this.#handle = handle;
    this.#synced = length;
    this.#written = length;
  }

  /** Opens or makes the file. @throws {EnvironmentError} `store/write` */
  static async open(file: string, seq: number): Promise<WalFile> {
    try {
      const handle = await fsp.open(file, fs.constants.O_CREAT | fs.constants.O_RDWR, 0o600);
      const { size } = await handle.stat();
      syncDirectory(path.dirname(file));
      return new WalFile(file, seq, handle, size);
    } catch (cause) {
      throw new EnvironmentError('store/write', `cannot open ${file}`, { cause });
    }
  }

  get length(): number {
    return this.#written;
  }

  async write(bytes: Buffer): Promise<void> {
    try {
      let done = 0;
      while (done < bytes.length) {
        const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, this.#written + done);
        done += bytesWritten;
      }
      this.#written += bytes.length;
    } catch (cause) {
      await this.#cutBack();
      throw new EnvironmentError('store/write', `cannot write ${this.path}`, { cause });
    }
  }

  /** Resolves once everything written is on disk. On failure the file holds what was on disk before. */
  async sync(): Promise<void> {
    try {
      await this.#handle.datasync();
      this.#synced = this.#written;
    } catch (cause) {
      await this.#cutBack();
      throw new EnvironmentError('store/write', `cannot write ${this.path}`, { cause });
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #cutBack(): Promise<void> {
    await this.#handle.truncate(this.#synced);
    this.#written = this.#synced;
  }
}

/** Makes a rename, creation or removal in a directory last. */
export function syncDirectory(directory: string): void {
  const fd = fs.openSync(directory, 'r');
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

/** Cuts a file that a crash left at its last whole line. Returns the bytes cut off. */
export function cutTornLine(file: string): number {
  const fd = fs.openSync(file, 'r+');
  try {
    const { size } = fs.fstatSync(fd);
    const block = Buffer.allocUnsafe(READ_BYTES);
    for (let end = size; end > 0; ) {
      const start = Math.max(0, end - READ_BYTES);
      const read = fs.readSync(fd, block, 0, end - start, start);
      const last = block.subarray(0, read).lastIndexOf(LF);
      if (last >= 0 || start === 0) {
        const keep = last >= 0 ? start + last + 1 : 0;
        if (keep < size) fs.ftruncateSync(fd, keep);
        return size - keep;
      }
      end = start;
    }
    return 0;
  } finally {
    fs.closeSync(fd);
  }
}

/** Calls `visit` with every whole line of a file, without its end. */
export async function eachLine(file: string, visit: (line: Buffer) => void): Promise<void> {
  let rest = Buffer.alloc(0);
  for await (const chunk of fs.createReadStream(file, { highWaterMark: READ_BYTES })) {
    const data = rest.length > 0 ? Buffer.concat([rest, chunk as Buffer]) : (chunk as Buffer);
    let start = 0;
    for (let end = data.indexOf(LF); end >= 0; end = data.indexOf(LF, start)) {
      visit(data.subarray(start, end));
      start = end + 1;
    }
    rest = Buffer.from(data.subarray(start));
  }
}
