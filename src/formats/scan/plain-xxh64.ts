// XXH64 said plainly, after https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md, on BigInt.

const P1 = 0x9e3779b185ebca87n;
const P2 = 0xc2b2ae3d27d4eb4fn;
const P3 = 0x165667b19e3779f9n;
const P4 = 0x85ebca77c2b2ae63n;
const P5 = 0x27d4eb2f165667c5n;

function u64(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

function rotateLeft(value: bigint, bits: bigint): bigint {
  return u64(value << bits) | (value >> (64n - bits));
}

function round(lane: bigint, input: bigint): bigint {
  return u64(rotateLeft(u64(lane + input * P2), 31n) * P1);
}

/** The hash of `bytes` with seed 0. */
export function plainXxh64(bytes: Uint8Array): bigint {
  const data = Buffer.from(bytes);
  let at = 0;
  let hash = P5;
  if (data.length >= 32) {
    const lanes = [u64(P1 + P2), P2, 0n, u64(-P1)];
    for (; at + 32 <= data.length; at += 32) {
      for (const [i, lane] of lanes.entries()) lanes[i] = round(lane, data.readBigUInt64LE(at + i * 8));
    }
    const [a, b, c, d] = lanes as [bigint, bigint, bigint, bigint];
    hash = u64(rotateLeft(a, 1n) + rotateLeft(b, 7n) + rotateLeft(c, 12n) + rotateLeft(d, 18n));
    for (const lane of lanes) hash = u64((hash ^ round(0n, lane)) * P1 + P4);
  }
  hash = u64(hash + BigInt(data.length));
  for (; at + 8 <= data.length; at += 8) {
    hash = u64(rotateLeft(hash ^ round(0n, data.readBigUInt64LE(at)), 27n) * P1 + P4);
  }
  if (at + 4 <= data.length) {
    hash = u64(rotateLeft(hash ^ u64(BigInt(data.readUInt32LE(at)) * P1), 23n) * P2 + P3);
    at += 4;
  }
  for (; at < data.length; at++) hash = u64(rotateLeft(hash ^ u64(BigInt(data[at] as number) * P5), 11n) * P1);
  hash = u64((hash ^ (hash >> 33n)) * P2);
  hash = u64((hash ^ (hash >> 29n)) * P3);
  return hash ^ (hash >> 32n);
}
