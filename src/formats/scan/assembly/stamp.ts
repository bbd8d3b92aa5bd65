// An instant written as RFC 3339 in UTC with nine digits.
import { dateOf } from './calendar';
import { FIRST_SECOND, LAST_SECOND } from './time';

export const STAMP_BYTES: usize = 30;

/** `2026-11-24T10:31:27.` of the last second that was written. */
const PREFIX: usize = memory.data(32);
let prefixSeconds: f64 = NaN;

function writeTwo(value: i32, out: usize): void {
  store<u16>(out, ((value % 10) << 8) + value / 10 + 0x3030);
}

function writePrefix(seconds: i64): void {
  if (seconds < FIRST_SECOND) seconds = FIRST_SECOND;
  if (seconds > LAST_SECOND) seconds = LAST_SECOND;
  const sinceYear0 = seconds - FIRST_SECOND;
  const days = <i32>(sinceYear0 / 86400);
  const secondOfDay = <i32>(sinceYear0 - <i64>days * 86400);
  const date = dateOf(days + <i32>(FIRST_SECOND / 86400));
  writeTwo(date / 1000000, PREFIX);
  writeTwo((date / 10000) % 100, PREFIX + 2);
  store<u8>(PREFIX, 45, 4);
  writeTwo((date / 100) % 100, PREFIX + 5);
  store<u8>(PREFIX, 45, 7);
  writeTwo(date % 100, PREFIX + 8);
  store<u8>(PREFIX, 84, 10);
  writeTwo(secondOfDay / 3600, PREFIX + 11);
  store<u8>(PREFIX, 58, 13);
  writeTwo((secondOfDay / 60) % 60, PREFIX + 14);
  store<u8>(PREFIX, 58, 16);
  writeTwo(secondOfDay % 60, PREFIX + 17);
  store<u8>(PREFIX, 46, 19);
}

/** Writes STAMP_BYTES. Instants outside of the years 0 to 9999 are shown as the nearest second inside. */
export function writeStamp(seconds: f64, nanos: i32, out: usize): void {
  if (seconds != prefixSeconds) {
    writePrefix(<i64>seconds);
    prefixSeconds = seconds;
  }
  v128.store(out, v128.load(PREFIX));
  store<u32>(out, load<u32>(PREFIX, 16), 16);
  writeTwo(nanos / 10000000, out + 20);
  writeTwo((nanos / 100000) % 100, out + 22);
  writeTwo((nanos / 1000) % 100, out + 24);
  writeTwo((nanos / 10) % 100, out + 26);
  store<u16>(out, 0x5a30 + (nanos % 10), 28);
}
