// Sorts records by time in bounded memory: sorted runs in a temporary file, merged at the end. Doubles (C20) come together
// there and become one.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Instant } from '../core/event.ts';
import { EnvironmentError, failureText } from '../core/failure.ts';

/** One record as it is sorted: its line of NDJSON and what doubles are known by. */
export interface SortedRecord {
  readonly seconds: number;
  readonly nanos: number;
  /** Hash of the identity; 0 = can have no double. */
  readonly identity: number;
  readonly check: number;
  readonly sink: number;
  readonly line: Buffer;
}

// A frame: length, seconds, nanos, identity, check, sink; then the line.
const AT_SECONDS = 4;
const AT_NANOS = 12;
const AT_IDENTITY = 16;
const AT_CHECK = 20;
const AT_SINK = 24;
const HEAD_BYTES = 28;

const CHUNK_BYTES = 16 << 20;
const MERGE_BYTES = 16 << 20;
const READ_MIN_BYTES = 32 << 10;
const READ_MAX_BYTES = 256 << 10;
/** Frames that are out of order are put together before they are written. */
const WRITE_BYTES = 1 << 20;
/** UTF-8 takes at most three bytes for a UTF-16 unit. */
const BYTES_PER_UNIT = 3;

interface Run {
  readonly start: number;
  end: number;
}

export class RecordSorter {
  #chunk: Buffer;
  #used = 0;
  #starts: number[] = [];
  #isSorted = true;
  #lastSeconds = Number.NEGATIVE_INFINITY;
  #lastNanos = 0;
  #file: number | undefined;
  #written = 0;
  #runs: Run[] = [];
  #runSeconds = Number.NEGATIVE_INFINITY;
  #runNanos = 0;

  /** @param chunkBytes how much is sorted at once, in memory */
  constructor(chunkBytes: number = CHUNK_BYTES) {
    this.#chunk = Buffer.allocUnsafe(chunkBytes);
  }

  add(time: Instant, identity: number, check: number, sink: number, line: string): void {
    this.#makeRoom(HEAD_BYTES + line.length * BYTES_PER_UNIT);
    const bytes = this.#chunk.write(line, this.#used + HEAD_BYTES, 'utf8');
    this.#addFrame(time, identity, check, sink, bytes);
  }

  /** As `add`, for a line that is bytes already. */
  addBytes(time: Instant, identity: number, check: number, sink: number, line: Uint8Array): void {
    this.#makeRoom(HEAD_BYTES + line.length);
    this.#chunk.set(line, this.#used + HEAD_BYTES);
    this.#addFrame(time, identity, check, sink, line.length);
  }

  #makeRoom(bytes: number): void {
    if (this.#used + bytes > this.#chunk.length) this.#spill(bytes);
  }

  #addFrame(time: Instant, identity: number, check: number, sink: number, bytes: number): void {
    const start = this.#used;
    const chunk = this.#chunk;
    chunk.writeUInt32LE(bytes, start);
    chunk.writeDoubleLE(time.seconds, start + AT_SECONDS);
    chunk.writeUInt32LE(time.nanos, start + AT_NANOS);
    chunk.writeInt32LE(identity, start + AT_IDENTITY);
    chunk.writeInt32LE(check, start + AT_CHECK);
    chunk.writeUInt32LE(sink, start + AT_SINK);
    this.#used = start + HEAD_BYTES + bytes;
    this.#starts.push(start);
    if (time.seconds < this.#lastSeconds || (time.seconds === this.#lastSeconds && time.nanos < this.#lastNanos))
      this.#isSorted = false;
    this.#lastSeconds = time.seconds;
    this.#lastNanos = time.nanos;
  }

  /** All records in the order of their times, those of one time in the order they came. */
  *sorted(): Generator<SortedRecord> {
    if (this.#runs.length === 0) {
      this.#sortChunk();
      for (const start of this.#starts) yield recordAt(this.#chunk, start);
      return;
    }
    this.#spill(0);
    this.#chunk = Buffer.alloc(0);
    yield* merged(this.#file as number, this.#runs);
  }

  close(): void {
    if (this.#file !== undefined) fs.closeSync(this.#file);
    this.#file = undefined;
  }

  #sortChunk(): void {
    if (this.#isSorted) return;
    const chunk = this.#chunk;
    const seconds = (start: number): number => chunk.readDoubleLE(start + AT_SECONDS);
    const nanos = (start: number): number => chunk.readUInt32LE(start + AT_NANOS);
    this.#starts.sort((a, b) => seconds(a) - seconds(b) || nanos(a) - nanos(b));
  }

  #spill(room: number): void {
    if (this.#starts.length > 0) this.#writeRun();
    this.#used = 0;
    this.#starts = [];
    this.#isSorted = true;
    this.#lastSeconds = Number.NEGATIVE_INFINITY;
    if (room > this.#chunk.length) this.#chunk = Buffer.allocUnsafe(room);
  }

  #writeRun(): void {
    this.#sortChunk();
    const chunk = this.#chunk;
    const first = this.#starts[0] as number;
    const last = this.#starts.at(-1) as number;
    const firstSeconds = chunk.readDoubleLE(first + AT_SECONDS);
    const follows =
      firstSeconds > this.#runSeconds ||
      (firstSeconds === this.#runSeconds && chunk.readUInt32LE(first + AT_NANOS) >= this.#runNanos);
    const run = this.#runs.at(-1);
    const end = this.#written + this.#used;
    this.#file ??= temporaryFile();
    if (this.#isSorted) writeAll(this.#file, chunk.subarray(0, this.#used), this.#written);
    else this.#writeFrames(this.#file);
    if (run && follows) run.end = end;
    else this.#runs.push({ start: this.#written, end });
    this.#written = end;
    this.#runSeconds = chunk.readDoubleLE(last + AT_SECONDS);
    this.#runNanos = chunk.readUInt32LE(last + AT_NANOS);
  }

  #writeFrames(file: number): void {
    const piece = Buffer.allocUnsafe(WRITE_BYTES);
    let [used, position] = [0, this.#written];
    const flush = (): void => {
      writeAll(file, piece.subarray(0, used), position);
      position += used;
      used = 0;
    };
    for (const start of this.#starts) {
      const frame = frameAt(this.#chunk, start);
      if (used + frame.length > WRITE_BYTES) flush();
      if (frame.length > WRITE_BYTES) {
        writeAll(file, frame, position);
        position += frame.length;
      } else used += frame.copy(piece, used);
    }
    flush();
  }
}

function frameAt(chunk: Buffer, start: number): Buffer {
  return chunk.subarray(start, start + HEAD_BYTES + chunk.readUInt32LE(start));
}

function recordAt(chunk: Buffer, start: number): SortedRecord {
  return {
    seconds: chunk.readDoubleLE(start + AT_SECONDS),
    nanos: chunk.readUInt32LE(start + AT_NANOS),
    identity: chunk.readInt32LE(start + AT_IDENTITY),
    check: chunk.readInt32LE(start + AT_CHECK),
    sink: chunk.readUInt32LE(start + AT_SINK),
    line: chunk.subarray(start + HEAD_BYTES, start + HEAD_BYTES + chunk.readUInt32LE(start)),
  };
}

/** A file without a name: it is gone when the program is, however it ends. */
function temporaryFile(): number {
  const name = path.join(os.tmpdir(), `katalog-sort-${process.pid}`);
  try {
    const file = fs.openSync(name, fs.constants.O_RDWR | fs.constants.O_CREAT | fs.constants.O_EXCL, 0o600);
    fs.unlinkSync(name);
    return file;
  } catch (thrown) {
    throw new EnvironmentError('files/temporary', `cannot create ${name}: ${failureText(thrown)}`, { cause: thrown });
  }
}

function writeAll(file: number, data: Buffer, position: number): void {
  try {
    for (let done = 0; done < data.length; )
      done += fs.writeSync(file, data, done, data.length - done, position + done);
  } catch (thrown) {
    throw new EnvironmentError(
      'files/temporary',
      `cannot write to the temporary file in ${os.tmpdir()}: ${failureText(thrown)}`,
      {
        cause: thrown,
      },
    );
  }
}

/** The records of one run, block by block. */
class RunReader {
  readonly order: number;
  readonly #file: number;
  readonly #end: number;
  #position: number;
  #block: Buffer;
  #at = 0;
  #filled = 0;
  seconds = 0;
  nanos = 0;

  constructor(file: number, run: Run, order: number, blockBytes: number) {
    this.order = order;
    this.#file = file;
    this.#position = run.start;
    this.#end = run.end;
    this.#block = Buffer.allocUnsafe(blockBytes);
  }

  /** Steps to the next record; false at the end. */
  next(): boolean {
    if (!this.#has(HEAD_BYTES)) return false;
    this.#has(HEAD_BYTES + this.#block.readUInt32LE(this.#at));
    this.seconds = this.#block.readDoubleLE(this.#at + AT_SECONDS);
    this.nanos = this.#block.readUInt32LE(this.#at + AT_NANOS);
    return true;
  }

  /** The record; its line is valid until the next one of this run is taken. */
  take(): SortedRecord {
    const record = recordAt(this.#block, this.#at);
    this.#at += HEAD_BYTES + record.line.length;
    return record;
  }

  #has(bytes: number): boolean {
    const rest = this.#filled - this.#at;
    if (rest >= bytes) return true;
    // The lines given out lie in the old block: they may still be looked at.
    const block = Buffer.allocUnsafe(Math.max(this.#block.length, bytes));
    this.#block.copy(block, 0, this.#at, this.#filled);
    this.#block = block;
    this.#at = 0;
    this.#filled = rest;
    const wanted = Math.min(block.length - rest, this.#end - this.#position);
    for (let done = 0; done < wanted; ) {
      const count = fs.readSync(this.#file, block, rest + done, wanted - done, this.#position);
      if (count === 0) break;
      done += count;
      this.#position += count;
      this.#filled += count;
    }
    return this.#filled >= bytes;
  }
}

function* merged(file: number, runs: readonly Run[]): Generator<SortedRecord> {
  const blockBytes = Math.min(READ_MAX_BYTES, Math.max(READ_MIN_BYTES, Math.floor(MERGE_BYTES / runs.length)));
  const readers = runs
    .map((run, order) => new RunReader(file, run, order, blockBytes))
    .filter((reader) => reader.next());
  const heap = new Heap(readers);
  for (let reader = heap.first(); reader; reader = heap.first()) {
    yield reader.take();
    if (reader.next()) heap.sink();
    else heap.dropFirst();
  }
}

/** The readers as a heap: the one with the earliest record is first. */
class Heap {
  readonly #readers: RunReader[];

  constructor(readers: RunReader[]) {
    this.#readers = readers;
    for (let at = (readers.length >> 1) - 1; at >= 0; at--) this.sink(at);
  }

  first(): RunReader | undefined {
    return this.#readers[0];
  }

  dropFirst(): void {
    const last = this.#readers.pop() as RunReader;
    if (this.#readers.length === 0) return;
    this.#readers[0] = last;
    this.sink();
  }

  /** Restores the order after the reader at `at` stepped on. */
  sink(from = 0): void {
    const readers = this.#readers;
    for (let at = from; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < readers.length && isBefore(readers[child] as RunReader, readers[least] as RunReader)) least = child;
      }
      if (least === at) return;
      [readers[at], readers[least]] = [readers[least] as RunReader, readers[at] as RunReader];
      at = least;
    }
  }
}

function isBefore(a: RunReader, b: RunReader): boolean {
  return (
    a.seconds < b.seconds ||
    (a.seconds === b.seconds && (a.nanos < b.nanos || (a.nanos === b.nanos && a.order < b.order)))
  );
}
