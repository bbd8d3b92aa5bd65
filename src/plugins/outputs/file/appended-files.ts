// Files that only grow, and whose length is known exactly, so that a restart can cut them back to what was committed.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { EnvironmentError } from '../../../core/failure.ts';
import type { Json } from '../../../core/plugin.ts';

/** Files kept open, and lengths remembered; days pass, so few are written to at a time. */
const OPEN_MAX = 64;

interface Appended {
  readonly fd: number;
  length: number;
  unsynced: boolean;
}

/** Length by path. */
type Lengths = { readonly [path: string]: number };

export class AppendedFiles {
  readonly #open = new Map<string, Appended>();
  /** Lengths that the last commit saved, also of files that are closed now. */
  readonly #committed = new Map<string, number>();
  /** Lengths now. */
  readonly #written = new Map<string, number>();
  readonly #save: (lengths: Lengths) => void;

  /** @param save puts lengths into the state at once; called before the first byte goes into a file unknown there. */
  constructor(save: (lengths: Lengths) => void) {
    this.#save = save;
  }

  /**
   * Appends bytes whole, or throws and leaves the file as it was.
   * @throws {EnvironmentError} `file/write`
   */
  append(name: string, bytes: Buffer): void {
    const file = this.#open.get(name) ?? this.#openFile(name);
    try {
      let done = 0;
      while (done < bytes.length) done += fs.writeSync(file.fd, bytes, done, bytes.length - done, file.length + done);
      file.length += bytes.length;
      file.unsynced = true;
      this.#written.set(name, file.length);
    } catch (cause) {
      fs.ftruncateSync(file.fd, file.length);
      throw new EnvironmentError('file/write', `cannot write ${name}`, { cause });
    }
  }

  /** Puts everything written so far on disk and returns the lengths that now hold. Between two segments only. */
  commit(): Lengths {
    for (const file of this.#open.values()) {
      if (file.unsynced) fs.fdatasyncSync(file.fd);
      file.unsynced = false;
    }
    for (const [name, length] of this.#written) this.#committed.set(name, length);
    return Object.fromEntries(this.#committed);
  }

  /** Cuts files back to the lengths of a checkpoint. Returns what was cut. */
  cutBack(checkpoint: Json): { readonly path: string; readonly bytes: number }[] {
    const cut: { path: string; bytes: number }[] = [];
    if (checkpoint === null || typeof checkpoint !== 'object' || Array.isArray(checkpoint)) return cut;
    for (const [name, length] of Object.entries(checkpoint)) {
      if (typeof length !== 'number') continue;
      this.#committed.set(name, length);
      const size = fs.statSync(name, { throwIfNoEntry: false })?.size ?? 0;
      if (size <= length) continue;
      fs.truncateSync(name, length);
      cut.push({ path: name, bytes: size - length });
    }
    return cut;
  }

  close(): void {
    for (const name of [...this.#open.keys()]) this.#closeFile(name);
  }

  #openFile(name: string): Appended {
    if (this.#open.size >= OPEN_MAX) this.#closeFile(this.#open.keys().next().value as string);
    try {
      fs.mkdirSync(path.dirname(name), { recursive: true });
      const fd = fs.openSync(name, fs.constants.O_CREAT | fs.constants.O_RDWR, 0o644);
      const file = { fd, length: fs.fstatSync(fd).size, unsynced: false };
      this.#open.set(name, file);
      if (!this.#committed.has(name)) {
        this.#committed.set(name, file.length);
        this.#save(Object.fromEntries(this.#committed));
      }
      return file;
    } catch (cause) {
      throw new EnvironmentError('file/write', `cannot open ${name}`, { cause });
    }
  }

  #closeFile(name: string): void {
    const file = this.#open.get(name);
    if (!file) return;
    if (file.unsynced) fs.fdatasyncSync(file.fd);
    fs.closeSync(file.fd);
    this.#open.delete(name);
  }
}
