// What the copies of a record have in common, whatever output they came through: the twin of likenessOf (src/kata/doubles.ts).
import { K_KERNEL_TIME, K_MSG, NONE } from './kata-record';

const PRIME: u32 = 0x01000193;

/** The two hashes that the last text gave, see hashes of src/kata/doubles.ts. */
let one: u32 = 0;
let other: u32 = 0;

/** As hashes of src/kata/doubles.ts, over ASCII. */
function hashBoth(s: usize, e: usize, first: u32, second: u32): void {
  let a: u32 = 0x811c9dc5 ^ first;
  let b: u32 = 0x811c9dc5 ^ second;
  for (; s + 4 <= e; s += 4) {
    const four = load<u32>(s);
    a = (a ^ four) * PRIME;
    b = (b ^ four) * PRIME;
    a ^= a >> 15;
    b ^= b >> 15;
  }
  for (; s < e; s++) {
    const c: u32 = load<u8>(s);
    a = (a ^ c) * PRIME;
    b = (b ^ c) * PRIME;
  }
  one = a;
  other = b;
}

/** The number of a kernel's time, as JavaScript reads it. */
function kernelTime(at: usize): f64 {
  let whole: u64 = 0;
  let divisor: f64 = 1;
  let isFraction = false;
  const e: usize = load<u32>(at, 4);
  for (let p: usize = load<u32>(at); p < e; p++) {
    const c: u32 = load<u8>(p);
    if (c == 46) {
      isFraction = true;
      continue;
    }
    whole = whole * 10 + c - 48;
    if (isFraction) divisor *= 10;
  }
  return <f64>whole / divisor;
}

/** Writes what the record `k` of the line `[s, e)` of logrus's shares with its copies: two words at `result`. */
export function writeLikeness(k: usize, result: usize, s: usize, e: usize): void {
  const kernel = k + K_KERNEL_TIME;
  const seed: u32 = load<u32>(kernel, 8) == NONE ? 0 : <u32>(<i64>(kernelTime(kernel) * 1e6));
  const msg = k + K_MSG;
  const isThere = load<u32>(msg, 8) != NONE;
  hashBoth(isThere ? load<u32>(msg) : 0, isThere ? load<u32>(msg, 4) : 0, seed, ~seed);
  // Behind the quote that ends the time, which the copies write differently.
  let from = s + 26;
  while (load<u8>(from) != 34) from++;
  hashBoth(from + 1, e, one, other);
  store<u32>(result, one == 0 ? 1 : one);
  store<u32>(result, other, 4);
}
