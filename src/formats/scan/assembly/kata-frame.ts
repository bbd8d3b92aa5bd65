// What stands around the text of a line: nothing, or the entry of a journal as `journalctl -o json` writes it. The twin of
// journalFrame (src/kata/frame.ts). An entry that JSON.stringify would write otherwise, one with
// bytes instead of text, or one that another continues is the plain road's.
import { F_FLAGS, F_SANDBOX, factsOf, keyUse, wantFacts } from './facts';
import { parseText } from './json';
import { numberOf, readTextSpan, textSpanEnd, textSpanStart, wantUse } from './kata-pairs';
import { K_PID, put } from './kata-record';
import {
  CONTAINERD,
  CONTAINERD_IDENT,
  CRIO,
  CRIO_IDENT,
  NAMES_SANDBOX,
  OTHER,
  PASSES_ON,
  READ,
  U_ENTRY_BOOT,
  U_ENTRY_BREAK,
  U_ENTRY_COMMAND,
  U_ENTRY_FIRST,
  U_ENTRY_IDENT,
  U_ENTRY_MESSAGE,
  U_ENTRY_PID,
  U_ENTRY_SYSLOG_PID,
  U_ENTRY_TIME,
  U_ENTRY_TRANSPORT,
  U_NOTHING,
  WANTS_FACTS,
} from './kata-words';
import { N_TOKEN_BYTES, nodeOf } from './keys';
import { HEAD_BYTES, S_END, S_START, SPAN_BYTES, W_SPANS } from './layout';
import { hasRareEscape } from './strings';

const QUOTE: u32 = 34;
const COMMA: u32 = 44;
const IDENT_MAX_BYTES: usize = 128;
const COMMAND_MAX_BYTES: usize = 1000;

/** The span of each use of an entry's fields, by its number from U_ENTRY_FIRST on; 0: there is no such field. */
const SPANS_BYTES: usize = 128;
const SPANS: usize = memory.data(128, 16);
/** What the spans were when they were noted: the text's own record is read into the same tape. */
const COPIES: usize = memory.data(1024, 16);

/** It is the entry of a journal; or something stands in front of the text. */
let isEntry: bool = false;
let isHead: bool = false;
let start: usize = 0;
let end: usize = 0;
let ident: usize = 0;
let boot: usize = 0;
let pid: f64 = -1;
/** The pairs of the frame, without its text, in two parts. */
let pairsStart: usize = 0;
let pairsEnd: usize = 0;
let restStart: usize = 0;
let restEnd: usize = 0;

/** There is no frame: the text is the line's own. */
export function noFrame(s: usize, e: usize): void {
  isEntry = false;
  isHead = false;
  start = s;
  end = e;
  ident = 0;
  boot = 0;
  pid = -1;
}

/** Whether something stands around the text. */
export function isFramed(): bool {
  return isEntry || isHead;
}

/** The text in the frame: of the line, or of the entry's MESSAGE. */
export function messageStart(): usize {
  return start;
}

export function messageEnd(): usize {
  return end;
}

/** Facts of the identifier, 0 = none; of the boot whose processes are counted. */
export function frameIdent(): usize {
  return ident;
}

export function frameBoot(): usize {
  return boot;
}

/** Writes the pairs of the frame, without its text, as an object. */
export function putFrame(out: usize): usize {
  return put(restStart, restEnd, put(pairsStart, pairsEnd, out));
}

/**
 * The text of the line is `[s, e)`: in front of it stand an identifier and a process (0 and -1 where there are none), in pairs
 * `[pairs, pairsStop)`.
 */
export function setHead(s: usize, e: usize, name: usize, process: f64, pairs: usize, pairsStop: usize): void {
  isHead = true;
  start = s;
  end = e;
  ident = name;
  pid = process;
  pairsStart = pairs;
  pairsEnd = pairsStop;
  restStart = 0;
  restEnd = 0;
}

/** What the identifier makes of a record that is none of Kata's. */
export function frameNeighbour(): u32 {
  if (ident == 0) return 0;
  const flags = load<u32>(ident, F_FLAGS);
  if ((flags & CONTAINERD_IDENT) != 0) return CONTAINERD;
  return (flags & CRIO_IDENT) != 0 ? CRIO : 0;
}

/** The process that wrote the entry is the record's, whatever that names, unless it passes on what others wrote. */
export function inheritProcess(k: usize): void {
  if (pid < 0 || (ident != 0 && (load<u32>(ident, F_FLAGS) & PASSES_ON) != 0)) return;
  store<f64>(k, pid, K_PID);
}

function spanOf(use: u32): usize {
  return load<u32>(SPANS + ((use - U_ENTRY_FIRST) << 2));
}

/** The span of the entry's field of that use; 0: there is no such field, or no entry. */
export function fieldOf(use: u32): usize {
  return isEntry ? spanOf(use) : 0;
}

/** The facts of a field's text; 0: they have to be written first, or it has none. */
function knownFacts(span: usize, most: usize): usize {
  readTextSpan(span);
  const s = textSpanStart();
  const e = textSpanEnd();
  const facts: usize = s == e || e - s > most ? 0 : factsOf(s, e);
  wantFacts(facts);
  return facts != 0 && load<u32>(facts, F_FLAGS) != 0 ? facts : 0;
}

/** Facts of the command line of the process that wrote the entry, 0 = none is known. */
let command: usize = 0;

/** Looks at the command line, for commandSandbox and commandHasPath. */
export function readCommand(): u32 {
  const span = fieldOf(U_ENTRY_COMMAND);
  command = 0;
  if (span == 0) return READ;
  if (load<u32>(span, S_END * 4) - load<u32>(span, S_START * 4) > COMMAND_MAX_BYTES) return OTHER;
  command = knownFacts(span, COMMAND_MAX_BYTES);
  return command == 0 && textSpanStart() != textSpanEnd() ? WANTS_FACTS : READ;
}

/** Facts of the sandbox that it names, 0 = none. */
export function commandSandbox(): usize {
  return command == 0 ? 0 : load<u32>(command, F_SANDBOX);
}

/** Whether a path in it names one. */
export function commandHasPath(): bool {
  return command != 0 && (load<u32>(command, F_FLAGS) & NAMES_SANDBOX) != 0;
}

/** Notes the spans of the fields by their uses. */
function noteSpans(tape: usize, lineBytes: usize, owner: u32): u32 {
  memory.fill(SPANS, 0, SPANS_BYTES);
  let bytes: usize = 1;
  const until = tape + HEAD_BYTES + load<u32>(tape, W_SPANS * 4) * SPAN_BYTES;
  for (let span = tape + HEAD_BYTES; span < until; span += SPAN_BYTES) {
    const key = load<i32>(span);
    const use = keyUse(key, owner);
    if (use == 0) return wantUse(key);
    const s: usize = load<u32>(span, S_START * 4);
    if (load<u8>(s) != QUOTE || (use < U_ENTRY_FIRST && use != U_NOTHING)) return OTHER;
    bytes += load<u32>(nodeOf(key), N_TOKEN_BYTES) + (load<u32>(span, S_END * 4) - s) + 1;
    if (use < U_ENTRY_FIRST) continue;
    const index: usize = use - U_ENTRY_FIRST;
    const copy = COPIES + index * SPAN_BYTES;
    memory.copy(copy, span, SPAN_BYTES);
    store<u32>(SPANS + (index << 2), <u32>copy);
  }
  // Nothing but members: no blanks, no member twice.
  return bytes == lineBytes ? READ : OTHER;
}

/** Cuts the member whose value the span is out of the line `[s, e)`, with one comma beside it. */
function cut(span: usize, s: usize, e: usize): void {
  pairsStart = s;
  pairsEnd = load<u32>(span, S_START * 4) - load<u32>(nodeOf(load<i32>(span)), N_TOKEN_BYTES);
  restStart = load<u32>(span, S_END * 4);
  restEnd = e;
  if (load<u8>(restStart) == COMMA) restStart++;
  else if (pairsEnd != s + 1) pairsEnd--;
}

/** Reads the line `[s, e)` as the entry of a journal. */
export function readFrame(s: usize, e: usize, tape: usize, owner: u32): u32 {
  if (!parseText(s, e, tape) || hasRareEscape(s, e)) return OTHER;
  const result = noteSpans(tape, e - s, owner);
  if (result != READ) return result;
  const message = spanOf(U_ENTRY_MESSAGE);
  if (message == 0 || spanOf(U_ENTRY_BREAK) != 0) return OTHER;
  const name = spanOf(U_ENTRY_IDENT);
  if (name != 0) {
    if (load<u32>(name, S_END * 4) - load<u32>(name, S_START * 4) > IDENT_MAX_BYTES) return OTHER;
    ident = knownFacts(name, IDENT_MAX_BYTES);
    if (ident == 0) return textSpanStart() == textSpanEnd() ? OTHER : WANTS_FACTS;
  }
  const id = spanOf(U_ENTRY_BOOT);
  if (id != 0) {
    readTextSpan(id);
    boot = factsOf(textSpanStart(), textSpanEnd());
    if (boot == 0) return OTHER;
  }
  // Only an entry of a journal has one of these.
  const isJournal = name != 0 || id != 0 || spanOf(U_ENTRY_TIME) != 0 || spanOf(U_ENTRY_TRANSPORT) != 0;
  if (!isJournal) return OTHER;
  const process = spanOf(U_ENTRY_PID) != 0 ? spanOf(U_ENTRY_PID) : spanOf(U_ENTRY_SYSLOG_PID);
  if (process != 0) {
    pid = numberOf(process);
    if (pid < 0) return OTHER;
  }
  cut(message, s, e);
  readTextSpan(message);
  start = textSpanStart();
  end = textSpanEnd();
  isEntry = true;
  return READ;
}
