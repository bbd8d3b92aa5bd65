// Sorted runs of records in a file become one.
import { Frames, HEAD_BYTES, isEarlier, isOf, type Run, type SortedRecord } from './record-frames.ts';
import { ALIGN_BYTES, aligned, alignedBuffer, type SpillFile } from './spill-file.ts';

const READ_MIN_BYTES = 32 << 10;
const READ_MAX_BYTES = 256 << 10;

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
    do {
      if (!this.#has(HEAD_BYTES, group)) return false;
      this.#has(this.#block.size(this.#at), group);
    } while (this.#passLate());
    this.seconds = this.#block.seconds(this.#at);
    this.nanos = this.#block.nanos(this.#at);
    return true;
  }

  /** Steps over a record that stands in another run, too. */
  #passLate(): boolean {
    const isLate = this.#block.isLate(this.#at);
    if (isLate) this.#at += this.#block.size(this.#at);
    return isLate;
  }

  /** The record that it stands at. */
  take(): SortedRecord {
    const record = this.#block.record(this.#at);
    this.#at += this.#block.size(this.#at);
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
    for (const [index, record] of group.entries()) {
      const { bytes, start, end } = record;
      if (bytes !== this.#block.bytes) continue;
      group[index] = { ...record, bytes: Buffer.from(bytes.subarray(start, end)), start: 0, end: end - start };
    }
  }
}

/**
 * The records of all runs, those of one instant together, valid until the next ones are asked for.
 * @param room aligned memory that may be used
 */
export function* merged(file: SpillFile, runs: readonly Run[], room: Buffer): Generator<readonly SortedRecord[]> {
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
  return isEarlier(a, b) || (a.order < b.order && !isEarlier(b, a));
}
