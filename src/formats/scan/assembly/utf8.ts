// UTF-8 written and repaired.

/** Writes a code point; a surrogate becomes three bytes, which only key names may hold. */
export function writeCodePoint(c: u32, out: usize): usize {
  if (c < 0x80) {
    store<u8>(out, c);
    return out + 1;
  }
  if (c < 0x800) {
    store<u8>(out, 0xc0 | (c >> 6));
    store<u8>(out + 1, 0x80 | (c & 63));
    return out + 2;
  }
  if (c < 0x10000) {
    store<u8>(out, 0xe0 | (c >> 12));
    store<u8>(out + 1, 0x80 | ((c >> 6) & 63));
    store<u8>(out + 2, 0x80 | (c & 63));
    return out + 3;
  }
  store<u8>(out, 0xf0 | (c >> 18));
  store<u8>(out + 1, 0x80 | ((c >> 12) & 63));
  store<u8>(out + 2, 0x80 | ((c >> 6) & 63));
  store<u8>(out + 3, 0x80 | (c & 63));
  return out + 4;
}

/** How many continuation bytes follow a lead byte, or -1 if it is none. */
function continuationBytes(lead: u32): i32 {
  if (lead < 0x80) return 0;
  if (lead - 0xc2 < 0x1e) return 1;
  if (lead - 0xe0 < 0x10) return 2;
  return lead - 0xf0 < 5 ? 3 : -1;
}

/** Whether `c` may follow `lead` at once; the narrower ranges exclude overlong forms, surrogates and beyond U+10FFFF. */
function secondFits(lead: u32, c: u32): bool {
  if (lead == 0xe0) return c - 0xa0 < 0x20;
  if (lead == 0xed) return c - 0x80 < 0x20;
  if (lead == 0xf0) return c - 0x90 < 0x30;
  if (lead == 0xf4) return c - 0x80 < 0x10;
  return c - 0x80 < 0x40;
}

/** Length of the longest valid beginning of a sequence at `p`, with its sign flipped if the sequence is not whole. */
function sequenceBytes(p: usize, e: usize): i32 {
  const lead: u32 = load<u8>(p);
  const needed = continuationBytes(lead);
  if (needed < 0) return -1;
  for (let i = 1; i <= needed; i++) {
    if (p + i >= e) return -i;
    const c: u32 = load<u8>(p + i);
    if (i == 1 ? !secondFits(lead, c) : c - 0x80 >= 0x40) return -i;
  }
  return needed + 1;
}

/** Copies `[s, e)` with each broken sequence as one U+FFFD, as the WHATWG decoder does. At most three bytes per byte. */
export function copyRepaired(s: usize, e: usize, out: usize): usize {
  while (s < e) {
    const bytes = sequenceBytes(s, e);
    if (bytes < 0) {
      out = writeCodePoint(0xfffd, out);
      s -= bytes;
      continue;
    }
    for (let i = 0; i < bytes; i++) store<u8>(out++, load<u8>(s++));
  }
  return out;
}
