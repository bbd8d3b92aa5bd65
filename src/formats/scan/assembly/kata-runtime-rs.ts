// What runtime-rs wraps in its messages: the agent's records, lines of the guest's console, in Rust's quotes or not. The twin of
// src/kata/runtime-rs-text.ts. What a hypervisor or virtiofsd says by itself is the plain road's.
// biome-ignore-all lint/correctness/noPrecisionLoss: integers of AssemblyScript have 64 bits.
import { hexValue } from './bytes';
import { holdsConsole } from './kata-held';
import { flagsOf, hasPod, marked } from './kata-identity';
import { readNested } from './kata-nested';
import { recordFacts } from './kata-pairs';
import {
  K_KERNEL_TIME,
  K_MSG,
  K_REPAIRS,
  K_SANDBOX_FACTS,
  K_SUBSYSTEM,
  K_SUBSYSTEM_FACTS,
  L_COLOURS,
  L_COLOURS_RETURN,
  L_QUOTED,
  L_QUOTED_COLOURS,
  L_QUOTED_RETURN,
  NONE,
} from './kata-record';
import { K0, K1, kataOwner, tapeOf } from './kata-state';
import { AGENT_SOURCE, OTHER, READ } from './kata-words';
import { scratchTop, setScratch } from './scratch';
import { hasBackslash } from './strings';

const QUOTE: u32 = 34;
const BACKSLASH: u32 = 92;
const BRACKET: u32 = 91;
const BRACE: u32 = 123;
const CLOSE_BRACE: u32 = 125;

/** Behind `vm console: "`, `fc stderr: "` or `qemu stderr: "` at `s`; 0: none of them stands there. */
function pastSpeaker(s: usize): usize {
  const eight = load<u64>(s);
  const four = load<u32>(s + 8);
  if (eight == 0x6f736e6f63206d76 && four == 0x203a656c && load<u8>(s + 12) == QUOTE) return s + 13;
  if (eight == 0x7265647473206366 && four == 0x22203a72) return s + 12;
  return eight == 0x64747320756d6571 && four == 0x3a727265 && load<u16>(s + 12) == 0x2220 ? s + 14 : 0;
}

/** As pastSpeaker, in JSON. */
function pastEscapedSpeaker(s: usize): usize {
  const eight = load<u64>(s);
  const four = load<u32>(s + 8);
  if (eight == 0x6f736e6f63206d76 && four == 0x203a656c && load<u16>(s + 12) == 0x225c) return s + 14;
  if (eight == 0x7265647473206366 && four == 0x5c203a72 && load<u8>(s + 12) == QUOTE) return s + 13;
  return eight == 0x64747320756d6571 && four == 0x3a727265 && load<u32>(s + 12) << 8 == 0x225c2000 ? s + 15 : 0;
}

/**
 * Whether the object begins with a message that may be or quote a line of a kernel: its stamp stands where one that tore the
 * record could not.
 */
export function quotesKernel(s: usize, e: usize): bool {
  if (e - s < 64 || load<u64>(s) != 0x223a2267736d227b) return false;
  let text = s + 8;
  if (load<u16>(text) == 0x225c) text += 2;
  else {
    const past = pastEscapedSpeaker(text);
    if (past != 0) text = past;
  }
  return load<u8>(text) == BRACKET;
}

/** Whether the message may be a text that is not looked at here: `source: virtiofsd …`. */
function mayWrap(s: usize): bool {
  return load<u64>(s) == 0x203a656372756f73;
}

function isDmesg(): bool {
  const subsystem = K0 + K_SUBSYSTEM;
  if (load<u32>(subsystem, 8) == NONE || load<u32>(subsystem, 4) - load<u32>(subsystem) != 5) return false;
  const name: usize = load<u32>(subsystem);
  return load<u32>(name) == 0x73656d64 && load<u8>(name + 4) == 103;
}

function passedOn(s: usize, e: usize, flags: u32): u32 {
  if (holdsConsole(load<u32>(K0, K_SANDBOX_FACTS))) return OTHER;
  return readNested(K0, K1, s, e, flags, tapeOf(true), kataOwner());
}

/** The ASCII character of the escape at `p` (a backslash), 256 where it is another one; sets escapeEnd. */
let escapeEnd: usize = 0;
function escaped(p: usize): u32 {
  const letter: u32 = load<u8>(p + 1);
  escapeEnd = p + 2;
  if (letter == 110) return 10;
  if (letter == 114) return 13;
  if (letter == 116) return 9;
  if (letter == QUOTE || letter == BACKSLASH || letter == 39) return letter;
  // \u{1b}
  if (letter != 117 || load<u8>(p + 2) != BRACE || load<u8>(p + 5) != CLOSE_BRACE) return 256;
  const high = hexValue(load<u8>(p + 3));
  const low = hexValue(load<u8>(p + 4));
  escapeEnd = p + 6;
  return high < 8 && low < 16 ? (high << 4) | low : 256;
}

/** The end of what the text `[s, e)` means, in Rust's quotes, at scratchTop; 0: not all of it can be read here. */
function unquote(s: usize, e: usize): usize {
  let out = scratchTop();
  while (s < e) {
    const c: u32 = load<u8>(s);
    const meant = c == BACKSLASH ? escaped(s) : c;
    if (meant > 127) return 0;
    store<u8>(out++, meant);
    s = c == BACKSLASH ? escapeEnd : s + 1;
  }
  return s == e ? out : 0;
}

/** The line of the console `[s, e)`, which stands in quotes of Rust's. */
function quotedLine(s: usize, e: usize, flags: u32): u32 {
  if (e > s && load<u8>(e - 1) == QUOTE) e--;
  if (hasBackslash(s, e)) {
    const text = scratchTop();
    e = unquote(s, e);
    if (e == 0) return OTHER;
    s = text;
    setScratch(e);
  }
  const result = e == s || load<u8>(s) == BRACE ? OTHER : passedOn(s, e, flags);
  if (result != READ) return result;
  const repairs = load<u32>(K1, K_REPAIRS);
  if (repairs == 0) store<u32>(K1, L_QUOTED, K_REPAIRS);
  else if (repairs == L_COLOURS) store<u32>(K1, L_QUOTED_COLOURS, K_REPAIRS);
  else if (repairs == L_COLOURS_RETURN) store<u32>(K1, L_QUOTED_RETURN, K_REPAIRS);
  else return OTHER;
  return READ;
}

let isPassedOn: bool = false;

/** Whether the last record was found in K1, passed on by the one in K0. */
export function passesOn(): bool {
  return isPassedOn;
}

/** What the message `[s, e)` passes on into K1; sets isPassedOn. */
function readPassedOn(s: usize, e: usize, flags: u32, hasStream: bool): u32 {
  const past = pastSpeaker(s);
  isPassedOn = true;
  if (past != 0) return quotedLine(past, e, flags);
  if (load<u8>(s) == QUOTE && hasStream) return quotedLine(s + 1, e, flags);
  if (isDmesg()) return passedOn(s, e, flags);
  if (load<u8>(s) == BRACE && (flagsOf(load<u32>(K0, K_SUBSYSTEM_FACTS)) & AGENT_SOURCE) != 0) {
    return load<u8>(e - 1) == 10 ? OTHER : passedOn(s, e, flags);
  }
  isPassedOn = false;
  return mayWrap(s) ? OTHER : READ;
}

/**
 * Reads the record of runtime-rs whose pairs, owner and time are in K0, and what it passes on into K1.
 * @param flags those of the words in it. @param stamped a kernel's stamp stands in it, which has to be a line's of a kernel.
 * @param hasStream it says which stream of a hypervisor's it is of.
 */
export function readRuntimeRs(flags: u32, stamped: bool, hasStream: bool): u32 {
  const s: usize = load<u32>(K0, K_MSG);
  const e: usize = load<u32>(K0, K_MSG + 4);
  isPassedOn = false;
  let result: u32 = s != e ? readPassedOn(s, e, flags, hasStream) : isDmesg() ? OTHER : READ;
  if (result != READ) return result;
  if (stamped && (!isPassedOn || load<u32>(K1, K_KERNEL_TIME + 8) == NONE)) return OTHER;
  // An agent may name the sandbox itself.
  if (isPassedOn) return hasPod(K1, flags);
  result = recordFacts(K0);
  if (result == READ) result = hasPod(K0, flags);
  return result == READ ? marked(K0) : result;
}
