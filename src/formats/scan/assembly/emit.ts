// Records written out: as a JSON object, and as items of a bulk body.
import { copyOver } from './bytes';
import { N_COMMA, N_TOKEN, N_TOKEN_BYTES, nodeOf } from './keys';
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
import { STAMP_BYTES, writeStamp } from './stamp';
import { writeEscaped } from './strings';

/** How far the 16-byte steps may write behind an end. */
const MARGIN: usize = 64;
/** Position and check of an id (13), two dots and ten digits of fan-out, the braces, comma, quotes and line feeds. */
const FIXED_BYTES: usize = 64;

/** `-0-9A-Z_a-z`, in the order of ASCII, so that ids sort as their numbers do. */
const ALPHABET: usize = memory.data<u8>([
  45, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82,
  83, 84, 85, 86, 87, 88, 89, 90, 95, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113,
  114, 115, 116, 117, 118, 119, 120, 121, 122,
]);

let headStart: usize = 0;
let headEnd: usize = 0;
let middleStart: usize = 0;
let middleEnd: usize = 0;
let tailStart: usize = 0;
let tailEnd: usize = 0;
let timestampKey: i32 = NO_KEY;
/** Whether the last record has a field of its own under timestampKey. */
let hasTimestamp: bool = false;
let resume: usize = 0;

export function setHead(start: usize, end: usize): void {
  headStart = start;
  headEnd = end;
}

export function setMiddle(start: usize, end: usize): void {
  middleStart = start;
  middleEnd = end;
}

export function setTail(start: usize, end: usize): void {
  tailStart = start;
  tailEnd = end;
}

export function setTimestampKey(key: i32): void {
  timestampKey = key;
}

/** The record at which encodeBulk stopped for lack of room, or the end of its tape. */
export function bulkResume(): usize {
  return resume;
}

/** Copies `[s, e)`; most are short, so the first 32 bytes go without asking. */
function put(s: usize, e: usize, out: usize): usize {
  v128.store(out, v128.load(s));
  v128.store(out, v128.load(s, 16), 16);
  if (e - s > 32) copyOver(s + 32, e, out + 32);
  return out + (e - s);
}

/** Writes the fields of the record with commas between them; their end, or 0 if they might not fit before `limit`. */
export function putFields(record: usize, out: usize, limit: usize): usize {
  const end = record + HEAD_BYTES + load<u32>(record, W_SPANS * 4) * SPAN_BYTES;
  let token = N_TOKEN;
  hasTimestamp = false;
  for (let span = record + HEAD_BYTES; span < end; span += SPAN_BYTES) {
    const key = load<i32>(span);
    if (key == NO_KEY) continue;
    if (key == timestampKey) hasTimestamp = true;
    const node = nodeOf(key);
    const start: usize = load<u32>(span, S_START * 4);
    const stop: usize = load<u32>(span, S_END * 4);
    const tokenEnd = N_TOKEN + load<u32>(node, N_TOKEN_BYTES);
    if (out + tokenEnd + (stop - start) + MARGIN > limit) return 0;
    out = put(node + token, node + tokenEnd, out);
    token = N_COMMA;
    if (load<u32>(span, S_KIND * 4) != KIND_TEXT) {
      out = put(start, stop, out);
      continue;
    }
    if (out + (stop - start) * 6 + MARGIN > limit) return 0;
    store<u8>(out, 34);
    out = writeEscaped(start, stop, out + 1);
    store<u8>(out++, 34);
  }
  return out;
}

/** Most bytes that encodeRecord or one item of encodeBulk take. */
export function encodedBytes(record: usize): u32 {
  let bytes = headEnd - headStart + (middleEnd - middleStart) + (tailEnd - tailStart) + FIXED_BYTES + MARGIN * 2;
  if (timestampKey != NO_KEY) bytes += load<u32>(nodeOf(timestampKey), N_TOKEN_BYTES) + STAMP_BYTES;
  const end = record + HEAD_BYTES + load<u32>(record, W_SPANS * 4) * SPAN_BYTES;
  for (let span = record + HEAD_BYTES; span < end; span += SPAN_BYTES) {
    const key = load<i32>(span);
    if (key == NO_KEY) continue;
    const text = load<u32>(span, S_KIND * 4) == KIND_TEXT;
    const length = load<u32>(span, S_END * 4) - load<u32>(span, S_START * 4);
    bytes += N_TOKEN + load<u32>(nodeOf(key), N_TOKEN_BYTES) + (text ? length * 6 + 2 : length) + MARGIN;
  }
  return <u32>bytes;
}

/** Writes the record as a JSON object; its end. The caller provides encodedBytes. */
export function encodeRecord(record: usize, out: usize, limit: usize): usize {
  store<u8>(out, 123);
  out = putFields(record, out + 1, limit);
  store<u8>(out, 125);
  return out + 1;
}

function putBase64(value: u64, characters: u32, out: usize): usize {
  for (let shift: i32 = (characters - 1) * 6; shift >= 0; shift -= 6) {
    store<u8>(out++, load<u8>(ALPHABET + (<usize>(value >> shift) & 63)));
  }
  return out;
}

function putDecimal(value: u32, out: usize): usize {
  let power: u32 = 1;
  while (value / power >= 10) power *= 10;
  for (; power != 0; power /= 10) store<u8>(out++, 48 + ((value / power) % 10));
  return out;
}

/** What makes an id of the stream's part: position, check and fan-out. */
function putPosition(record: usize, out: usize): usize {
  out = putBase64(<u64>load<f64>(record, D_OFFSET * 8), 8, out);
  out = putBase64(load<u32>(record, W_CHECK * 4), 5, out);
  const fanout = load<u32>(record, W_FANOUT * 4);
  if (fanout == 0) return out;
  store<u8>(out, 46);
  out = putDecimal(fanout & ((1 << FANOUT_PART_BITS) - 1), out + 1);
  const copy = fanout >> FANOUT_PART_BITS;
  if (copy == 0) return out;
  store<u8>(out, 46);
  return putDecimal(copy, out + 1);
}

function putTimestamp(record: usize, out: usize): usize {
  const node = nodeOf(timestampKey);
  out = put(node + N_TOKEN, node + N_TOKEN + load<u32>(node, N_TOKEN_BYTES), out);
  store<u8>(out, 34);
  writeStamp(load<f64>(record, D_SECONDS * 8), load<i32>(record, W_NANOS * 4), out + 1);
  store<u8>(out + 1 + STAMP_BYTES, 34);
  return out + STAMP_BYTES + 2;
}

/** Writes one item; its end, or 0 if it might not fit before `limit`. `fixed` = bytes besides the record's fields. */
function putItem(record: usize, out: usize, limit: usize, fixed: usize): usize {
  if (out + fixed > limit) return 0;
  out = put(headStart, headEnd, out);
  out = put(middleStart, middleEnd, putPosition(record, out));
  const fields = out;
  out = putFields(record, out, limit - fixed);
  if (out == 0) return 0;
  if (timestampKey != NO_KEY && !hasTimestamp) {
    if (out != fields) store<u8>(out++, 44);
    out = putTimestamp(record, out);
  }
  // The tail begins with a comma, which an object without another field must not have.
  if (tailEnd != tailStart) out = put(out == fields ? tailStart + 1 : tailStart, tailEnd, out);
  store<u16>(out, 0x0a7d);
  return out + 2;
}

/** Writes the LIVE records of `[from, until)` as bulk items into `[out, limit)`; their end. See bulkResume. */
export function encodeBulk(from: usize, until: usize, out: usize, limit: usize): usize {
  let fixed = headEnd - headStart + (middleEnd - middleStart) + (tailEnd - tailStart) + FIXED_BYTES + MARGIN;
  if (timestampKey != NO_KEY) fixed += load<u32>(nodeOf(timestampKey), N_TOKEN_BYTES) + STAMP_BYTES;
  resume = until;
  for (let record = from; record < until; record += load<u32>(record, W_SIZE * 4)) {
    if (load<u32>(record, W_STATUS * 4) != LIVE) continue;
    const next = putItem(record, out, limit, fixed);
    if (next == 0) {
      resume = record;
      return out;
    }
    out = next;
  }
  return out;
}

/** Whether each key of the spans `[first, end)` has a new id among the `mapped` numbers at `map`. */
function allMapped(first: usize, end: usize, map: usize, mapped: u32): bool {
  for (let span = first; span < end; span += SPAN_BYTES) {
    const key = load<i32>(span);
    if (key != NO_KEY && (<u32>key >= mapped || load<u32>(map + ((<usize>key) << 2)) == 0)) return false;
  }
  return true;
}

/**
 * Replaces each key id k of the records of `[from, until)` by one less than the k-th of the `mapped` numbers at `map`.
 * The first record with a key that has none, where it stops; or `until`.
 */
export function mapKeys(from: usize, until: usize, map: usize, mapped: u32): usize {
  for (let record = from; record < until; record += load<u32>(record, W_SIZE * 4)) {
    const first = record + HEAD_BYTES;
    const end = first + load<u32>(record, W_SPANS * 4) * SPAN_BYTES;
    if (!allMapped(first, end, map, mapped)) return record;
    for (let span = first; span < end; span += SPAN_BYTES) {
      const key = load<i32>(span);
      if (key != NO_KEY) store<u32>(span, load<u32>(map + ((<usize>key) << 2)) - 1);
    }
  }
  return until;
}
