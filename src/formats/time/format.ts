// strftime: an instant as text.
import type { Instant } from '../../core/event.ts';
import { type Civil, civilOf, daysFromCivil } from './civil.ts';
import { DAYS, MONTHS } from './names.ts';
import { zoneOf } from './zone.ts';

/**
 * @param format strftime directives, `%N` nine digits, `%3N` three; or `%iso8601`.
 * @param zone `utc`, `local`, an offset or a name; an unknown one counts as UTC.
 */
export function formatTime(instant: Instant, format: string, zone: string): string {
  const offset = zoneOf(zone)?.offsetAt(instant.seconds) ?? 0;
  const civil = civilOf(instant, offset);
  if (format === '%iso8601') return formatWith('%Y-%m-%dT%H:%M:%S%:z', civil, instant, offset);
  return formatWith(format, civil, instant, offset);
}

function formatWith(format: string, civil: Civil, instant: Instant, offset: number): string {
  return format.replace(
    /%([-_0^#]?)(:?)(\d*)([A-Za-z%])/g,
    (whole, flag: string, colon: string, width: string, letter: string) => {
      const text = directive(letter, colon, width, civil, instant, offset);
      if (text === undefined) return whole;
      if (flag === '-') return text.replace(/^[0 ]+(?=.)/, '');
      return flag === '^' ? text.toUpperCase() : text;
    },
  );
}

const two = (value: number): string => String(value).padStart(2, '0');
const spaced = (value: number): string => String(value).padStart(2, ' ');

const COMPOUND: Readonly<Record<string, string>> = {
  F: '%Y-%m-%d',
  T: '%H:%M:%S',
  X: '%H:%M:%S',
  R: '%H:%M',
  D: '%m/%d/%y',
  x: '%m/%d/%y',
  c: '%a %b %e %H:%M:%S %Y',
  r: '%I:%M:%S %p',
};

function directive(
  letter: string,
  colon: string,
  width: string,
  c: Civil,
  instant: Instant,
  offset: number,
): string | undefined {
  const compound = COMPOUND[letter];
  if (compound !== undefined) return formatWith(compound, c, instant, offset);
  if (letter === 'N' || letter === 'L') {
    const digits = Number(width || (letter === 'L' ? 3 : 9));
    return String(c.nanos).padStart(9, '0').slice(0, digits).padEnd(digits, '0');
  }
  if (letter === 'z') return offsetText(offset, colon);
  if (letter === 's') return String(instant.seconds);
  return SIMPLE[letter]?.(c);
}

const dayOfYear = (c: Civil): number => daysFromCivil(c.year, c.month, c.day) - daysFromCivil(c.year, 1, 1) + 1;
const weekday = (c: Civil): number => (((daysFromCivil(c.year, c.month, c.day) + 4) % 7) + 7) % 7;

const SIMPLE: Readonly<Record<string, (c: Civil) => string>> = {
  Y: (c) => String(c.year).padStart(4, '0'),
  y: (c) => two(((c.year % 100) + 100) % 100),
  m: (c) => two(c.month),
  B: (c) => MONTHS[c.month - 1] as string,
  b: (c) => (MONTHS[c.month - 1] as string).slice(0, 3),
  d: (c) => two(c.day),
  e: (c) => spaced(c.day),
  j: (c) => String(dayOfYear(c)).padStart(3, '0'),
  H: (c) => two(c.hour),
  I: (c) => two(c.hour % 12 || 12),
  M: (c) => two(c.minute),
  S: (c) => two(c.second),
  p: (c) => (c.hour < 12 ? 'AM' : 'PM'),
  A: (c) => DAYS[weekday(c)] as string,
  a: (c) => (DAYS[weekday(c)] as string).slice(0, 3),
  u: (c) => String(weekday(c) || 7),
  w: (c) => String(weekday(c)),
  '%': () => '%',
};

function offsetText(offset: number, colon: string): string {
  const minutes = Math.abs(Math.round(offset / 60));
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${colon}${two(minutes % 60)}`;
}
