// The check over a record's bytes: XXH64, seed 0 (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md).
// It is part of every document's id: it must never change.
// biome-ignore-all lint/correctness/noPrecisionLoss: integers of AssemblyScript have 64 bits.

const P1: u64 = 0x9e3779b185ebca87;
const P2: u64 = 0xc2b2ae3d27d4eb4f;
const P3: u64 = 0x165667b19e3779f9;
const P4: u64 = 0x85ebca77c2b2ae63;
const P5: u64 = 0x27d4eb2f165667c5;

function round(lane: u64, input: u64): u64 {
  return rotl(lane + input * P2, 31) * P1;
}

function merge(hash: u64, lane: u64): u64 {
  return (hash ^ round(0, lane)) * P1 + P4;
}

function avalanche(hash: u64): u64 {
  hash = (hash ^ (hash >> 33)) * P2;
  hash = (hash ^ (hash >> 29)) * P3;
  return hash ^ (hash >> 32);
}

/** The hash after whole stripes of 32 bytes, `s` = the first byte behind them. */
function tail(hash: u64, s: usize, e: usize): u64 {
  for (; s + 8 <= e; s += 8) hash = rotl(hash ^ round(0, load<u64>(s)), 27) * P1 + P4;
  if (s + 4 <= e) {
    hash = rotl(hash ^ (<u64>load<u32>(s) * P1), 23) * P2 + P3;
    s += 4;
  }
  for (; s < e; s++) hash = rotl(hash ^ (<u64>load<u8>(s) * P5), 11) * P1;
  return avalanche(hash);
}

export function xxh64(s: usize, e: usize): u64 {
  const bytes = <u64>(e - s);
  if (bytes < 32) return tail(P5 + bytes, s, e);
  let a = P1 + P2;
  let b = P2;
  let c: u64 = 0;
  let d = 0 - P1;
  for (; s + 32 <= e; s += 32) {
    a = round(a, load<u64>(s));
    b = round(b, load<u64>(s, 8));
    c = round(c, load<u64>(s, 16));
    d = round(d, load<u64>(s, 24));
  }
  let hash = rotl(a, 1) + rotl(b, 7) + rotl(c, 12) + rotl(d, 18);
  hash = merge(merge(merge(merge(hash, a), b), c), d);
  return tail(hash + bytes, s, e);
}

export function check30(s: usize, e: usize): u32 {
  return <u32>xxh64(s, e) & 0x3fffffff;
}
