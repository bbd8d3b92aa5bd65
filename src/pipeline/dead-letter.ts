// The dead-letter file: records that the server refuses for good, with its reason, kept until a person looks at them.
//
// STATE/dead-letters.ndjson holds one JSON object a line; `crc` is the crc32 of the line's other members as JSON. An
// entry may stand twice around a crash: readers tell by `id`.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { crc32 } from 'node:zlib';
import { EnvironmentError } from '../core/failure.ts';
import type { Clock, DeadLetter, Log } from '../core/plugin.ts';

/** When the file is full the output waits: nothing is ever dropped for lack of room. */
export const DEAD_LETTERS_MAX_BYTES: number = 256 << 20;
const FULL_RETRY_MS = 5000;

export class DeadLetterFile {
  readonly path: string;
  readonly #clock: Clock;
  readonly #maxBytes: number;
  #fd = -1;

  constructor(stateDirectory: string, clock: Clock, maxBytes: number = DEAD_LETTERS_MAX_BYTES) {
    this.path = path.join(stateDirectory, 'dead-letters.ndjson');
    this.#clock = clock;
    this.#maxBytes = maxBytes;
  }

  /** Resolves once the letter is on disk; waits while the file is full. Rejects when the signal aborts. */
  async append(output: string, letter: DeadLetter, log: Log, signal: AbortSignal): Promise<void> {
    const line = this.#encode(output, letter);
    while (this.#size() + line.length > this.#maxBytes) {
      log.error(`${this.path} is full (${this.#maxBytes} bytes): delivery waits; look at it and move it away`);
      await this.#clock.sleep(FULL_RETRY_MS, signal);
    }
    this.#write(line);
  }

  close(): void {
    if (this.#fd >= 0) fs.closeSync(this.#fd);
    this.#fd = -1;
  }

  #encode(output: string, letter: DeadLetter): Buffer {
    const now = this.#clock.now();
    const entry = { at: new Date(now.seconds * 1000).toISOString(), output, ...letter };
    const crc = crc32(JSON.stringify(entry));
    return Buffer.from(`${JSON.stringify({ ...entry, crc })}\n`);
  }

  #size(): number {
    // Asked of the path, not of the handle: somebody may have moved the file away to make room.
    const stat = fs.statSync(this.path, { throwIfNoEntry: false });
    if (!stat) this.close();
    return stat?.size ?? 0;
  }

  #write(line: Buffer): void {
    try {
      if (this.#fd < 0) this.#fd = fs.openSync(this.path, 'a', 0o600);
      let done = 0;
      while (done < line.length) done += fs.writeSync(this.#fd, line, done);
      fs.fdatasyncSync(this.#fd);
    } catch (cause) {
      throw new EnvironmentError('state/dead-letter', `cannot write ${this.path}`, { cause });
    }
  }
}
