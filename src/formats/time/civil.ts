// Calendar arithmetic in the proleptic Gregorian calendar, exact for any year a Date can hold.
import type { Instant } from '../../core/event.ts';

/** A date and time of day as written, without a zone. Month and day count from 1. */
export interface Civil {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nanos: number;
}

const SECONDS_PER_DAY = 86_400;

/** Days since 1970-01-01. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Whether every part lies in its range. A leap second is none: Fluentd's strptime takes 60 and so do we. */
export function isCivil(c: Civil): boolean {
  return (
    c.month >= 1 &&
    c.month <= 12 &&
    c.day >= 1 &&
    c.day <= daysInMonth(c.year, c.month) &&
    c.hour <= 24 &&
    (c.hour < 24 || (c.minute === 0 && c.second === 0)) &&
    c.minute <= 59 &&
    c.second <= 60
  );
}

/** The instant, for an offset east of UTC. */
export function instantOf(c: Civil, offsetSeconds: number): Instant {
  const days = daysFromCivil(c.year, c.month, c.day);
  const seconds = days * SECONDS_PER_DAY + c.hour * 3600 + c.minute * 60 + c.second - offsetSeconds;
  return { seconds, nanos: c.nanos };
}

/** The date and time that a clock in a zone `offsetSeconds` east of UTC shows. */
export function civilOf(instant: Instant, offsetSeconds: number): Civil {
  const date = new Date((instant.seconds + offsetSeconds) * 1000);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    nanos: instant.nanos,
  };
}

/** Digits after the point as nanoseconds: cut at nine, filled with zeros. */
export function nanosOf(digits: string): number {
  return Number(digits.slice(0, 9).padEnd(9, '0'));
}
