// The event's time from a field in RFC 3339: date, 'T' or blank, time, fraction or none, 'Z' or offset.
// biome-ignore-all lint/correctness/noPrecisionLoss: integers of AssemblyScript have 64 bits.
import { isDigit } from './bytes';
import { daysInMonth, daysOf } from './calendar';
import {
  D_SECONDS,
  KIND_TEXT,
  LIVE,
  NO_KEY,
  S_END,
  S_KIND,
  S_START,
  W_NANOS,
  W_SIZE,
  W_STATUS,
  W_TIMED,
} from './layout';
import { findSpan } from './record';

/** 0000-01-01T00:00:00Z and 9999-12-31T23:59:59Z: what four digits of a year can show. */
export const FIRST_SECOND: i64 = -62167219200;
export const LAST_SECOND: i64 = 253402300799;

/** The last date and time up to the seconds, 19 bytes, and what they are: records of one second come together. */
const LAST_TEXT: usize = memory.data<u8>([
  0x31, 0x39, 0x37, 0x30, 0x2d, 0x30, 0x31, 0x2d, 0x30, 0x31, 0x54, 0x30, 0x30, 0x3a, 0x30, 0x30, 0x3a, 0x30, 0x30, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
]);
let lastSeconds: i64 = 0;

let nanos: u32 = 0;

/** Value of two digits, or 100 and more. */
function twoDigits(p: usize): u32 {
  const high: u32 = <u32>load<u8>(p) - 48;
  const low: u32 = <u32>load<u8>(p + 1) - 48;
  return high > 9 || low > 9 ? 100 : high * 10 + low;
}

/** Reads the 19 bytes at `p` into lastSeconds. */
function readSeconds(p: usize): bool {
  const century = twoDigits(p);
  const yearOfCentury = twoDigits(p + 2);
  const month = twoDigits(p + 5);
  const day = twoDigits(p + 8);
  const hour = twoDigits(p + 11);
  const minute = twoDigits(p + 14);
  const second = twoDigits(p + 17);
  const separator: u32 = load<u8>(p + 10);
  if (load<u8>(p + 4) != 45 || load<u8>(p + 7) != 45 || load<u8>(p + 13) != 58 || load<u8>(p + 16) != 58) return false;
  if ((separator | 32) != 116 && separator != 32) return false;
  if (century > 99 || yearOfCentury > 99 || month - 1 > 11 || hour > 23 || minute > 59 || second > 59) return false;
  const year = century * 100 + yearOfCentury;
  if (day - 1 >= <u32>daysInMonth(year, month)) return false;
  lastSeconds = <i64>daysOf(year, month, day) * 86400 + (hour * 60 + minute) * 60 + second;
  v128.store(LAST_TEXT, v128.load(p));
  store<u32>(LAST_TEXT + 15, load<u32>(p + 15));
  return true;
}

function sameSecond(p: usize): bool {
  if (load<u32>(p, 15) != load<u32>(LAST_TEXT, 15)) return false;
  return i8x16.all_true(i8x16.eq(v128.load(p), v128.load(LAST_TEXT)));
}

function allDigits(eight: u64): bool {
  const zeros: u64 = 0x3030303030303030;
  const high: u64 = 0xf0f0f0f0f0f0f0f0;
  return (((eight & high) ^ zeros) | (((eight + 0x0606060606060606) & high) ^ zeros)) == 0;
}

/** Value of eight digits: pairs, then pairs of pairs, then both halves. */
function eightDigits(eight: u64): u32 {
  eight = ((eight & 0x0f0f0f0f0f0f0f0f) * 2561) >> 8;
  eight = ((eight & 0x00ff00ff00ff00ff) * 6553601) >> 16;
  return <u32>(((eight & 0x0000ffff0000ffff) * 42949672960001) >> 32);
}

/** Reads the fraction whose first digit is at `p` into nanos; its end, or 0. Digits behind the ninth are cut off. */
function readFraction(p: usize, e: usize): usize {
  const eight = load<u64>(p);
  if (allDigits(eight) && isDigit(load<u8>(p + 8))) {
    nanos = eightDigits(eight) * 10 + load<u8>(p + 8) - 48;
    p += 9;
    while (p < e && isDigit(load<u8>(p))) p++;
    return p;
  }
  let digits = 0;
  let value: u32 = 0;
  for (; isDigit(load<u8>(p)); p++, digits++) value = value * 10 + load<u8>(p) - 48;
  if (digits == 0) return 0;
  for (; digits < 9; digits++) value *= 10;
  nanos = value;
  return p;
}

/** Seconds that the offset at `p`, which must end at `e`, lies before UTC; i32.MIN_VALUE if it is none. */
function readOffset(p: usize, e: usize): i32 {
  const sign: u32 = load<u8>(p);
  if ((sign | 32) == 122) return p + 1 == e ? 0 : i32.MIN_VALUE;
  if ((sign != 43 && sign != 45) || p + 6 != e || load<u8>(p + 3) != 58) return i32.MIN_VALUE;
  const hours = twoDigits(p + 1);
  const minutes = twoDigits(p + 4);
  if (hours > 23 || minutes > 59) return i32.MIN_VALUE;
  const seconds = <i32>(hours * 60 + minutes) * 60;
  return sign == 45 ? seconds : -seconds;
}

/** Sets the record's time from the text `[s, e)`, if it is one. */
function readTime(record: usize, s: usize, e: usize): bool {
  if (e - s < 20 || (!sameSecond(s) && !readSeconds(s))) return false;
  let p = s + 19;
  nanos = 0;
  if (load<u8>(p) == 46) {
    p = readFraction(p + 1, e);
    if (p == 0 || p >= e) return false;
  }
  const offset = readOffset(p, e);
  const seconds = lastSeconds + offset;
  if (offset == i32.MIN_VALUE || seconds < FIRST_SECOND || seconds > LAST_SECOND) return false;
  store<f64>(record, <f64>seconds, D_SECONDS * 8);
  store<u32>(record, nanos, W_NANOS * 4);
  store<u32>(record, 1, W_TIMED * 4);
  return true;
}

/** Most bytes of a time in UTC with nine digits. */
const ZULU_MAX_BYTES: usize = 30;

/** Seconds of the time in UTC `[s, e)`, at most nine digits and `Z`; NaN if it is none. */
export function zuluSeconds(s: usize, e: usize): f64 {
  if (e - s < 20 || e - s > ZULU_MAX_BYTES || load<u8>(e - 1) != 90) return NaN;
  if (!sameSecond(s) && !readSeconds(s)) return NaN;
  nanos = 0;
  if (e - s == 20) return <f64>lastSeconds;
  return load<u8>(s + 19) == 46 && readFraction(s + 20, e) == e - 1 ? <f64>lastSeconds : NaN;
}

/** Nanoseconds of the time that zuluSeconds read. */
export function zuluNanos(): u32 {
  return nanos;
}

/** Reads the time of each LIVE record of `[from, until)`, which has no other; how many have the key but no time. */
export function time(from: usize, until: usize, key: u32, keep: bool): u32 {
  let untimed: u32 = 0;
  for (let record = from; record < until; record += load<u32>(record, W_SIZE * 4)) {
    store<u32>(record, 0, W_TIMED * 4);
    if (load<u32>(record, W_STATUS * 4) != LIVE) continue;
    const span = findSpan(record, key);
    if (span == 0) continue;
    // A JSON string stands in quotes; other JSON values begin with no digit pair and dash, or end too early.
    const quotes: usize = load<u32>(span, S_KIND * 4) == KIND_TEXT ? 0 : 1;
    if (readTime(record, load<u32>(span, S_START * 4) + quotes, load<u32>(span, S_END * 4) - quotes)) {
      if (!keep) store<i32>(span, NO_KEY);
    } else untimed++;
  }
  return untimed;
}
