// The tape: where the fields of a batch's records lie, instead of the fields themselves.
//
// A tape is a run of records in the arena. A record is a head of HEAD_BYTES and then its spans, SPAN_BYTES each, in the
// order of the record's keys. All numbers are little endian; `W_…` are indices of 32-bit words, `D_…` of doubles.
import type { Arena } from './arena.ts';

/** Bytes of a record's head. */
export const HEAD_BYTES = 80;
/** Bytes of one span: key id, kind, start, end. */
export const SPAN_BYTES = 16;
/** Most fields of one record; a parser refuses a record with more. */
export const MAX_FIELDS = 8192;
/** Longest key in bytes of UTF-8; a parser refuses a record with a longer one. */
export const MAX_KEY_BYTES = 1024;
/** Deepest nesting of a value; a parser refuses a deeper one. */
export const MAX_DEPTH = 512;

// ---- head, as words from the record's start
/** Bytes of the record, head included: the next record starts there. */
export const W_SIZE = 0;
export const W_SPANS = 1;
export const W_STATUS = 2;
/** Pointer of the record (in the tape that was parsed) from which this one was made. */
export const W_ORIGIN = 3;
/** Byte offset of the record in its stream (a double). */
export const D_OFFSET = 2;
/** Seconds since the epoch, whole (a double); with W_NANOS the event's time. */
export const D_SECONDS = 3;
export const W_NANOS = 8;
/** 1 when the event has a time; 0 = the pipeline gives the first-read time of the segment. */
export const W_TIMED = 9;
/** 30-bit check over the record's bytes in the source, without the line end. */
export const W_CHECK = 10;
/**
 * 0 for the first document made from a source record. Else two numbers: the low FANOUT_PART_BITS bits are k for the k-th
 * further record in its text, the rest is k for the k-th further copy of it that goes to the same place.
 */
export const W_FANOUT = 11;
/** The record's own bytes, without the line end. */
export const W_RAW_START = 12;
export const W_RAW_END = 13;
/** Bytes that the record takes in its stream, line end included. */
export const W_SOURCE_BYTES = 14;
export const W_FLAGS = 15;
/** Why a parser refused (REASON_…), and the address where. */
export const W_REASON = 16;
export const W_REASON_AT = 17;

/** Bits of W_FANOUT for the records of one text: more than fit into the longest. */
export const FANOUT_PART_BITS = 23;
/** Most further copies of a record for one place. */
export const COPIES_MAX = 511;

// ---- status
export const LIVE = 0;
/** Dropped by a configured filter. */
export const DROPPED = 1;
/** A parser found no record in the text. */
export const NO_MATCH = 2;
/** A record was found, but its time text could not be read. */
export const BAD_TIME = 3;

// ---- flags
/** The record is the cut head of a longer one; see the fields that the source adds. */
export const FLAG_PARTIAL = 1;
/** One of several records made from one text. */
export const FLAG_PART = 4;
/** The source held invalid UTF-8, shown as U+FFFD; W_CHECK is over the bytes as they were. */
export const FLAG_INVALID_UTF8 = 2;

// ---- why a parser refused
export const REASON_SYNTAX = 1;
export const REASON_NOT_OBJECT = 2;
export const REASON_TOO_DEEP = 3;
export const REASON_TOO_MANY_FIELDS = 4;
export const REASON_KEY_TOO_LONG = 5;
export const REASON_NO_FIELD = 6;
export const REASON_NOT_TEXT = 7;

// ---- span, as words from the span's start
export const S_KEY = 0;
export const S_KIND = 1;
export const S_START = 2;
export const S_END = 3;

/** Key id of a removed span. */
export const NO_KEY = -1;
/** The span is a JSON value (any), copied as it is. */
export const KIND_JSON = 0;
/** The span is valid UTF-8 text, escaped when it is emitted. */
export const KIND_TEXT = 1;

/** A run of records in the arena: `[start, end)`, `count` of them, live or not. */
export interface Tape {
  readonly start: number;
  readonly end: number;
  readonly count: number;
}

/** Word index of the first span of the record at byte address `record`. */
export function firstSpan(record: number): number {
  return (record + HEAD_BYTES) >> 2;
}

/** Word index of the span of `key` in the record, or -1. */
export function findSpan(i32: Int32Array, record: number, key: number): number {
  const count = i32[(record >> 2) + W_SPANS] as number;
  let span = firstSpan(record);
  for (let i = 0; i < count; i++, span += SPAN_BYTES >> 2) if (i32[span] === key) return span;
  return -1;
}

/** How many records of the tape are LIVE. */
export function countLive(arena: Arena, tape: Tape): number {
  const { i32 } = arena;
  let live = 0;
  for (let record = tape.start; record < tape.end; record += i32[record >> 2] as number) {
    if (i32[(record >> 2) + W_STATUS] === LIVE) live++;
  }
  return live;
}

/** Marks a record dropped; the caller settles its reference on the segment. */
export function setStatus(i32: Int32Array, record: number, status: number): void {
  i32[(record >> 2) + W_STATUS] = status;
}

/** Sets the event's time: whole seconds since the epoch (may be negative) and 0 ≤ nanos < 1e9. */
export function setTime(arena: Arena, record: number, seconds: number, nanos: number): void {
  arena.f64[(record >> 3) + D_SECONDS] = seconds;
  arena.i32[(record >> 2) + W_NANOS] = nanos;
  arena.i32[(record >> 2) + W_TIMED] = 1;
}

const PART_MASK = 2 ** FANOUT_PART_BITS - 1;
/** Parts of parts have numbers from here on. */
const NESTED_PARTS = 2 ** (FANOUT_PART_BITS - 1);

/**
 * Numbers a record as the k-th (from 0) of several made from the record whose head it has. That one may be a part itself:
 * no two parts of one source record get the same number.
 * @returns false where there are too many of them to have numbers; the record must then be refused.
 */
export function numberPart(i32: Int32Array, record: number, k: number): boolean {
  const [fanout, flags] = [(record >> 2) + W_FANOUT, (record >> 2) + W_FLAGS];
  const whole = i32[fanout] as number;
  const isPart = ((i32[flags] as number) & FLAG_PART) !== 0;
  i32[flags] = (i32[flags] as number) | FLAG_PART;
  // The first takes the number of the record that is gone.
  if (k === 0) return true;
  const part = isPart ? NESTED_PARTS + paired(whole & PART_MASK, k) : k;
  if (part > PART_MASK) return false;
  i32[fanout] = (whole & ~PART_MASK) | part;
  return true;
}

/** One number for two (Cantor's pairing function). */
function paired(a: number, b: number): number {
  return ((a + b) * (a + b + 1)) / 2 + b;
}

/** Raises the copy number of every record: its documents are further ones for the same place. */
export function addCopyNumber(i32: Int32Array, tape: Tape, number: number): void {
  for (let record = tape.start; record < tape.end; record += i32[record >> 2] as number) {
    const word = (record >> 2) + W_FANOUT;
    i32[word] = (i32[word] as number) + number * 2 ** FANOUT_PART_BITS;
  }
}

/** A copy of the tape; the values stay where they are, which nobody changes in place. */
export function copyTape(arena: Arena, tape: Tape): Tape {
  const start = arena.alloc(tape.end - tape.start);
  arena.u8.copyWithin(start, tape.start, tape.end);
  return { start, end: start + tape.end - tape.start, count: tape.count };
}
