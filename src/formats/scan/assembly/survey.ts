// A tape counted in one pass: what decides about a batch as a whole.
import { BAD_TIME, D_SECONDS, LIVE, NO_MATCH, W_SIZE, W_STATUS, W_TIMED } from './layout';

// ---- what survey finds, from the address that it returns
/** Earliest and latest second of LIVE records with a time, doubles; infinite where there is none. */
const EARLIEST: usize = 0;
const LATEST: usize = 8;
const LIVE_COUNT: usize = 16;
const REFUSED_COUNT: usize = 20;
const UNTIMED_COUNT: usize = 24;
const FOUND: usize = memory.data(32, 8);

/** Counts the records of `[from, until)`. */
export function survey(from: usize, until: usize): usize {
  let earliest = f64.POSITIVE_INFINITY;
  let latest = f64.NEGATIVE_INFINITY;
  let live: u32 = 0;
  let refused: u32 = 0;
  let untimed: u32 = 0;
  for (let record = from; record < until; record += load<u32>(record, W_SIZE * 4)) {
    const status = load<u32>(record, W_STATUS * 4);
    if (status == NO_MATCH || status == BAD_TIME) refused++;
    if (status != LIVE) continue;
    live++;
    if (load<u32>(record, W_TIMED * 4) == 0) {
      untimed++;
      continue;
    }
    const seconds = load<f64>(record, D_SECONDS * 8);
    earliest = min(earliest, seconds);
    latest = max(latest, seconds);
  }
  store<f64>(FOUND, earliest, EARLIEST);
  store<f64>(FOUND, latest, LATEST);
  store<u32>(FOUND, live, LIVE_COUNT);
  store<u32>(FOUND, refused, REFUSED_COUNT);
  store<u32>(FOUND, untimed, UNTIMED_COUNT);
  return FOUND;
}
