// LZ4 blocks, as journal files hold them: no frame around them.

/** Cursor of one decoding. */
interface Cursor {
  at: number;
}

/** A length that goes on in bytes of 255. */
function longLength(source: Buffer, cursor: Cursor, short: number): number {
  let length = short;
  if (short !== 15) return length;
  for (;;) {
    const more = source[cursor.at++];
    if (more === undefined) return Number.POSITIVE_INFINITY;
    length += more;
    if (more !== 255) return length;
  }
}

/**
 * Decodes one block into `target`.
 * @returns the bytes written, or -1 for a block that is damaged or does not fit.
 */
export function decodeLz4Block(source: Buffer, target: Buffer): number {
  const cursor: Cursor = { at: 0 };
  let out = 0;
  while (cursor.at < source.length) {
    const token = source[cursor.at++] as number;
    const literals = longLength(source, cursor, token >> 4);
    if (cursor.at + literals > source.length || out + literals > target.length) return -1;
    source.copy(target, out, cursor.at, cursor.at + literals);
    cursor.at += literals;
    out += literals;
    if (cursor.at === source.length) return out;
    if (cursor.at + 2 > source.length) return -1;
    const distance = source.readUInt16LE(cursor.at);
    cursor.at += 2;
    const length = longLength(source, cursor, token & 15) + 4;
    if (distance === 0 || distance > out || out + length > target.length) return -1;
    out = repeat(target, out, distance, length);
  }
  return -1;
}

/** Copies `length` bytes from `distance` back; they may overlap with what is written. */
export function repeat(target: Buffer, at: number, distance: number, length: number): number {
  if (distance >= length) {
    target.copyWithin(at, at - distance, at - distance + length);
    return at + length;
  }
  const end = at + length;
  for (let to = at; to < end; to++) target[to] = target[to - distance] as number;
  return end;
}
