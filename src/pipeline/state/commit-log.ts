// The commit log on disk: append-only files of CRC-framed JSON records, the newest valid one wins.
//
//   record = u32 length | u32 crc32(payload) | payload        little endian; payload = one JSON value
//
// A file pos-<n>.log begins with a snapshot. At 1 MiB the next one is written beside it (temporary name, fdatasync,
// rename, fsync of the directory) and the one before the last is removed. A torn or damaged tail is cut off at the
// first record that does not check; losing the whole log costs a re-read, never a loss or a double.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { crc32 } from 'node:zlib';
import { EnvironmentError } from '../../core/failure.ts';
import type { Json } from '../../core/plugin.ts';

const FRAME_BYTES = 8;
const ROTATE_BYTES = 1 << 20;
/** A longer payload than any that is ever written means a damaged length. */
const PAYLOAD_MAX_BYTES = 64 << 20;

/** One framed record. */
export function encodeFrame(payload: Json): Buffer {
  const text = Buffer.from(JSON.stringify(payload), 'utf8');
  const frame = Buffer.allocUnsafe(FRAME_BYTES + text.length);
  frame.writeUInt32LE(text.length, 0);
  frame.writeUInt32LE(crc32(text), 4);
  text.copy(frame, FRAME_BYTES);
  return frame;
}

/** The records of a log up to the first bad frame, and the number of good bytes. Never throws. */
export function decodeFrames(bytes: Buffer): { readonly records: readonly Json[]; readonly goodBytes: number } {
  const records: Json[] = [];
  let at = 0;
  while (at + FRAME_BYTES <= bytes.length) {
    const length = bytes.readUInt32LE(at);
    const end = at + FRAME_BYTES + length;
    if (length > PAYLOAD_MAX_BYTES || end > bytes.length) break;
    const payload = bytes.subarray(at + FRAME_BYTES, end);
    if (crc32(payload) !== bytes.readUInt32LE(at + 4)) break;
    const value = parseJson(payload.toString('utf8'));
    if (value === undefined) break;
    records.push(value);
    at = end;
  }
  return { records, goodBytes: at };
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    // A payload whose check holds is JSON; anything else was not written by us.
    return undefined;
  }
}

/** The log of one state directory. Single writer: the holder of the directory's lock. */
export class CommitLog {
  readonly #directory: string;
  readonly #snapshot: () => Json;
  #number: number;
  #fd = -1;
  #bytes = 0;

  private constructor(directory: string, number: number, snapshot: () => Json) {
    this.#directory = directory;
    this.#number = number;
    this.#snapshot = snapshot;
  }

  /** The records of the newest log that starts with a valid record; empty when there is none. */
  static read(directory: string): { readonly number: number; readonly records: readonly Json[] } {
    for (const number of logNumbers(directory).reverse()) {
      const { records } = decodeFrames(readFile(logPath(directory, number)));
      if (records.length > 0) return { number, records };
    }
    return { number: 0, records: [] };
  }

  /**
   * Starts a new log file after `number`, beginning with a snapshot.
   * @param snapshot called now and at each rotation; must hold everything the records so far said.
   * @throws {EnvironmentError} `state/write` when the directory cannot be written.
   */
  static start(directory: string, number: number, snapshot: () => Json): CommitLog {
    const log = new CommitLog(directory, number, snapshot);
    log.#rotate();
    return log;
  }

  /** Appends one record. It survives a kill at once and a power loss after {@link sync}. */
  append(record: Json): void {
    if (this.#bytes > ROTATE_BYTES) this.#rotate();
    const frame = encodeFrame(record);
    this.#write(frame);
  }

  sync(): void {
    world('state/write', `cannot sync ${this.#path()}`, () => fs.fdatasyncSync(this.#fd));
  }

  close(): void {
    if (this.#fd < 0) return;
    fs.closeSync(this.#fd);
    this.#fd = -1;
  }

  #path(): string {
    return logPath(this.#directory, this.#number);
  }

  #write(frame: Buffer): void {
    world('state/write', `cannot append to ${this.#path()}`, () => {
      let done = 0;
      while (done < frame.length) done += fs.writeSync(this.#fd, frame, done);
    });
    this.#bytes += frame.length;
  }

  #rotate(): void {
    const next = this.#number + 1;
    const target = logPath(this.#directory, next);
    const temporary = `${target}.tmp`;
    world('state/write', `cannot write ${target}`, () => {
      const fd = fs.openSync(temporary, 'w', 0o600);
      const frame = encodeFrame(this.#snapshot());
      let done = 0;
      while (done < frame.length) done += fs.writeSync(fd, frame, done);
      fs.fdatasyncSync(fd);
      fs.renameSync(temporary, target);
      syncDirectory(this.#directory);
      this.close();
      this.#fd = fd;
      this.#number = next;
      this.#bytes = frame.length;
    });
    for (const old of logNumbers(this.#directory)) {
      if (old < next - 1) fs.rmSync(logPath(this.#directory, old), { force: true });
    }
  }
}

function logPath(directory: string, number: number): string {
  return path.join(directory, `pos-${number}.log`);
}

function logNumbers(directory: string): number[] {
  const names = world('state/read', `cannot list ${directory}`, () => fs.readdirSync(directory));
  return names
    .map((name) => /^pos-(\d+)\.log$/.exec(name)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
}

function readFile(file: string): Buffer {
  return world('state/read', `cannot read ${file}`, () => fs.readFileSync(file));
}

function syncDirectory(directory: string): void {
  const fd = fs.openSync(directory, 'r');
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

function world<T>(code: string, message: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw new EnvironmentError(code, message, { cause });
  }
}
