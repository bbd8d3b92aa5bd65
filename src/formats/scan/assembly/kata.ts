// The object `kata` for the records of a tape: of those that are whole, hold no secrets and need nothing joined. Each other
// one is named to the caller, who has the plain road for it (src/kata/reader.ts); what that one would write is written here.
import { F_FLAGS, F_POD_GENERATION, F_SANDBOX, F_SANDBOX_GENERATION, F_TEMPLATE, wantFacts } from './facts';
import { isCleanLine, readKernelLine } from './kata-console';
import {
  ERROR,
  identify,
  isRelayed,
  messageFacts,
  OTHER,
  PLAIN_ROAD,
  READ,
  readPairs,
  SHIM,
  STACK,
  TROUBLE,
} from './kata-pairs';
import {
  clearRecord,
  copyInstant,
  copyText,
  generation,
  K_BYTES,
  K_COMPONENT,
  K_CONTAINER_FACTS,
  K_ERA,
  K_HYPERVISOR,
  K_LEVEL,
  K_MARKS,
  K_MSG,
  K_MSG_FACTS,
  K_PID,
  K_PROBLEM,
  K_SANDBOX,
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
} from './layout';
import { scratchTop, setScratch } from './scratch';
import { FIRST_SECOND, LAST_SECOND, zuluNanos, zuluSeconds } from './time';
import { wordFlags } from './words';

// ---- why understand stopped, beside those of kata-pairs.ts
const WANTS_TEMPLATE: u32 = 4;
const WANTS_POD: u32 = 5;
const NO_ROOM: u32 = 6;

// ---- flags of words, see src/kata/fast/caution.ts
const SECRET_WORD: u32 = 1;
const TROUBLE_WORD: u32 = 4;

// ---- what the caller has to learn from the records: four words each
const LEARN_PROCESS: u32 = 1;
const LEARN_CONTAINER: u32 = 2;
const LEARN_KERNEL: u32 = 3;
const LEARN_BYTES: usize = 16;

const K0: usize = memory.data(K_BYTES, 16);
const K1: usize = memory.data(K_BYTES, 16);

/** Which sandbox's a process was said to be last: number of the process, facts of the sandbox, generation. */
const PROCESSES: usize = memory.data(12288, 16);
const PROCESS_MASK: u32 = 1023;
const PID_MAX: f64 = 2147483647;

let owner: u32 = 0;
let redacts: bool = true;
let learnsKernel: bool = true;
let results: usize = 0;
let learned: usize = 0;
let learnedEnd: usize = 0;
let learnedTop: usize = 0;
let outTop: usize = 0;
let outEnd: usize = 0;
let reason: u32 = 0;
let found: usize = 0;

/** Before a batch: whose uses count, where results (three words a record) and what is to be learned go, and the room. */
export function beginKata(whose: u32, redact: bool, list: usize, lessons: usize, lessonsEnd: usize): void {
  owner = whose;
  redacts = redact;
  results = list;
  learned = lessons;
  learnedTop = lessons;
  learnedEnd = lessonsEnd;
}

export function setKataRoom(out: usize, end: usize): void {
  outTop = out;
  outEnd = end;
}

export function setLearnsKernel(learns: bool): void {
  learnsKernel = learns;
}

export function resultsEnd(): usize {
  return results;
}

/** End of what is to be learned; the list is empty afterwards. */
export function takeLearned(): usize {
  const end = learnedTop;
  learnedTop = learned;
  return end;
}

export function stopReason(): u32 {
  return reason;
}

export function kataRoomWanted(): usize {
  return kataBytes(found);
}

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
  return redacts ? flags : flags & ~SECRET_WORD;
}

function readTime(record: usize): bool {
  const written = K0 + K_WRITTEN_TIME;
  if (load<u32>(written, 8) == NONE) {
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

/** A line of the guest's console that a relay passed on, as its own record. */
function relayed(flags: u32): u32 {
  const msg = K0 + K_MSG;
  let end: usize = load<u32>(msg, 4);
  const start: usize = load<u32>(msg);
  while (end > start && load<u8>(end - 1) == 10) end--;
  if ((flags & TROUBLE_WORD) != 0 || load<u32>(K0, K_LEVEL) >= ERROR) return OTHER;
  if (end == start || !isCleanLine(start, end)) return OTHER;
  clearRecord(K1);
  if (!readKernelLine(K1, start, end)) return OTHER;
  copyInstant(K0 + K_TIME, K1 + K_TIME);
  copyText(K0 + K_SANDBOX, K1 + K_SANDBOX);
  store<u32>(K1, load<u32>(K0, K_SANDBOX_FACTS), K_SANDBOX_FACTS);
  store<u32>(K1, load<u32>(K0, K_LEVEL), K_LEVEL);
  store<u32>(K1, load<u32>(K0, K_ERA), K_ERA);
  store<u32>(K1, load<u32>(K0, K_HYPERVISOR), K_HYPERVISOR);
  store<f64>(K1, load<f64>(K0, K_PID), K_PID);
  found = K1;
  return READ;
}

/** What the message marks. */
function marked(): u32 {
  const facts: usize = load<u32>(K0, K_MSG_FACTS);
  const flags: u32 = facts == 0 ? 0 : load<u32>(facts, F_FLAGS);
  const level = load<u32>(K0, K_LEVEL);
  if ((flags & PLAIN_ROAD) != 0 || (level == ERROR && (flags & STACK) != 0)) return OTHER;
  store<u32>(K0, <u32>facts, K_MARKS);
  if (level < ERROR && (flags & TROUBLE) == 0) return READ;
  store<u32>(K0, 1, K_PROBLEM);
  if (facts == 0 || load<u32>(facts, F_TEMPLATE) != 0) return READ;
  wantFacts(facts);
  return WANTS_TEMPLATE;
}

function understood(record: usize): u32 {
  clearRecord(K0);
  found = K0;
  let result = readPairs(K0, record, owner);
  if (result != READ) return result;
  const flags = cautions(record);
  if ((flags & ~TROUBLE_WORD) != 0 || load<u32>(K0, K_TS + 8) != NONE || !readTime(record)) return OTHER;
  const isPassedOn = isRelayed(K0);
  if (!isPassedOn) {
    result = messageFacts(K0);
    if (result != READ) return result;
  }
  identify(K0, 0, 0);
  const sandbox: usize = load<u32>(K0, K_SANDBOX_FACTS);
  if (sandbox == 0) return OTHER;
  if (load<u32>(sandbox, F_POD_GENERATION) != generation()) {
    wantFacts(sandbox);
    return WANTS_POD;
  }
  if (isPassedOn) return load<u32>(K0 + K_MSG, 8) == NONE ? OTHER : relayed(flags);
  return marked();
}

function learn(kind: u32, a: u32, b: u32, c: u32): void {
  store<u32>(learnedTop, kind);
  store<u32>(learnedTop, a, 4);
  store<u32>(learnedTop, b, 8);
  store<u32>(learnedTop, c, 12);
  learnedTop += LEARN_BYTES;
}

/** Notes whose process and whose container it is, where that is new. */
function attribute(k: usize): void {
  const sandbox = load<u32>(k, K_SANDBOX_FACTS);
  const container: usize = load<u32>(k, K_CONTAINER_FACTS);
  const pid = load<f64>(k, K_PID);
  if (load<u32>(k, K_COMPONENT) == SHIM && pid >= 0) {
    const number = <u32>pid;
    const entry = PROCESSES + <usize>(number & PROCESS_MASK) * 12;
    const same = load<u32>(entry) == number && load<u32>(entry, 4) == sandbox && load<u32>(entry, 8) == generation();
    if (!same) {
      store<u32>(entry, number);
      store<u32>(entry, sandbox, 4);
      store<u32>(entry, generation(), 8);
      learn(LEARN_PROCESS, number, sandbox, 0);
    }
  }
  if (container == 0) return;
  if (load<u32>(container, F_SANDBOX) == sandbox && load<u32>(container, F_SANDBOX_GENERATION) == generation()) return;
  store<u32>(container, sandbox, F_SANDBOX);
  store<u32>(container, generation(), F_SANDBOX_GENERATION);
  learn(LEARN_CONTAINER, <u32>container, sandbox, 0);
}

function finish(record: usize): void {
  attribute(found);
  const msg = found + K_MSG;
  if (found == K1 && learnsKernel) learn(LEARN_KERNEL, load<u32>(msg), load<u32>(msg, 4), 0);
  const end = putKata(found, outTop);
  store<u32>(results, <u32>record);
  store<u32>(results, <u32>outTop, 4);
  store<u32>(results, <u32>end, 8);
  results += 12;
  outTop = end;
}

/**
 * Understands the LIVE records of `[record, until)` one after the other. Returns the address of the first one for which
 * something is wanted of the caller (see stopReason), or `until`.
 */
export function understand(record: usize, until: usize): usize {
  for (; record < until; record += load<u32>(record, W_SIZE * 4)) {
    if (load<u32>(record, W_STATUS * 4) != LIVE) continue;
    const scratch = scratchTop();
    reason = understood(record);
    if (reason == READ && load<f64>(found, K_PID) > PID_MAX) reason = OTHER;
    if (reason == READ && (learnedTop + LEARN_BYTES * 3 > learnedEnd || outTop + kataBytes(found) > outEnd))
      reason = NO_ROOM;
    if (reason != READ) {
      setScratch(scratch);
      return record;
    }
    finish(record);
  }
  reason = READ;
  return record;
}
