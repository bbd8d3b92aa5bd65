// Bob Jenkins' lookup3 (hashlittle2): the hash of journal files that are not keyed.
import type { Hash64 } from './siphash.ts';

/** a, b, c of the algorithm. */
type State = Int32Array;

const MIX = [
  [0, 2, 1, 4],
  [1, 0, 2, 6],
  [2, 1, 0, 8],
  [0, 2, 1, 16],
  [1, 0, 2, 19],
  [2, 1, 0, 4],
] as const;

const FINAL = [
  [2, 1, 14],
  [0, 2, 11],
  [1, 0, 25],
  [2, 1, 16],
  [0, 2, 4],
  [1, 0, 14],
  [2, 1, 24],
] as const;

function rotated(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}

function take(s: State, bytes: Buffer, at: number): void {
  for (let i = 0; i < 3; i++) s[i] = (s[i] as number) + bytes.readInt32LE(at + 4 * i);
}

export function jenkinsHash(bytes: Buffer): Hash64 {
  const s: State = new Int32Array(3).fill(0xdeadbeef + bytes.length);
  let at = 0;
  for (; bytes.length - at > 12; at += 12) {
    take(s, bytes, at);
    for (const [x, minus, plus, bits] of MIX) {
      const subtrahend = s[minus] as number;
      s[x] = ((s[x] as number) - subtrahend) ^ rotated(subtrahend, bits);
      s[minus] = subtrahend + (s[plus] as number);
    }
  }
  if (at < bytes.length) {
    const rest = Buffer.alloc(12);
    bytes.copy(rest, 0, at);
    take(s, rest, 0);
    for (const [x, by, bits] of FINAL) {
      const other = s[by] as number;
      s[x] = ((s[x] as number) ^ other) - rotated(other, bits);
    }
  }
  return { high: (s[2] as number) >>> 0, low: (s[1] as number) >>> 0 };
}
