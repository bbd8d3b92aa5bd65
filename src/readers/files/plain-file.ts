// A plain file: read where it lies, as often as need be.
import * as fs from 'node:fs';
import type { ByteSource } from './byte-source.ts';

export class PlainFile implements ByteSource {
  readonly isFinal = false;
  readonly #fd: number;

  /** @throws the system's error. */
  constructor(path: string) {
    this.#fd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  }

  async prepare(): Promise<void> {
    // The kernel has the bytes.
  }

  read(target: Buffer, at: number, length: number, position: number): number {
    let done = 0;
    while (done < length) {
      const count = fs.readSync(this.#fd, target, at + done, length - done, position + done);
      if (count === 0) break;
      done += count;
    }
    return done;
  }

  close(): void {
    fs.closeSync(this.#fd);
  }
}
