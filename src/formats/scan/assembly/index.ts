// What the module exports to ../scanner.ts: its functions, and the layout it believes in for module.test.ts.
// biome-ignore-all lint/performance/noBarrelFile: the exports of a WebAssembly module are those of its entry file.
export { xxh64 } from './check';
export {
  bulkResume,
  encodeBulk,
  encodedBytes,
  encodeRecord,
  mapKeys,
  setHead,
  setMiddle,
  setTail,
  setTimestampKey,
} from './emit';
export {
  factsOf,
  factsRoom,
  factsText,
  factsTextBytes,
  setUse,
  wantedFacts,
} from './facts';
export {
  C_ATTEMPT,
  C_COUNT,
  C_HEAD,
  C_HEAD_BYTES,
  F_BOOLEAN,
  F_GUESS,
  F_JSON,
  F_NEXT,
  F_NUMBER,
  F_STRING,
  F_TOKEN,
  F_TOKEN_BYTES,
  FLAT_FACTS_BYTES,
  flat,
  flatEarliest,
  flatLatest,
  flatLines,
  flatNeedsRoom,
  flatResume,
  T_CONSTANT,
  T_CONSTANT_END,
  T_CONSTANT_START,
  T_FIELDS,
  T_KEYS,
  T_STREAM_END,
  T_STREAM_START,
} from './flat';
export { json, jsonCount } from './json';
export { understand } from './kata';
export { holdConsole, passLine, setHolds } from './kata-held';
export { setLearns, takeLearned } from './kata-lessons';
export { beginLines, jsonFormsSeen, lineNumber, setForms, textFormsSeen, understandLines } from './kata-lines';
export { setKataPhrases } from './kata-logrus';
export { forgetMessage, messageFactsRoom, noteMessage, wantedMessage, wantedMessageEnd } from './kata-message';
export { noteContainer, noteProcess, wantedProcess, wantedProcessBoot } from './kata-owners';
export { wantedUse } from './kata-pairs';
export { newGeneration, setFragments } from './kata-record';
export { beginKata, kataRoomWanted, resultsEnd, setKataRoom, stopReason, TAPE_BYTES } from './kata-state';
export { forgetTold, setTold, TOLD_BYTES } from './kata-vocabulary';
export {
  internKey,
  keyCount,
  keysCrowded,
  N_TOKEN,
  N_TOKEN_BYTES,
  nodeOf,
  pinKeys,
  resetKeys,
  seedKeys,
} from './keys';
export * from './layout';
export { lines, linesCount, linesNext } from './lines';
export { logfmt, logfmtCount } from './logfmt';
export { fieldBytes } from './record';
export { scratchTop, setScratch } from './scratch';
export { writeUnescaped } from './strings';
export { survey } from './survey';
export { time } from './time';
export { setWords, wordFlags } from './words';

/** End of the module's own data; the key table begins at KEYS_HASH. */
export const STATICS_END: usize = __heap_base;
