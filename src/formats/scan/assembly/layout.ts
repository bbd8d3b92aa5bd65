// Where things lie in the arena and in a tape. core/arena.ts and core/tape.ts say the same to TypeScript; module.test.ts
// holds both equal, number by number.

// ---- core/arena.ts
export const KEYS_MAX: u32 = 262144;
export const KEYS_HASH: usize = 65536;
export const KEYS_HASH_SLOTS: u32 = KEYS_MAX * 2;
export const KEYS_NODES: usize = KEYS_HASH + KEYS_HASH_SLOTS * 4;
export const KEYS_TEXT: usize = KEYS_NODES + KEYS_MAX * 4;
export const KEYS_TEXT_END: usize = KEYS_TEXT + 96 * 1048576;
export const FACTS: usize = KEYS_TEXT_END;
export const FACTS_END: usize = FACTS + 12 * 1048576;
export const SLACK_BYTES: usize = 128;

// ---- core/tape.ts
export const HEAD_BYTES: usize = 80;
export const SPAN_BYTES: usize = 16;
export const MAX_FIELDS: u32 = 8192;
export const MAX_KEY_BYTES: u32 = 1024;
export const MAX_DEPTH: u32 = 512;

export const W_SIZE: usize = 0;
export const W_SPANS: usize = 1;
export const W_STATUS: usize = 2;
export const W_ORIGIN: usize = 3;
export const D_OFFSET: usize = 2;
export const D_SECONDS: usize = 3;
export const W_NANOS: usize = 8;
export const W_TIMED: usize = 9;
export const W_CHECK: usize = 10;
export const W_FANOUT: usize = 11;
export const W_RAW_START: usize = 12;
export const W_RAW_END: usize = 13;
export const W_SOURCE_BYTES: usize = 14;
export const W_FLAGS: usize = 15;
export const W_REASON: usize = 16;
export const W_REASON_AT: usize = 17;

export const FANOUT_PART_BITS: u32 = 23;
export const COPIES_MAX: u32 = 511;

export const LIVE: u32 = 0;
export const DROPPED: u32 = 1;
export const NO_MATCH: u32 = 2;
export const BAD_TIME: u32 = 3;

export const FLAG_PARTIAL: u32 = 1;
export const FLAG_PART: u32 = 4;
export const FLAG_INVALID_UTF8: u32 = 2;

export const REASON_SYNTAX: u32 = 1;
export const REASON_NOT_OBJECT: u32 = 2;
export const REASON_TOO_DEEP: u32 = 3;
export const REASON_TOO_MANY_FIELDS: u32 = 4;
export const REASON_KEY_TOO_LONG: u32 = 5;
export const REASON_NO_FIELD: u32 = 6;
export const REASON_NOT_TEXT: u32 = 7;

export const S_KEY: usize = 0;
export const S_KIND: usize = 1;
export const S_START: usize = 2;
export const S_END: usize = 3;

export const NO_KEY: i32 = -1;
export const KIND_JSON: u32 = 0;
export const KIND_TEXT: u32 = 1;
