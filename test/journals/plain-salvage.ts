// The plain walk over a damaged journal file: a floor for how many entries must be found.

const ENTRY = 3;
const TYPES = 7;
const TIME_LIMIT = 2 ** 55;

function number(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 2 ** 32;
}

/** How many objects look like entries, walking from object to object and by 8 bytes where there is none. */
export function plainSalvage(bytes: Buffer): number {
  if (bytes.length < 4096) return 0;
  const itemBytes = (bytes.readUInt32LE(12) & 16) !== 0 ? 4 : 16;
  const isStart = (at: number): boolean =>
    (bytes[at] as number) >= 1 && (bytes[at] as number) <= TYPES && number(bytes, at + 8) >= 16;
  let entries = 0;
  for (let at = [240, 256, 264, 272].find(isStart) ?? 208; at + 16 <= bytes.length; ) {
    const size = number(bytes, at + 8);
    const isEntry = bytes[at] === ENTRY && isPlausible(bytes, at, size) && isEntryBody(bytes, at, size, itemBytes);
    if (isEntry) entries++;
    const isObject = isEntry || (bytes[at] !== ENTRY && isPlausible(bytes, at, size));
    at += isObject ? Math.ceil(size / 8) * 8 : 8;
  }
  return entries;
}

function isPlausible(bytes: Buffer, at: number, size: number): boolean {
  const type = bytes[at] as number;
  const flags = bytes[at + 1] as number;
  if (type < 1 || type > TYPES || size < 16 || at + size > bytes.length) return false;
  if (flags > 4 || (type !== 1 && flags !== 0) || !bytes.subarray(at + 2, at + 8).every((byte) => byte === 0))
    return false;
  if (type === 6) return size >= 24 && size < 2 ** 26;
  if (type === 2) return size > 40 && size < 105;
  return type === 4 || type === 5 ? (size - 16) % 16 === 0 : true;
}

function isEntryBody(bytes: Buffer, at: number, size: number, itemBytes: number): boolean {
  if ((size - 64) % itemBytes !== 0 || size <= 64 || size >= 64 + 2048 * itemBytes || at + 64 > bytes.length)
    return false;
  const realtime = number(bytes, at + 24);
  return number(bytes, at + 16) > 0 && realtime > 0 && realtime < TIME_LIMIT && number(bytes, at + 32) < TIME_LIMIT;
}
