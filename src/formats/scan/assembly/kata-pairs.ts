// What the pairs of a record say of it: the twin of fillFrom (src/kata/identity.ts).
import { isDigit, quotedMask } from './bytes';
import { F_CONTAINER, F_EXEC, F_FLAGS, F_LEVEL, factsFor, factsText, factsTextBytes, keyUse, wantFacts } from './facts';
import { longFacts } from './kata-message';
import {
  AS_JSON,
  AS_TEXT,
  K_ARCH,
  K_COMMAND,
  K_CONSOLE,
  K_CONTAINER,
  K_CONTAINER_FACTS,
  K_ERROR,
  K_EXEC,
  K_EXIT_CODE,
  K_ID,
  K_LEVEL,
  K_MSG,
  K_MSG_FACTS,
  K_NAME,
  K_PID,
  K_SANDBOX,
  K_SANDBOX_FACTS,
  K_SOURCE,
  K_SUBSYSTEM,
  K_SUBSYSTEM_FACTS,
  K_TS,
  K_VM_PID,
  K_WRITTEN_TIME,
  NONE,
  setText,
} from './kata-record';
import {
  ID,
  NAMES_CONTAINER,
  NUMBER,
  OTHER,
  READ,
  U_ALIAS,
  U_ARCH,
  U_COMMAND,
  U_CONSOLE,
  U_ENTRY_MESSAGE,
  U_ERROR,
  U_EXEC,
  U_EXIT_CODE,
  U_ID,
  U_LEVEL,
  U_MSG,
  U_NAME,
  U_NOTHING,
  U_PID,
  U_SANDBOX,
  U_SOURCE,
  U_STREAM,
  U_SUBSYSTEM,
  U_TIME,
  U_TS,
  U_VM_PID,
  WANTS_FACTS,
  WANTS_MESSAGE,
  WANTS_USE,
  WORD,
} from './kata-words';
import { HEAD_BYTES, KIND_TEXT, NO_KEY, S_END, S_KIND, S_START, SPAN_BYTES, W_SPANS } from './layout';
import { scratchTop, setScratch } from './scratch';
import { hasBackslash, writeUnescaped } from './strings';

/** Longer messages hardly come again. */
const MSG_MAX_BYTES: usize = 200;
const TEXT_MAX_BYTES: usize = 128;
const NUMBER_MAX_DIGITS: usize = 15;

let wantedKey: i32 = NO_KEY;
let start: usize = 0;
let end: usize = 0;

/** The key whose use the last caller missed. */
export function wantedUse(): i32 {
  return wantedKey;
}

/** Asks for the use of a key. */
export function wantUse(key: i32): u32 {
  wantedKey = key;
  return WANTS_USE;
}

/** Uses of the pairs that readPairs took last, as bits. */
let seen: u32 = 0;

/** Whether the last record had a pair of that use. */
export function hadPair(use: u32): bool {
  return (seen & (1 << use)) != 0;
}

export function textSpanStart(): usize {
  return start;
}

export function textSpanEnd(): usize {
  return end;
}

/** Finds the text of a span, decoded where it has escapes; false: it is no text. */
export function readTextSpan(span: usize): bool {
  start = load<u32>(span, S_START * 4);
  end = load<u32>(span, S_END * 4);
  if (load<u32>(span, S_KIND * 4) == KIND_TEXT) return true;
  if (load<u8>(start) != 34) return false;
  start++;
  end--;
  if (!hasBackslash(start, end)) return true;
  const copy = scratchTop();
  end = writeUnescaped(start, end, copy, false);
  start = copy;
  setScratch(end + 1);
  return true;
}

function isPlain(s: usize, e: usize): bool {
  for (; s < e; s += 16) {
    const mask = quotedMask(v128.load(s));
    if (mask != 0) return s + ctz(mask) >= e;
  }
  return true;
}

/** The number that the span says, as text or as number; -1: it says none. */
export function numberOf(span: usize): f64 {
  let p: usize = load<u32>(span, S_START * 4);
  let e: usize = load<u32>(span, S_END * 4);
  if (load<u8>(p) == 34) {
    p++;
    e--;
  }
  if (p >= e || e - p > NUMBER_MAX_DIGITS) return -1;
  let value: u64 = 0;
  for (; p < e; p++) {
    if (!isDigit(load<u8>(p))) return -1;
    value = value * 10 + load<u8>(p) - 48;
  }
  return <f64>value;
}

/** The facts of the text that readText found; 0: they have to be written first, or there is no room. */
function knownFacts(use: u32): usize {
  const facts = factsFor(use, start, end);
  if (facts != 0 && load<u32>(facts, F_FLAGS) != 0) return facts;
  wantFacts(facts);
  return 0;
}

function takeMessage(k: usize): u32 {
  if (start == end) return READ;
  setText(k + K_MSG, start, end, AS_TEXT);
  return READ;
}

/** The facts of the record's message: what it marks. */
export function messageFacts(k: usize): u32 {
  const at = k + K_MSG;
  if (load<u32>(at, 8) == NONE) return READ;
  start = load<u32>(at);
  end = load<u32>(at, 4);
  const isShort = end - start <= MSG_MAX_BYTES;
  const facts = isShort ? knownFacts(U_MSG) : longFacts(start, end);
  if (facts == 0) return isShort ? WANTS_FACTS : WANTS_MESSAGE;
  store<u32>(k, <u32>facts, K_MSG_FACTS);
  return READ;
}

/** As messageFacts, of a record: what its message names that no pair does is the record's. */
export function recordFacts(k: usize): u32 {
  const result = messageFacts(k);
  const facts: usize = load<u32>(k, K_MSG_FACTS);
  if (result != READ || facts == 0 || (load<u32>(facts, F_FLAGS) & NAMES_CONTAINER) == 0) return result;
  const container: usize = load<u32>(facts, F_CONTAINER);
  // Only short messages are kept with what they name.
  if (container == 0) return OTHER;
  if (load<u32>(k, K_CONTAINER_FACTS) == 0) {
    const text = factsText(container);
    setText(k + K_CONTAINER, text, text + factsTextBytes(container), AS_JSON);
    store<u32>(k, <u32>container, K_CONTAINER_FACTS);
  }
  const exec: usize = load<u32>(facts, F_EXEC);
  if (exec != 0 && load<u32>(k, K_EXEC + 8) == NONE) {
    const text = factsText(exec);
    setText(k + K_EXEC, text, text + factsTextBytes(exec), AS_JSON);
  }
  return READ;
}

/** Takes the pair whose value the span is as what its use says. */
export function take(k: usize, use: u32, span: usize): u32 {
  if (use >= U_PID && use <= U_EXIT_CODE) {
    const value = numberOf(span);
    if (value < 0) return OTHER;
    store<f64>(k + (use == U_PID ? K_PID : use == U_VM_PID ? K_VM_PID : K_EXIT_CODE), value);
    return READ;
  }
  if (use == U_STREAM) return READ;
  if (use == U_CONSOLE) {
    store<u32>(k, <u32>span, K_CONSOLE);
    return READ;
  }
  if (!readTextSpan(span)) return OTHER;
  if (use == U_MSG) return takeMessage(k);
  if (use == U_ERROR) {
    if (start != end) setText(k + K_ERROR, start, end, AS_TEXT);
    return READ;
  }
  if (end - start > TEXT_MAX_BYTES || !isPlain(start, end)) return OTHER;
  if (use == U_TIME || use == U_TS) {
    setText(k + (use == U_TIME ? K_WRITTEN_TIME : K_TS), start, end, AS_JSON);
    return READ;
  }
  const facts = knownFacts(use);
  if (facts == 0) return WANTS_FACTS;
  takeKnown(k, use, facts, load<u32>(facts, F_FLAGS));
  return READ;
}

function takeKnown(k: usize, use: u32, facts: usize, flags: u32): void {
  if (use == U_LEVEL) {
    const level = load<u32>(facts, F_LEVEL);
    if (level != 0) store<u32>(k, level, K_LEVEL);
  } else if (use == U_NAME) store<u32>(k, <u32>facts, K_NAME);
  else if (use == U_SOURCE) store<u32>(k, <u32>facts, K_SOURCE);
  else if (use == U_COMMAND) store<u32>(k, <u32>facts, K_COMMAND);
  else if (use == U_ARCH) store<u32>(k, 1, K_ARCH);
  else if (use == U_SUBSYSTEM) {
    store<u32>(k, <u32>facts, K_SUBSYSTEM_FACTS);
    if (start != end) setText(k + K_SUBSYSTEM, start, end, AS_JSON);
  } else if (use == U_ID || use == U_ALIAS) {
    if (use == U_ID) store<u32>(k, 1, K_ID);
    if ((flags & ID) != 0 && load<u32>(k, K_SANDBOX_FACTS) == 0) setSandbox(k, facts);
  } else if ((flags & WORD) == 0) return;
  else if (use == U_SANDBOX) setSandbox(k, facts);
  else if (use == U_EXEC) setText(k + K_EXEC, start, end, AS_JSON);
  else if ((flags & NUMBER) == 0) {
    setText(k + K_CONTAINER, start, end, AS_JSON);
    store<u32>(k, <u32>facts, K_CONTAINER_FACTS);
  }
}

/** The record is of the sandbox whose name the facts are of. */
export function setSandbox(k: usize, facts: usize): void {
  const text = factsText(facts);
  setText(k + K_SANDBOX, text, text + factsTextBytes(facts), AS_JSON);
  store<u32>(k, <u32>facts, K_SANDBOX_FACTS);
}

/** Takes the pairs of a record of the tape into `k`, which is clear. */
export function readPairs(k: usize, record: usize, owner: u32): u32 {
  const first = record + HEAD_BYTES;
  const stop = first + load<u32>(record, W_SPANS * 4) * SPAN_BYTES;
  seen = 0;
  for (let span = first; span < stop; span += SPAN_BYTES) {
    const key = load<i32>(span);
    if (key == NO_KEY) continue;
    const use = keyUse(key, owner);
    if (use == U_NOTHING || use > U_ENTRY_MESSAGE) continue;
    if (use == 0) return wantUse(key);
    // Twice the same: which one counts is the plain road's to say. Uses below U_MSG are its alone.
    if (use < U_MSG || use == U_ENTRY_MESSAGE || (seen & (1 << use)) != 0) return OTHER;
    seen |= 1 << use;
    const result = take(k, use, span);
    if (result != READ) return result;
  }
  return READ;
}
