// Times on the page. They travel as RFC 3339 text with nine digits; arithmetic needs no more than microseconds.

export type Zone = 'utc' | 'local';

/** Milliseconds since the epoch, with a fraction. */
export function millis(time: string): number {
  const fraction = /\.(\d+)/.exec(time)?.[1] ?? '';
  const whole = Date.parse(time.replace(/\.\d+/, ''));
  return whole + Number(`0.${fraction || '0'}`) * 1000;
}

export function toTime(ms: number): string {
  return new Date(ms).toISOString();
}

function shifted(time: string, zone: Zone): Date {
  const date = new Date(millis(time));
  return zone === 'utc' ? date : new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
}

/** `10:02:03.123`, or with all nine digits. */
export function clockText(time: string, zone: Zone, digits: 3 | 9 = 3): string {
  const fraction = (/\.(\d+)/.exec(time)?.[1] ?? '').padEnd(9, '0').slice(0, digits);
  return `${shifted(time, zone).toISOString().slice(11, 19)}.${fraction}`;
}

/** `2026-03-02`. */
export function dayText(time: string, zone: Zone): string {
  return shifted(time, zone).toISOString().slice(0, 10);
}

export function fullText(time: string, zone: Zone): string {
  return `${dayText(time, zone)} ${clockText(time, zone, 9)}${zone === 'utc' ? ' UTC' : ''}`;
}

const STEPS: readonly (readonly [number, string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'm'],
  [1000, 's'],
];

/** `843 ms`, `2.31 s`, `4m 10s`. */
export function durationText(ms: number): string {
  const sign = ms < 0 ? '−' : '';
  const size = Math.abs(ms);
  if (size < 1) return `${sign}${Math.round(size * 1000)} µs`;
  if (size < 1000) return `${sign}${size < 10 ? size.toFixed(1) : Math.round(size)} ms`;
  if (size < 60_000) return `${sign}${(size / 1000).toFixed(2)} s`;
  const at = STEPS.findIndex(([step]) => size >= step);
  const [step, unit] = STEPS[at] as readonly [number, string];
  const [smaller, smallerUnit] = STEPS[at + 1] ?? ([1000, 's'] as const);
  const rest = Math.floor((size % step) / smaller);
  return `${sign}${Math.floor(size / step)}${unit}${rest > 0 ? ` ${rest}${smallerUnit}` : ''}`;
}

const UNITS: { readonly [unit: string]: number } = { m: 60_000, h: 3_600_000, d: 86_400_000, s: 1000, w: 604_800_000 };

/** An absolute time from `now-15m`, `now`, or what a person types; undefined where it is none. */
export function absolute(text: string, nowMs: number): string | undefined {
  const trimmed = text.trim();
  const relative = /^now(?:-(\d+)([smhdw]))?$/.exec(trimmed);
  if (relative) return toTime(nowMs - Number(relative[1] ?? 0) * (UNITS[relative[2] ?? 's'] ?? 0));
  const withZone = /([zZ]|[+-]\d\d:?\d\d)$/.test(trimmed) ? trimmed : `${trimmed.replace(' ', 'T')}Z`;
  const ms = Date.parse(/^\d{4}-\d\d-\d\d$/.test(trimmed) ? trimmed : withZone);
  if (Number.isNaN(ms)) return undefined;
  return /\.\d{4,}/.test(withZone) ? withZone : toTime(ms);
}

export function countText(count: number): string {
  return count.toLocaleString('en-US');
}

/** `12.3k`, `4.1M`. */
export function shortCount(count: number): string {
  if (count < 10_000) return countText(count);
  if (count < 1_000_000) return `${(count / 1000).toFixed(count < 100_000 ? 1 : 0)}k`;
  return `${(count / 1_000_000).toFixed(1)}M`;
}

export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let at = 0;
  let size = bytes;
  while (size >= 1000 && at < units.length - 1) {
    size /= 1000;
    at++;
  }
  return `${at === 0 ? size : size.toFixed(1)} ${units[at]}`;
}
