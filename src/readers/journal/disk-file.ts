// The bytes of one journal file on disk, opened when they are wanted.
import * as fs from 'node:fs';
import type { JournalBytes } from '../../formats/journal/block-pool.ts';

export class DiskFile implements JournalBytes {
  /** Where the file lies now; it may be renamed while it is read. */
  path: string;
  #fd: number | undefined;

  constructor(path: string) {
    this.path = path;
  }

  get isOpen(): boolean {
    return this.#fd !== undefined;
  }

  size(): number {
    return fs.fstatSync(this.#open()).size;
  }

  /** Bytes that the file takes on disk. */
  allocated(): number {
    return fs.fstatSync(this.#open()).blocks * 512;
  }

  read(target: Buffer, position: number): number {
    const fd = this.#open();
    let done = 0;
    while (done < target.length) {
      const count = fs.readSync(fd, target, done, target.length - done, position + done);
      if (count === 0) break;
      done += count;
    }
    return done;
  }

  /** Lets go of the descriptor; reading opens the file again at its path. */
  close(): void {
    if (this.#fd !== undefined) fs.closeSync(this.#fd);
    this.#fd = undefined;
  }

  #open(): number {
    // O_NONBLOCK: a named pipe with the name of a journal must not stop everything.
    this.#fd ??= fs.openSync(this.path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    return this.#fd;
  }
}
