// Which of a list of words a text holds, upper or lower case: a look at the first three bytes of each word in 16 places at
// once (after the "Teddy" search of Hyperscan), then word by word where those fit.

const WORD_ENTRY_BYTES: usize = 32;
/** In an entry: bytes of the word, its flag, its bucket (0 to 7), whether it counts before a user only; the word in lower case. */
const W_FLAG: usize = 1;
const W_BUCKET: usize = 2;
const W_BEFORE_USER: usize = 3;
const W_TEXT: usize = 4;
const CASE: u32 = 0x20202020;

/** For each of three bytes: the buckets by its low and by its high half. */
const TABLES: usize = memory.data(96, 16);
const HITS: usize = memory.data(16, 16);
/** For each bucket the first entry and the end of its entries. */
const RANGES: usize = memory.data(64, 16);

/** Takes a list of `count` entries at `list`, in the order of their buckets, which stays where it is; words have 3 to 28 bytes. */
export function setWords(list: usize, count: u32): void {
  const end = list + count * WORD_ENTRY_BYTES;
  memory.fill(TABLES, 0, 96);
  memory.fill(RANGES, 0, 64);
  for (let entry = list; entry < end; entry += WORD_ENTRY_BYTES) {
    const range = RANGES + ((<usize>load<u8>(entry, W_BUCKET)) << 3);
    if (load<u32>(range) == 0) store<u32>(range, <u32>entry);
    store<u32>(range, <u32>(entry + WORD_ENTRY_BYTES), 4);
    const bucket: u32 = 1 << load<u8>(entry, W_BUCKET);
    for (let i: usize = 0; i < 3; i++) {
      const c: u32 = load<u8>(entry + W_TEXT + i) | 32;
      const low = TABLES + i * 32 + (c & 15);
      const high = TABLES + i * 32 + 16 + (c >> 4);
      store<u8>(low, load<u8>(low) | bucket);
      store<u8>(high, load<u8>(high) | bucket);
    }
  }
}

/** The buckets of which a word may have byte `i` in each place. */
// @ts-expect-error: decorator
function buckets(bytes: v128, table: usize): v128 {
  const folded = v128.or(bytes, i8x16.splat(32));
  const low = i8x16.swizzle(v128.load(table), v128.and(folded, i8x16.splat(15)));
  return v128.and(low, i8x16.swizzle(v128.load(table, 16), i8x16.shr_u(folded, 4)));
}

function isWordAt(p: usize, entry: usize): bool {
  const bytes: usize = load<u8>(entry);
  for (let i: usize = 0; i < bytes; i++) {
    const c: u32 = load<u8>(p + i);
    const folded = c - 65 < 26 ? c | 32 : c;
    if (folded != load<u8>(entry + W_TEXT + i)) return false;
  }
  return true;
}

/** Whether an `@` comes before any blank or slash. */
function isBeforeUser(p: usize, e: usize): bool {
  for (; p < e; p++) {
    const c: u32 = load<u8>(p);
    if (c == 64) return true;
    if (c == 47 || c == 32 || c - 9 < 5) return false;
  }
  return false;
}

/** The flags of the words at `p`, of the buckets that are set. */
function flagsAt(p: usize, e: usize, buckets: u32): u32 {
  let flags: u32 = 0;
  const head = load<u32>(p) | CASE;
  for (; buckets != 0; buckets &= buckets - 1) {
    const range = RANGES + ((<usize>ctz(buckets)) << 3);
    const end: usize = load<u32>(range, 4);
    for (let entry: usize = load<u32>(range); entry < end; entry += WORD_ENTRY_BYTES) {
      const different = head ^ (load<u32>(entry, W_TEXT) | CASE);
      if (different << 8 != 0 || p + load<u8>(entry) > e) continue;
      if (!isWordAt(p, entry)) continue;
      if (load<u8>(entry, W_BEFORE_USER) == 0 || isBeforeUser(p + load<u8>(entry), e)) flags |= load<u8>(entry, W_FLAG);
    }
  }
  return flags;
}

/** The flags of all words of the list that `[s, e)` holds. */
export function wordFlags(s: usize, e: usize): u32 {
  let flags: u32 = 0;
  for (let p = s; p < e; p += 16) {
    const hits = v128.and(
      v128.and(buckets(v128.load(p), TABLES), buckets(v128.load(p, 1), TABLES + 32)),
      buckets(v128.load(p, 2), TABLES + 64),
    );
    if (!v128.any_true(hits)) continue;
    v128.store(HITS, hits);
    for (let mask: u32 = ~i8x16.bitmask(i8x16.eq(hits, i8x16.splat(0))) & 0xffff; mask != 0; mask &= mask - 1) {
      const at: usize = ctz(mask);
      if (p + at < e) flags |= flagsAt(p + at, e, load<u8>(HITS + at));
    }
  }
  return flags;
}
