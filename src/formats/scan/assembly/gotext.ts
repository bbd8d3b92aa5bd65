// Text in double quotes as Go's strconv.Quote writes it: what it means as bytes.
// https://pkg.go.dev/strconv#Quote; escapes that Go does not know stay as they are, backslash and all.
import { hex4, hexValue } from './bytes';
import { copyRepaired, writeCodePoint } from './utf8';

/** Behind the closing quote of the last decodeQuoted, or the end of the text where there was none. */
let stop: usize = 0;
/** Start of its decoded text. */
let textStart: usize = 0;

export function quotedStop(): usize {
  return stop;
}

export function quotedTextStart(): usize {
  return textStart;
}

/** The byte of a one-letter escape, or 256. */
function letterEscape(c: u32): u32 {
  if (c == 110) return 10;
  if (c == 116) return 9;
  if (c == 114) return 13;
  if (c == 34 || c == 92 || c == 39) return c;
  if (c == 97) return 7;
  if (c == 98) return 8;
  if (c == 118) return 11;
  return c == 102 ? 12 : 256;
}

/** Value of three octal digits that make a byte, or 256 and more. */
function octal3(p: usize): u32 {
  const a: u32 = <u32>load<u8>(p) - 48;
  const b: u32 = <u32>load<u8>(p + 1) - 48;
  const c: u32 = <u32>load<u8>(p + 2) - 48;
  return a > 3 || b > 7 || c > 7 ? 256 : (a << 6) | (b << 3) | c;
}

/** A code point as it can stand in UTF-8. */
function scalarValue(code: u32): u32 {
  return code > 0x10ffff || code - 0xd800 < 0x800 ? 0xfffd : code;
}

/** Bytes of the `\u` or `\U` escape at `p`, 0 if it is none. */
function unicodeEscapeBytes(p: usize): usize {
  const kind: u32 = load<u8>(p + 1);
  if (kind == 117) return hex4(p + 2) < 0 ? 0 : 6;
  return kind == 85 && hex4(p + 2) >= 0 && hex4(p + 6) >= 0 ? 10 : 0;
}

/** The byte of a `\x` or octal escape at `p`, 256 and more if it is none. */
function byteEscape(p: usize): u32 {
  if (load<u8>(p + 1) != 120) return octal3(p + 1);
  const high = hexValue(load<u8>(p + 2));
  const low = hexValue(load<u8>(p + 3));
  return high > 15 || low > 15 ? 256 : (high << 4) | low;
}

/**
 * Decodes the text whose first character is at `p` to `out`, up to its closing quote or to `e`, where a NUL stands.
 * The decoded text is `[quotedTextStart, result)`; with its draft before it, it takes two bytes per byte of the source.
 */
export function decodeQuoted(p: usize, e: usize, out: usize): usize {
  let foreign = false;
  textStart = out;
  stop = e;
  while (p < e) {
    const c: u32 = load<u8>(p);
    if (c == 34) {
      stop = p + 1;
      break;
    }
    if (c != 92) {
      store<u8>(out++, c);
      p++;
      continue;
    }
    const letter = letterEscape(load<u8>(p + 1));
    const byte = letter < 256 ? letter : byteEscape(p);
    if (byte < 256) {
      foreign = foreign || byte > 127;
      store<u8>(out++, byte);
      p += letter < 256 ? 2 : 4;
      continue;
    }
    const bytes = unicodeEscapeBytes(p);
    if (bytes != 0) {
      const code: u32 = bytes == 6 ? hex4(p + 2) : (hex4(p + 2) << 16) | hex4(p + 6);
      out = writeCodePoint(scalarValue(code), out);
      p += bytes;
      continue;
    }
    store<u8>(out++, c);
    p++;
  }
  if (!foreign) return out;
  // Bytes may have come together to characters, or to none.
  const decoded = textStart;
  textStart = out;
  return copyRepaired(decoded, out, out);
}
