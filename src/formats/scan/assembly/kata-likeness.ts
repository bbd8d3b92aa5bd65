// What the copies of a record have in common, whatever output they came through: the twin of likenessOf (src/kata/doubles.ts).
import { K_KERNEL_TIME, K_MSG, NONE } from './kata-record';

const PRIME: u32 = 0x01000193;

/** As hash of src/kata/doubles.ts, over ASCII. */
function hash(s: usize, e: usize, seed: u32): u32 {
  let value = 0x811c9dc5 ^ seed;
  for (; s + 4 <= e; s += 4) {
    value = (value ^ load<u32>(s)) * PRIME;
    value ^= value >> 15;
  }
  for (; s < e; s++) value = (value ^ load<u8>(s)) * PRIME;
  return value;
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
  const message = hash(isThere ? load<u32>(msg) : 0, isThere ? load<u32>(msg, 4) : 0, seed);
  // Behind the quote that ends the time, which the copies write differently.
  let from = s + 26;
  while (load<u8>(from) != 34) from++;
  const identity = hash(from + 1, e, message);
  store<u32>(result, identity == 0 ? 1 : identity);
  store<u32>(result, hash(from + 1, e, ~message), 4);
}
