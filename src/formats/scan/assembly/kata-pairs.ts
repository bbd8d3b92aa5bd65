// What the pairs of a record say of it: the twin of fillFrom and identifyGo (src/kata/identity.ts). The uses of keys and the
// flags of texts are those of src/kata/fast/facts.ts.
import { isDigit, quotedMask } from './bytes';
import {
  F_COMPONENT,
  F_FLAGS,
  F_HYPERVISOR,
  F_LEVEL,
  F_POD_GENERATION,
  F_TEMPLATE,
  factsOf,
  factsText,
  factsTextBytes,
  keyUse,
  wantFacts,
} from './facts';
import {
  AS_JSON,
  AS_TEXT,
  generation,
  K_ARCH,
  K_COMMAND,
  K_COMPONENT,
  K_CONSOLE,
  K_CONTAINER,
  K_CONTAINER_FACTS,
  K_ERA,
  K_ERROR,
  K_EXEC,
  K_EXIT_CODE,
  K_HYPERVISOR,
  K_ID,
  K_LEVEL,
  K_MARKS,
  K_MSG,
  K_MSG_FACTS,
  K_NAME,
  K_PID,
  K_PROBLEM,
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
import { holdsStacks, SANDBOX_WORD } from './kata-state';
import { HEAD_BYTES, KIND_TEXT, NO_KEY, S_END, S_KIND, S_START, SPAN_BYTES, W_SPANS } from './layout';
import { scratchTop, setScratch } from './scratch';
import { hasBackslash, writeUnescaped } from './strings';

// ---- uses of keys
export const U_NOTHING: u32 = 1;
export const U_MSG: u32 = 3;
export const U_LEVEL: u32 = 4;
const U_SANDBOX: u32 = 5;
const U_ALIAS: u32 = 6;
const U_CONTAINER: u32 = 7;
const U_EXEC: u32 = 8;
const U_PID: u32 = 9;
const U_VM_PID: u32 = 10;
const U_EXIT_CODE: u32 = 11;
const U_ERROR: u32 = 12;
const U_SUBSYSTEM: u32 = 13;
export const U_TIME: u32 = 14;
const U_TS: u32 = 15;
const U_NAME: u32 = 16;
const U_SOURCE: u32 = 17;
const U_COMMAND: u32 = 18;
const U_ARCH: u32 = 19;
const U_ID: u32 = 20;
const U_CONSOLE: u32 = 21;

// ---- flags of texts
export const KNOWN: u32 = 1;
const WORD: u32 = 2;
const NUMBER: u32 = 4;
const ID: u32 = 8;
export const STACK: u32 = 16;
/** A message that the plain road has to look at. */
export const PLAIN_ROAD: u32 = 32;
export const TROUBLE: u32 = 64;
const CONTAINERD_MESSAGE: u32 = 128;
const RELAY: u32 = 256;
const KATA_SHIM: u32 = 512;
const UTILITY: u32 = 1024;
const ORPHAN: u32 = 2048;
const QEMU: u32 = 4096;
const VM_TEXT: u32 = 8192;
const GO_SOURCE: u32 = 16384;
const AGENT_SOURCE: u32 = 32768;
const RUNTIME_SOURCE: u32 = 65536;
const VIRTIOFSD_SOURCE: u32 = 131072;
const CONSOLE: u32 = 262144;
const SHIM_NAME: u32 = 524288;
const BEGUN: u32 = 1048576;

// ---- numbers of components, levels, eras
export const RUNTIME: u32 = 1;
export const SHIM: u32 = 2;
const PROXY: u32 = 3;
export const AGENT: u32 = 4;
const QEMU_COMPONENT: u32 = 8;
const VIRTIOFSD: u32 = 12;
const CONTAINERD: u32 = 16;
export const WARNING: u32 = 4;
export const ERROR: u32 = 5;
const ERA_1X: u32 = 1;
const ERA_GO: u32 = 2;
const ERA_RS_JSON: u32 = 3;

// ---- results
export const READ: u32 = 0;
/** The plain road's. */
export const OTHER: u32 = 1;
export const WANTS_USE: u32 = 2;
export const WANTS_FACTS: u32 = 3;
const WANTS_TEMPLATE: u32 = 4;
const WANTS_POD: u32 = 5;

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
function numberOf(span: usize): f64 {
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
function knownFacts(): usize {
  const facts = factsOf(start, end);
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
  if (end - start > MSG_MAX_BYTES) return OTHER;
  const facts = knownFacts();
  if (facts == 0) return WANTS_FACTS;
  store<u32>(k, <u32>facts, K_MSG_FACTS);
  return READ;
}

function take(k: usize, use: u32, span: usize): u32 {
  if (use >= U_PID && use <= U_EXIT_CODE) {
    const value = numberOf(span);
    if (value < 0) return OTHER;
    store<f64>(k + (use == U_PID ? K_PID : use == U_VM_PID ? K_VM_PID : K_EXIT_CODE), value);
    return READ;
  }
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
  const facts = knownFacts();
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

function setSandbox(k: usize, facts: usize): void {
  setText(k + K_SANDBOX, start, end, AS_JSON);
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
    if (use == U_NOTHING) continue;
    if (use == 0) {
      wantedKey = key;
      return WANTS_USE;
    }
    // Twice the same: which one counts is the plain road's to say. Uses below U_MSG are its alone.
    if (use < U_MSG || (seen & (1 << use)) != 0) return OTHER;
    seen |= 1 << use;
    const result = take(k, use, span);
    if (result != READ) return result;
  }
  return READ;
}

export function flagsOf(facts: usize): u32 {
  return facts == 0 ? 0 : load<u32>(facts, F_FLAGS);
}

function componentOfSource(k: usize): u32 {
  const source: usize = load<u32>(k, K_SOURCE);
  if (source == 0) return (flagsOf(load<u32>(k, K_SUBSYSTEM_FACTS)) & ORPHAN) != 0 ? SHIM : 0;
  const flags = flagsOf(source);
  if ((flags & AGENT_SOURCE) != 0) return AGENT;
  if ((flags & RUNTIME_SOURCE) != 0) return RUNTIME;
  if ((flags & GO_SOURCE) == 0) return 0;
  return load<u32>(k, K_COMMAND) != 0 && load<u32>(k, K_ARCH) != 0 ? RUNTIME : SHIM;
}

function eraOf(k: usize, component: u32, ident: usize): u32 {
  const names = flagsOf(load<u32>(k, K_NAME)) | flagsOf(ident);
  if (component == PROXY || (names & KATA_SHIM) != 0) return ERA_1X;
  if (component == AGENT || load<u32>(k, K_ID) != 0) return ERA_1X;
  if (component != RUNTIME) return ERA_GO;
  return (flagsOf(load<u32>(k, K_COMMAND)) & UTILITY) != 0 ? ERA_GO : ERA_1X;
}

/** Whose record it is; `ident` = facts of the identifier it came under, if that is a component's own, else 0. */
export function identify(k: usize, ident: usize, neighbour: u32): void {
  const name: usize = load<u32>(k, K_NAME);
  const message = flagsOf(load<u32>(k, K_MSG_FACTS));
  const source = flagsOf(load<u32>(k, K_SOURCE));
  const subsystem: usize = load<u32>(k, K_SUBSYSTEM_FACTS);
  let component: u32 = ident == 0 ? 0 : load<u32>(ident, F_COMPONENT);
  if (component == 0 && name != 0) component = load<u32>(name, F_COMPONENT);
  if (component == 0) component = componentOfSource(k);
  if (component == 0) {
    if (neighbour == 0 && (message & CONTAINERD_MESSAGE) != 0) neighbour = CONTAINERD;
    store<u32>(k, neighbour, K_COMPONENT);
    if (neighbour == 0) setText(k + K_SUBSYSTEM, 0, 0, NONE);
    return;
  }
  store<u32>(k, component, K_COMPONENT);
  store<u32>(k, eraOf(k, component, ident), K_ERA);
  if (subsystem != 0) store<u32>(k, load<u32>(subsystem, F_HYPERVISOR), K_HYPERVISOR);
  const level = load<u32>(k, K_LEVEL);
  const isOutput = (flagsOf(subsystem) & QEMU) != 0 && (level == ERROR || level == WARNING) && (message & VM_TEXT) == 0;
  if (load<f64>(k, K_VM_PID) >= 0 && isOutput) store<u32>(k, QEMU_COMPONENT, K_COMPONENT);
  if (component == SHIM && (source & VIRTIOFSD_SOURCE) != 0) store<u32>(k, VIRTIOFSD, K_COMPONENT);
  if ((source & AGENT_SOURCE) != 0 && (component == PROXY || component == SHIM)) store<u32>(k, AGENT, K_COMPONENT);
}

/** The proxy and the shim of 1.x pass on what the agent wrote. */
export function isRelayed(k: usize): bool {
  return (flagsOf(load<u32>(k, K_NAME)) & RELAY) != 0 && (flagsOf(load<u32>(k, K_SOURCE)) & AGENT_SOURCE) != 0;
}

/** What the record's message marks, and whether it is trouble. */
export function marked(k: usize): u32 {
  const facts: usize = load<u32>(k, K_MSG_FACTS);
  const flags = flagsOf(facts);
  const level = load<u32>(k, K_LEVEL);
  if ((flags & PLAIN_ROAD) != 0) return OTHER;
  if (level == ERROR && ((flags & STACK) != 0 || holdsStacks())) return OTHER;
  store<u32>(k, <u32>facts, K_MARKS);
  if (level < ERROR && (flags & TROUBLE) == 0) return READ;
  store<u32>(k, 1, K_PROBLEM);
  if (facts == 0 || load<u32>(facts, F_TEMPLATE) != 0) return READ;
  wantFacts(facts);
  return WANTS_TEMPLATE;
}

/** Whether a record without a sandbox may be known by its process or its container. */
function mayBeFound(k: usize): bool {
  if (load<u32>(k, K_CONTAINER_FACTS) != 0) return true;
  const component = load<u32>(k, K_COMPONENT);
  const serves = component == SHIM || component == RUNTIME || component == QEMU_COMPONENT || component == VIRTIOFSD;
  return serves && load<f64>(k, K_PID) >= 0;
}

/**
 * Whether it is known of the record's sandbox to which pod it belongs. One that names none has none, but where another may
 * tell: that is the plain road's. @param flags those of the words in it.
 */
export function hasPod(k: usize, flags: u32): u32 {
  const sandbox: usize = load<u32>(k, K_SANDBOX_FACTS);
  if (sandbox == 0) return (flags & SANDBOX_WORD) != 0 || mayBeFound(k) ? OTHER : READ;
  if (load<u32>(sandbox, F_POD_GENERATION) == generation()) return READ;
  wantFacts(sandbox);
  return WANTS_POD;
}

/** The message with which the shim passes a line of the console on. */
export function isConsole(k: usize): bool {
  return (flagsOf(load<u32>(k, K_MSG_FACTS)) & CONSOLE) != 0;
}

/** Whose a record of slog is: the twin of identifySlog; false: nobody's of Kata. */
export function identifySlog(k: usize): bool {
  const name: usize = load<u32>(k, K_NAME);
  const source: usize = load<u32>(k, K_SOURCE);
  let component: u32 = name == 0 ? 0 : load<u32>(name, F_COMPONENT);
  if (component == 0 && (flagsOf(source) & AGENT_SOURCE) != 0) component = AGENT;
  store<u32>(k, component, K_COMPONENT);
  if (component == AGENT) store<f64>(k, -1, K_PID);
  if (component != RUNTIME) return component != 0;
  store<u32>(k, ERA_RS_JSON, K_ERA);
  if ((flagsOf(source) & ID) != 0) {
    const text = factsText(source);
    setText(k + K_SANDBOX, text, text + factsTextBytes(source), AS_JSON);
    store<u32>(k, <u32>source, K_SANDBOX_FACTS);
  }
  const subsystem: usize = load<u32>(k, K_SUBSYSTEM_FACTS);
  if (subsystem != 0) store<u32>(k, load<u32>(subsystem, F_HYPERVISOR), K_HYPERVISOR);
  return true;
}

/** Whether a line of the shim may have lost its end: the twin of looksCut (src/kata/salvage-logfmt.ts), which is stricter. */
export function mayBeCut(k: usize, lastUse: u32, lastBytes: usize): bool {
  const name: usize = load<u32>(k, K_NAME);
  const source: usize = load<u32>(k, K_SOURCE);
  if ((lastUse == U_SANDBOX || lastUse == U_CONTAINER) && lastBytes >= 16 && lastBytes <= 63) return true;
  if (name == 0) return lastUse == U_CONTAINER || lastUse == U_EXEC;
  const isShim = (flagsOf(name) & SHIM_NAME) != 0;
  if (lastUse == U_NAME) return isShim || load<u32>(name, F_COMPONENT) == 0;
  if (!isShim) return false;
  if (lastUse == U_SUBSYSTEM) return (flagsOf(load<u32>(k, K_SUBSYSTEM_FACTS)) & BEGUN) != 0 || source == 0;
  return source == 0 || (lastUse == U_SOURCE && (flagsOf(source) & GO_SOURCE) == 0);
}
