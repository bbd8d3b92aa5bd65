// Where things lie in a systemd journal file. Little endian, offsets absolute, every object 8-aligned.
// https://systemd.io/JOURNAL_FILE_FORMAT/; `W_…` are indices of 32-bit words from an object's start.

export const SIGNATURE = 'LPKSHHRH';

/** Oldest header that is readable, and the newest one known. */
export const HEADER_MIN_BYTES = 208;
export const HEADER_MAX_BYTES = 272;

// ---- incompatible flags
export const FLAG_KEYED_HASH = 4;
export const FLAG_COMPACT = 16;
/** XZ 1, LZ4 2, keyed hash 4, ZSTD 8, compact 16. */
export const KNOWN_INCOMPATIBLE = 31;

// ---- state of a file
export const STATE_ONLINE = 1;
export const STATE_ARCHIVED = 2;

// ---- types of objects
export const DATA = 1;
export const FIELD = 2;
export const ENTRY = 3;
// 4 and 5 are the hash tables
export const ENTRY_ARRAY = 6;
export const TAG = 7;

/** Smallest size of an object, by type. */
export const MIN_BYTES: readonly number[] = [0, 64, 40, 64, 16, 16, 24, 64];

/** Compression flags of a DATA object; at most one of them. */
export const PACKED_MASK = 7;
export const PACKED_XZ = 1;
export const PACKED_LZ4 = 2;
export const PACKED_ZSTD = 4;

export const OBJECT_HEADER_BYTES = 16;
export const ENTRY_HEADER_BYTES = 64;
export const ARRAY_HEADER_BYTES = 24;
export const FIELD_NAME_AT = 40;

/** Where the payload of a DATA object begins, in regular and in compact files. */
export const DATA_HEAD_BYTES = 64;
export const COMPACT_DATA_HEAD_BYTES = 72;

// ---- DATA (and, up to W_NEXT_IN_HASH, FIELD)
export const W_HASH = 4;
export const W_NEXT_IN_HASH = 6;
export const W_NEXT_IN_FIELD = 8;
export const W_FIRST_ENTRY = 10;
export const W_ENTRY_ARRAY = 12;
export const W_ENTRY_COUNT = 14;
// ---- FIELD
export const W_HEAD_DATA = 8;
// ---- ENTRY_ARRAY
export const W_NEXT_ARRAY = 4;
// ---- ENTRY
export const W_HEAD = 4;

// ---- head of an entry: its words W_HEAD … W_HEAD + HEAD_WORDS
export const HEAD_WORDS = 12;
export const H_SEQNUM = 0;
export const H_REALTIME = 2;
export const H_MONOTONIC = 4;
export const H_BOOT = 6;
export const H_XOR = 10;

/** Times are below 2^55 µs; the high word of a larger one shows damage. */
export const TIME_HIGH_LIMIT: number = 1 << 23;

/** No writer puts more fields into an entry: 1024 from a client, the trusted ones, and room. */
export const ENTRY_ITEMS_MAX = 4096;

/** Longest field name; journald refuses longer ones, so a longer name means damage. */
export const FIELD_NAME_MAX_BYTES = 64;

const HIGH = 4_294_967_296;

/** Unsigned 64-bit number at word `at`; exact below 2^53. */
export function u64(words: Int32Array, at: number): number {
  return ((words[at] as number) >>> 0) + ((words[at + 1] as number) >>> 0) * HIGH;
}
