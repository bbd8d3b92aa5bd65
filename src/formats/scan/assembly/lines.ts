// A block of a stream cut into lines, one record each.
import { check30 } from './check';
import {
  D_OFFSET,
  HEAD_BYTES,
  KIND_TEXT,
  S_END,
  S_KEY,
  S_KIND,
  S_START,
  SPAN_BYTES,
  W_CHECK,
  W_RAW_END,
  W_RAW_START,
  W_SIZE,
  W_SOURCE_BYTES,
  W_SPANS,
} from './layout';

let count: u32 = 0;
let next: usize = 0;

/** Records that the last call made. */
export function linesCount(): u32 {
  return count;
}

/** The first byte that the last call did not cut. */
export function linesNext(): usize {
  return next;
}

/** The first line feed at or behind `p`, or `e`. */
function lineEnd(p: usize, e: usize): usize {
  const feed = i8x16.splat(10);
  while (p < e) {
    const a = i8x16.eq(v128.load(p), feed);
    const b = i8x16.eq(v128.load(p, 16), feed);
    if (v128.any_true(v128.or(a, b))) {
      const at = p + ctz(i8x16.bitmask(a) | (i8x16.bitmask(b) << 16));
      return at < e ? at : e;
    }
    p += 32;
  }
  return e;
}

function writeRecord(out: usize, key: u32, start: usize, textEnd: usize, end: usize): void {
  const nothing = i64x2.splat(0);
  v128.store(out, nothing);
  v128.store(out, nothing, 16);
  v128.store(out, nothing, 32);
  v128.store(out, nothing, 48);
  v128.store(out, nothing, 64);
  store<u32>(out, HEAD_BYTES + SPAN_BYTES, W_SIZE * 4);
  store<u32>(out, 1, W_SPANS * 4);
  store<u32>(out, check30(start, textEnd), W_CHECK * 4);
  store<u32>(out, start, W_RAW_START * 4);
  store<u32>(out, textEnd, W_RAW_END * 4);
  store<u32>(out, end - start, W_SOURCE_BYTES * 4);
  store<u32>(out, key, HEAD_BYTES + S_KEY * 4);
  store<u32>(out, KIND_TEXT, HEAD_BYTES + S_KIND * 4);
  store<u32>(out, start, HEAD_BYTES + S_START * 4);
  store<u32>(out, textEnd, HEAD_BYTES + S_END * 4);
}

/** Cuts `[start, end)` into at most `maxRecords` records at `out`; `offset` is that of `start` in the stream. */
export function lines(start: usize, end: usize, offset: f64, key: u32, maxRecords: u32, out: usize): usize {
  const base = offset - <f64>start;
  let p = start;
  count = 0;
  while (p < end && count < maxRecords) {
    const feed = lineEnd(p, end);
    const stop = feed < end ? feed + 1 : end;
    const textEnd = feed > p && load<u8>(feed - 1) == 13 ? feed - 1 : feed;
    writeRecord(out, key, p, textEnd, stop);
    store<f64>(out, base + <f64>p, D_OFFSET * 8);
    out += HEAD_BYTES + SPAN_BYTES;
    count++;
    p = stop;
  }
  next = p;
  return out;
}
