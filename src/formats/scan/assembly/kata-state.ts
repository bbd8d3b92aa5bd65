// What one batch of understanding Kata's records has at hand: for whom, the room for what comes out, and why the work stopped.

import { beginLessons, hasLessonRoom } from './kata-lessons';
import { K_BYTES } from './kata-record';
import { HEAD_BYTES, MAX_FIELDS, SPAN_BYTES } from './layout';

export const NO_ROOM: u32 = 6;

// ---- flags of words, see src/kata/fast/caution.ts
const SECRET_WORD: u32 = 1;
export const TROUBLE_WORD: u32 = 4;
export const FRAME_WORD: u32 = 8;
export const SANDBOX_WORD: u32 = 16;
/** A terminal sequence is written in it: it may stand in the middle of another word. */
export const SEQUENCE_WORD: u32 = 32;
/** Words that count only in what the record turns out to be. */
export const LATER_WORDS: u32 = TROUBLE_WORD | FRAME_WORD | SANDBOX_WORD | SEQUENCE_WORD;

/** The record at hand, and the one that it passes on. */
export const K0: usize = memory.data(K_BYTES, 16);
export const K1: usize = memory.data(K_BYTES, 16);

/** Bytes of a record of the tape with as many fields as there may be. */
export const TAPE_BYTES: usize = HEAD_BYTES + (MAX_FIELDS + 1) * SPAN_BYTES;

let owner: u32 = 0;
let redacts: bool = true;
let results: usize = 0;
let outTop: usize = 0;
let outEnd: usize = 0;
let tapes: usize = 0;
let reason: u32 = 0;
let wanted: usize = 0;

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
  beginLessons(lessons, lessonsEnd);
  tapes = records;
}

export function setKataRoom(out: usize, end: usize): void {
  outTop = out;
  outEnd = end;
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
  return hasLessonRoom() && outTop + bytes <= outEnd;
}

/** Of the flags of words those that matter here. */
export function cautionsOf(flags: u32): u32 {
  return redacts ? flags : flags & ~SECRET_WORD;
}
