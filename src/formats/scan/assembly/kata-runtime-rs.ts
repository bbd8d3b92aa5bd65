// What runtime-rs writes in JSON lines, and the agent's records and kernel's lines that it passes on: the twin of
// src/kata/runtime-rs-text.ts. Whatever else it may wrap is the plain road's.
// biome-ignore-all lint/correctness/noPrecisionLoss: integers of AssemblyScript have 64 bits.
import { flagsOf, hasPod, marked } from './kata-identity';
import { readNested } from './kata-nested';
import { messageFacts } from './kata-pairs';
import {
  K_KERNEL_TIME,
  K_MSG,
  K_REPAIRS,
  K_SANDBOX_FACTS,
  K_SUBSYSTEM,
  K_SUBSYSTEM_FACTS,
  L_QUOTED,
  NONE,
} from './kata-record';
import { holdsConsole, K0, K1, kataOwner, tapeOf } from './kata-state';
import { AGENT_SOURCE, OTHER, READ } from './kata-words';
import { hasBackslash } from './strings';

const QUOTE: u32 = 34;
const BRACE: u32 = 123;
/** Bytes of `vm console: "` */
const CONSOLE_BYTES: usize = 13;

/** `vm conso` */
function startsConsole(s: usize): bool {
  return load<u64>(s) == 0x6f736e6f63206d76;
}

/** Whether the line begins with a message that quotes a kernel's: `{"msg":"vm console: \"[`. */
export function quotesKernel(s: usize, e: usize): bool {
  if (e - s < 64 || load<u64>(s) != 0x223a2267736d227b || !startsConsole(s + 8)) return false;
  return load<u32>(s + 16) == 0x203a656c && load<u16>(s + 20) == 0x225c && load<u8>(s + 22) == 91;
}

/** Whether the text quotes a kernel's: `vm console: "[`. */
export function quotesKernelText(s: usize, e: usize): bool {
  if (e - s < 16 || !startsConsole(s)) return false;
  return load<u32>(s + 8) == 0x203a656c && load<u8>(s + 12) == QUOTE && load<u8>(s + 13) == 91;
}

/** Whether the message may wrap another text in a way that is not looked at here. */
function mayWrap(s: usize, e: usize): bool {
  if (s != e) {
    const eight = load<u64>(s);
    // "fc stder", "qemu std", "source: "
    if (eight == 0x7265647473206366 || eight == 0x64747320756d6571 || eight == 0x203a656372756f73) return true;
    if (load<u8>(s) == QUOTE || startsConsole(s)) return true;
  }
  const subsystem = K0 + K_SUBSYSTEM;
  if (load<u32>(subsystem, 8) == NONE || load<u32>(subsystem, 4) - load<u32>(subsystem) != 5) return false;
  // dmesg
  const name: usize = load<u32>(subsystem);
  return load<u32>(name) == 0x73656d64 && load<u8>(name + 4) == 103;
}

function passedOn(s: usize, e: usize, flags: u32): u32 {
  if (holdsConsole(load<u32>(K0, K_SANDBOX_FACTS))) return OTHER;
  return readNested(K0, K1, s, e, flags, tapeOf(true), kataOwner());
}

/** The kernel's line `[s, e)` in quotes. */
function quotedKernel(s: usize, e: usize, flags: u32): u32 {
  if (load<u8>(e - 1) != QUOTE || hasBackslash(s, e)) return OTHER;
  const result = passedOn(s + CONSOLE_BYTES, e - 1, flags);
  if (result != READ) return result;
  if (load<u32>(K1 + K_KERNEL_TIME, 8) == NONE || load<u32>(K1, K_REPAIRS) != 0) return OTHER;
  store<u32>(K1, L_QUOTED, K_REPAIRS);
  return READ;
}

let isPassedOn: bool = false;

/** Whether the last record was found in K1, passed on by the one in K0. */
export function passesOn(): bool {
  return isPassedOn;
}

/**
 * Reads the record of runtime-rs whose pairs, owner and time are in K0, and what it passes on into K1.
 * @param flags those of the words in it. @param isQuote see quotesKernel.
 */
export function readRuntimeRs(flags: u32, isQuote: bool): u32 {
  const s: usize = load<u32>(K0, K_MSG);
  const e: usize = load<u32>(K0, K_MSG + 4);
  isPassedOn = false;
  const isObject = s != e && load<u8>(s) == BRACE && (flagsOf(load<u32>(K0, K_SUBSYSTEM_FACTS)) & AGENT_SOURCE) != 0;
  if (!isQuote && !isObject) {
    if (mayWrap(s, e)) return OTHER;
    let result = hasPod(K0, flags);
    if (result == READ) result = messageFacts(K0);
    return result == READ ? marked(K0) : result;
  }
  if (isObject && load<u8>(e - 1) == 10) return OTHER;
  const result = isQuote ? quotedKernel(s, e, flags) : passedOn(s, e, flags);
  if (result != READ) return result;
  isPassedOn = true;
  // An agent may name the sandbox itself.
  return hasPod(K1, flags);
}
