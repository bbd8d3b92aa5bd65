// Lines of a guest's kernel, as it writes them to its console: `[    1.122452] text`.
// biome-ignore-all lint/correctness/noPrecisionLoss: integers of AssemblyScript have 64 bits.
import { isDigit } from './bytes';
import {
  AS_JSON,
  AS_TEXT,
  K_COMPONENT,
  K_EVENT,
  K_KERNEL_TIME,
  K_MSG,
  K_REPAIRS,
  L_COLOURS,
  L_COLOURS_RETURN,
  L_INITCALL,
  setText,
} from './kata-record';
import { scratchTop, setScratch } from './scratch';

const GUEST_KERNEL: u32 = 5;
const GUEST_SYSTEMD: u32 = 6;

let textStart: usize = 0;

/** Whether a line of a console is all of printable ASCII and tabs, and holds no escape sequence in writing (`\x1b[`). */
export function isCleanLine(s: usize, e: usize): bool {
  const blank = i8x16.splat(32);
  for (let p = s; p < e; p += 16) {
    const v = v128.load(p);
    // Control characters are below the blank; bytes beyond ASCII are negative.
    const other = v128.or(i8x16.lt_s(v, blank), i8x16.eq(v, i8x16.splat(92)));
    let mask: u32 = i8x16.bitmask(other);
    for (; mask != 0; mask &= mask - 1) {
      const at = p + ctz(mask);
      if (at >= e) break;
      const c: u32 = load<u8>(at);
      if (c != 9 && (c != 92 || load<u8>(at + 1) == 120)) return false;
    }
  }
  return true;
}

/** Six digits behind a point. */
function isMicros(p: usize): bool {
  if (load<u8>(p) != 46) return false;
  for (let i: usize = 1; i < 7; i++) if (!isDigit(load<u8>(p + i))) return false;
  return true;
}

/** Reads the stamp at `s` as a number of JSON into K_KERNEL_TIME; false: it is none, or is written otherwise. */
function readStamp(k: usize, s: usize, e: usize): bool {
  let p = s + 1;
  while (load<u8>(p) == 32) p++;
  const digits = p;
  while (isDigit(load<u8>(p))) p++;
  if (p == digits || p - digits > 7 || digits - s > 6 || p + 8 >= e) return false;
  if (load<u8>(digits) == 48 && p - digits > 1) return false;
  if (!isMicros(p) || load<u8>(p + 7) != 93 || load<u8>(p + 8) != 32) return false;
  let stop = p + 7;
  while (load<u8>(stop - 1) == 48) stop--;
  if (stop - 1 == p) stop = p;
  setText(k + K_KERNEL_TIME, digits, stop, AS_JSON);
  textStart = p + 9;
  return true;
}

/** Whether a stamp stands in the text. */
export function hasStamp(s: usize, e: usize): bool {
  for (let p = s; p < e; p += 16) {
    let mask: u32 = i8x16.bitmask(i8x16.eq(v128.load(p), i8x16.splat(93)));
    for (; mask != 0; mask &= mask - 1) {
      const at = p + ctz(mask);
      if (at >= e) return false;
      if (isMicros(at - 7)) return true;
    }
  }
  return false;
}

/** Whether another stamp or an object may begin in the text. */
export function mayHoldMore(s: usize, e: usize): bool {
  for (let p = s; p < e; p += 16) {
    const v = v128.load(p);
    let mask: u32 = i8x16.bitmask(v128.or(i8x16.eq(v, i8x16.splat(93)), i8x16.eq(v, i8x16.splat(123))));
    for (; mask != 0; mask &= mask - 1) {
      const at = p + ctz(mask);
      if (at >= e) return false;
      if (load<u8>(at) == 123) {
        if (load<u8>(at + 1) == 34) return true;
      } else if (isMicros(at - 7)) return true;
    }
  }
  return false;
}

function startsWith8(s: usize, word: u64): bool {
  return load<u64>(s) == word;
}

/** Beginnings of what marks a step of the boot, or trouble: looked at in detail elsewhere. */
function isMarked(s: usize): bool {
  const four = load<u32>(s);
  // Free, Run_, Out_, Memo, oom-
  return four == 0x65657246 || four == 0x206e7552 || four == 0x2074754f || four == 0x6f6d654d || four == 0x2d6d6f6f;
}

/** `Memory: ` and `Freeing i`, which mark nothing. */
function isHarmless(s: usize): bool {
  return startsWith8(s, 0x203a79726f6d654d) || (startsWith8(s, 0x20676e6965657246) && load<u8>(s + 8) != 117);
}

/** Whether the kernel's text, which has no word of trouble in it, may mark something. */
export function mayMark(text: usize): bool {
  return isMarked(text) && !isHarmless(text);
}

/** `initcall <name> returned ` */
function isInitcall(s: usize, e: usize): bool {
  if (!startsWith8(s, 0x6c6c616374696e69) || load<u8>(s + 8) != 32) return false;
  let p = s + 9;
  while (p < e && load<u8>(p) > 32) p++;
  return p > s + 9 && p + 10 <= e && startsWith8(p, 0x656e727574657220) && load<u16>(p + 8) == 0x2064;
}

/** `systemd[1]: ` or `systemd-udevd[1]: ` */
function isSystemd(s: usize, e: usize): bool {
  if (s + 11 > e || (load<u64>(s) & 0xffffffffffffff) != 0x646d6574737973) return false;
  let p = s + 7;
  if (load<u8>(p) == 45) {
    const name = ++p;
    while (<u32>load<u8>(p) - 97 < 26) p++;
    if (p == name) return false;
  }
  if (load<u8>(p) != 91) return false;
  const digits = ++p;
  while (isDigit(load<u8>(p))) p++;
  return p > digits && p + 3 <= e && load<u8>(p) == 93 && load<u16>(p + 1) == 0x203a;
}

/** Whether the second word of what stands behind a stamp may be `kata[12]:`, as journalctl writes behind its host. */
export function mayBeMonotonic(s: usize, e: usize): bool {
  while (s < e && load<u8>(s) != 32) s++;
  const name = ++s;
  while (s < e && load<u8>(s) > 32) {
    if (load<u8>(s) == 91) return s > name;
    s++;
  }
  return false;
}

/**
 * Reads the line `[s, e)`, which is clean, into the record `k`: component, message, time of the kernel, event.
 * False: it is another line, or one that has to be looked at more closely.
 */
export function readKernelLine(k: usize, s: usize, e: usize): bool {
  if (load<u8>(s) != 91 || !readStamp(k, s, e)) return false;
  const text = textStart;
  while (e > text && (load<u8>(e - 1) == 32 || load<u8>(e - 1) == 9)) e--;
  if (e == text || mayHoldMore(text, e)) return false;
  if (startsWith8(text, 0x6c6c616374696e69)) {
    if (isInitcall(text, e)) store<u32>(k, L_INITCALL, K_EVENT);
    else if (load<u8>(text + 8) == 32) return false;
  }
  store<u32>(k, isSystemd(text, e) ? GUEST_SYSTEMD : GUEST_KERNEL, K_COMPONENT);
  setText(k + K_MSG, text, e, AS_TEXT);
  return true;
}

/** `[  OK  ] ` and its like, as systemd writes them. */
function isStatus(s: usize, e: usize): bool {
  if (s + 10 > e || load<u8>(s) != 91 || load<u16>(s + 7) != 0x205d) return false;
  const six: u64 = load<u64>(s + 1) & 0xffffffffffff;
  // "  OK  ", "FAILED", "DEPEND", " TIME ", " WARN ", " INFO "
  if (six == 0x20204b4f2020 || six == 0x44454c494146 || six == 0x444e45504544) return true;
  return six == 0x20454d495420 || six == 0x204e52415720 || six == 0x204f464e4920;
}

/** `Starting`, `Stopping` …: the first letters tell. */
function isDoing(s: usize, e: usize): bool {
  const blanks = s;
  while (s < e && load<u8>(s) == 32) s++;
  if (s == blanks || e - s < 16 || load<u8>(e - 1) != 46 || load<u8>(e - 2) != 46 || load<u8>(e - 3) != 46)
    return false;
  const eight = load<u64>(s);
  // "Starting", "Stopping", "Mounting", and a blank
  if (eight == 0x676e697472617453 || eight == 0x676e6970706f7453 || eight == 0x676e69746e756f4d) {
    return load<u8>(s + 8) == 32;
  }
  // "Unmounti" "ng "
  return eight == 0x69746e756f6d6e55 && (load<u32>(s + 8) & 0xffffff) == 0x20676e;
}

/** `Welcome to …!` */
function isWelcome(s: usize, e: usize): bool {
  if (e - s < 12 || load<u8>(e - 1) != 33) return false;
  return load<u64>(s) == 0x20656d6f636c6557 && (load<u32>(s + 8) & 0xffffff) == 0x206f74;
}

/** The end of the colour `ESC [ … m` at `p`, or 0. */
function colourEnd(p: usize, e: usize): usize {
  if (load<u8>(p + 1) != 91) return 0;
  p += 2;
  while (p < e && (isDigit(load<u8>(p)) || load<u8>(p) == 59)) p++;
  return p < e && load<u8>(p) == 109 ? p + 1 : 0;
}

/**
 * Reads the line `[s, e)` of systemd's, with its colours and the returns at its end, into the record `k`: component, message,
 * repairs. False: it is another line, or damaged otherwise.
 */
export function readStatusLine(k: usize, s: usize, e: usize): bool {
  const returns = load<u8>(e - 1) == 13;
  while (e > s && load<u8>(e - 1) == 13) e--;
  const text = scratchTop();
  let out = text;
  let colours = 0;
  while (s < e) {
    const c: u32 = load<u8>(s);
    if (c == 27) {
      s = colourEnd(s, e);
      if (s == 0) return false;
      colours++;
      continue;
    }
    // Whatever may be an escape in writing, a record or a time is looked at more closely elsewhere.
    if (c < 32 || c > 126 || c == 92 || c == 123 || c == 61) return false;
    store<u8>(out++, c);
    s++;
  }
  if (colours == 0 || (!isStatus(text, out) && !isDoing(text, out) && !isWelcome(text, out))) return false;
  setScratch(out);
  setText(k + K_MSG, text, out, AS_TEXT);
  store<u32>(k, GUEST_SYSTEMD, K_COMPONENT);
  store<u32>(k, returns ? L_COLOURS_RETURN : L_COLOURS, K_REPAIRS);
  return true;
}
