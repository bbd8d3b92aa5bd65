// Typed readings of a parameter's text, with Fluentd's meaning; where its meaning surprises, a problem that says both.
import { type Problem, quoted } from '../core/problem.ts';
import type { JsonObject } from './settings.ts';

/** A value, or a problem without a place; a warning may come with a value. */
export interface Reading<T> {
  readonly value?: T;
  readonly problem?: Omit<Problem, 'place'>;
}

const SIZE_UNITS: Readonly<Record<string, number>> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };
const TIME_UNITS = [
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
] as const;

function refused<T>(code: string, expected: string, text: string, hint?: string): Reading<T> {
  return {
    problem: { code, severity: 'error', message: `expected ${expected}, got ${quoted(text)}`, ...(hint && { hint }) },
  };
}

/** The value that Fluentd reads, with a warning that says how else the text could be meant. */
function surprising(
  code: string,
  expected: string,
  text: string,
  value: number,
  unit: string,
  meant?: number,
): Reading<number> {
  if (meant === value) return { value };
  const instead = meant === undefined ? `write ${value}` : `for ${meant}${unit} write ${meant}`;
  return {
    value,
    problem: {
      code,
      severity: 'warning',
      message: `expected ${expected}, got ${quoted(text)}, which is taken as ${value}${unit}`,
      hint: `Fluentd reads it so; ${instead}`,
    },
  };
}

const SIZE = 'a size such as 8m, 64k or 1000';

/** Bytes. Fluentd takes the first digits that stand before k, m, g or t, wherever they are: `1.5m` is 5 MiB there. */
export function readSize(text: string): Reading<number> {
  const plain = /^\s*([-+]?\d+)(?:([kmgt])(?:i?b)?|b)?\s*$/i.exec(text);
  if (plain) return { value: Number(plain[1]) * unitOfSize(plain[2]) };
  const fluentd = /(\d+)([kmgt])/i.exec(text);
  const value = fluentd ? Number(fluentd[1]) * unitOfSize(fluentd[2]) : rubyInteger(text);
  if (value === undefined) return refused('config/ambiguous-size', SIZE, text, 'Fluentd reads this as 0 bytes');
  const [, digits, unit] = /^\s*(\d+(?:\.\d+)?)\s*([kmgt])?(?:i?b)?\s*$/i.exec(text) ?? [];
  const meant = digits === undefined ? undefined : Math.round(Number(digits) * unitOfSize(unit));
  return surprising('config/ambiguous-size', SIZE, text, value, ' bytes', meant);
}

function unitOfSize(letter: string | undefined): number {
  return SIZE_UNITS[letter?.toLowerCase() ?? ''] ?? 1;
}

const DURATION = 'a duration such as 5s, 2m or 0.1';

/** Seconds. Fluentd takes the first digits before s, then m, h, d, wherever they are: `500ms` is 30000 s there. */
export function readTime(text: string): Reading<number> {
  const plain = /^\s*(\d+(?:\.\d+)?)\s*$/.exec(text) ?? /^\s*(\d+)([smhd])\s*$/.exec(text);
  const unit = TIME_UNITS.find(([name]) => name === plain?.[2])?.[1] ?? 1;
  if (plain) return { value: Number(plain[1]) * unit };
  const value = fluentdSeconds(text);
  if (value === undefined) {
    return refused('config/ambiguous-duration', DURATION, text, 'Fluentd reads this as 0 seconds');
  }
  return surprising('config/ambiguous-duration', DURATION, text, value, ' seconds', meantSeconds(text));
}

function fluentdSeconds(text: string): number | undefined {
  for (const [name, seconds] of TIME_UNITS) {
    const digits = new RegExp(`(\\d+)${name}`).exec(text)?.[1];
    if (digits !== undefined) return Number(digits) * seconds;
  }
  return rubyFloat(text);
}

const MEANT_UNITS: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  min: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
};

/** What `1h30m`, `1.5h` or `500 ms` mean to people, or undefined. */
function meantSeconds(text: string): number | undefined {
  if (!/^\s*(?:\d+(?:\.\d+)?\s*(?:ms|min|[smhdw])\s*)+$/i.test(text)) return undefined;
  let seconds = 0;
  for (const [, digits, unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)\s*(ms|min|[smhdw])/gi)) {
    seconds += Number(digits) * (MEANT_UNITS[unit.toLowerCase()] ?? 1);
  }
  return Number(seconds.toPrecision(12));
}

const TRUE = new Set(['true', 'yes', '']);
const FALSE = new Set(['false', 'no']);

/** A value that begins with `#` is true, as an empty one: a comment was meant. */
export function readBool(text: string): Reading<boolean> {
  if (TRUE.has(text) || text.startsWith('#')) return { value: true };
  if (FALSE.has(text)) return { value: false };
  return refused('config/not-a-bool', 'true, yes, false or no', text, 'Fluentd takes no other word');
}

/** Ruby's reading of a prefix, where single underscores between digits are passed over; undefined where Ruby reads 0. */
function rubyInteger(text: string): number | undefined {
  const prefix = /^\s*[-+]?\d+(?:_\d+)*/.exec(text)?.[0];
  return prefix === undefined ? undefined : Number(prefix.replaceAll('_', ''));
}

function rubyFloat(text: string): number | undefined {
  const prefix = /^\s*[-+]?(?:\d+(?:_\d+)*(?:\.\d+(?:_\d+)*)?|\.\d+)(?:e[-+]?\d+)?/i.exec(text)?.[0];
  return prefix === undefined ? undefined : Number(prefix.replaceAll('_', ''));
}

export function readInteger(text: string): Reading<number> {
  if (/^\s*[-+]?\d+(?:_\d+)*\s*$/.test(text)) return { value: rubyInteger(text) ?? 0 };
  return prefixed('a whole number', text, rubyInteger(text));
}

export function readFloat(text: string): Reading<number> {
  if (/^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(text)) return { value: Number(text) };
  return prefixed('a number', text, rubyFloat(text));
}

function prefixed(expected: string, text: string, value: number | undefined): Reading<number> {
  const code = 'config/not-a-number';
  if (value === undefined) return refused(code, expected, text, 'Fluentd reads this as 0');
  const meant = text.trim() === '' ? Number.NaN : Number(text.replaceAll('_', ''));
  return surprising(code, expected, text, value, '', Number.isFinite(meant) ? meant : undefined);
}

export function readEnum(text: string, words: readonly string[]): Reading<string> {
  return words.includes(text) ? { value: text } : refused('config/unknown-word', `one of ${words.join(', ')}`, text);
}

export function readArray(text: string): Reading<readonly string[]> {
  if (!text.trimStart().startsWith('[')) {
    return { value: partsOf(text) };
  }
  const value = parseJson(text);
  if (!Array.isArray(value)) return refused('config/not-an-array', 'a JSON array or words separated by commas', text);
  return { value: value.map((item) => (typeof item === 'string' ? item : JSON.stringify(item))) };
}

/** Between commas, without the blanks around them; empty parts at the end do not count, as in Ruby. */
function partsOf(text: string): string[] {
  const parts = text.split(',').map((part) => part.trim());
  return parts.slice(0, parts.findLastIndex((part) => part !== '') + 1);
}

export function readHash(text: string): Reading<JsonObject> {
  if (text.trimStart().startsWith('{')) {
    const value = parseJson(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? { value: value as JsonObject } : refused('config/not-a-hash', 'a JSON object or k:v,k2:v2', text);
  }
  const pairs: [string, string][] = [];
  for (const part of partsOf(text)) {
    const colon = part.indexOf(':');
    if (colon < 0) return refused('config/not-a-hash', 'a JSON object or k:v,k2:v2', text);
    pairs.push([part.slice(0, colon), part.slice(colon + 1)]);
  }
  return { value: Object.fromEntries(pairs) };
}

/** `/text/im`: flags i and m count, at most two; without slashes the text is the whole expression. Not compiled. */
export function readRegexp(text: string): Reading<string> {
  if (!text.startsWith('/')) return { value: text };
  const last = text.lastIndexOf('/');
  if (last === 0) return refused('config/bad-regexp', 'a closing /', text);
  if (text.length - last - 1 > 2) return refused('config/bad-regexp', 'at most two flags after the closing /', text);
  return { value: text };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The caller says what was expected.
    return undefined;
  }
}
