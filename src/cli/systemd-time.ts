// Times as systemd.time(7) writes them, for --since and --until.

const UNITS_US: Readonly<Record<string, number>> = {
  us: 1,
  usec: 1,
  µs: 1,
  ms: 1e3,
  msec: 1e3,
  s: 1e6,
  sec: 1e6,
  second: 1e6,
  seconds: 1e6,
  '': 1e6,
  m: 60e6,
  min: 60e6,
  minute: 60e6,
  minutes: 60e6,
  h: 3600e6,
  hr: 3600e6,
  hour: 3600e6,
  hours: 3600e6,
  d: 86_400e6,
  day: 86_400e6,
  days: 86_400e6,
  w: 604_800e6,
  week: 604_800e6,
  weeks: 604_800e6,
  M: 2_629_800e6,
  month: 2_629_800e6,
  months: 2_629_800e6,
  y: 31_557_600e6,
  year: 31_557_600e6,
  years: 31_557_600e6,
};
const SPAN = /^(?:\s*\d+(?:\.\d+)?\s*[a-zA-Zµ]*)+\s*$/;
const SPAN_PART = /(\d+(?:\.\d+)?)\s*([a-zA-Zµ]*)/g;
const WEEKDAY = /^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+/i;
const DATE = /^(\d{4}|\d{2})-(\d{1,2})-(\d{1,2})$/;
const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?$/;

/** Length of a time span such as `2h 30min`, in microseconds; undefined where it is none. */
function spanUs(text: string): number | undefined {
  if (!SPAN.test(text)) return undefined;
  let sum = 0;
  for (const [, number, unit] of text.matchAll(SPAN_PART)) {
    const us = UNITS_US[unit as string];
    if (us === undefined) return undefined;
    sum += Number(number) * us;
  }
  return Math.round(sum);
}

/**
 * Microseconds since the epoch.
 * @param nowUs what `now` means.
 * @returns undefined for a text that is no time.
 */
export function parseSystemdTime(text: string, nowUs: number): number | undefined {
  const trimmed = text.trim();
  if (/^@\d+(?:\.\d{1,6})?$/.test(trimmed)) return epochUs(trimmed.slice(1));
  if (trimmed === 'now') return nowUs;
  const days = ['yesterday', 'today', 'tomorrow'].indexOf(trimmed);
  if (days >= 0) return midnight(nowUs, days - 1);
  const relative = relativeUs(trimmed);
  return relative === undefined ? calendarUs(trimmed, nowUs) : nowUs + relative;
}

/** Seconds with a fraction, without the rounding of a double. */
function epochUs(text: string): number {
  const [seconds = '0', fraction = ''] = text.split('.');
  return Number(seconds) * 1e6 + Number(fraction.padEnd(6, '0'));
}

function relativeUs(text: string): number | undefined {
  if (text.startsWith('-')) return negative(spanUs(text.slice(1)));
  if (text.startsWith('+')) return spanUs(text.slice(1));
  if (text.endsWith(' ago')) return negative(spanUs(text.slice(0, -4)));
  return text.endsWith(' left') ? spanUs(text.slice(0, -5)) : undefined;
}

function negative(us: number | undefined): number | undefined {
  return us === undefined ? undefined : -us;
}

function midnight(nowUs: number, days: number): number {
  const date = new Date(nowUs / 1000);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime() * 1000;
}

/** `2026-11-25 10:00:00.5 UTC`: date or time may be left out, the zone is UTC or local. */
function calendarUs(text: string, nowUs: number): number | undefined {
  const isUtc = /(?:\sUTC|Z)$/.test(text);
  const plain = text
    .replace(/(?:\sUTC|Z)$/, '')
    .replace(WEEKDAY, '')
    .trim();
  const parts = plain.split(/[ T]+/);
  const date = DATE.exec(parts[0] ?? '');
  const clock = CLOCK.exec((date ? parts[1] : parts[0]) ?? '');
  if (parts.length > (date ? 2 : 1) || (!date && !clock) || (date && parts[1] !== undefined && !clock))
    return undefined;
  const [, hour = '0', minute = '0', second = '0', fraction = ''] = clock ?? [];
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const day = date ? dayOf(date) : today(nowUs, isUtc);
  if (!day) return undefined;
  const [year, month, dayOfMonth] = day;
  const fields = [year, month - 1, dayOfMonth, Number(hour), Number(minute), Number(second)] as const;
  const ms = isUtc ? Date.UTC(...fields) : new Date(...fields).getTime();
  return ms * 1000 + Number(fraction.padEnd(6, '0'));
}

type Day = readonly [year: number, month: number, day: number];

function dayOf([, year, month, day]: RegExpExecArray): Day | undefined {
  const full = (year as string).length === 2 ? 2000 + Number(year) : Number(year);
  const isDay = Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= 31;
  return isDay ? [full, Number(month), Number(day)] : undefined;
}

function today(nowUs: number, isUtc: boolean): Day {
  const date = new Date(nowUs / 1000);
  if (isUtc) return [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()];
}
