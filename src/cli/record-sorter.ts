// Sorts records by time in bounded memory: sorted runs in a temporary file, merged at the end. Doubles (C20) come together
// there and become one.
import type { Instant } from '../core/event.ts';
import {
  type Frame,
  Frames,
  frameBytes,
  frameEnd,
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
/** The fewer runs there are, the more is read of each at once. */
const LATE_BYTES = 8 << 20;
const PIECE_BYTES = 1 << 20;
/** With more late records a chunk is sorted as a whole. */
const LATE_SHARE = 0.3;
/** UTF-8 takes at most three bytes for a UTF-16 unit. */
const BYTES_PER_UNIT = 3;
const NEVER: Instant = { seconds: Number.NEGATIVE_INFINITY, nanos: 0 };

export class RecordSorter {
  /** Where lines that were sorted can be put together: beside them, so that they are copied within one memory. */
  readonly pieceRoom: Buffer;
  #chunk: Frames;
  #used = 0;
  #starts: number[] = [];
  /** Those of records that are earlier than one before them in the run. */
  #late: number[] = [];
  #latest: Instant = NEVER;
  #file: SpillFile | undefined;
  #piece: Buffer | undefined;
  #written = 0;
  /** In the order in which their records came; behind a run of chunks the late ones of it. */
  readonly #runs: Run[] = [];
  #main: Stretch[] | undefined;
  /** Late records that no run has yet. */
  readonly #kept = { frames: new Frames(alignedBuffer(LATE_BYTES)), starts: [] as number[], used: 0 };

  /** @param chunkBytes how much is sorted at once, in memory */
  constructor(chunkBytes: number = CHUNK_BYTES) {
    const room = alignedBuffer(aligned(chunkBytes) + PIECE_BYTES);
    this.#chunk = new Frames(room.subarray(0, aligned(chunkBytes)));
    this.pieceRoom = room.subarray(aligned(chunkBytes), aligned(chunkBytes) + PIECE_BYTES);
  }

  add(time: Instant, identity: number, check: number, sink: number, line: string): void {
    this.#makeRoom(frameBytes(line.length * BYTES_PER_UNIT));
    const start = this.#used;
    const bytes = this.#chunk.bytes.write(line, start + HEAD_BYTES, 'utf8');
    const size = frameBytes(bytes);
    this.#used += size;
    this.noteFrame({ start, size, bytes }, time, identity, check, sink);
  }

  /** Takes frames that lie one behind the other, the last one maybe without the free bytes at its end; where the first one is. */
  addFrames(frames: Uint8Array): number {
    const bytes = frameEnd(frames.length);
    this.#makeRoom(bytes);
    const start = this.#used;
    this.#chunk.bytes.set(frames, start);
    this.#used += bytes;
    return start;
  }

  /** Each of the frames that were taken has to be noted, in their order. */
  noteFrame(frame: Frame, time: Instant, identity: number, check: number, sink: number): void {
    this.#chunk.writeHead(frame, time, identity, check, sink);
    this.#starts.push(frame.start);
    const isLate = isEarlier(time, this.#latest);
    this.#chunk.setLate(frame.start, isLate);
    if (isLate) this.#late.push(frame.start);
    else this.#latest = time;
  }

  #makeRoom(bytes: number): void {
    if (this.#used + bytes > this.#chunk.bytes.length) this.#spill(bytes);
  }

  /**
   * All records in the order of their times, those of one time together, in the order they came. They are valid until the next
   * ones are asked for.
   */
  *groups(): Generator<readonly SortedRecord[]> {
    if (this.#runs.length === 0) {
      if (this.#late.length > 0) sort(this.#chunk, this.#starts);
      yield* grouped(this.#chunk, this.#starts);
      return;
    }
    this.#spill(0);
    const file = this.#file as SpillFile;
    this.#writeLate(file);
    yield* merged(file, this.#runs, this.#chunk.bytes);
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #spill(room: number): void {
    if (this.#starts.length > 0) this.#writeChunk();
    this.#used = 0;
    this.#starts = [];
    this.#late = [];
    if (room > this.#chunk.bytes.length) this.#chunk = new Frames(alignedBuffer(room));
  }

  /** Late records are kept for runs of their own: where they are few, the others need not be put together anew. */
  #writeChunk(): void {
    this.#file ??= new SpillFile();
    if (this.#late.length > this.#starts.length * LATE_SHARE) this.#writeSorted(this.#file);
    else this.#writeAsItIs(this.#file);
  }

  #writeAsItIs(file: SpillFile): void {
    for (const start of this.#late) this.#keepLate(file, start);
    const start = this.#written;
    this.#write(file, this.#chunk.bytes, this.#used);
    if (!this.#main) this.#begin();
    this.#main?.push({ start, end: start + this.#used });
  }

  /** A run of its own: its records do not follow those before. */
  #writeSorted(file: SpillFile): void {
    this.#writeLate(file);
    for (const start of this.#late) this.#chunk.setLate(start, false);
    sort(this.#chunk, this.#starts);
    this.#latest = this.#chunk.time(this.#starts.at(-1) as number);
    this.#begin();
    this.#main?.push(this.#writeFrames(file, this.#chunk, this.#starts));
  }

  #begin(): void {
    this.#main = [];
    this.#runs.push(this.#main);
  }

  #keepLate(file: SpillFile, start: number): void {
    const size = this.#chunk.size(start);
    const kept = this.#kept;
    if (kept.used + size > kept.frames.bytes.length) this.#writeLate(file);
    if (size > kept.frames.bytes.length) kept.frames = new Frames(alignedBuffer(size));
    this.#chunk.bytes.copy(kept.frames.bytes, kept.used, start, start + size);
    kept.frames.setLate(kept.used, false);
    kept.starts.push(kept.used);
    kept.used += size;
  }

  /** Late records of several chunks become one run. */
  #writeLate(file: SpillFile): void {
    const kept = this.#kept;
    if (kept.starts.length === 0) return;
    sort(kept.frames, kept.starts);
    this.#runs.push([this.#writeFrames(file, kept.frames, kept.starts)]);
    kept.starts = [];
    kept.used = 0;
  }

  /** Writes the first `bytes` of an aligned buffer, and whatever is behind them up to the next aligned position. */
  #write(file: SpillFile, buffer: Buffer, bytes: number): void {
    const end = aligned(bytes);
    file.write(buffer.subarray(0, end), this.#written);
    this.#written += end;
  }

  /** Writes frames in the order of `starts`. */
  #writeFrames(file: SpillFile, frames: Frames, starts: readonly number[]): Stretch {
    this.#piece ??= alignedBuffer(WRITE_BYTES);
    const piece = this.#piece;
    const begin = this.#written;
    let bytes = 0;
    let used = 0;
    for (const start of starts) {
      bytes += frames.size(start);
      const end = start + frames.size(start);
      for (let at = start; at < end; ) {
        const copied = frames.bytes.copy(piece, used, at, end);
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

function sort(frames: Frames, starts: number[]): void {
  starts.sort((a, b) => frames.seconds(a) - frames.seconds(b) || frames.nanos(a) - frames.nanos(b));
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
