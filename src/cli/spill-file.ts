// A temporary file for what does not fit into memory, read and written past the page cache where the file system can do that:
// what is sorted once would push out of it whatever else the machine needs, and costs more to put there than to sort.
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { EnvironmentError, failureText, systemCode } from '../core/failure.ts';

/** Positions, lengths and addresses are multiples of it: more than any disk asks for. */
export const ALIGN_BYTES = 4096;
const PAGE_BYTES = 65_536;
const MODE = 0o600;
const RANDOM_BYTES = 6;
const FLAGS = fs.constants.O_RDWR | fs.constants.O_CREAT | fs.constants.O_EXCL;
/** Where the system has it. */
const PAST_CACHE: number | undefined = fs.constants.O_DIRECT;

/** Memory that begins at an aligned address, at least so many bytes. */
export function alignedBuffer(bytes: number): Buffer<ArrayBuffer> {
  const pages = Math.ceil(bytes / PAGE_BYTES);
  return Buffer.from(new WebAssembly.Memory({ initial: pages, maximum: pages }).buffer as ArrayBuffer);
}

/** The next multiple of ALIGN_BYTES. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGN_BYTES) * ALIGN_BYTES;
}

export class SpillFile {
  readonly #name = path.join(os.tmpdir(), `katalog-sort-${process.pid}-${randomBytes(RANDOM_BYTES).toString('hex')}`);
  readonly #file: number;

  /** @throws {EnvironmentError} `files/temporary` */
  constructor() {
    this.#file = this.#openPastCache() ?? this.#open(FLAGS);
  }

  /** Writes all of an aligned piece of an aligned buffer. @throws {EnvironmentError} `files/temporary` */
  write(data: Buffer, position: number): void {
    try {
      for (let done = 0; done < data.length; ) {
        const count = fs.writeSync(this.#file, data, done, data.length - done, position + done);
        // What was written of a piece without an end of its own is written again.
        const whole = count - (count % ALIGN_BYTES);
        if (whole === 0) throw new Error('the disk is full');
        done += whole;
      }
    } catch (thrown) {
      throw failed(`cannot write to the temporary file in ${os.tmpdir()}`, thrown);
    }
  }

  /** Fills the aligned piece `[start, start + bytes)` of an aligned buffer. @throws {EnvironmentError} `files/temporary` */
  read(into: Buffer, start: number, bytes: number, position: number): void {
    try {
      for (let done = 0; done < bytes; ) {
        const count = fs.readSync(this.#file, into, start + done, bytes - done, position + done);
        if (count === 0) throw new Error('it ends too early');
        done += count;
      }
    } catch (thrown) {
      throw failed(`cannot read the temporary file in ${os.tmpdir()}`, thrown);
    }
  }

  close(): void {
    fs.closeSync(this.#file);
  }

  /** Undefined where the file system knows the page cache only. */
  #openPastCache(): number | undefined {
    if (PAST_CACHE === undefined) return undefined;
    let file: number | undefined;
    try {
      file = this.#open(FLAGS | PAST_CACHE);
      fs.writeSync(file, alignedBuffer(ALIGN_BYTES), 0, ALIGN_BYTES, 0);
      return file;
    } catch {
      if (file !== undefined) fs.closeSync(file);
      return undefined;
    }
  }

  /** It has no name: it is gone when the program is, however it ends. */
  #open(flags: number): number {
    try {
      const file = fs.openSync(this.#name, flags, MODE);
      fs.unlinkSync(this.#name);
      return file;
    } catch (thrown) {
      // Some systems create the file and then refuse the flag.
      if (systemCode(thrown) === 'EINVAL') fs.rmSync(this.#name, { force: true });
      throw failed(`cannot create ${this.#name}`, thrown);
    }
  }
}

function failed(what: string, cause: unknown): EnvironmentError {
  return new EnvironmentError('files/temporary', `${what}: ${failureText(cause)}`, { cause });
}
