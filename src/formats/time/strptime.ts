// strptime: a format compiled once to a regular expression and a list of what its groups mean.
import type { Instant } from '../../core/event.ts';
import { civilOf, instantOf, isCivil, nanosOf } from './civil.ts';
import { monthOf } from './names.ts';
import { offsetFor, offsetOf, type Zone } from './zone.ts';

/** What a group of the expression says. */
type Part =
  | 'year'
  | 'year2'
  | 'month'
  | 'monthName'
  | 'day'
  | 'dayOfYear'
  | 'hour'
  | 'hour12'
  | 'half'
  | 'minute'
  | 'second'
  | 'fraction'
  | 'zone'
  | 'epoch'
  | 'epochMs';

const NAME = '[A-Za-z]+';
const DIRECTIVES: Readonly<Record<string, readonly [string, Part | undefined]>> = {
  Y: ['([-+]?\\d{1,4})', 'year'],
  y: ['(\\d{1,2})', 'year2'],
  C: ['\\d{1,2}', undefined],
  m: ['\\s*(\\d{1,2})', 'month'],
  B: [`(${NAME})`, 'monthName'],
  b: [`(${NAME})`, 'monthName'],
  h: [`(${NAME})`, 'monthName'],
  d: ['\\s*(\\d{1,2})', 'day'],
  e: ['\\s*(\\d{1,2})', 'day'],
  j: ['(\\d{1,3})', 'dayOfYear'],
  H: ['\\s*(\\d{1,2})', 'hour'],
  k: ['\\s*(\\d{1,2})', 'hour'],
  I: ['\\s*(\\d{1,2})', 'hour12'],
  l: ['\\s*(\\d{1,2})', 'hour12'],
  p: ['([AaPp]\\.?[Mm]\\.?)', 'half'],
  P: ['([AaPp]\\.?[Mm]\\.?)', 'half'],
  M: ['\\s*(\\d{1,2})', 'minute'],
  S: ['\\s*(\\d{1,2})', 'second'],
  L: ['(\\d{1,9})', 'fraction'],
  N: ['(\\d{1,9})', 'fraction'],
  z: ['([+-]\\d{2}(?::?\\d{2}){0,2}|\\d{4}|Z)', 'zone'],
  Z: ['([A-Za-z]{1,9}|[+-]\\d{2}:?\\d{2})', 'zone'],
  s: ['([-+]?\\d+)', 'epoch'],
  Q: ['([-+]?\\d+)', 'epochMs'],
  A: [NAME, undefined],
  a: [NAME, undefined],
  u: ['\\d', undefined],
  w: ['\\d', undefined],
  '%': ['%', undefined],
  n: ['\\s+', undefined],
  t: ['\\s+', undefined],
};
const [OFFSET] = DIRECTIVES['z'] as readonly [string, Part];
const ZONE = OFFSET.replace('|Z)', '|[A-Za-z]{1,9})');
const COMPOUND: Readonly<Record<string, string>> = {
  D: '%m/%d/%y',
  x: '%m/%d/%y',
  F: '%Y-%m-%d',
  T: '%H:%M:%S',
  X: '%H:%M:%S',
  R: '%H:%M',
  r: '%I:%M:%S %p',
  c: '%a %b %e %H:%M:%S %Y',
  v: '%e-%b-%Y',
  '+': '%a %b %e %H:%M:%S %Z %Y',
};
const ZONE_NAMES: Readonly<Record<string, number>> = {
  Z: 0,
  UTC: 0,
  GMT: 0,
  UT: 0,
  EST: -5,
  EDT: -4,
  CST: -6,
  CDT: -5,
  MST: -7,
  MDT: -6,
  PST: -8,
  PDT: -7,
  CET: 1,
  CEST: 2,
  JST: 9,
};

export interface StrptimeContext {
  readonly zone: Zone;
  now(): Instant;
}

/**
 * What stands behind the part of a text that the format describes is passed over, as in Fluentd.
 * @param isWhole the format must describe the whole text, blanks around it apart, and %z may be a name.
 * @returns undefined where the format has a directive that is not known.
 */
export function compileStrptime(
  format: string,
  isWhole = false,
): ((text: string, context: StrptimeContext) => Instant | undefined) | undefined {
  const parts: Part[] = [];
  const source = formatSource(format, parts);
  if (source === undefined) return undefined;
  const expression = new RegExp(isWhole ? `^\\s*${source.replaceAll(OFFSET, ZONE)}\\s*$` : `^${source}`, 'i');
  return (text, context) => {
    const groups = expression.exec(text);
    return groups
      ? assemble(new Map(parts.map((part, i) => [part, groups[i + 1] as string] as const)), context)
      : undefined;
  };
}

function formatSource(format: string, parts: Part[]): string | undefined {
  let source = '';
  for (let i = 0; i < format.length; i++) {
    const char = format.charAt(i);
    if (char !== '%') {
      source += /\s/.test(char) ? '\\s*' : char.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
      continue;
    }
    const directive = /^%[-_0^#]?(:{0,2})(\d*)([A-Za-z%+])/.exec(format.slice(i));
    if (!directive) return undefined;
    const piece = directiveSource(directive[3] as string, directive[2] as string, parts);
    if (piece === undefined) return undefined;
    source += piece;
    i += directive[0].length - 1;
  }
  return source;
}

function directiveSource(letter: string, width: string, parts: Part[]): string | undefined {
  const compound = COMPOUND[letter];
  if (compound !== undefined) return formatSource(compound, parts);
  const known = DIRECTIVES[letter];
  if (!known) return undefined;
  const [source, part] = known;
  if (part) parts.push(part);
  return part === 'fraction' && width !== '' ? `(\\d{1,${Number(width)}})` : source;
}

function assemble(values: ReadonlyMap<Part, string>, context: StrptimeContext): Instant | undefined {
  const nanos = nanosOf(values.get('fraction') ?? '');
  const epoch = values.get('epoch');
  if (epoch !== undefined) return { seconds: Number(epoch), nanos };
  const epochMs = values.get('epochMs');
  if (epochMs !== undefined) return fromMilliseconds(Number(epochMs));
  const offset = writtenOffset(values.get('zone'));
  const today = civilOf(context.now(), offset ?? context.zone.offsetAt(context.now().seconds));
  const date = dateOf(values, today);
  const time = timeOf(values);
  if (!date || !time) return undefined;
  const civil = { ...date, ...time, nanos };
  if (!isCivil(civil)) return undefined;
  return instantOf(civil, offset ?? offsetFor(civil, context.zone));
}

function fromMilliseconds(ms: number): Instant {
  const seconds = Math.floor(ms / 1000);
  return { seconds, nanos: (ms - seconds * 1000) * 1_000_000 };
}

/** A missing year is this one; below a given part, what is missing is the first. */
function dateOf(
  values: ReadonlyMap<Part, string>,
  today: { year: number; month: number; day: number },
): typeof today | undefined {
  const year = yearOf(values) ?? today.year;
  const dayOfYear = values.get('dayOfYear');
  if (dayOfYear !== undefined) {
    const date = new Date(Date.UTC(year, 0, Number(dayOfYear)));
    return { year, month: date.getUTCMonth() + 1, day: date.getUTCDate() };
  }
  const hasYear = values.has('year') || values.has('year2');
  const month = monthIn(values) ?? (hasYear || values.has('day') ? (hasYear ? 1 : today.month) : today.month);
  if (month === 0) return undefined;
  const hasMonth = values.has('month') || values.has('monthName');
  const day = values.has('day') ? Number(values.get('day')) : hasYear || hasMonth ? 1 : today.day;
  return { year, month, day };
}

function yearOf(values: ReadonlyMap<Part, string>): number | undefined {
  const full = values.get('year');
  if (full !== undefined) return Number(full);
  const short = values.get('year2');
  if (short === undefined) return undefined;
  return Number(short) + (Number(short) >= 69 ? 1900 : 2000);
}

function monthIn(values: ReadonlyMap<Part, string>): number | undefined {
  const name = values.get('monthName');
  if (name !== undefined) return monthOf(name);
  const digits = values.get('month');
  return digits === undefined ? undefined : Number(digits);
}

function timeOf(values: ReadonlyMap<Part, string>): { hour: number; minute: number; second: number } | undefined {
  const minute = Number(values.get('minute') ?? 0);
  const second = Number(values.get('second') ?? 0);
  const twelve = values.get('hour12');
  if (twelve === undefined) return { hour: Number(values.get('hour') ?? 0), minute, second };
  const hour = Number(twelve);
  if (hour < 1 || hour > 12) return undefined;
  return { hour: (hour % 12) + (/^p/i.test(values.get('half') ?? '') ? 12 : 0), minute, second };
}

function writtenOffset(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const hours = ZONE_NAMES[text.toUpperCase()];
  if (hours !== undefined) return hours * 3600;
  return offsetOf(/^\d/.test(text) ? `+${text}` : text.slice(0, 6));
}
