// The object `kata` for the records of a tape: of those that are whole, hold no secrets and need nothing joined. Each other
// one is named to the caller, who has the plain road for it (src/kata/reader.ts); what that one would write is written here.

import { tellCall } from './kata-duration';
import { frameBoot, frameIdent, frameNeighbour, inheritProcess, noFrame } from './kata-frame';
import { holdsConsole } from './kata-held';
import { flagsOf, hasPod, identify, isConsole, isRelayed, marked } from './kata-identity';
import { learnRepair } from './kata-lessons';
import { forgetMessage } from './kata-message';
import { nestedEnd, nestedIsLogrus, nestedStart, readNested } from './kata-nested';
import { attribute, hasNotablePid } from './kata-owners';
import { readPairs, readTextSpan, recordFacts, textSpanEnd, textSpanStart } from './kata-pairs';
import {
  clearRecord,
  K_COMPONENT,
  K_CONSOLE,
  K_GUEST_TIME,
  K_KERNEL_TIME,
  K_MSG,
  K_MSG_FACTS,
  K_REPAIRS,
  K_SANDBOX_FACTS,
  K_TIME,
  K_TS,
  K_WRITTEN_TIME,
  kataBytes,
  NONE,
  putKata,
  setInstant,
} from './kata-record';
import {
  cautionsOf,
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
  stopReason,
  TROUBLE_WORD,
  takeResult,
  tapeOf,
} from './kata-state';
import { tellAgent, tellKernel } from './kata-vocabulary';
import { AGENT, OTHER, QMP_EVENT, READ } from './kata-words';
import {
  D_SECONDS,
  HEAD_BYTES,
  LIVE,
  S_END,
  S_START,
  SPAN_BYTES,
  W_NANOS,
  W_RAW_END,
  W_RAW_START,
  W_SIZE,
  W_SPANS,
  W_STATUS,
  W_TIMED,
} from './layout';
import { scratchTop, setScratch } from './scratch';
import { FIRST_SECOND, LAST_SECOND, zuluNanos, zuluSeconds } from './time';
import { wordFlags } from './words';

const RESULT_BYTES: usize = 12;

let found: usize = 0;

/** The flags of the words in the record's values. */
function cautions(record: usize): u32 {
  const rawStart: usize = load<u32>(record, W_RAW_START * 4);
  const rawEnd: usize = load<u32>(record, W_RAW_END * 4);
  let flags = wordFlags(rawStart, rawEnd);
  const first = record + HEAD_BYTES;
  const end = first + load<u32>(record, W_SPANS * 4) * SPAN_BYTES;
  for (let span = first; span < end; span += SPAN_BYTES) {
    const start: usize = load<u32>(span, S_START * 4);
    if (start < rawStart || start >= rawEnd) flags |= wordFlags(start, load<u32>(span, S_END * 4));
  }
  return cautionsOf(flags);
}

/** The time that the record says, else that of the tape's record; false: it cannot be read here. */
export function readTime(record: usize): bool {
  const written = K0 + K_WRITTEN_TIME;
  if (load<u32>(written, 8) == NONE) {
    // One without a time gets it from its segment, which is not known here.
    if (record == 0 || load<u32>(record, W_TIMED * 4) == 0) return false;
    const seconds = load<f64>(record, D_SECONDS * 8);
    if (seconds < <f64>FIRST_SECOND || seconds > <f64>LAST_SECOND) return false;
    setInstant(K0 + K_TIME, seconds, load<u32>(record, W_NANOS * 4));
    return true;
  }
  const seconds = zuluSeconds(load<u32>(written), load<u32>(written, 4));
  if (!(seconds >= <f64>FIRST_SECOND)) return false;
  setInstant(K0 + K_TIME, seconds, zuluNanos());
  return true;
}

/** The record whose object is to be written, after readGo: the one at hand, or what it passes on. */
export function foundRecord(): usize {
  return found;
}

export function setFound(k: usize): void {
  found = k;
}

/** Understands the record of Go's whose pairs and time are in K0; `flags` of the words in it. */
export function readGo(flags: u32): u32 {
  let start: usize = 0;
  let end: usize = 0;
  const isPassedOn = isRelayed(K0);
  found = K0;
  if (isPassedOn) {
    start = load<u32>(K0, K_MSG);
    end = load<u32>(K0, K_MSG + 4);
    if (load<u32>(K0, K_MSG + 8) == NONE) return OTHER;
  } else {
    const result = recordFacts(K0);
    if (result != READ) return result;
  }
  identify(K0, frameIdent(), frameNeighbour());
  inheritProcess(K0);
  // Under a name that says whose it is, nothing is passed on.
  if (isPassedOn && load<u32>(K0, K_COMPONENT) != AGENT) return OTHER;
  const console: usize = load<u32>(K0, K_CONSOLE);
  if (!isPassedOn && (!isConsole(K0) || console == 0)) {
    if ((flags & SEQUENCE_WORD) != 0) return OTHER;
    // A guest that panicked, maybe: the word stands in another pair.
    if ((flags & TROUBLE_WORD) != 0 && (flagsOf(load<u32>(K0, K_MSG_FACTS)) & QMP_EVENT) != 0) return OTHER;
    const pod = hasPod(K0, flags);
    return pod == READ ? marked(K0) : pod;
  }
  if (!isPassedOn) {
    if (!readTextSpan(console)) return OTHER;
    start = textSpanStart();
    end = textSpanEnd();
  }
  // What was repaired around it would be told of it, too.
  if (load<u32>(K0, K_REPAIRS) != 0 || holdsConsole(load<u32>(K0, K_SANDBOX_FACTS))) return OTHER;
  const result = readNested(K0, K1, start, end, flags, tapeOf(true), kataOwner());
  found = K1;
  // An agent may name the sandbox itself.
  return result == READ ? hasPod(K1, flags) : result;
}

function understood(record: usize): u32 {
  clearRecord(K0);
  found = K0;
  const result = readPairs(K0, record, kataOwner());
  if (result != READ) return result;
  const flags = cautions(record);
  if ((flags & ~LATER_WORDS) != 0 || load<u32>(K0, K_TS + 8) != NONE || !readTime(record)) return OTHER;
  return readGo(flags);
}

/** Notes what the record teaches. */
export function learnFrom(k: usize): void {
  attribute(k, frameBoot());
  const repairs = load<u32>(k, K_REPAIRS);
  if (repairs != 0) learnRepair(repairs);
  if (k != K1) return;
  learnText(k);
  if (load<u32>(k, K_GUEST_TIME + 12) != 0 && !nestedIsLogrus()) tellAgent(nestedStart(), nestedEnd(), tapeOf(true));
}

/** Notes what a line of a console teaches. */
export function learnText(k: usize): void {
  if (load<u32>(k, K_KERNEL_TIME + 8) != NONE) tellKernel(load<u32>(k, K_MSG), load<u32>(k, K_MSG + 4));
}

function finish(record: usize): void {
  learnFrom(found);
  const start = outStart();
  const end = putKata(found, start);
  const result = takeResult(RESULT_BYTES);
  store<u32>(result, <u32>record);
  store<u32>(result, <u32>start, 4);
  store<u32>(result, <u32>end, 8);
  setOut(end + tellCall(found, result + 8));
}

/**
 * Understands the LIVE records of `[record, until)` one after the other. Returns the address of the first one for which
 * something is wanted of the caller (see stopReason), or `until`.
 */
export function understand(record: usize, until: usize): usize {
  noFrame(0, 0);
  for (; record < until; record += load<u32>(record, W_SIZE * 4)) {
    if (load<u32>(record, W_STATUS * 4) != LIVE) continue;
    const scratch = scratchTop();
    setReason(understood(record));
    if (stopReason() == READ && !hasNotablePid(found)) setReason(OTHER);
    if (stopReason() == READ && !hasRoom(kataBytes(found))) setReason(NO_ROOM);
    if (stopReason() <= OTHER) forgetMessage();
    if (stopReason() != READ) {
      setScratch(scratch);
      return record;
    }
    finish(record);
  }
  setReason(READ);
  return record;
}
