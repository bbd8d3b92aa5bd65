// The object `kata` of a record while it is put together, and how it is written. What its values mean is said in room kata
// (src/kata/record.ts, ndjson.ts); numbers of components, levels and labels are those of src/kata/fast/fragments.ts.
import { copyOver } from './bytes';
import { F_MARK, F_MARK_END, F_POD, F_POD_END, F_TEMPLATE, F_TEMPLATE_END } from './facts';
import { STAMP_BYTES, writeStamp } from './stamp';
import { writeEscaped } from './strings';

// ---- the record; K_… are byte offsets
export const K_COMPONENT: usize = 0;
export const K_LEVEL: usize = 4;
export const K_ERA: usize = 8;
export const K_HYPERVISOR: usize = 12;
/** A text is start, end and how it is written: NONE, AS_JSON (it can stand in quotes as it is), AS_TEXT (escaped). */
export const K_MSG: usize = 16;
export const K_MSG_FACTS: usize = 28;
export const K_ERROR: usize = 32;
export const K_SUBSYSTEM: usize = 44;
export const K_SANDBOX: usize = 56;
export const K_CONTAINER: usize = 68;
export const K_EXEC: usize = 80;
export const K_KERNEL_TIME: usize = 92;
/** An instant is seconds (f64) and nanoseconds (u32), and 1 where there is one. */
export const K_TIME: usize = 104;
export const K_GUEST_TIME: usize = 120;
/** Whole numbers (f64), -1 where there is none. */
export const K_PID: usize = 136;
export const K_VM_PID: usize = 144;
export const K_EXIT_CODE: usize = 152;
export const K_SANDBOX_FACTS: usize = 160;
export const K_CONTAINER_FACTS: usize = 164;
/** Facts of what names its writer; 0 where there is no such pair. */
export const K_NAME: usize = 168;
export const K_SOURCE: usize = 172;
export const K_SUBSYSTEM_FACTS: usize = 176;
export const K_COMMAND: usize = 180;
export const K_ARCH: usize = 184;
export const K_ID: usize = 188;
/** Further texts: the time as written, that of slog, the console's line as a span's address. */
export const K_WRITTEN_TIME: usize = 192;
export const K_TS: usize = 204;
/** Facts whose mark and template the record has; 0 = none. */
export const K_MARKS: usize = 216;
export const K_PROBLEM: usize = 220;
/** Number of a further mark: a fragment of its own. */
export const K_EVENT: usize = 224;
export const K_REPAIRS: usize = 228;
/** Address of the span of a line of the console. */
export const K_CONSOLE: usize = 232;
/** 1: others told the sandbox, the record does not name it. */
export const K_FOUND: usize = 236;
export const K_BYTES: usize = 240;

export const NONE: u32 = 0;
export const AS_JSON: u32 = 1;
export const AS_TEXT: u32 = 2;

// ---- fragments: (start, end) by number
export const COMPONENTS: u32 = 0;
export const LEVELS: u32 = 32;
export const ERAS: u32 = 40;
export const HYPERVISORS: u32 = 48;
export const L_MSG: u32 = 64;
export const L_TIME: u32 = 65;
export const L_GUEST_TIME: u32 = 66;
export const L_KERNEL_TIME: u32 = 67;
export const L_SANDBOX: u32 = 68;
export const L_CONTAINER: u32 = 69;
export const L_PID: u32 = 70;
export const L_EXEC: u32 = 71;
export const L_SUBSYSTEM: u32 = 72;
export const L_VM_PID: u32 = 73;
export const L_EXIT_CODE: u32 = 74;
export const L_ERROR: u32 = 75;
export const L_PROBLEM: u32 = 76;
export const L_INITCALL: u32 = 77;
/** Repairs C10, and C10 with C9. */
export const L_COLOURS: u32 = 78;
export const L_COLOURS_RETURN: u32 = 79;
export const L_STAMP: u32 = 80;
export const L_KATA: u32 = 81;
export const L_FIELDS: u32 = 82;
export const L_WRAPPER: u32 = 83;
export const L_SOURCE: u32 = 84;
export const L_LINE: u32 = 85;
export const L_OFFSET: u32 = 86;
export const L_BYTES: u32 = 87;
/** Repair C18. */
export const L_QUOTED: u32 = 88;
export const L_RAW: u32 = 89;
/** Begins a record without a time. */
export const L_UNTIMED: u32 = 90;
/** Repairs C19 and C21. */
export const L_BLANK_KEY: u32 = 92;
export const L_SKEW: u32 = 93;
/** Repair C18 with C10, and with C9. */
export const L_QUOTED_COLOURS: u32 = 94;
export const L_QUOTED_RETURN: u32 = 95;
/** The pairs of a line of syslog's, and of CRI's. */
export const S_TIME: u32 = 96;
export const S_HOST: u32 = 97;
export const S_IDENT: u32 = 98;
export const S_PID: u32 = 99;
export const S_STREAM: u32 = 100;
export const S_TIME_AFTER: u32 = 101;
/** In place of the closing brace of a wrapper: what stands around it. */
export const L_WRAPPED: u32 = 91;

let fragments: usize = 0;
let place: usize = 0;
/** What sandboxes' facts must have to be valid. */
let podGeneration: u32 = 1;

export function setFragments(table: usize): void {
  fragments = table;
}

/** Pods or containers became known otherwise: what facts say of them is void. */
export function newGeneration(): u32 {
  return ++podGeneration;
}

export function generation(): u32 {
  return podGeneration;
}

/** Where in the last record stands how long its call took. */
export function durationPlace(): usize {
  return place;
}

export function clearRecord(k: usize): void {
  memory.fill(k, 0, K_BYTES);
  store<f64>(k, -1, K_PID);
  store<f64>(k, -1, K_VM_PID);
  store<f64>(k, -1, K_EXIT_CODE);
}

export function setText(at: usize, start: usize, end: usize, kind: u32): void {
  store<u32>(at, <u32>start);
  store<u32>(at, <u32>end, 4);
  store<u32>(at, kind, 8);
}

export function copyText(from: usize, to: usize): void {
  store<u64>(to, load<u64>(from));
  store<u32>(to, load<u32>(from, 8), 8);
}

export function setInstant(at: usize, seconds: f64, nanos: u32): void {
  store<f64>(at, seconds);
  store<u32>(at, nanos, 8);
  store<u32>(at, 1, 12);
}

export function copyInstant(from: usize, to: usize): void {
  v128.store(to, v128.load(from));
}

/** Copies `[s, e)`; up to 32 bytes behind the end may be written. */
export function put(s: usize, e: usize, out: usize): usize {
  v128.store(out, v128.load(s));
  v128.store(out, v128.load(s, 16), 16);
  if (e - s > 32) copyOver(s + 32, e, out + 32);
  return out + (e - s);
}

export function putFragment(number: u32, out: usize): usize {
  const entry = fragments + ((<usize>number) << 3);
  return put(load<u32>(entry), load<u32>(entry, 4), out);
}

/** A label, the text and the closing quote. */
function putText(label: u32, at: usize, out: usize): usize {
  const kind = load<u32>(at, 8);
  if (kind == NONE) return out;
  out = putFragment(label, out);
  out =
    kind == AS_JSON ? put(load<u32>(at), load<u32>(at, 4), out) : writeEscaped(load<u32>(at), load<u32>(at, 4), out);
  store<u8>(out, 34);
  return out + 1;
}

export function putStamp(at: usize, out: usize): usize {
  writeStamp(load<f64>(at), load<i32>(at, 8), out);
  return out + STAMP_BYTES;
}

function putInstant(label: u32, at: usize, out: usize): usize {
  if (load<u32>(at, 12) == 0) return out;
  out = putStamp(at, putFragment(label, out));
  store<u8>(out, 34);
  return out + 1;
}

/** A whole number that is not negative, up to 2^53. */
export function putNumber(value: f64, out: usize): usize {
  let rest = <u64>value;
  let digits: usize = 1;
  for (let power: u64 = 10; power <= rest; power *= 10) digits++;
  for (let i = digits; i > 0; i--) {
    store<u8>(out + i - 1, 48 + <u32>(rest % 10));
    rest /= 10;
  }
  return out + digits;
}

function putCount(label: u32, value: f64, out: usize): usize {
  return value < 0 ? out : putNumber(value, putFragment(label, out));
}

function putFacts(facts: usize, from: usize, to: usize, out: usize): usize {
  return facts == 0 ? out : put(load<u32>(facts + from), load<u32>(facts + to), out);
}

/** Most bytes that putKata takes. */
export function kataBytes(k: usize): usize {
  const escaped = load<u32>(k, K_MSG + 4) - load<u32>(k, K_MSG) + (load<u32>(k, K_ERROR + 4) - load<u32>(k, K_ERROR));
  return 6144 + escaped * 6;
}

/** Writes the object; every member brings its comma, of which the first one becomes the brace. */
export function putKata(k: usize, out: usize): usize {
  const start = out;
  out = putFragment(COMPONENTS + load<u32>(k, K_COMPONENT), out);
  out = putFragment(LEVELS + load<u32>(k, K_LEVEL), out);
  out = putText(L_MSG, k + K_MSG, out);
  out = putInstant(L_TIME, k + K_TIME, out);
  out = putInstant(L_GUEST_TIME, k + K_GUEST_TIME, out);
  const kernel = k + K_KERNEL_TIME;
  if (load<u32>(kernel, 8) != NONE) {
    out = put(load<u32>(kernel), load<u32>(kernel, 4), putFragment(L_KERNEL_TIME, out));
  }
  out = putText(L_SANDBOX, k + K_SANDBOX, out);
  out = putText(L_CONTAINER, k + K_CONTAINER, out);
  out = putCount(L_PID, load<f64>(k, K_PID), out);
  out = putFragment(ERAS + load<u32>(k, K_ERA), out);
  const sandbox: usize = load<u32>(k, K_SANDBOX_FACTS);
  out = putFacts(sandbox, F_POD, F_POD_END, out);
  out = putText(L_EXEC, k + K_EXEC, out);
  out = putText(L_SUBSYSTEM, k + K_SUBSYSTEM, out);
  out = putFragment(HYPERVISORS + load<u32>(k, K_HYPERVISOR), out);
  const marks: usize = load<u32>(k, K_MARKS);
  out = putFacts(marks, F_MARK, F_MARK_END, out);
  const event = load<u32>(k, K_EVENT);
  if (event != 0) out = putFragment(event, out);
  out = putCount(L_VM_PID, load<f64>(k, K_VM_PID), out);
  out = putCount(L_EXIT_CODE, load<f64>(k, K_EXIT_CODE), out);
  out = putText(L_ERROR, k + K_ERROR, out);
  if (load<u32>(k, K_PROBLEM) != 0) {
    out = putFragment(L_PROBLEM, out);
    out = putFacts(marks, F_TEMPLATE, F_TEMPLATE_END, out);
  }
  place = out;
  const repairs = load<u32>(k, K_REPAIRS);
  if (repairs != 0) out = putFragment(repairs, out);
  if (out == start) store<u8>(out++, 123);
  store<u8>(start, 123);
  store<u8>(out, 125);
  return out + 1;
}
