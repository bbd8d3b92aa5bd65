// Which of a list of words a text holds, upper or lower case: a look at the first four bytes of each word in 16 places at
// once (after the "Teddy" search of Hyperscan), then word by word where those fit.

const WORD_ENTRY_BYTES: usize = 32;
/** In an entry: bytes of the word, its flag, its bucket (0 to 7), when it counts; the word in lower case. */
const W_FLAG: usize = 1;
const W_BUCKET: usize = 2;
const W_CONDITION: usize = 3;
const W_TEXT: usize = 4;
/** When a word counts, by what stands behind it (src/kata/fast/caution.ts); 0: always. */
const BEFORE_USER: u32 = 1;
const BEFORE_VALUE: u32 = 2;
const BEFORE_DOCUMENT: u32 = 3;
const BEFORE_CREDENTIAL: u32 = 4;
const BEFORE_SLASH: u32 = 5;
const CASE: u32 = 0x20202020;

/** For each of four bytes: the buckets by its low and by its high half. */
const TABLES: usize = memory.data(128, 16);
const HITS: usize = memory.data(16, 16);
/** For each bucket the first entry and the end of its entries. */
const RANGES: usize = memory.data(64, 16);

/** Takes a list of `count` entries at `list`, in the order of their buckets, which stays where it is; words have 3 to 28 bytes. */
export function setWords(list: usize, count: u32): void {
  const end = list + count * WORD_ENTRY_BYTES;
  memory.fill(TABLES, 0, 128);
  memory.fill(RANGES, 0, 64);
  for (let entry = list; entry < end; entry += WORD_ENTRY_BYTES) {
    const range = RANGES + ((<usize>load<u8>(entry, W_BUCKET)) << 3);
    if (load<u32>(range) == 0) store<u32>(range, <u32>entry);
    store<u32>(range, <u32>(entry + WORD_ENTRY_BYTES), 4);
    const bucket: u32 = 1 << load<u8>(entry, W_BUCKET);
    for (let i: usize = 0; i < 4; i++) {
      const table = TABLES + i * 32;
      const c: u32 = load<u8>(entry + W_TEXT + i) | 32;
      // Behind a word of three bytes there may be any.
      const isAny = i >= <usize>load<u8>(entry);
      for (let half: u32 = 0; half < 16; half++) {
        if (isAny || half == (c & 15)) store<u8>(table + half, load<u8>(table + half) | bucket);
        if (isAny || half == c >> 4) store<u8>(table + 16 + half, load<u8>(table + 16 + half) | bucket);
      }
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

function isBlank(c: u32): bool {
  return c == 32 || c - 9 < 5;
}

/** Whether an `@` comes before any blank or slash. */
function isBeforeUser(p: usize, e: usize): bool {
  for (; p < e; p++) {
    const c: u32 = load<u8>(p);
    if (c == 64) return true;
    if (c == 47 || isBlank(c)) return false;
  }
  return false;
}

/** Of longer names no rule finds the end; whoever writes a word all over shall not have each looked through to the end. */
const NAME_MAX: usize = 128;
const QUOTED_MAX: usize = 64;
const CREDENTIAL_MIN: usize = 6;
const CREDENTIAL_MAX: usize = 300;
const POLICY_MIN: usize = 24;

function isLetter(c: u32): bool {
  return (c | 32) - 97 <= 25;
}

/** Letters, digits, `_`, `.` and `-`. */
function isNameByte(c: u32): bool {
  return isLetter(c) || c - 48 <= 9 || c == 95 || c == 46 || c == 45;
}

/** Behind the rest of a name. */
function pastName(p: usize, e: usize): usize {
  if (e - p > NAME_MAX) e = p + NAME_MAX;
  while (p < e && isNameByte(load<u8>(p))) p++;
  return p;
}

/** Whether the name that goes on at `p`, in front of a word, begins with two hyphens: its value may be the next word. */
function isOption(p: usize, start: usize): bool {
  const end = p;
  while (p > start && end - p < NAME_MAX && isNameByte(load<u8>(p - 1))) {
    p--;
    if (p > start && load<u8>(p) == 45 && load<u8>(p - 1) == 45) return true;
  }
  return false;
}

/** An escape stands where a blank might: who reads it may find anything. */
const ESCAPE: usize = 0;

/** Behind backslashes, a quote and blanks at `p`; ESCAPE: there is one. */
function pastQuote(p: usize, e: usize): usize {
  if (e - p > QUOTED_MAX) e = p + QUOTED_MAX;
  while (p < e && load<u8>(p) == 92) p++;
  // The last backslash is the quote's, or begins an escape.
  if (p < e && load<u8>(p - 1) == 92 && load<u8>(p) != 34 && load<u8>(p) != 39) return ESCAPE;
  if (p < e && (load<u8>(p) == 34 || load<u8>(p) == 39)) p++;
  while (p < e && isBlank(load<u8>(p))) p++;
  return p < e && load<u8>(p) == 92 ? ESCAPE : p;
}

/** Whether a value may come behind the name that `p` is in, maybe as `value` beside it. */
function hasValue(p: usize, e: usize): bool {
  p = pastQuote(pastName(p, e), e);
  if (p == ESCAPE) return true;
  const c: u32 = p < e ? load<u8>(p) : 0;
  return c == 58 || c == 61 || c == 44 || (c | 32) == 118;
}

/** Whether a value in quotes or a long one may come behind the name that ends at `p`, or the name of an agent's option goes on. */
function hasDocument(p: usize, word: usize, e: usize): bool {
  const before: u32 = load<u8>(word - 1);
  // `agent.policy`
  if ((before == 46 || before == 95) && (load<u8>(word - 2) | 32) == 116) return hasValue(p, e);
  p = pastQuote(p, e);
  if (p == ESCAPE) return true;
  if (p >= e || (load<u8>(p) != 58 && load<u8>(p) != 61)) return false;
  // `:`, `=` or `=>`
  p++;
  if (p < e && load<u8>(p) == 62) p++;
  while (p < e && isBlank(load<u8>(p))) p++;
  const from = p;
  for (; p < e && p - from < POLICY_MIN; p++) {
    const c: u32 = load<u8>(p);
    // Quotes, an escape, the bracket of `Some(`, `&`
    if (c == 34 || c == 39 || c == 92 || c == 40 || c == 38) return true;
    if (!isNameByte(c) && c != 43 && c != 47 && c != 58 && c != 61) return false;
  }
  return p - from == POLICY_MIN;
}

/** Whether what comes behind `p` is a credential and no word: it has a digit, `=`, or a capital behind a small letter. */
function hasCredential(p: usize, e: usize): bool {
  const from = p;
  if (e - p > CREDENTIAL_MAX) e = p + CREDENTIAL_MAX;
  let isWord: bool = true;
  let last: u32 = 0;
  for (; p < e; p++) {
    const c: u32 = load<u8>(p);
    if (!isNameByte(c) && c != 43 && c != 47 && c != 61 && c != 126) break;
    if (c - 48 <= 9 || c == 61 || (last - 97 <= 25 && c - 65 <= 25)) isWord = false;
    last = c;
  }
  return p - from >= CREDENTIAL_MIN && !isWord;
}

/** Whether the name that has the word `[word, p)` in it is one of Go's parameters, `{name value}`. */
function isParameter(word: usize, p: usize, start: usize, e: usize): bool {
  const end = word;
  while (word > start && end - word < NAME_MAX && isNameByte(load<u8>(word - 1))) word--;
  p = pastName(p, e);
  return word > start && load<u8>(word - 1) == 123 && p < e && load<u8>(p) == 32;
}

/** Behind backslashes. */
function isBeforeSlash(p: usize, e: usize): bool {
  while (p < e && load<u8>(p) == 92) p++;
  return p < e && load<u8>(p) == 47;
}

/** Whether the word `[word, p)` of a text counts by what stands around it. */
function counts(condition: u32, word: usize, p: usize, text: usize, e: usize): bool {
  if (condition == BEFORE_USER) return isBeforeUser(p, e);
  if (condition == BEFORE_VALUE) return hasValue(p, e) || isOption(word, text) || isParameter(word, p, text, e);
  if (condition == BEFORE_SLASH) return isBeforeSlash(p, e);
  if (condition == BEFORE_DOCUMENT) return hasDocument(p, word, e) || isOption(word, text);
  return condition != BEFORE_CREDENTIAL || hasCredential(p, e);
}

/** The flags of the words at `p` in the text `[s, e)`, of the buckets that are set. */
function flagsAt(p: usize, s: usize, e: usize, buckets: u32): u32 {
  let flags: u32 = 0;
  const head = load<u32>(p) | CASE;
  for (; buckets != 0; buckets &= buckets - 1) {
    const range = RANGES + ((<usize>ctz(buckets)) << 3);
    const end: usize = load<u32>(range, 4);
    for (let entry: usize = load<u32>(range); entry < end; entry += WORD_ENTRY_BYTES) {
      const different = head ^ (load<u32>(entry, W_TEXT) | CASE);
      if (different << 8 != 0 || p + load<u8>(entry) > e) continue;
      if (!isWordAt(p, entry)) continue;
      if (counts(load<u8>(entry, W_CONDITION), p, p + load<u8>(entry), s, e)) flags |= load<u8>(entry, W_FLAG);
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
      v128.and(buckets(v128.load(p, 2), TABLES + 64), buckets(v128.load(p, 3), TABLES + 96)),
    );
    if (!v128.any_true(hits)) continue;
    v128.store(HITS, hits);
    for (let mask: u32 = ~i8x16.bitmask(i8x16.eq(hits, i8x16.splat(0))) & 0xffff; mask != 0; mask &= mask - 1) {
      const at: usize = ctz(mask);
      if (p + at < e) flags |= flagsAt(p + at, s, e, load<u8>(HITS + at));
    }
  }
  return flags;
}
