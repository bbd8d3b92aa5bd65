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
export { json, jsonCount } from './json';
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

/** End of the module's own data; the key table begins at KEYS_HASH. */
export const STATICS_END: usize = __heap_base;
