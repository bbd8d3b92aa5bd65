// What the module exports to ../json-lines.ts: its functions, and where things lie in its memory.
// biome-ignore-all lint/performance/noBarrelFile: the exports of a WebAssembly module are those of its entry file.
export { HEAD, ITEMS, NAMES_MAX, OUT, PAYLOAD, PAYLOAD_BYTES, PIECE_BYTES, PIECES } from './layout';
export { addField, addText, begin, copyKept, finish, forget, setLimit, setTop, top } from './line';

/** End of the module's own data. */
export const STATICS_END: usize = __heap_base;
