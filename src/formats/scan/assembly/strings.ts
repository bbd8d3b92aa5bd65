// JSON strings: checked, unescaped, written.
import { copyOver, hex4, hexDigit, quotedMask } from './bytes';
import { REASON_SYNTAX } from './layout';
import { refuse } from './refusal';
import { writeCodePoint } from './utf8';

const QUOTE: u32 = 34;
const BACKSLASH: u32 = 92;

/** Bytes of the escape at `p` (a backslash), 0 if JSON has no such escape. */
function escapeBytes(p: usize): usize {
  const c: u32 = load<u8>(p + 1);
  if (c == 117) return hex4(p + 2) < 0 ? 0 : 6;
  return c == QUOTE || c == BACKSLASH || c == 110 || c == 116 || c == 114 || c == 47 || c == 98 || c == 102 ? 2 : 0;
}

/** The closing quote of the string whose first character is at `p`, or 0. Stops at any control character, NUL too. */
export function stringEnd(p: usize): usize {
  while (true) {
    const mask = quotedMask(v128.load(p));
    if (mask == 0) {
      p += 16;
      continue;
    }
    p += ctz(mask);
    const c: u32 = load<u8>(p);
    if (c == QUOTE) return p;
    if (c != BACKSLASH) return refuse(REASON_SYNTAX, p);
    const bytes = escapeBytes(p);
    if (bytes == 0) return refuse(REASON_SYNTAX, p);
    p += bytes;
  }
}

/** The first backslash at or behind `s`, or `e`. */
function backslashAt(s: usize, e: usize): usize {
  for (; s < e; s += 16) {
    const mask: u32 = i8x16.bitmask(i8x16.eq(v128.load(s), i8x16.splat(92)));
    if (mask != 0) return min(s + ctz(mask), e);
  }
  return e;
}

export function hasBackslash(s: usize, e: usize): bool {
  return backslashAt(s, e) < e;
}

/** Whether an escape stands in the inside of a JSON string that JSON.stringify has for rare characters only, or not at all. */
export function hasRareEscape(s: usize, e: usize): bool {
  for (let p = backslashAt(s, e); p < e; p = backslashAt(p + 2, e)) {
    const c: u32 = load<u8>(p + 1);
    if (c == 47 || c == 117) return true;
  }
  return false;
}

/** Whether a control character stands in the text. */
export function hasControl(s: usize, e: usize): bool {
  for (; s < e; s += 16) {
    const mask: u32 = i8x16.bitmask(i8x16.lt_u(v128.load(s), i8x16.splat(32)));
    if (mask != 0) return s + ctz(mask) < e;
  }
  return false;
}

function unescapedShort(c: u32): u32 {
  if (c == 110) return 10;
  if (c == 116) return 9;
  if (c == 114) return 13;
  if (c == 98) return 8;
  return c == 102 ? 12 : c;
}

/**
 * Writes what the inside `[s, e)` of a valid JSON string means.
 * A surrogate without its partner becomes U+FFFD, or stays itself where `keepSurrogates` says so.
 */
export function writeUnescaped(s: usize, e: usize, out: usize, keepSurrogates: bool): usize {
  while (true) {
    const next = backslashAt(s, e);
    copyOver(s, next, out);
    out += next - s;
    s = next;
    if (s >= e) return out;
    const kind: u32 = load<u8>(s + 1);
    if (kind != 117) {
      store<u8>(out++, unescapedShort(kind));
      s += 2;
      continue;
    }
    let code: u32 = hex4(s + 2);
    s += 6;
    if (code - 0xd800 < 0x800) {
      const low: u32 = code < 0xdc00 && s < e && load<u16>(s) == 0x755c ? hex4(s + 2) : 0;
      if (low - 0xdc00 < 0x400) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        s += 6;
      } else if (!keepSurrogates) code = 0xfffd;
    }
    out = writeCodePoint(code, out);
  }
}

/** Writes `\u` and four digits. */
function writeUnicodeEscape(code: u32, out: usize): usize {
  store<u16>(out, 0x755c);
  store<u8>(out + 2, hexDigit(code >> 12));
  store<u8>(out + 3, hexDigit((code >> 8) & 15));
  store<u8>(out + 4, hexDigit((code >> 4) & 15));
  store<u8>(out + 5, hexDigit(code & 15));
  return out + 6;
}

/** Writes the escape of a quote, a backslash or a control character as JSON.stringify does. */
function writeEscape(c: u32, out: usize): usize {
  let short: u32 = 0;
  if (c == QUOTE || c == BACKSLASH) short = c;
  else if (c == 10) short = 110;
  else if (c == 9) short = 116;
  else if (c == 13) short = 114;
  else if (c == 8) short = 98;
  else if (c == 12) short = 102;
  if (short == 0) return writeUnicodeEscape(c, out);
  store<u16>(out, BACKSLASH | (short << 8));
  return out + 2;
}

/** Writes the text `[s, e)` as the inside of a JSON string; at most six bytes per byte, and 16 behind them. */
export function writeEscaped(s: usize, e: usize, out: usize): usize {
  while (true) {
    const v = v128.load(s);
    const mask = quotedMask(v);
    const left = e - s;
    v128.store(out, v);
    if (mask == 0) {
      if (left <= 16) return out + left;
      s += 16;
      out += 16;
      continue;
    }
    const run: usize = ctz(mask);
    if (run >= left) return out + left;
    out = writeEscape(load<u8>(s + run), out + run);
    s += run + 1;
  }
}

/** As writeEscaped, for a key name, which may hold surrogates. */
export function writeEscapedKey(s: usize, e: usize, out: usize): usize {
  while (s < e) {
    const c: u32 = load<u8>(s);
    if (c < 32 || c == QUOTE || c == BACKSLASH) out = writeEscape(c, out);
    else if (c == 0xed && load<u8>(s + 1) >= 0xa0) {
      out = writeUnicodeEscape(0xd000 | ((<u32>load<u8>(s + 1) & 63) << 6) | (<u32>load<u8>(s + 2) & 63), out);
      s += 2;
    } else store<u8>(out++, c);
    s++;
  }
  return out;
}
