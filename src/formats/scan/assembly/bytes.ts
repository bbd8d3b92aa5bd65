// Bytes by class, copied and compared. Loads and stores of 16 bytes may run over an end: the arena leaves slack there.

export function isDigit(c: u32): bool {
  return c - 48 < 10;
}

/** Value of a hexadecimal digit, or 16 and more. */
export function hexValue(c: u32): u32 {
  if (c - 48 < 10) return c - 48;
  const letter = (c | 32) - 97;
  return letter < 6 ? letter + 10 : 16;
}

export function hexDigit(value: u32): u8 {
  return <u8>(value < 10 ? 48 + value : 87 + value);
}

/** Value of four hexadecimal digits, or -1. */
export function hex4(p: usize): i32 {
  let value: u32 = 0;
  for (let i: usize = 0; i < 4; i++) {
    const digit = hexValue(load<u8>(p + i));
    if (digit > 15) return -1;
    value = (value << 4) | digit;
  }
  return value;
}

/** Bit i = byte i must be looked at inside a quoted text: a quote, a backslash or a control character. */
export function quotedMask(v: v128): u32 {
  // x ^ 2 maps the quote (34) to 32 and leaves 0..31 among themselves, so one comparison finds both.
  const low = i8x16.le_u(v128.xor(v, i8x16.splat(2)), i8x16.splat(32));
  return i8x16.bitmask(v128.or(low, i8x16.eq(v, i8x16.splat(92))));
}

/** Bit i = byte i is a blank or a control character. */
export function blankMask(v: v128): u32 {
  return i8x16.bitmask(i8x16.le_u(v, i8x16.splat(32)));
}

/** Copies `[s, e)` to `out`, in steps of 16, so up to 15 bytes behind are written too. */
export function copyOver(s: usize, e: usize, out: usize): void {
  for (; s < e; s += 16, out += 16) v128.store(out, v128.load(s));
}

export function equalBytes(a: usize, b: usize, bytes: u32): bool {
  let i: u32 = 0;
  for (; i + 8 <= bytes; i += 8) if (load<u64>(a + i) != load<u64>(b + i)) return false;
  if (i == bytes) return true;
  const unused = (8 - (bytes - i)) << 3;
  return (load<u64>(a + i) ^ load<u64>(b + i)) << unused == 0;
}

/** Behind a byte order mark, if there is one at `p`. */
export function skipMark(p: usize, e: usize): usize {
  return p + 3 <= e && (load<u32>(p) & 0xffffff) == 0xbfbbef ? p + 3 : p;
}
