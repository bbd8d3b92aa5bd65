// Sorts records by time in bounded memory: sorted runs in a temporary file, merged at the end. Doubles (C20) come together
// there and become one.
import type { Instant } from '../core/event.ts';
import {
  Frames,
  frameBytes,
  HEAD_BYTES,
  isEarlier,
  isOf,
  type Run,
  type SortedRecord,
  type Stretch,
} from './record-frames.ts';
import { merged } from './record-merge.ts';
import { aligned, alignedBuffer, SpillFile } from './spill-file.ts';

const CHUNK_BYTES = 16 << 20;
/** Frames that are out of order are put together before they are written. */
const WRITE_BYTES = 1 << 20;
/** With more late records a chunk is sorted as a whole. */
const LATE_SHARE = 0.3;
/** UTF-8 takes at most three bytes for a UTF-16 unit. */
const BYTES_PER_UNIT = 3;
const NEVER: Instant = { seconds: Number.NEGATIVE_INFINITY, nanos: 0 };

export class RecordSorter {
  #chunk: Frames;
  #used = 0;
  #starts: number[] = [];
  /** Those of records that are earlier than one before them in the chunk. */
  #late: number[] = [];
  #latest: Instant = NEVER;
  #file: SpillFile | undefined;
  #piece: Buffer | undefined;
  #written = 0;
  /** In the order in which their records came; behind a run of chunks the late ones of it. */
  readonly #runs: Run[] = [];
  #main: Run | undefined;
  #lateRun: Run | undefined;

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
    this.#chunk.writeHead(start, time, identity, check, sink, bytes);
    this.#used = start + frameBytes(bytes);
    this.#starts.push(start);
    const isLate = isEarlier(time, this.#latest);
    this.#chunk.setLate(start, isLate);
    if (isLate) this.#late.push(start);
    else this.#latest = time;
  }

  /**
   * All records in the order of their times, those of one time together, in the order they came. They are valid until the next
   * ones are asked for.
   */
  *groups(): Generator<readonly SortedRecord[]> {
    if (this.#runs.length === 0) {
      if (this.#late.length > 0) this.#sort(this.#starts);
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

  #sort(starts: number[]): void {
    const chunk = this.#chunk;
    starts.sort((a, b) => chunk.seconds(a) - chunk.seconds(b) || chunk.nanos(a) - chunk.nanos(b));
  }

  #spill(room: number): void {
    if (this.#starts.length > 0) this.#writeChunk();
    this.#used = 0;
    this.#starts = [];
    this.#late = [];
    this.#latest = NEVER;
    if (room > this.#chunk.bytes.length) this.#chunk = new Frames(alignedBuffer(room));
  }

  /** Late records become a run of their own: where they are few, the others need not be put together anew. */
  #writeChunk(): void {
    this.#file ??= new SpillFile();
    const isSorted = this.#late.length > this.#starts.length * LATE_SHARE;
    if (isSorted) this.#sortAll();
    const stretch = isSorted ? this.#writeFrames(this.#file, this.#starts) : this.#writeAll(this.#file);
    const last = isSorted ? this.#chunk.time(this.#starts.at(-1) as number) : this.#latest;
    const before = this.#main;
    this.#main = this.#extended(before, this.#starts[0] as number, last, stretch);
    if (this.#main !== before) this.#lateRun = undefined;
    if (this.#late.length > 0) this.#writeLate(this.#file);
  }

  #sortAll(): void {
    for (const start of this.#late) this.#chunk.setLate(start, false);
    this.#late = [];
    this.#sort(this.#starts);
  }

  #writeLate(file: SpillFile): void {
    this.#sort(this.#late);
    for (const start of this.#late) this.#chunk.setLate(start, false);
    const stretch = this.#writeFrames(file, this.#late);
    const last = this.#chunk.time(this.#late.at(-1) as number);
    this.#lateRun = this.#extended(this.#lateRun, this.#late[0] as number, last, stretch);
  }

  /** The run with a further stretch, if its first record follows those that the run has, else a new one. */
  #extended(run: Run | undefined, first: number, last: Instant, stretch: Stretch): Run {
    if (run && !isEarlier(this.#chunk.time(first), run.last)) {
      run.stretches.push(stretch);
      run.last = last;
      return run;
    }
    const begun = { stretches: [stretch], last };
    this.#runs.push(begun);
    return begun;
  }

  #writeAll(file: SpillFile): Stretch {
    const start = this.#written;
    this.#write(file, this.#chunk.bytes, this.#used);
    return { start, end: start + this.#used };
  }

  /** Writes the first `bytes` of an aligned buffer, and whatever is behind them up to the next aligned position. */
  #write(file: SpillFile, buffer: Buffer, bytes: number): void {
    const end = aligned(bytes);
    file.write(buffer.subarray(0, end), this.#written);
    this.#written += end;
  }

  #writeFrames(file: SpillFile, starts: readonly number[]): Stretch {
    this.#piece ??= alignedBuffer(WRITE_BYTES);
    const piece = this.#piece;
    const begin = this.#written;
    let bytes = 0;
    let used = 0;
    for (const start of starts) {
      bytes += this.#chunk.size(start);
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
    return { start: begin, end: begin + bytes };
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
