// SipHash-2-4 on pairs of 32-bit words: the hash of keyed journal files.

/** A 64-bit hash as two unsigned words. */
export interface Hash64 {
  readonly high: number;
  readonly low: number;
}

/** v0 … v3, low word first. */
type State = Int32Array;

function add(v: State, to: number, from: number): void {
  const low = ((v[to] as number) >>> 0) + ((v[from] as number) >>> 0);
  v[to] = low;
  v[to + 1] = (v[to + 1] as number) + (v[from + 1] as number) + (low > 0xffff_ffff ? 1 : 0);
}

function rotate(v: State, at: number, bits: number): void {
  const low = v[at] as number;
  const high = v[at + 1] as number;
  if (bits === 32) {
    v[at] = high;
    v[at + 1] = low;
    return;
  }
  v[at] = (low << bits) | (high >>> (32 - bits));
  v[at + 1] = (high << bits) | (low >>> (32 - bits));
}

function xor(v: State, to: number, from: number): void {
  v[to] = (v[to] as number) ^ (v[from] as number);
  v[to + 1] = (v[to + 1] as number) ^ (v[from + 1] as number);
}

function mix(v: State, to: number, from: number, bits: number): void {
  add(v, to, from);
  rotate(v, from, bits);
  xor(v, from, to);
}

function round(v: State): void {
  mix(v, 0, 2, 13);
  rotate(v, 0, 32);
  mix(v, 4, 6, 16);
  mix(v, 0, 6, 21);
  mix(v, 4, 2, 17);
  rotate(v, 4, 32);
}

function compress(v: State, low: number, high: number): void {
  v[6] = (v[6] as number) ^ low;
  v[7] = (v[7] as number) ^ high;
  round(v);
  round(v);
  v[0] = (v[0] as number) ^ low;
  v[1] = (v[1] as number) ^ high;
}

/** @param key 16 bytes. */
export function sipHash24(bytes: Buffer, key: Buffer): Hash64 {
  const k = [key.readInt32LE(0), key.readInt32LE(4), key.readInt32LE(8), key.readInt32LE(12)] as const;
  const v = Int32Array.of(
    0x70736575,
    0x736f6d65,
    0x6e646f6d,
    0x646f7261,
    0x6e657261,
    0x6c796765,
    0x79746573,
    0x74656462,
  );
  for (let i = 0; i < 8; i++) v[i] = (v[i] as number) ^ (k[i & 3] as number);
  const whole = bytes.length & ~7;
  for (let at = 0; at < whole; at += 8) compress(v, bytes.readInt32LE(at), bytes.readInt32LE(at + 4));
  const rest = Buffer.alloc(8);
  bytes.copy(rest, 0, whole);
  rest[7] = bytes.length & 255;
  compress(v, rest.readInt32LE(0), rest.readInt32LE(4));
  v[4] = (v[4] as number) ^ 0xff;
  for (let i = 0; i < 4; i++) round(v);
  const half = (at: number): number =>
    ((v[at] as number) ^ (v[at + 2] as number) ^ (v[at + 4] as number) ^ (v[at + 6] as number)) >>> 0;
  return { high: half(1), low: half(0) };
}
