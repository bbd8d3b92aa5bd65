// Whole lines of a bare log file as lines of NDJSON, what `katalog parse` prints (src/kata/ndjson.ts): of records that are
// whole by themselves. Any other line is named to the caller, who has the plain road for it.
import { isDigit } from './bytes';
import { parseText } from './json';
import { foundRecord, learnFrom, learnText, readGo, readTime, setFound } from './kata';
import { readBare } from './kata-bare';
import { hasStamp } from './kata-console';
import { tellCall } from './kata-duration';
import { frameIdent, inheritProcess, isFramed, messageEnd, messageStart, noFrame, readFrame } from './kata-frame';
import { readHead } from './kata-heads';
import { holdsAny, mustPass } from './kata-held';
import { fillRuntimeRs, hasPod, identifySlog, isRelayed, lacksWriter, marked } from './kata-identity';
import { writeLikeness } from './kata-likeness';
import { readLogrusRecord } from './kata-logrus-record';
import { forgetMessage } from './kata-message';
import { hasStreamField, isNative, readNative } from './kata-native';
import { BARE, JSON_TEXT, LOGFMT, NATIVE, putRecord, setPath } from './kata-ndjson';
import { hasNotablePid } from './kata-owners';
import { hadPair, readPairs, recordFacts } from './kata-pairs';
import {
  clearRecord,
  copyInstant,
  K_COMPONENT,
  K_CONSOLE,
  K_GUEST_TIME,
  K_LEVEL,
  K_REPAIRS,
  K_SANDBOX_FACTS,
  K_TIME,
  K_TS,
  kataBytes,
  NONE,
  setInstant,
} from './kata-record';
import { passesOn, quotesKernel, readRuntimeRs } from './kata-runtime-rs';
import {
  cautionsOf,
  FRAME_WORD,
  hasRoom,
  K0,
  K1,
  kataOwner,
  LATER_WORDS,
  NO_ROOM,
  outStart,
  SEQUENCE_WORD,
  setOut,
  setReason,
  takeResult,
  tapeOf,
} from './kata-state';
import { tellAgent } from './kata-vocabulary';
import { AGENT, OTHER, READ, RUNTIME, U_LEVEL, U_MSG, U_STREAM, WANTS_PASS } from './kata-words';
import { HEAD_BYTES, S_END, S_START, SPAN_BYTES, W_SPANS } from './layout';
import { scratchTop, setScratch } from './scratch';
import { hasControl, hasRareEscape } from './strings';
import { zuluNanos, zuluSeconds } from './time';
import { wordFlags } from './words';

/**
 * A result: seconds (f64), nanoseconds, start and end of the line, identity, check, facts of the sandbox, guest's lead (f64),
 * facts of the identifier.
 */
const RESULT_BYTES: usize = 48;
/** Free bytes in front of each line that is written, at a multiple of eight (see LINE_HEAD_BYTES in src/kata/fast/fast-lines.ts). */
const HEAD_ROOM: usize = 32;
const TICK: u32 = 116;
const BRACKET: u32 = 91;
const BRACE: u32 = 123;
const BLANK: u32 = 32;
/** `Welcome to …` */
const WELCOME: u32 = 87;
/** As MAJORITY of src/kata/wire-forms.ts. */
const FORM_MAJORITY: u32 = 2;

/** Copies of the records may be in another file, or under another identifier. */
let hashesFiles: bool = false;
let hashesFramed: bool = false;
/** The file is a guest's console. */
let isConsole: bool = false;
/** Records of logrus's in the file, by wire form (C23, see src/kata/wire-forms.ts). */
let jsonForms: u32 = 0;
let textForms: u32 = 0;
/** Those in its head. */
let jsonAhead: u32 = 0;
let textAhead: u32 = 0;

let line: f64 = 0;
let offset: f64 = 0;
/** How the record at hand is written, see kata-ndjson.ts. */
let form: u32 = LOGFMT;
/** It is one of slog's. */
let isSlog: bool = false;

export function beginLines(path: usize, end: usize, hashing: bool, hashingFramed: bool, console: bool): void {
  setPath(path, end);
  hashesFiles = hashing;
  hashesFramed = hashingFramed;
  isConsole = console;
}

export function setForms(json: u32, text: u32, headJson: u32, headText: u32): void {
  jsonForms = json;
  textForms = text;
  jsonAhead = headJson;
  textAhead = headText;
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
  const result = readLogrusRecord(K0, s, e, tapeOf(false));
  if (result != READ) return result;
  form = LOGFMT;
  isSlog = false;
  if (!readTime(0)) return OTHER;
  const found = readGo(flags);
  return found == READ && lacksWriter(K0) ? OTHER : found;
}

function slogRecord(tape: usize, flags: u32, stamped: bool): u32 {
  setFound(K0);
  const ts = K0 + K_TS;
  if (load<u32>(K0, K_LEVEL) == 0 || !identifySlog(K0)) return OTHER;
  inheritProcess(K0);
  const component = load<u32>(K0, K_COMPONENT);
  if (component != RUNTIME && (component != AGENT || stamped)) return OTHER;
  const seconds = zuluSeconds(load<u32>(ts), load<u32>(ts, 4));
  if (!(seconds > -1e12)) return OTHER;
  setInstant(K0 + K_TIME, seconds, zuluNanos());
  if (component == RUNTIME) {
    const result = readRuntimeRs(flags, stamped, hadPair(U_STREAM));
    if (!passesOn()) return (flags & SEQUENCE_WORD) != 0 ? OTHER : result;
    setFound(K1);
    // What passes something on is written again without it.
    return isCanonical(tape) ? result : OTHER;
  }
  if ((flags & SEQUENCE_WORD) != 0) return OTHER;
  copyInstant(K0 + K_TIME, K0 + K_GUEST_TIME);
  const result = recordFacts(K0);
  if (result != READ) return result;
  const pod = hasPod(K0, flags);
  return pod == READ ? marked(K0) : pod;
}

function jsonLine(s: usize, e: usize, flags: u32): u32 {
  const tape = tapeOf(false);
  // Of kernel text in JSON only the plain road can tell whether it belongs there.
  const stamped = hasStamp(s, e);
  if ((stamped && !quotesKernel(s, e)) || !parseText(s, e, tape)) return OTHER;
  clearRecord(K0);
  const result = readPairs(K0, tape, kataOwner());
  if (result != READ) return result;
  form = JSON_TEXT;
  isSlog = load<u32>(K0, K_TS + 8) != NONE;
  if (isSlog) return slogRecord(tape, flags, stamped);
  if (stamped || !hadPair(U_LEVEL) || !hadPair(U_MSG) || !readTime(0)) return OTHER;
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
    if (load<u8>(s) == 34 ? hasRareEscape(s + 1, e - 1) : !isInteger(s, e)) return false;
  }
  return true;
}

function isInteger(s: usize, e: usize): bool {
  if (e - s > 15 || (load<u8>(s) == 48 && e - s > 1)) return false;
  for (; s < e; s++) if (!isDigit(load<u8>(s))) return false;
  return true;
}

/** Whether the wire form of the record counts: that of a record of logrus's without a frame. */
function hasForm(k: usize): bool {
  return k == K0 && !isSlog && !isFramed() && form != BARE && load<u32>(k, K_COMPONENT) != 0;
}

/** Whether the record is the odd one of its file by its wire form. */
function isOdd(k: usize): bool {
  if (!hasForm(k)) return false;
  const isJson = form == JSON_TEXT;
  const json = max(jsonForms + <u32>isJson, jsonAhead);
  const text = max(textForms + <u32>!isJson, textAhead);
  return isJson ? text >= FORM_MAJORITY * json : json >= FORM_MAJORITY * text;
}

function countForm(k: usize): void {
  if (!hasForm(k)) return;
  if (form == JSON_TEXT) jsonForms++;
  else textForms++;
}

function nativeEntry(flags: u32): u32 {
  clearRecord(K0);
  form = NATIVE;
  isSlog = false;
  setFound(K0);
  if (hasControl(messageStart(), messageEnd())) return OTHER;
  const result = readNative(K0);
  if (result != READ) return result;
  fillRuntimeRs(K0);
  inheritProcess(K0);
  const nested = readRuntimeRs(flags, false, hasStreamField());
  if (!passesOn()) return (flags & SEQUENCE_WORD) != 0 ? OTHER : nested;
  setFound(K1);
  return nested;
}

/** A text in the frame that was read. */
function framedText(flags: u32): u32 {
  const start = messageStart();
  const end = messageEnd();
  if (start == end) return OTHER;
  const first: u32 = load<u8>(start);
  if (first == BRACE) {
    // A frame in the frame, or JSON of several lines.
    if ((wordFlags(start, end) & FRAME_WORD) != 0 || hasControl(start, end)) return OTHER;
  }
  flags &= ~FRAME_WORD;
  if (isNative()) return nativeEntry(flags);
  if (load<u8>(end - 1) == 13) return OTHER;
  if (first == TICK) return logrusLine(start, end, flags);
  return first == BRACE ? jsonLine(start, end, flags) : OTHER;
}

/** A line that has a frame around its text. */
function framedLine(s: usize, e: usize, flags: u32): u32 {
  // What is held may be one that the text belongs to.
  if (holdsAny()) return OTHER;
  const result = load<u8>(s) == BRACE ? readFrame(s, e, tapeOf(false), kataOwner()) : readHead(s, e);
  return result == READ ? framedText(flags) : result;
}

function lineRead(s: usize, e: usize): u32 {
  noFrame(s, e);
  if (s == e || !isAscii(s, e)) return OTHER;
  const first: u32 = load<u8>(s);
  const isBare = isConsole && (first == BRACKET || first == BLANK || first == WELCOME);
  const isHead = !isBare && (isDigit(first) || first - 65 < 26);
  if (!isBare && ((first != TICK && first != BRACE && !isHead) || load<u8>(e - 1) == 13)) return OTHER;
  const flags = cautionsOf(wordFlags(s, e));
  if ((flags & ~LATER_WORDS) != 0) return OTHER;
  if (isBare) {
    form = BARE;
    setFound(K0);
    return readBare(s, e, flags);
  }
  if (first == TICK) return logrusLine(s, e, flags);
  return isHead || (flags & FRAME_WORD) != 0 ? framedLine(s, e, flags) : jsonLine(s, e, flags);
}

function noteLikeness(k: usize, result: usize): void {
  store<u64>(result, 0);
  if (form == LOGFMT && (frameIdent() != 0 ? hashesFramed : hashesFiles)) {
    writeLikeness(k, result, messageStart(), messageEnd());
  }
}

function finish(s: usize, e: usize): void {
  const k = foundRecord();
  learnFrom(k);
  if (form == BARE) learnText(k);
  if (isSlog && load<u32>(k, K_GUEST_TIME + 12) != 0 && k == K0) {
    tellAgent(messageStart(), messageEnd(), tapeOf(false));
  }
  const result = takeResult(RESULT_BYTES);
  const start = ((outStart() + 7) & ~7) + HEAD_ROOM;
  noteLikeness(k, result + 20);
  store<f64>(result, load<u32>(k, K_TIME + 12) == 0 ? NaN : load<f64>(k, K_TIME));
  store<u32>(result, load<u32>(k, K_TIME + 8), 8);
  store<u32>(result, <u32>start, 12);
  store<u32>(result, load<u32>(k, K_SANDBOX_FACTS), 28);
  const guest = k + K_GUEST_TIME;
  const lead =
    (load<f64>(guest) - load<f64>(k, K_TIME)) * 1000 + (<f64>load<u32>(guest, 8) - <f64>load<u32>(k, K_TIME + 8)) / 1e6;
  store<f64>(result, load<u32>(guest, 12) == 0 ? NaN : lead, 32);
  store<u32>(result, <u32>frameIdent(), 40);
  const end = putRecord(k, form, s, e, line, offset, start);
  store<u32>(result, <u32>end, 16);
  setOut(end + tellCall(k, result + 16));
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
    const copies: usize = load<u32>(k, K_REPAIRS) == 0 ? 15 : 21;
    if (why == READ && !hasRoom(kataBytes(k) + (feed - p) * copies + 2 * HEAD_ROOM)) why = NO_ROOM;
    if (why == READ && !hasNotablePid(k)) why = OTHER;
    if (why == READ && isOdd(k)) why = OTHER;
    if (why == READ && mustPass(p)) why = form == BARE || isFramed() ? OTHER : WANTS_PASS;
    setReason(why);
    if (why <= OTHER) forgetMessage();
    if (why != READ) {
      setScratch(scratch);
      return p;
    }
    countForm(k);
    finish(p, feed);
    line += 1;
    offset += <f64>(feed + 1 - p);
    p = feed + 1;
  }
  setReason(READ);
  return p;
}
