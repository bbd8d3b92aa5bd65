// Reads a generation block by block: whole lines into the arena, down the line road, positions forward.
import type { Intake, OpenSegment } from '../../../core/plugin.ts';
import { FLAG_PARTIAL, W_FLAGS, W_SOURCE_BYTES } from '../../../core/tape.ts';
import type { ByteSource } from '../../../readers/files/byte-source.ts';
import { FINGERPRINT_BYTES, fingerprintOf } from '../../../readers/files/seen-file.ts';
import { readBefore } from './content.ts';
import { type Generation, MARK_BYTES } from './generation.ts';
import type { LineOrigin, LineRoad } from './line-road.ts';

export const BLOCK_BYTES: number = 256 << 10;
/** A longer record is cut: design's `max_record_bytes`. */
export const MAX_RECORD_BYTES: number = 16 << 20;
/** Lines that one tape takes; a block of short lines makes several. */
const MAX_LINES = 8192;
const LF = 0x0a;

interface LineEnd {
  /** Behind the line feed, or the present end. */
  readonly position: number;
  readonly found: boolean;
}

/** `end`: nothing more now. `overwritten`: the content in front of the position is not what was read. */
export type ReadResult = 'read' | 'end' | 'overwritten';

export class BlockReader {
  readonly #intake: Intake;
  readonly #road: LineRoad;
  readonly #maxRecordBytes: number;

  constructor(intake: Intake, road: LineRoad, maxRecordBytes: number = MAX_RECORD_BYTES) {
    this.#intake = intake;
    this.#road = road;
    this.#maxRecordBytes = maxRecordBytes;
  }

  /**
   * Reads one block of whole lines.
   * @param takesRest the content will not grow: what stands behind the last line feed is a line, too.
   */
  async read(generation: Generation, origin: LineOrigin, takesRest: boolean): Promise<ReadResult> {
    if (!generation.openSource()) return 'end';
    const source = generation.source as ByteSource;
    if (generation.before.length === 0 && generation.position > 0 && !loadBefore(generation)) return 'overwritten';
    // The longest record that is not cut, and its line feed.
    const largest = this.#maxRecordBytes + 1;
    for (let size = BLOCK_BYTES; ; size = Math.min(size * 4, largest)) {
      await source.prepare(generation.position, size);
      const result = this.#readBlock(generation, source, origin, size, takesRest);
      if (result !== 'longer') return result;
      if (size === largest) return this.#readLongLine(generation, source, origin, takesRest);
    }
  }

  /** Lines of the generation that wait for further ones wait no more. */
  flush(generation: Generation): void {
    this.#road.flush(generation);
  }

  /** As `flush`, for all that have waited for so long. */
  flushIdle(idleMs: number): void {
    this.#road.flushIdle(idleMs);
  }

  #readBlock(
    generation: Generation,
    source: ByteSource,
    origin: LineOrigin,
    size: number,
    takesRest: boolean,
  ): ReadResult | 'longer' {
    const { arena } = this.#intake;
    const mark = arena.mark();
    try {
      // What was read before is read again: a file that was cut short and has grown past the position shows itself.
      const overlap = source.isFinal ? 0 : generation.before.length;
      const start = arena.alloc(overlap + size);
      const count = source.read(arena.u8, start, overlap + size, generation.position - overlap) - overlap;
      if (count < 0 || arena.u8.compare(generation.before, 0, overlap, start, start + overlap) !== 0)
        return 'overwritten';
      if (generation.position === 0 && !beginsAs(generation, arena.u8.subarray(start, start + count)))
        return 'overwritten';
      const data = arena.u8.subarray(start + overlap, start + overlap + count);
      const whole = takesRest && count < size ? count : data.lastIndexOf(LF) + 1;
      if (whole > 0) {
        this.#emitLines(generation, origin, start + overlap, whole);
        return 'read';
      }
      return count === size ? 'longer' : 'end';
    } finally {
      arena.release(mark);
    }
  }

  #emitLines(generation: Generation, origin: LineOrigin, start: number, bytes: number): void {
    const { arena, scanner } = this.#intake;
    const { position } = generation;
    scanner.tidy();
    const segment = generation.stream.segment(position, position + bytes);
    const end = start + bytes;
    for (let from = start; from < end; ) {
      const mark = arena.mark();
      const input = {
        start: from,
        end,
        offset: position + from - start,
        key: this.#road.textKey,
        maxRecords: MAX_LINES,
      };
      const { tape, next } = scanner.lines(input);
      this.#road.emit(segment, tape, origin, generation);
      arena.release(mark);
      from = next;
    }
    segment.end();
    generation.advance(position + bytes, Buffer.from(arena.u8.subarray(Math.max(start, end - MARK_BYTES), end)));
  }

  /** A line longer than any block: its end is looked for first, then its head is emitted as what it is. */
  async #readLongLine(
    generation: Generation,
    source: ByteSource,
    origin: LineOrigin,
    takesRest: boolean,
  ): Promise<ReadResult> {
    const lineEnd = await this.#findLineEnd(generation, source);
    if (!lineEnd.found && !takesRest) return 'end';
    await source.prepare(generation.position, this.#maxRecordBytes);
    this.#emitCut(generation, source, origin, lineEnd);
    return 'read';
  }

  /** Position behind the line feed of the line at the position, or the present end. */
  async #findLineEnd(generation: Generation, source: ByteSource): Promise<LineEnd> {
    const block = Buffer.alloc(BLOCK_BYTES);
    let at = Math.max(generation.scannedTo, generation.position + this.#maxRecordBytes);
    while (true) {
      await source.prepare(at, block.length);
      const count = source.read(block, 0, block.length, at);
      const lf = block.subarray(0, count).indexOf(LF);
      if (lf >= 0) return { position: at + lf + 1, found: true };
      at += count;
      generation.scannedTo = at;
      if (count < block.length) return { position: at, found: false };
    }
  }

  #emitCut(generation: Generation, source: ByteSource, origin: LineOrigin, lineEnd: LineEnd): void {
    const { arena, scanner } = this.#intake;
    const { position } = generation;
    const end = lineEnd.position;
    const bytes = end - position - (lineEnd.found ? 1 : 0);
    const mark = arena.mark();
    try {
      const start = arena.alloc(this.#maxRecordBytes);
      source.read(arena.u8, start, this.#maxRecordBytes, position);
      scanner.tidy();
      const segment: OpenSegment = generation.stream.segment(position, end);
      const input = {
        start,
        end: start + this.#maxRecordBytes,
        offset: position,
        key: this.#road.textKey,
        maxRecords: 1,
      };
      const { tape } = scanner.lines(input);
      arena.i32[(tape.start >> 2) + W_FLAGS] = (arena.i32[(tape.start >> 2) + W_FLAGS] as number) | FLAG_PARTIAL;
      arena.i32[(tape.start >> 2) + W_SOURCE_BYTES] = bytes;
      this.#intake.count('cut_records');
      this.#intake.log.warn(`cut a record of ${bytes} bytes at offset ${position} to ${this.#maxRecordBytes} bytes`);
      this.#road.emit(segment, tape, origin, generation, { offset: position, bytes });
      segment.end();
    } finally {
      arena.release(mark);
    }
    const tail = Buffer.alloc(Math.min(MARK_BYTES, bytes));
    source.read(tail, 0, tail.length, end - tail.length);
    generation.advance(end, tail);
  }
}

/** A file may have been emptied and begun anew since its fingerprint was taken. */
function beginsAs({ facts }: Generation, head: Buffer): boolean {
  return head.length === 0 || fingerprintOf(head.subarray(0, FINGERPRINT_BYTES + 1)) === facts.fingerprint;
}

/** Loads the bytes in front of the position of a generation that goes on after a restart. */
function loadBefore(generation: Generation): boolean {
  const { place, position } = generation;
  if (!place || place.isGzip) return true;
  const bytes = readBefore(place.path, position);
  if (bytes) generation.before = bytes;
  return bytes !== undefined;
}
