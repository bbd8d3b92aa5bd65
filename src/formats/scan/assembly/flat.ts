// Records written out flat: one JSON object a line, every value a text, under the name that a table has for the key and
// type of the value; what lies in a nested object becomes fields of the line. The table is written by ../flat-table.ts;
// its addresses count from its start, 0 = none. A record that the table does not cover is left to the caller.
import { copyOver, equalBytes } from './bytes';
import {
  D_OFFSET,
  D_SECONDS,
  FANOUT_PART_BITS,
  HEAD_BYTES,
  KIND_TEXT,
  LIVE,
  NO_KEY,
  S_END,
  S_KIND,
  S_START,
  SPAN_BYTES,
  W_CHECK,
  W_FANOUT,
  W_NANOS,
  W_SIZE,
  W_SPANS,
  W_STATUS,
} from './layout';
import { stringEnd, writeEscaped } from './strings';
import { nestedEnd, scalarEnd, skipBlanks } from './values';

// ---- table
/** Number of key ids in the list of fields that follows, one address each. */
export const T_KEYS: usize = 0;
/** Column that every line gets in the end, its text behind the head: `,"tag":"kata"`. */
export const T_CONSTANT: usize = 4;
export const T_CONSTANT_START: usize = 8;
export const T_CONSTANT_END: usize = 12;
/** The stream, as it stands in the line. */
export const T_STREAM_START: usize = 16;
export const T_STREAM_END: usize = 20;
export const T_FIELDS: usize = 24;

// ---- field
export const F_STRING: usize = 0;
export const F_NUMBER: usize = 4;
export const F_BOOLEAN: usize = 8;
export const F_JSON: usize = 12;
/** Field below this one that is looked for first; all of them form a ring through F_NEXT. */
export const F_GUESS: usize = 16;
export const F_NEXT: usize = 20;
/** The name within the object above, quotes included. */
export const F_TOKEN_BYTES: usize = 24;
export const F_TOKEN: usize = 32;

// ---- column
/** Values written, those of lines that were given up included. */
export const C_COUNT: usize = 0;
/** The attempt at a line that wrote a value last: a second value of one record is left out. */
export const C_ATTEMPT: usize = 4;
/** `,"name":"` */
export const C_HEAD_BYTES: usize = 8;
export const C_HEAD: usize = 16;

/** Bytes told of each line: offset and check of its record, end of the line (three doubles). */
export const FLAT_FACTS_BYTES: usize = 24;

/** A time further from the epoch has no ns of 64 bits. */
const SECONDS_MAX: f64 = 9223372035;

/** How far the 16-byte steps may write behind an end. */
const MARGIN: usize = 64;
/** `{"_t":…,"_s":"…","_o":…,"_c":…}` and a line feed, the stream aside. */
const FIXED_BYTES: usize = 128;

let table: usize = 0;
/** Grows with each line that is begun. */
let attempt: u32 = 0;
let outLimit: usize = 0;
let resume: usize = 0;
let needsRoom: bool = false;
let lines: u32 = 0;
let earliest: i64 = 0;
let latest: i64 = 0;
/** Behind the object that putObject wrote. */
let objectEnd: usize = 0;

/** The record at which flat stopped, or the end of its tape. */
export function flatResume(): usize {
  return resume;
}

/** Whether it stopped for lack of room; else the table does not cover the record. */
export function flatNeedsRoom(): bool {
  return needsRoom;
}

export function flatLines(): u32 {
  return lines;
}

/** Least and greatest time of the lines, in ns. */
export function flatEarliest(): i64 {
  return earliest;
}

export function flatLatest(): i64 {
  return latest;
}

function put(s: usize, e: usize, out: usize): usize {
  v128.store(out, v128.load(s));
  if (e - s > 16) copyOver(s + 16, e, out + 16);
  return out + (e - s);
}

function putU64(value: u64, out: usize): usize {
  let end = out + 1;
  for (let rest = value / 10; rest != 0; rest /= 10) end++;
  for (let at = end; at > out; value /= 10) store<u8>(--at, <u8>(48 + (value % 10)));
  return end;
}

function putI64(value: i64, out: usize): usize {
  if (value >= 0) return putU64(<u64>value, out);
  store<u8>(out, 45);
  return putU64(<u64>-value, out + 1);
}

/** Whether the inside of a JSON string has an escape of a surrogate, which may be half a pair. */
function mayHaveSurrogate(s: usize, e: usize): bool {
  for (; s < e; s += 16) {
    let mask: u32 = i8x16.bitmask(i8x16.eq(v128.load(s), i8x16.splat(92)));
    for (; mask != 0; mask &= mask - 1) {
      const at = s + ctz(mask);
      if (at < e && load<u8>(at + 1) == 117 && (load<u8>(at + 2) | 32) == 100) return true;
    }
  }
  return false;
}

function hasRoom(out: usize, bytes: usize): bool {
  if (out + bytes + MARGIN + FIXED_BYTES <= outLimit) return true;
  needsRoom = true;
  return false;
}

/** Writes one value; its end, 0 when the column is not known or there is no room, `out` when the record has one already. */
function putValue(columnAt: u32, s: usize, e: usize, isText: bool, out: usize): usize {
  if (columnAt == 0) return 0;
  const column = table + columnAt;
  if (load<u32>(column, C_ATTEMPT) == attempt) return out;
  const head: usize = load<u32>(column, C_HEAD_BYTES);
  if (!hasRoom(out, head + (isText ? (e - s) * 6 : e - s))) return 0;
  store<u32>(column, attempt, C_ATTEMPT);
  store<u32>(column, load<u32>(column, C_COUNT) + 1, C_COUNT);
  out = put(column + C_HEAD, column + C_HEAD + head, out);
  out = isText ? writeEscaped(s, e, out) : put(s, e, out);
  store<u8>(out, 34);
  return out + 1;
}

/** Writes the JSON value `[s, e)`; its end, or 0. */
function putJson(field: usize, s: usize, e: usize, out: usize): usize {
  const c: u32 = load<u8>(s);
  if (c == 34) {
    if (mayHaveSurrogate(s + 1, e - 1)) return 0;
    return putValue(load<u32>(field, F_STRING), s + 1, e - 1, false, out);
  }
  if (c == 123) return putObject(field, s, out);
  if (c == 91 || c == 110) return putValue(load<u32>(field, F_JSON), s, e, true, out);
  const isBoolean = c == 116 || c == 102;
  return putValue(isBoolean ? load<u32>(field, F_BOOLEAN) : load<u32>(field, F_NUMBER), s, e, false, out);
}

/** The field below `field` whose name stands at `p`, or 0. */
function fieldBelow(field: usize, p: usize): usize {
  const guess = load<u32>(field, F_GUESS);
  if (guess == 0) return 0;
  let at = guess;
  do {
    const below = table + at;
    if (equalBytes(below + F_TOKEN, p, load<u32>(below, F_TOKEN_BYTES))) {
      store<u32>(field, load<u32>(below, F_NEXT), F_GUESS);
      return below;
    }
    at = load<u32>(below, F_NEXT);
  } while (at != guess);
  return 0;
}

/** Writes what the valid JSON object at `s` holds; the end, or 0. See objectEnd. */
function putObject(field: usize, s: usize, out: usize): usize {
  let p = skipBlanks(s + 1);
  // An object without members has no field below it, and is not found here.
  while (true) {
    const below = fieldBelow(field, p);
    if (below == 0) return 0;
    p = skipBlanks(skipBlanks(p + load<u32>(below, F_TOKEN_BYTES)) + 1);
    const c: u32 = load<u8>(p);
    if (c == 123) {
      out = putObject(below, p, out);
      if (out == 0) return 0;
      p = objectEnd;
    } else {
      const end = c == 34 ? stringEnd(p + 1) + 1 : c == 91 ? nestedEnd(p) : scalarEnd(p);
      out = putJson(below, p, end, out);
      if (out == 0) return 0;
      p = end;
    }
    p = skipBlanks(p);
    if (load<u8>(p) != 44) {
      objectEnd = p + 1;
      return out;
    }
    p = skipBlanks(p + 1);
  }
}

function putSpans(record: usize, out: usize): usize {
  const end = record + HEAD_BYTES + load<u32>(record, W_SPANS * 4) * SPAN_BYTES;
  const known = load<u32>(table, T_KEYS);
  for (let span = record + HEAD_BYTES; span < end; span += SPAN_BYTES) {
    const key = load<i32>(span);
    if (key == NO_KEY) continue;
    if (<u32>key >= known) return 0;
    const fieldAt = load<u32>(table + ((<usize>key) << 2), T_FIELDS);
    if (fieldAt == 0) return 0;
    const field = table + fieldAt;
    const s: usize = load<u32>(span, S_START * 4);
    const e: usize = load<u32>(span, S_END * 4);
    if (load<u32>(span, S_KIND * 4) == KIND_TEXT) out = putValue(load<u32>(field, F_STRING), s, e, true, out);
    else out = putJson(field, s, e, out);
    if (out == 0) return 0;
  }
  return out;
}

function putConstant(out: usize): usize {
  const columnAt = load<u32>(table, T_CONSTANT);
  if (columnAt == 0) return out;
  const column = table + columnAt;
  if (load<u32>(column, C_ATTEMPT) == attempt) return out;
  const s = table + load<u32>(table, T_CONSTANT_START);
  const e = table + load<u32>(table, T_CONSTANT_END);
  if (!hasRoom(out, e - s)) return 0;
  store<u32>(column, load<u32>(column, C_COUNT) + 1, C_COUNT);
  return put(s, e, out);
}

function putHead(record: usize, time: i64, check: u64, out: usize): usize {
  const s = table + load<u32>(table, T_STREAM_START);
  const e = table + load<u32>(table, T_STREAM_END);
  if (!hasRoom(out, e - s)) return 0;
  store<u64>(out, 0x3a22745f227b); // {"_t":
  out = putI64(time, out + 6);
  store<u64>(out, 0x3a22735f222c); // ,"_s":
  out = put(s, e, out + 6);
  store<u64>(out, 0x3a226f5f222c); // ,"_o":
  out = putU64(<u64>load<f64>(record, D_OFFSET * 8), out + 6);
  store<u64>(out, 0x3a22635f222c); // ,"_c":
  return putU64(check, out + 6);
}

/** Writes the line of one record; its end, or 0. */
function putLine(record: usize, time: i64, check: u64, out: usize): usize {
  attempt++;
  out = putHead(record, time, check, out);
  if (out != 0) out = putSpans(record, out);
  if (out != 0) out = putConstant(out);
  if (out == 0) return 0;
  store<u16>(out, 0x0a7d);
  return out + 2;
}

/**
 * Writes the LIVE records of `[from, until)`, which have a time, into `[out, limit)` as far as it goes, and what is told
 * of each to `facts`. The end of the lines; see flatResume, flatNeedsRoom, flatLines, flatEarliest, flatLatest.
 */
export function flat(from: usize, until: usize, tableAt: usize, facts: usize, out: usize, limit: usize): usize {
  table = tableAt;
  outLimit = limit;
  needsRoom = false;
  lines = 0;
  resume = until;
  for (let record = from; record < until; record += load<u32>(record, W_SIZE * 4)) {
    if (load<u32>(record, W_STATUS * 4) != LIVE) continue;
    const seconds = load<f64>(record, D_SECONDS * 8);
    const isFar = !(Math.abs(seconds) <= SECONDS_MAX);
    const time = isFar ? 0 : <i64>seconds * 1000000000 + load<i32>(record, W_NANOS * 4);
    const fanout: u64 = load<u32>(record, W_FANOUT * 4);
    const check: u64 = load<u32>(record, W_CHECK * 4) + (fanout << 30);
    // The check of a further copy is more than a double holds.
    let end: usize = 0;
    if (!isFar && fanout >> FANOUT_PART_BITS == 0) end = putLine(record, time, check, out);
    if (end == 0) {
      resume = record;
      return out;
    }
    store<f64>(facts, load<f64>(record, D_OFFSET * 8));
    store<f64>(facts, <f64>check, 8);
    store<f64>(facts, <f64>(end - out), 16);
    facts += FLAT_FACTS_BYTES;
    out = end;
    if (lines == 0 || time < earliest) earliest = time;
    if (lines == 0 || time > latest) latest = time;
    lines++;
  }
  return out;
}
