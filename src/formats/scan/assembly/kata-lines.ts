// Whole lines of a bare log file as lines of NDJSON, what `katalog parse` prints (src/kata/ndjson.ts): of records that are
// whole by themselves. Any other line is named to the caller, who has the plain road for it.
import { isDigit } from './bytes';
import { putFields } from './emit';
import { keyUse } from './facts';
import { parseText } from './json';
import { foundRecord, learnFrom, learnText, readGo, readTime, setFound } from './kata';
import { readBare } from './kata-bare';
import { hasStamp } from './kata-console';
import { lacksDuration } from './kata-duration';
import { hasPod, identifySlog, isRelayed, marked, mayBeCut } from './kata-identity';
import { lastKey, lastValueStart, readLogrus } from './kata-logrus';
import { nestedEnd, nestedStart } from './kata-nested';
import { hadPair, messageFacts, readPairs } from './kata-pairs';
import {
  clearRecord,
  copyInstant,
  K_COMPONENT,
  K_CONSOLE,
  K_GUEST_TIME,
  K_KERNEL_TIME,
  K_LEVEL,
  K_MSG,
  K_REPAIRS,
  K_SANDBOX_FACTS,
  K_TIME,
  K_TS,
  kataBytes,
  L_BYTES,
  L_FIELDS,
  L_KATA,
  L_LINE,
  L_OFFSET,
  L_RAW,
  L_SOURCE,
  L_STAMP,
  L_UNTIMED,
  L_WRAPPER,
  NONE,
  put,
  putFragment,
  putKata,
  putNumber,
  putStamp,
  setInstant,
} from './kata-record';
import { passesOn, quotesKernel, readRuntimeRs } from './kata-runtime-rs';
import {
  cautionsOf,
  FRAME_WORD,
  hasNotablePid,
  hasRoom,
  holdsLines,
  K0,
  K1,
  kataOwner,
  LATER_WORDS,
  learnAgent,
  NO_ROOM,
  outLimit,
  outStart,
  setOut,
  setReason,
  takeResult,
  tapeOf,
} from './kata-state';
import { AGENT, OTHER, READ, RUNTIME, U_LEVEL, U_MSG, WANTS_DURATION } from './kata-words';
import { N_ID } from './keys';
import { HEAD_BYTES, NO_KEY, S_END, S_START, SPAN_BYTES, W_SPANS } from './layout';
import { scratchTop, setScratch } from './scratch';
import { writeEscaped } from './strings';
import { zuluNanos, zuluSeconds } from './time';
import { wordFlags } from './words';

/** A result: seconds (f64), nanoseconds, start and end of the line, identity, check, facts of the sandbox, guest's lead. */
const RESULT_BYTES: usize = 48;
const TICK: u32 = 116;
const BRACKET: u32 = 91;
const BRACE: u32 = 123;
const EQUALS: u32 = 61;
const PRIME: u32 = 0x01000193;
/** As MAJORITY of src/kata/wire-forms.ts. */
const FORM_MAJORITY: u32 = 2;

/** The path as JSON. */
let pathStart: usize = 0;
let pathEnd: usize = 0;
/** Copies of the records may be in another file. */
let hashes: bool = false;
/** The file is a guest's console. */
let isConsole: bool = false;
/** Records of logrus's in the file, by wire form (C23, see src/kata/wire-forms.ts). */
let jsonForms: u32 = 0;
let textForms: u32 = 0;

let line: f64 = 0;
let offset: f64 = 0;
/** Whether the record at hand is in JSON, as it stands. */
let isJson: bool = false;
/** It is a line of the console that the file is. */
let isBare: bool = false;
/** It is one of slog's. */
let isSlog: bool = false;

export function beginLines(path: usize, end: usize, hashing: bool, console: bool): void {
  pathStart = path;
  pathEnd = end;
  hashes = hashing;
  isConsole = console;
}

export function setForms(json: u32, text: u32): void {
  jsonForms = json;
  textForms = text;
}

export function jsonFormsSeen(): u32 {
  return jsonForms;
}

export function textFormsSeen(): u32 {
  return textForms;
}

/** Number of the line where understandLines stopped. */
export function lineNumber(): f64 {
  return line;
}

function isAscii(s: usize, e: usize): bool {
  for (; s < e; s += 16) {
    const mask: u32 = i8x16.bitmask(v128.load(s));
    if (mask != 0) return s + ctz(mask) >= e;
  }
  return true;
}

function logrusLine(s: usize, e: usize, flags: u32): u32 {
  const tape = tapeOf(false);
  if (load<u8>(s + 5) != 34 || load<u8>(e - 1) == EQUALS || !readLogrus(s, e, tape)) return OTHER;
  clearRecord(K0);
  const result = readPairs(K0, tape, kataOwner());
  if (result != READ) return result;
  const last = lastValueStart();
  const quotes: usize = load<u8>(last) == 34 ? 2 : 0;
  if (mayBeCut(K0, keyUse(load<i32>(lastKey(), N_ID), kataOwner()), e - last - quotes)) return OTHER;
  isJson = false;
  isSlog = false;
  return readTime(0) ? readGo(flags) : OTHER;
}

function slogRecord(tape: usize, flags: u32, isQuote: bool): u32 {
  setFound(K0);
  const ts = K0 + K_TS;
  if (load<u32>(K0, K_LEVEL) == 0 || !identifySlog(K0)) return OTHER;
  const component = load<u32>(K0, K_COMPONENT);
  if (component != RUNTIME && (component != AGENT || isQuote)) return OTHER;
  const seconds = zuluSeconds(load<u32>(ts), load<u32>(ts, 4));
  if (!(seconds > -1e12)) return OTHER;
  setInstant(K0 + K_TIME, seconds, zuluNanos());
  if (component == RUNTIME) {
    const result = readRuntimeRs(flags, isQuote);
    if (!passesOn()) return result;
    setFound(K1);
    // What passes something on is written again without it.
    return isCanonical(tape) ? result : OTHER;
  }
  copyInstant(K0 + K_TIME, K0 + K_GUEST_TIME);
  const result = messageFacts(K0);
  if (result != READ) return result;
  const pod = hasPod(K0, flags);
  return pod == READ ? marked(K0) : pod;
}

function jsonLine(s: usize, e: usize, flags: u32): u32 {
  const tape = tapeOf(false);
  // Of kernel text in JSON only the plain road can tell whether it belongs there.
  const isQuote = quotesKernel(s, e);
  if ((flags & FRAME_WORD) != 0 || (!isQuote && hasStamp(s, e)) || !parseText(s, e, tape)) return OTHER;
  clearRecord(K0);
  const result = readPairs(K0, tape, kataOwner());
  if (result != READ) return result;
  isJson = true;
  isSlog = load<u32>(K0, K_TS + 8) != NONE;
  if (isSlog) return slogRecord(tape, flags, isQuote);
  if (isQuote || !hadPair(U_LEVEL) || !hadPair(U_MSG) || !readTime(0)) return OTHER;
  // What passes something on is written again without it.
  if ((isRelayed(K0) || load<u32>(K0, K_CONSOLE) != 0) && !isCanonical(tape)) return OTHER;
  return readGo(flags);
}

/** Whether each value of the record is as JSON.stringify writes it. */
function isCanonical(record: usize): bool {
  const end = record + HEAD_BYTES + load<u32>(record, W_SPANS * 4) * SPAN_BYTES;
  for (let span = record + HEAD_BYTES; span < end; span += SPAN_BYTES) {
    const s: usize = load<u32>(span, S_START * 4);
    const e: usize = load<u32>(span, S_END * 4);
    if (load<u8>(s) == 34 ? !isCanonicalString(s + 1, e - 1) : !isInteger(s, e)) return false;
  }
  return true;
}

function isCanonicalString(s: usize, e: usize): bool {
  for (let p = s; p < e; p++) {
    if (load<u8>(p) != 92) continue;
    const c: u32 = load<u8>(++p);
    // A slash needs no escape; other characters have one of their own, or are rare.
    if (c == 47 || c == 117) return false;
  }
  return true;
}

function isInteger(s: usize, e: usize): bool {
  if (e - s > 15 || (load<u8>(s) == 48 && e - s > 1)) return false;
  for (; s < e; s++) if (!isDigit(load<u8>(s))) return false;
  return true;
}

/** As hash of src/kata/doubles.ts, over ASCII. */
function hash(s: usize, e: usize, seed: u32): u32 {
  let value = 0x811c9dc5 ^ seed;
  for (; s + 4 <= e; s += 4) {
    value = (value ^ load<u32>(s)) * PRIME;
    value ^= value >> 15;
  }
  for (; s < e; s++) value = (value ^ load<u8>(s)) * PRIME;
  return value;
}

/** The number of a kernel's time, as JavaScript reads it. */
function kernelTime(at: usize): f64 {
  let whole: u64 = 0;
  let divisor: f64 = 1;
  let isFraction = false;
  const e: usize = load<u32>(at, 4);
  for (let p: usize = load<u32>(at); p < e; p++) {
    const c: u32 = load<u8>(p);
    if (c == 46) {
      isFraction = true;
      continue;
    }
    whole = whole * 10 + c - 48;
    if (isFraction) divisor *= 10;
  }
  return <f64>whole / divisor;
}

function noteLikeness(k: usize, result: usize, s: usize, e: usize): void {
  store<u64>(result, 0, 20);
  if (!hashes || isJson || isBare) return;
  const kernel = k + K_KERNEL_TIME;
  const seed: u32 = load<u32>(kernel, 8) == NONE ? 0 : <u32>(<i64>(kernelTime(kernel) * 1e6));
  const msg = k + K_MSG;
  const isThere = load<u32>(msg, 8) != NONE;
  const message = hash(isThere ? load<u32>(msg) : 0, isThere ? load<u32>(msg, 4) : 0, seed);
  // Behind the quote that ends the time, which the copies write differently.
  let from = s + 26;
  while (load<u8>(from) != 34) from++;
  const identity = hash(from + 1, e, message);
  store<u32>(result, identity == 0 ? 1 : identity, 20);
  store<u32>(result, hash(from + 1, e, ~message), 24);
}

/** Counts the wire form of a record of logrus's; false: it is the odd one of its file. */
function noteForm(k: usize): bool {
  if (k != K0 || isSlog || isBare || load<u32>(k, K_COMPONENT) == 0) return true;
  const mine = (isJson ? jsonForms : textForms) + 1;
  const other = isJson ? textForms : jsonForms;
  if (other >= FORM_MAJORITY * mine) return false;
  if (isJson) jsonForms = mine;
  else textForms = mine;
  return true;
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

function putObject(tape: usize, out: usize): usize {
  store<u8>(out, BRACE);
  out = putFields(tape, out + 1, outLimit());
  store<u8>(out, 125);
  return out + 1;
}

function putRecord(k: usize, s: usize, e: usize, next: usize, out: usize): usize {
  const tape = tapeOf(false);
  if (load<u32>(k, K_TIME + 12) == 0) out = putKata(k, putFragment(L_UNTIMED, out));
  else {
    out = putStamp(k + K_TIME, putFragment(L_STAMP, out));
    out = putKata(k, putFragment(L_KATA, out));
  }
  if (k == K0 && !isBare) {
    out = putFragment(L_FIELDS, out);
    out = isJson ? put(s, e, out) : putObject(tape, out);
  } else if (!isBare) {
    if (load<u32>(k, K_GUEST_TIME + 12) != 0) out = put(nestedStart(), nestedEnd(), putFragment(L_FIELDS, out));
    withoutNested(tape);
    out = putObject(tape, putFragment(L_WRAPPER, out));
  }
  out = put(pathStart, pathEnd, putFragment(L_SOURCE, out));
  out = putNumber(line, putFragment(L_LINE, out));
  out = putNumber(offset, putFragment(L_OFFSET, out));
  out = putNumber(<f64>(next - s), putFragment(L_BYTES, out));
  store<u8>(out++, 125);
  // What was repaired keeps its line.
  if (load<u32>(k, K_REPAIRS) != 0) {
    out = writeEscaped(s, e, putFragment(L_RAW, out));
    store<u8>(out++, 34);
  }
  store<u8>(out, 125);
  return out + 1;
}

function lineRead(s: usize, e: usize): u32 {
  if (s == e || holdsLines() || !isAscii(s, e)) return OTHER;
  const first: u32 = load<u8>(s);
  isBare = first == BRACKET && isConsole;
  if (!isBare && ((first != TICK && first != BRACE) || load<u8>(e - 1) == 13)) return OTHER;
  const flags = cautionsOf(wordFlags(s, e));
  if ((flags & ~LATER_WORDS) != 0) return OTHER;
  if (isBare) {
    setFound(K0);
    return readBare(s, e, flags);
  }
  return first == TICK ? logrusLine(s, e, flags) : jsonLine(s, e, flags);
}

function finish(s: usize, e: usize, next: usize): void {
  const k = foundRecord();
  learnFrom(k);
  if (isBare) learnText(k);
  if (isSlog && load<u32>(k, K_GUEST_TIME + 12) != 0 && k == K0) learnAgent(s, e);
  const result = takeResult(RESULT_BYTES);
  const start = outStart();
  noteLikeness(k, result, s, e);
  store<f64>(result, load<u32>(k, K_TIME + 12) == 0 ? NaN : load<f64>(k, K_TIME));
  store<u32>(result, load<u32>(k, K_TIME + 8), 8);
  store<u32>(result, <u32>start, 12);
  store<u32>(result, load<u32>(k, K_SANDBOX_FACTS), 28);
  const guest = k + K_GUEST_TIME;
  const lead =
    (load<f64>(guest) - load<f64>(k, K_TIME)) * 1000 + (<f64>load<u32>(guest, 8) - <f64>load<u32>(k, K_TIME + 8)) / 1e6;
  store<f64>(result, load<u32>(guest, 12) == 0 ? NaN : lead, 32);
  const end = putRecord(k, s, e, next, start);
  store<u32>(result, <u32>end, 16);
  setOut(end);
}

/** The first line feed at or behind `p`, or `e`. */
function lineEnd(p: usize, e: usize): usize {
  const feed = i8x16.splat(10);
  for (; p < e; p += 16) {
    const mask: u32 = i8x16.bitmask(i8x16.eq(v128.load(p), feed));
    if (mask != 0) return min(p + ctz(mask), e);
  }
  return e;
}

/**
 * Understands the lines of `[p, e)`, the last of which has its line feed; the first one is line `number` at `place`.
 * Returns the address of the first line for which something is wanted of the caller (see stopReason), or `e`.
 */
export function understandLines(p: usize, e: usize, number: f64, place: f64): usize {
  line = number;
  offset = place;
  while (p < e) {
    const feed = lineEnd(p, e);
    const scratch = scratchTop();
    let why = lineRead(p, feed);
    const k = foundRecord();
    // What was repaired keeps its line.
    const copies: usize = load<u32>(k, K_REPAIRS) == 0 ? 14 : 20;
    if (why == READ && !hasRoom(kataBytes(k) + (feed - p) * copies)) why = NO_ROOM;
    if (why == READ && !hasNotablePid(k)) why = OTHER;
    if (why == READ && lacksDuration(k, p)) why = WANTS_DURATION;
    if (why == READ && !noteForm(k)) why = OTHER;
    setReason(why);
    if (why != READ) {
      setScratch(scratch);
      return p;
    }
    finish(p, feed, feed + 1);
    line += 1;
    offset += <f64>(feed + 1 - p);
    p = feed + 1;
  }
  setReason(READ);
  return p;
}
