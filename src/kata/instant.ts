// Times as Kata writes them (RFC 3339 with a zone, fraction of up to nine digits or none), and back.
import type { Instant } from '../core/event.ts';
import { daysFromCivil, daysInMonth } from '../formats/time/civil.ts';

const FORM = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(Z|z|[+-]\d{2}:?\d{2})$/;
const SECONDS_PREFIX = 19;
const SECONDS_PER_DAY = 86_400;

// Records of one second follow each other: its text is read and written once.
let knownText = '';
let knownSeconds = 0;
let writtenSeconds = Number.NaN;
let writtenText = '';

/** The instant of an RFC 3339 text with a zone, or undefined. */
export function readInstant(text: string): Instant | undefined {
  const { length } = text;
  if (knownText !== '' && length <= 30 && text.charCodeAt(length - 1) === 0x5a && text.startsWith(knownText)) {
    const nanos = length === SECONDS_PREFIX + 1 ? 0 : readFraction(text, SECONDS_PREFIX, length - 1);
    if (nanos >= 0) return { seconds: knownSeconds, nanos };
  }
  return readAny(text);
}

/** Nanoseconds of `.123` in `[dot, end)`, or -1. */
function readFraction(text: string, dot: number, end: number): number {
  if (text.charCodeAt(dot) !== 0x2e || end - dot < 2) return -1;
  let nanos = 0;
  for (let at = dot + 1; at < end; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return -1;
    nanos = nanos * 10 + digit;
  }
  for (let digits = end - dot - 1; digits < 9; digits++) nanos *= 10;
  return nanos;
}

function readAny(text: string): Instant | undefined {
  const parts = FORM.exec(text);
  if (!parts) return undefined;
  const [year, month, day, hour, minute, second] = civilGroups(parts);
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const local = daysFromCivil(year, month, day) * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second;
  const seconds = local - offsetOf(parts[8] as string);
  if (parts[8] === 'Z') {
    knownText = text.slice(0, SECONDS_PREFIX);
    knownSeconds = seconds;
  }
  return { seconds, nanos: Number((parts[7] ?? '').padEnd(9, '0')) };
}

/** Year, month, day, hour, minute and second: the first six groups of a match. */
export function civilGroups(parts: RegExpExecArray): [number, number, number, number, number, number] {
  const group = (index: number): number => Number(parts[index]);
  return [group(1), group(2), group(3), group(4), group(5), group(6)];
}

function offsetOf(zone: string): number {
  if (zone === 'Z' || zone === 'z') return 0;
  const sign = zone.startsWith('-') ? -1 : 1;
  return sign * (Number(zone.slice(1, 3)) * 3600 + Number(zone.slice(-2)) * 60);
}

/** `2026-08-22T10:04:14.100000000Z`. */
export function writeInstant({ seconds, nanos }: Instant): string {
  if (seconds !== writtenSeconds) {
    const date = new Date(seconds * 1000);
    if (Number.isNaN(date.getTime())) return '';
    // Without the milliseconds and the zone.
    writtenText = date.toISOString().slice(0, -4);
    writtenSeconds = seconds;
  }
  return `${writtenText}${String(1_000_000_000 + nanos).slice(1)}Z`;
}

/** Microseconds since the epoch as journald writes them. */
export function instantOfMicros(text: string): Instant | undefined {
  if (!/^\d{7,17}$/.test(text)) return undefined;
  return { seconds: Number(text.slice(0, -6)), nanos: Number(text.slice(-6)) * 1000 };
}

/** `a - b` in milliseconds. */
export function millisBetween(a: Instant, b: Instant): number {
  return (a.seconds - b.seconds) * 1000 + (a.nanos - b.nanos) / 1e6;
}
