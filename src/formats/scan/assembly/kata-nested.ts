// What a record passes on of the guest's console: lines of its kernel, records of the agent.

import { parseText } from './json';
import { hasStamp, isCleanLine, mayHoldMore, mayMark, readKernelLine, readStatusLine } from './kata-console';
import { frameIdent, frameNeighbour } from './kata-frame';
import { identify, identifySlog, isConsole, isRelayed, lacksWriter, marked } from './kata-identity';
import { readLogrusRecord } from './kata-logrus-record';
import { messageFacts, readPairs, recordFacts } from './kata-pairs';
import {
  clearRecord,
  copyInstant,
  copyText,
  K_COMPONENT,
  K_ERA,
  K_EVENT,
  K_GUEST_TIME,
  K_HYPERVISOR,
  K_LEVEL,
  K_MSG,
  K_PID,
  K_REPAIRS,
  K_SANDBOX,
  K_SANDBOX_FACTS,
  K_TIME,
  K_TS,
  K_WRITTEN_TIME,
  L_SKEW,
  NONE,
  setInstant,
} from './kata-record';
import { SEQUENCE_WORD, TROUBLE_WORD } from './kata-state';
import { AGENT, ERROR, OTHER, READ } from './kata-words';
import { zuluNanos, zuluSeconds } from './time';

const OPEN_BRACE: u32 = 123;
/** A guest's clock that is further off is damage (C21), or the line was late. */
const SKEW_SECONDS: f64 = 2;

/** `time` and `="` */
const TIME_WORD: u32 = 0x656d6974;
const TIME_QUOTE: u32 = 0x223d;

let textStart: usize = 0;
let textEnd: usize = 0;
let isLogrus: bool = false;

/** Whether what was passed on is a record of logrus's. */
export function nestedIsLogrus(): bool {
  return isLogrus;
}

/** The text that was passed on, as it is. */
export function nestedStart(): usize {
  return textStart;
}

export function nestedEnd(): usize {
  return textEnd;
}

/** Takes what the record around says. */
function inherit(outer: usize, k: usize): void {
  copyInstant(outer + K_TIME, k + K_TIME);
  if (load<u32>(outer, K_ERA) != 0) store<u32>(k, load<u32>(outer, K_ERA), K_ERA);
  store<f64>(k, load<f64>(outer, K_PID), K_PID);
  if (load<u32>(k, K_LEVEL) == 0) store<u32>(k, load<u32>(outer, K_LEVEL), K_LEVEL);
  if (load<u32>(k, K_HYPERVISOR) == 0) store<u32>(k, load<u32>(outer, K_HYPERVISOR), K_HYPERVISOR);
  // A guest may say that it is another one.
  if (load<u32>(outer, K_SANDBOX_FACTS) == 0) return;
  copyText(outer + K_SANDBOX, k + K_SANDBOX);
  store<u32>(k, load<u32>(outer, K_SANDBOX_FACTS), K_SANDBOX_FACTS);
}

/** Notes that the guest's clock is off, or the line late; false: the record was repaired otherwise, too. */
function noteSkew(k: usize): bool {
  const guest = k + K_GUEST_TIME;
  const time = k + K_TIME;
  const skew = load<f64>(guest) - load<f64>(time) + (<f64>load<u32>(guest, 8) - <f64>load<u32>(time, 8)) / 1e9;
  if (skew <= SKEW_SECONDS && skew >= -SKEW_SECONDS) return true;
  if (load<u32>(k, K_REPAIRS) != 0) return false;
  store<u32>(k, L_SKEW, K_REPAIRS);
  return true;
}

/** A record of logrus that the agent of 1.x wrote. */
function logrusRecord(outer: usize, k: usize, tape: usize): u32 {
  // Kernel text may have torn it.
  if (hasStamp(textStart, textEnd)) return OTHER;
  let result = readLogrusRecord(k, textStart, textEnd, tape);
  if (result != READ) return result;
  const time = k + K_WRITTEN_TIME;
  if (load<u32>(time, 8) == NONE || isRelayed(k)) return OTHER;
  const seconds = zuluSeconds(load<u32>(time), load<u32>(time, 4));
  if (!(seconds > -1e12)) return OTHER;
  setInstant(k + K_GUEST_TIME, seconds, zuluNanos());
  result = recordFacts(k);
  if (result != READ) return result;
  if (isConsole(k) || lacksWriter(k)) return OTHER;
  identify(k, frameIdent(), frameNeighbour());
  if (load<u32>(k, K_COMPONENT) == 0) return OTHER;
  inherit(outer, k);
  return noteSkew(k) ? marked(k) : OTHER;
}

/** What the kernel's line marks, which few do. @param flags those of the words in it. */
export function kernelMarks(k: usize, flags: u32): u32 {
  if ((flags & TROUBLE_WORD) == 0 && !mayMark(load<u32>(k, K_MSG))) return READ;
  const result = messageFacts(k);
  // Its facts have all that it marks.
  store<u32>(k, 0, K_EVENT);
  return result == READ ? marked(k) : result;
}

function agentRecord(outer: usize, k: usize, tape: usize, owner: u32): u32 {
  if (mayHoldMore(textStart + 1, textEnd)) return OTHER;
  if (!parseText(textStart, textEnd, tape)) return OTHER;
  let result = readPairs(k, tape, owner);
  if (result != READ) return result;
  const ts = k + K_TS;
  if (load<u32>(k, K_LEVEL) == 0 || load<u32>(ts, 8) == NONE || !identifySlog(k)) return OTHER;
  if (load<u32>(k, K_COMPONENT) != AGENT) return OTHER;
  const seconds = zuluSeconds(load<u32>(ts), load<u32>(ts, 4));
  if (!(seconds > -1e12)) return OTHER;
  setInstant(k + K_GUEST_TIME, seconds, zuluNanos());
  inherit(outer, k);
  if (!noteSkew(k)) return OTHER;
  result = recordFacts(k);
  return result == READ ? marked(k) : result;
}

/**
 * Reads the text `[s, e)` that the record `outer` passes on into `k`; `tape` has room for the record of an agent.
 * @param flags those of the words in the text.
 */
export function readNested(outer: usize, k: usize, s: usize, e: usize, flags: u32, tape: usize, owner: u32): u32 {
  while (e > s && load<u8>(e - 1) == 10) e--;
  textStart = s;
  textEnd = e;
  clearRecord(k);
  isLogrus = false;
  if (e == s) return OTHER;
  if (!isCleanLine(s, e)) {
    if (load<u32>(outer, K_LEVEL) >= ERROR || !readStatusLine(k, s, e)) return OTHER;
    inherit(outer, k);
    const result = messageFacts(k);
    return result == READ ? marked(k) : result;
  }
  isLogrus = load<u32>(s) == TIME_WORD && load<u16>(s + 4) == TIME_QUOTE;
  if ((flags & SEQUENCE_WORD) != 0) return OTHER;
  if (isLogrus) return logrusRecord(outer, k, tape);
  if (load<u8>(s) == OPEN_BRACE) return agentRecord(outer, k, tape, owner);
  if (load<u32>(outer, K_LEVEL) >= ERROR || !readKernelLine(k, s, e)) return OTHER;
  inherit(outer, k);
  return kernelMarks(k, flags);
}
