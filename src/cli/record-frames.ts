// Records as they lie in memory and in files while they are sorted.
import type { Instant } from '../core/event.ts';
import { LINE_HEAD_BYTES } from '../kata/fast/fast-lines.ts';

/** One record as it is sorted: its line of NDJSON and what doubles are known by. */
export interface SortedRecord {
  readonly seconds: number;
  readonly nanos: number;
  /** Hash of the identity; 0 = can have no double. */
  readonly identity: number;
  readonly check: number;
  readonly sink: number;
  /** Where its line lies: `bytes` from `start` to `end`. */
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

// A frame, at a multiple of eight bytes: in words of 32 bits length of the line, sink, seconds (a double), nanos, identity, check,
// bytes of the frame, a multiple of eight, plus one if it is late; then the line, and maybe free bytes.
const SINK = 1;
const SECONDS = 1;
const NANOS = 4;
const IDENTITY = 5;
const CHECK = 6;
const SIZE = 7;
const LATE_BIT = 1;
export const HEAD_BYTES: number = LINE_HEAD_BYTES;

export function isEarlier(a: Instant, b: Instant): boolean {
  return a.seconds < b.seconds || (a.seconds === b.seconds && a.nanos < b.nanos);
}

/** Where a frame may end whose line ends there. */
export function frameEnd(lineEnd: number): number {
  return (lineEnd + 7) & ~7;
}

export function frameBytes(lineBytes: number): number {
  return frameEnd(HEAD_BYTES + lineBytes);
}

/** Where a frame lies: its start and size, and the bytes of its line. */
export interface Frame {
  readonly start: number;
  readonly size: number;
  readonly bytes: number;
}

/** Memory with frames in it. */
export class Frames {
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

  /** Writes the head of a frame. */
  writeHead({ start, size, bytes }: Frame, time: Instant, identity: number, check: number, sink: number): void {
    const { i32 } = this;
    const at = start >> 2;
    i32[at] = bytes;
    i32[at + SINK] = sink;
    this.f64[(start >> 3) + SECONDS] = time.seconds;
    i32[at + NANOS] = time.nanos;
    i32[at + IDENTITY] = identity;
    i32[at + CHECK] = check;
    i32[at + SIZE] = size;
  }

  setLate(start: number, isLate: boolean): void {
    this.i32[(start >> 2) + SIZE] = this.size(start) | (isLate ? LATE_BIT : 0);
  }

  time(start: number): Instant {
    return { seconds: this.seconds(start), nanos: this.nanos(start) };
  }

  isLate(start: number): boolean {
    return ((this.i32[(start >> 2) + SIZE] as number) & LATE_BIT) !== 0;
  }

  /** Bytes of the frame. */
  size(start: number): number {
    return (this.i32[(start >> 2) + SIZE] as number) & ~LATE_BIT;
  }

  record(start: number): SortedRecord {
    const at = start >> 2;
    const line = start + HEAD_BYTES;
    return {
      seconds: this.seconds(start),
      nanos: this.nanos(start),
      identity: this.i32[at + IDENTITY] as number,
      check: this.i32[at + CHECK] as number,
      sink: this.i32[at + SINK] as number,
      bytes: this.bytes,
      start: line,
      end: line + (this.i32[at] as number),
    };
  }
}

/** Whole frames in the file from an aligned position on. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** What is sorted, in its order, but for late records in it. */
export type Run = readonly Stretch[];

/** Whether the record is of the group's instant. */
export function isOf([first]: readonly SortedRecord[], { seconds, nanos }: Instant): boolean {
  return first?.seconds === seconds && first.nanos === nanos;
}
