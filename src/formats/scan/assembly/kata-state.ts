// What one batch of understanding Kata's records has at hand: for whom, the room for what comes out, what the caller has to
// learn, and why the work stopped.
import { F_HELD, F_SANDBOX, F_SANDBOX_GENERATION, factsOf } from './facts';
import {
  generation,
  K_BYTES,
  K_COMPONENT,
  K_CONTAINER_FACTS,
  K_ERA,
  K_FOUND,
  K_PID,
  K_SANDBOX_FACTS,
} from './kata-record';
import { ERA_RS_JOURNAL, SHIM } from './kata-words';
import { HEAD_BYTES, MAX_FIELDS, SPAN_BYTES } from './layout';

export const NO_ROOM: u32 = 6;

// ---- flags of words, see src/kata/fast/caution.ts
const SECRET_WORD: u32 = 1;
export const TROUBLE_WORD: u32 = 4;
export const FRAME_WORD: u32 = 8;
export const SANDBOX_WORD: u32 = 16;
/** Words that count only in what the record turns out to be. */
export const LATER_WORDS: u32 = TROUBLE_WORD | FRAME_WORD | SANDBOX_WORD;

// ---- what the caller has to learn from the records: four words each
const LEARN_PROCESS: u32 = 1;
const LEARN_CONTAINER: u32 = 2;
const LEARN_KERNEL: u32 = 3;
const LEARN_AGENT: u32 = 4;
const LEARN_REPAIR: u32 = 5;
/** With two more entries: facts of sandbox and container, start and end of the exec's name; the time. */
const LEARN_CALL: u32 = 6;
/** Most entries that one record takes. */
const LESSONS_MAX: usize = 8;
const LEARN_BYTES: usize = 16;

/** The record at hand, and the one that it passes on. */
export const K0: usize = memory.data(K_BYTES, 16);
export const K1: usize = memory.data(K_BYTES, 16);

/**
 * Which sandbox's a process was said to be last: number of the process, facts of the sandbox (0: nobody said), generation,
 * facts of the boot.
 */
const PROCESSES: usize = memory.data(16384, 16);
const PROCESS_MASK: u32 = 1023;
/** In place of facts: the caller has to be asked. */
export const ASK: usize = 1;
export const PID_MAX: f64 = 2147483647;

/** Bytes of a record of the tape with as many fields as there may be. */
export const TAPE_BYTES: usize = HEAD_BYTES + (MAX_FIELDS + 1) * SPAN_BYTES;

let owner: u32 = 0;
let redacts: bool = true;
let learnsKernel: bool = true;
let learnsAgent: bool = true;
let results: usize = 0;
let learned: usize = 0;
let learnedEnd: usize = 0;
let learnedTop: usize = 0;
let outTop: usize = 0;
let outEnd: usize = 0;
let tapes: usize = 0;
let reason: u32 = 0;
/** What the plain road holds: lines of the file, stacks; consoles are marked in the facts of their sandboxes. */
let holds: u32 = 1;
let linesHeld: bool = false;
let stacksHeld: bool = false;
let anyHeld: bool = false;
let wanted: usize = 0;

/** What is held now; the consoles of which something is held have to be named after it. */
export function setHolds(lines: bool, stacks: bool, any: bool): void {
  holds++;
  anyHeld = any;
  linesHeld = lines;
  stacksHeld = stacks;
}

/** Something is held of the console of the sandbox `[s, e)`. */
export function holdConsole(s: usize, e: usize): void {
  const facts = factsOf(s, e);
  // Without room for what is known of it, nothing is known of any.
  if (facts == 0) linesHeld = true;
  else store<u32>(facts, holds, F_HELD);
}

/** The line that passed what is held of lines, and the one that wants to. */
let passedLine: usize = 0;
let askedLine: usize = 0;

/** Whether something is held that the line at `place` has to pass first: the caller is to be asked for it. */
export function mustPass(place: usize): bool {
  askedLine = place;
  const isPast = passedLine == place;
  passedLine = 0;
  return linesHeld && !isPast;
}

/** The line that was asked for may go on, whatever is held now. */
export function passLine(): void {
  passedLine = askedLine;
}

/** Something is held, of whatever stream. */
export function holdsAny(): bool {
  return anyHeld;
}

export function holdsStacks(): bool {
  return stacksHeld;
}

export function holdsConsole(sandbox: usize): bool {
  // The console of nobody knows whom may be that of which something is held.
  return sandbox == 0 ? anyHeld : load<u32>(sandbox, F_HELD) == holds;
}

/** Before a batch: whose uses count, where results and what is to be learned go, room for two records of a tape. */
export function beginKata(
  whose: u32,
  redact: bool,
  list: usize,
  lessons: usize,
  lessonsEnd: usize,
  records: usize,
): void {
  owner = whose;
  redacts = redact;
  results = list;
  learned = lessons;
  learnedTop = lessons;
  learnedEnd = lessonsEnd;
  tapes = records;
}

export function setKataRoom(out: usize, end: usize): void {
  outTop = out;
  outEnd = end;
}

export function setLearns(kernel: bool, agent: bool): void {
  learnsKernel = kernel;
  learnsAgent = agent;
}

export function resultsEnd(): usize {
  return results;
}

/** Takes room for one result. */
export function takeResult(bytes: usize): usize {
  const at = results;
  results += bytes;
  return at;
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

export function setReason(why: u32): void {
  reason = why;
}

export function kataRoomWanted(): usize {
  return wanted;
}

export function kataOwner(): u32 {
  return owner;
}

/** Room for the record's own tape, or for the one that it passes on. */
export function tapeOf(nested: bool): usize {
  return nested ? tapes + TAPE_BYTES : tapes;
}

export function outStart(): usize {
  return outTop;
}

export function outLimit(): usize {
  return outEnd;
}

export function setOut(end: usize): void {
  outTop = end;
}

/** Whether there is room for `bytes` of output, and for what may be learned. */
export function hasRoom(bytes: usize): bool {
  wanted = bytes;
  return learnedTop + LEARN_BYTES * LESSONS_MAX <= learnedEnd && outTop + bytes <= outEnd;
}

/** Of the flags of words those that matter here. */
export function cautionsOf(flags: u32): u32 {
  return redacts ? flags : flags & ~SECRET_WORD;
}

function learn(kind: u32, a: u32, b: u32, c: u32 = 0): void {
  store<u32>(learnedTop, kind);
  store<u32>(learnedTop, a, 4);
  store<u32>(learnedTop, b, 8);
  store<u32>(learnedTop, c, 12);
  learnedTop += LEARN_BYTES;
}

/** What a whole line of a kernel says; or it was learned before. */
export function learnKernel(start: usize, end: usize): void {
  if (learnsKernel) learn(LEARN_KERNEL, <u32>start, <u32>end);
}

export function learnKernelAgain(): void {
  if (learnsKernel) learn(LEARN_KERNEL, 0, 0);
}

/** A sound record of an agent; or what it says was learned before. */
export function learnAgent(start: usize, end: usize): void {
  if (learnsAgent) learn(LEARN_AGENT, <u32>start, <u32>end);
}

export function learnAgentAgain(): void {
  if (learnsAgent) learn(LEARN_AGENT, 0, 0);
}

/** Counts the repairs of a label. */
export function learnRepair(label: u32): void {
  learn(LEARN_REPAIR, label, 0);
}

/** A call's record: where its end is kept, where its duration belongs, what it marks. The address of what is to be added. */
export function learnCall(endWord: usize, place: usize, marks: usize): usize {
  learn(LEARN_CALL, <u32>endWord, <u32>place, <u32>marks);
  const more = learnedTop;
  learnedTop += LEARN_BYTES * 2;
  return more;
}

/** Whether the record's process has a number that can be noted. */
export function hasNotablePid(k: usize): bool {
  return load<f64>(k, K_PID) <= PID_MAX;
}

/** The entry of a process's number; the last one there may be of another one. */
function processEntry(number: u32): usize {
  return PROCESSES + <usize>(number & PROCESS_MASK) * 16;
}

function isNoted(entry: usize, number: u32, sandbox: usize, boot: usize): bool {
  if (load<u32>(entry) != number || load<u32>(entry, 4) != sandbox) return false;
  return load<u32>(entry, 8) == generation() && load<u32>(entry, 12) == boot;
}

function note(entry: usize, number: u32, sandbox: usize, boot: usize): void {
  store<u32>(entry, number);
  store<u32>(entry, <u32>sandbox, 4);
  store<u32>(entry, generation(), 8);
  store<u32>(entry, <u32>boot, 12);
}

let askedProcess: u32 = 0;
let askedBoot: usize = 0;

/** The number of the process of which is asked whose it is, and facts of the boot that counts it (0 = none is known). */
export function wantedProcess(): u32 {
  return askedProcess;
}

export function wantedProcessBoot(): usize {
  return askedBoot;
}

/** The answer: facts of the sandbox, 0 = nobody said. */
export function noteProcess(sandbox: usize): void {
  note(processEntry(askedProcess), askedProcess, sandbox, askedBoot);
}

/** Facts of the sandbox that the container was said to belong to, 0 = nobody said. */
export function noteContainer(container: usize, sandbox: usize): void {
  store<u32>(container, <u32>sandbox, F_SANDBOX);
  store<u32>(container, generation(), F_SANDBOX_GENERATION);
}

/** Facts of the sandbox that the container belongs to, 0 = nobody said, ASK = it is not known here. */
export function sandboxOfContainer(container: usize): usize {
  return load<u32>(container, F_SANDBOX_GENERATION) == generation() ? load<u32>(container, F_SANDBOX) : ASK;
}

/** As sandboxOfContainer, of the process that the boot counts by the number; it becomes the wanted one. */
export function sandboxOfProcess(number: u32, boot: usize): usize {
  const entry = processEntry(number);
  askedProcess = number;
  askedBoot = boot;
  const isKnown = load<u32>(entry) == number && load<u32>(entry, 8) == generation() && load<u32>(entry, 12) == boot;
  return isKnown ? load<u32>(entry, 4) : ASK;
}

/** Notes whose process and whose container it is, where that is new. @param boot facts of the one that counts processes. */
export function attribute(k: usize, boot: usize): void {
  const sandbox: usize = load<u32>(k, K_SANDBOX_FACTS);
  const container: usize = load<u32>(k, K_CONTAINER_FACTS);
  const pid = load<f64>(k, K_PID);
  // Who was told its sandbox by others tells nobody.
  if (sandbox == 0 || load<u32>(k, K_FOUND) != 0) return;
  const isServing = load<u32>(k, K_COMPONENT) == SHIM || load<u32>(k, K_ERA) == ERA_RS_JOURNAL;
  if (isServing && pid >= 0) {
    const number = <u32>pid;
    const entry = processEntry(number);
    if (!isNoted(entry, number, sandbox, boot)) {
      note(entry, number, sandbox, boot);
      learn(LEARN_PROCESS, number, <u32>sandbox, <u32>boot);
    }
  }
  if (container == 0) return;
  if (sandboxOfContainer(container) == sandbox) return;
  noteContainer(container, sandbox);
  learn(LEARN_CONTAINER, <u32>container, <u32>sandbox);
}
