// Sorts records by time in bounded memory: sorted runs in a temporary file, merged at the end. Doubles (C20) come together
// there and become one.
import type { Instant } from '../core/event.ts';
import { ALIGN_BYTES, aligned, alignedBuffer, SpillFile } from './spill-file.ts';

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

// A frame, at a multiple of eight bytes: in words of 32 bits length, sink, seconds (a double), nanos, identity, check, nothing;
// then the line.
const SINK = 1;
const SECONDS = 1;
const NANOS = 4;
const IDENTITY = 5;
const CHECK = 6;
const HEAD_BYTES = 32;

function frameBytes(lineBytes: number): number {
  return (HEAD_BYTES + lineBytes + 7) & ~7;
}

/** Memory with frames in it. */
class Frames {
  readonly bytes: Buffer;
  readonly i32: Int32Array;
  readonly f64: Float64Array;

  constructor(bytes: Buffer) {
    const { buffer, byteOffset, length } = bytes;
    this.bytes = bytes;
    this.i32 = new Int32Array(buffer, byteOffset, length >> 2);
    this.f64 = new Float64Array(buffer, byteOffset, length >> 3);
  }

  seconds(start: number): number {
    return this.f64[(start >> 3) + SECONDS] as number;
  }

  nanos(start: number): number {
    return this.i32[(start >> 2) + NANOS] as number;
  }

  /** Bytes of the frame. */
  size(start: number): number {
    return frameBytes(this.i32[start >> 2] as number);
  }

  record(start: number): SortedRecord {
    const at = start >> 2;
    return {
      seconds: this.seconds(start),
      nanos: this.nanos(start),
      identity: this.i32[at + IDENTITY] as number,
      check: this.i32[at + CHECK] as number,
      sink: this.i32[at + SINK] as number,
      line: this.bytes.subarray(start + HEAD_BYTES, start + HEAD_BYTES + (this.i32[at] as number)),
    };
  }
}

const CHUNK_BYTES = 16 << 20;
const READ_MIN_BYTES = 32 << 10;
const READ_MAX_BYTES = 256 << 10;
/** Frames that are out of order are put together before they are written. */
const WRITE_BYTES = 1 << 20;
/** UTF-8 takes at most three bytes for a UTF-16 unit. */
const BYTES_PER_UNIT = 3;

/** Whole frames in the file from an aligned position on. */
interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** What is sorted, in its order. */
type Run = Stretch[];

export class RecordSorter {
  #chunk: Frames;
  #used = 0;
  #starts: number[] = [];
  #isSorted = true;
  #lastSeconds = Number.NEGATIVE_INFINITY;
  #lastNanos = 0;
  #file: SpillFile | undefined;
  #piece: Buffer | undefined;
  #written = 0;
  #runs: Run[] = [];
  #runSeconds = Number.NEGATIVE_INFINITY;
  #runNanos = 0;

  /** @param chunkBytes how much is sorted at once, in memory */
  constructor(chunkBytes: number = CHUNK_BYTES) {
    this.#chunk = new Frames(alignedBuffer(chunkBytes).subarray(0, aligned(chunkBytes)));
  }

  add(time: Instant, identity: number, check: number, sink: number, line: string): void {
    this.#makeRoom(frameBytes(line.length * BYTES_PER_UNIT));
    const bytes = this.#chunk.bytes.write(line, this.#used + HEAD_BYTES, 'utf8');
    this.#addFrame(time, identity, check, sink, bytes);
  }

  /** As `add`, for a line that is bytes already. */
  addBytes(time: Instant, identity: number, check: number, sink: number, line: Uint8Array): void {
    this.#makeRoom(frameBytes(line.length));
    this.#chunk.bytes.set(line, this.#used + HEAD_BYTES);
    this.#addFrame(time, identity, check, sink, line.length);
  }

  #makeRoom(bytes: number): void {
    if (this.#used + bytes > this.#chunk.bytes.length) this.#spill(bytes);
  }

  #addFrame(time: Instant, identity: number, check: number, sink: number, bytes: number): void {
    const start = this.#used;
    const { i32, f64 } = this.#chunk;
    const at = start >> 2;
    i32[at] = bytes;
    i32[at + SINK] = sink;
    f64[(start >> 3) + SECONDS] = time.seconds;
    i32[at + NANOS] = time.nanos;
    i32[at + IDENTITY] = identity;
    i32[at + CHECK] = check;
    this.#used = start + frameBytes(bytes);
    this.#starts.push(start);
    if (time.seconds < this.#lastSeconds || (time.seconds === this.#lastSeconds && time.nanos < this.#lastNanos))
      this.#isSorted = false;
    this.#lastSeconds = time.seconds;
    this.#lastNanos = time.nanos;
  }

  /**
   * All records in the order of their times, those of one time together, in the order they came. They are valid until the next
   * ones are asked for.
   */
  *groups(): Generator<readonly SortedRecord[]> {
    if (this.#runs.length === 0) {
      this.#sortChunk();
      yield* grouped(this.#chunk, this.#starts);
      return;
    }
    this.#spill(0);
    yield* merged(this.#file as SpillFile, this.#runs, this.#chunk.bytes);
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #sortChunk(): void {
    if (this.#isSorted) return;
    const chunk = this.#chunk;
    this.#starts.sort((a, b) => chunk.seconds(a) - chunk.seconds(b) || chunk.nanos(a) - chunk.nanos(b));
  }

  #spill(room: number): void {
    if (this.#starts.length > 0) this.#writeRun();
    this.#used = 0;
    this.#starts = [];
    this.#isSorted = true;
    this.#lastSeconds = Number.NEGATIVE_INFINITY;
    if (room > this.#chunk.bytes.length) this.#chunk = new Frames(alignedBuffer(room));
  }

  #writeRun(): void {
    this.#sortChunk();
    const chunk = this.#chunk;
    const first = this.#starts[0] as number;
    const last = this.#starts.at(-1) as number;
    const firstSeconds = chunk.seconds(first);
    const follows =
      firstSeconds > this.#runSeconds || (firstSeconds === this.#runSeconds && chunk.nanos(first) >= this.#runNanos);
    const start = this.#written;
    this.#file ??= new SpillFile();
    if (this.#isSorted) this.#write(this.#file, chunk.bytes, this.#used);
    else this.#writeFrames(this.#file);
    const run = this.#runs.at(-1);
    const stretch = { start, end: start + this.#used };
    if (run && follows) run.push(stretch);
    else this.#runs.push([stretch]);
    this.#runSeconds = chunk.seconds(last);
    this.#runNanos = chunk.nanos(last);
  }

  /** Writes the first `bytes` of an aligned buffer, and whatever is behind them up to the next aligned position. */
  #write(file: SpillFile, buffer: Buffer, bytes: number): void {
    const end = aligned(bytes);
    file.write(buffer.subarray(0, end), this.#written);
    this.#written += end;
  }

  #writeFrames(file: SpillFile): void {
    this.#piece ??= alignedBuffer(WRITE_BYTES);
    const piece = this.#piece;
    let used = 0;
    for (const start of this.#starts) {
      const end = start + this.#chunk.size(start);
      for (let at = start; at < end; ) {
        const copied = this.#chunk.bytes.copy(piece, used, at, end);
        at += copied;
        used += copied;
        if (used < piece.length) continue;
        this.#write(file, piece, used);
        used = 0;
      }
    }
    if (used > 0) this.#write(file, piece, used);
  }
}

function* grouped(chunk: Frames, starts: readonly number[]): Generator<readonly SortedRecord[]> {
  let group: SortedRecord[] = [];
  for (const start of starts) {
    const record = chunk.record(start);
    if (group.length > 0 && !isOf(group, record)) {
      yield group;
      group = [];
    }
    group.push(record);
  }
  if (group.length > 0) yield group;
}

function isOf([first]: readonly SortedRecord[], { seconds, nanos }: Instant): boolean {
  return first?.seconds === seconds && first.nanos === nanos;
}

/** The records of one run, block by block. */
class RunReader {
  readonly order: number;
  readonly #file: SpillFile;
  readonly #run: Run;
  #stretch = -1;
  #position = 0;
  #end = 0;
  #block: Frames;
  #at = 0;
  #filled = 0;
  seconds = 0;
  nanos = 0;

  /** @param block aligned room of its own */
  constructor(file: SpillFile, run: Run, order: number, block: Buffer) {
    this.order = order;
    this.#file = file;
    this.#run = run;
    this.#block = new Frames(block);
  }

  /** Steps to the next record; false at the end. Of those given out, `group` has all that are still looked at. */
  next(group: SortedRecord[]): boolean {
    if (!this.#has(HEAD_BYTES, group)) return false;
    this.#has(this.#block.size(this.#at), group);
    this.seconds = this.#block.seconds(this.#at);
    this.nanos = this.#block.nanos(this.#at);
    return true;
  }

  /** The record that it stands at. */
  take(): SortedRecord {
    const record = this.#block.record(this.#at);
    this.#at += frameBytes(record.line.length);
    return record;
  }

  /** Whether there is something to read. */
  #hasMore(): boolean {
    if (this.#position < this.#end) return true;
    const next = this.#run[++this.#stretch];
    this.#position = next?.start ?? 0;
    this.#end = next?.end ?? 0;
    return next !== undefined;
  }

  /** Makes so many bytes of a frame available; false: there is no further frame. */
  #has(bytes: number, group: SortedRecord[]): boolean {
    const rest = this.#filled - this.#at;
    if (rest >= bytes) return true;
    if (!this.#hasMore()) return false;
    this.#keep(group);
    const old = this.#block;
    if (bytes + ALIGN_BYTES > old.bytes.length) this.#block = new Frames(alignedBuffer(bytes + ALIGN_BYTES * 2));
    const block = this.#block.bytes;
    // The rest ends where the next piece can be read to.
    const start = aligned(rest);
    old.bytes.copy(block, start - rest, this.#at, this.#filled);
    this.#at = start - rest;
    const wanted = Math.min(block.length - start, this.#end - this.#position);
    this.#file.read(block, start, aligned(wanted), this.#position);
    this.#position += wanted;
    this.#filled = start + wanted;
    return this.#has(bytes, group);
  }

  /** Records of this block that are still looked at get memory of their own. */
  #keep(group: SortedRecord[]): void {
    const { buffer, byteOffset, length } = this.#block.bytes;
    for (const [index, record] of group.entries()) {
      const { line } = record;
      if (line.buffer !== buffer || line.byteOffset < byteOffset || line.byteOffset >= byteOffset + length) continue;
      group[index] = { ...record, line: Buffer.from(line) };
    }
  }
}

/** @param room aligned memory that may be used */
function* merged(file: SpillFile, runs: readonly Run[], room: Buffer): Generator<readonly SortedRecord[]> {
  const share = Math.floor(room.length / runs.length / ALIGN_BYTES) * ALIGN_BYTES;
  const blockBytes = Math.min(READ_MAX_BYTES, Math.max(READ_MIN_BYTES, share));
  const all = blockBytes * runs.length > room.length ? alignedBuffer(blockBytes * runs.length) : room;
  let group: SortedRecord[] = [];
  const readers = runs
    .map((run, at) => new RunReader(file, run, at, all.subarray(blockBytes * at, blockBytes * (at + 1))))
    .filter((reader) => reader.next(group));
  const heap = new Heap(readers);
  for (let reader = heap.first(); reader; reader = heap.first()) {
    if (group.length > 0 && !isOf(group, reader)) {
      yield group;
      group = [];
    }
    group.push(reader.take());
    if (reader.next(group)) heap.sink();
    else heap.dropFirst();
  }
  if (group.length > 0) yield group;
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
