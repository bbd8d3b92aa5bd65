// A line's record as a line of NDJSON, what `katalog parse` prints: the twin of src/kata/ndjson.ts.
import { putFields } from './emit';
import { keyUse } from './facts';
import { isFramed, messageEnd, messageStart, putFrame } from './kata-frame';
import { nestedEnd, nestedIsLogrus, nestedStart } from './kata-nested';
import {
  K_CONSOLE,
  K_GUEST_TIME,
  K_REPAIRS,
  K_TIME,
  L_BYTES,
  L_FIELDS,
  L_KATA,
  L_LINE,
  L_OFFSET,
  L_RAW,
  L_SOURCE,
  L_STAMP,
  L_UNTIMED,
  L_WRAPPED,
  L_WRAPPER,
  put,
  putFragment,
  putKata,
  putNumber,
  putStamp,
} from './kata-record';
import { K0, kataOwner, outLimit, tapeOf } from './kata-state';
import { U_MSG } from './kata-words';
import { HEAD_BYTES, NO_KEY, SPAN_BYTES, W_SPANS } from './layout';
import { writeEscaped } from './strings';

/** How the record at hand is written: pairs of logrus's, JSON as it stands, text only, or fields of its frame. */
export const LOGFMT: u32 = 0;
export const JSON_TEXT: u32 = 1;
export const BARE: u32 = 2;
export const NATIVE: u32 = 3;

const QUOTE: u32 = 34;
const OPEN: u32 = 123;
const CLOSE: u32 = 125;

/** The path as JSON. */
let pathStart: usize = 0;
let pathEnd: usize = 0;

export function setPath(start: usize, end: usize): void {
  pathStart = start;
  pathEnd = end;
}

/** Takes the span away that holds what was passed on. */
function withoutNested(tape: usize): void {
  const end = tape + HEAD_BYTES + load<u32>(tape, W_SPANS * 4) * SPAN_BYTES;
  const console: usize = load<u32>(K0, K_CONSOLE);
  for (let span = tape + HEAD_BYTES; span < end; span += SPAN_BYTES) {
    const isNested = console == 0 ? keyUse(load<i32>(span), kataOwner()) == U_MSG : span == console;
    if (isNested) store<i32>(span, NO_KEY);
  }
}

function putByte(byte: u32, out: usize): usize {
  store<u8>(out, byte);
  return out + 1;
}

function putObject(tape: usize, out: usize): usize {
  return putByte(CLOSE, putFields(tape, putByte(OPEN, out), outLimit()));
}

/** The pairs of what stands around the record: of what passes it on, of the frame of its line. */
function putWrappers(isNested: bool, out: usize): usize {
  if (isNested) {
    const tape = tapeOf(false);
    withoutNested(tape);
    out = putObject(tape, putFragment(L_WRAPPER, out));
    if (!isFramed()) return out;
    return putByte(CLOSE, putFrame(putFragment(L_WRAPPED, out - 1)));
  }
  return isFramed() ? putFrame(putFragment(L_WRAPPER, out)) : out;
}

/**
 * Writes the record `k`, K0 or what it passes on, of the line `[s, e)`, which `number` lines and `offset` bytes begin before.
 * @param form how K0 is written.
 */
export function putRecord(k: usize, form: u32, s: usize, e: usize, number: f64, offset: f64, out: usize): usize {
  if (load<u32>(k, K_TIME + 12) == 0) out = putKata(k, putFragment(L_UNTIMED, out));
  else {
    out = putStamp(k + K_TIME, putFragment(L_STAMP, out));
    out = putKata(k, putFragment(L_KATA, out));
  }
  if (k == K0 && form == JSON_TEXT) out = put(messageStart(), messageEnd(), putFragment(L_FIELDS, out));
  else if (k == K0 && form == LOGFMT) out = putObject(tapeOf(false), putFragment(L_FIELDS, out));
  else if (k != K0 && nestedIsLogrus()) out = putObject(tapeOf(true), putFragment(L_FIELDS, out));
  else if (k != K0 && load<u32>(k, K_GUEST_TIME + 12) != 0) {
    out = put(nestedStart(), nestedEnd(), putFragment(L_FIELDS, out));
  }
  out = putWrappers(k != K0 && form <= JSON_TEXT, out);
  out = put(pathStart, pathEnd, putFragment(L_SOURCE, out));
  out = putNumber(number, putFragment(L_LINE, out));
  out = putNumber(offset, putFragment(L_OFFSET, out));
  // With its line feed.
  out = putNumber(<f64>(e + 1 - s), putFragment(L_BYTES, out));
  out = putByte(CLOSE, out);
  // What was repaired keeps its line.
  if (load<u32>(k, K_REPAIRS) != 0) out = putByte(QUOTE, writeEscaped(s, e, putFragment(L_RAW, out)));
  return putByte(CLOSE, out);
}
