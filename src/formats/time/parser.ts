// The time settings of a parser, compiled once to a function from text to instant.
import type { Instant } from '../../core/event.ts';
import { type Problem, quoted } from '../../core/problem.ts';
import { looksLikeIso8601, parseIso8601 } from './iso8601.ts';
import { parseLenient } from './lenient.ts';
import { compileStrptime, type StrptimeContext } from './strptime.ts';
import { type Zone, zoneOf } from './zone.ts';

export interface TimeSettings {
  readonly time_type: 'string' | 'float' | 'unixtime' | 'mixed';
  readonly time_format: string | undefined;
  readonly time_format_fallbacks: readonly string[];
  readonly localtime: boolean;
  readonly utc: boolean;
  readonly timezone: string | undefined;
}

export interface TimeContext {
  now(): Instant;
  /** An ISO text where a number was configured: Fluentd would make 1970 of it; the right time is taken. */
  surprise(text: string): void;
}

/** Undefined where the text is no time. */
export type TimeParser = (text: string) => Instant | undefined;

/** What is wrong with the settings, without a place. */
export function checkTimeSettings(settings: TimeSettings): readonly Omit<Problem, 'place'>[] {
  const problems: Omit<Problem, 'place'>[] = [];
  const error = (message: string, hint?: string): void => {
    problems.push({ code: 'config/time-settings', severity: 'error', message, ...(hint !== undefined && { hint }) });
  };
  if (settings.timezone !== undefined && !zoneOf(settings.timezone)) {
    error(`timezone: expected an offset such as +09:00 or a name such as Asia/Tokyo, got ${quoted(settings.timezone)}`);
  }
  for (const format of [settings.time_format ?? '%iso8601', ...settings.time_format_fallbacks]) {
    if (!isNamed(format) && !compileStrptime(format))
      error(`time format ${quoted(format)} has a directive that is not known`);
  }
  const hasZone = settings.utc || settings.timezone !== undefined;
  if (!hasZone && /(?:^|[^%])Z$/.test(settings.time_format ?? '')) {
    const message = `time_format: the Z at the end of ${quoted(settings.time_format as string)} is a letter, not a zone: times are read in local time`;
    problems.push({ code: 'config/letter-z', severity: 'warning', message, hint: 'write %z, or utc true with it' });
  }
  if (settings.time_format !== undefined && !settings.time_format.includes('%') && !isNamed(settings.time_format)) {
    const message = `time_format: ${quoted(settings.time_format)} holds no directive, so it fits no time`;
    problems.push({ code: 'config/time-settings', severity: 'warning', message, hint: 'as in %Y-%m-%dT%H:%M:%S.%N%z' });
  }
  if (settings.time_type === 'mixed' && settings.time_format_fallbacks.length === 0) {
    error('time_type mixed needs time_format_fallbacks');
  }
  return problems;
}

function isNamed(format: string): boolean {
  return format === '%iso8601' || format === 'unixtime' || format === 'float';
}

export function createTimeParser(settings: TimeSettings, context: TimeContext): TimeParser {
  const strptime: StrptimeContext = { zone: zoneFor(settings), now: () => context.now() };
  switch (settings.time_type) {
    case 'unixtime':
      return (text) => numeric(text, parseUnixtime, strptime.zone, context);
    case 'float':
      return (text) => numeric(text, parseFloatTime, strptime.zone, context);
    case 'mixed':
      return mixed([settings.time_format ?? '%iso8601', ...settings.time_format_fallbacks], strptime);
    default:
      return settings.time_format === undefined
        ? (text) => parseLenient(text, strptime)
        : oneFormat(settings.time_format, strptime);
  }
}

/** `utc` and `timezone` speak of texts without a zone; the default is the local zone. */
function zoneFor(settings: TimeSettings): Zone {
  const name = settings.timezone ?? (settings.utc ? 'utc' : settings.localtime ? 'local' : 'utc');
  return zoneOf(name) as Zone;
}

function numeric(text: string, parse: TimeParser, zone: Zone, context: TimeContext): Instant | undefined {
  if (!looksLikeIso8601(text)) return parse(text);
  const instant = parseIso8601(text.replace(' ', 'T').replace(/ (?=[+-])/, ''), zone);
  if (instant) context.surprise(text);
  return instant;
}

/** The integer at the beginning of the text, 0 where there is none, as Fluentd reads it. */
function parseUnixtime(text: string): Instant {
  return { seconds: Number(/^\s*[-+]?\d+/.exec(text)?.[0] ?? 0), nanos: 0 };
}

/** Seconds, a point, and up to nine digits; what stands behind them is passed over. */
function parseFloatTime(text: string): Instant | undefined {
  const parts = /^\s*([-+]?)(\d+)(?:\.(\d*))?(?:[eE]([-+]?\d+))?/.exec(text);
  if (!parts) return { seconds: 0, nanos: 0 };
  if (parts[4] !== undefined) return fromNumber(Number(parts[0]));
  const seconds = Number(parts[2]);
  const nanos = Number((parts[3] ?? '').slice(0, 9).padEnd(9, '0'));
  if (parts[1] !== '-') return { seconds, nanos };
  return nanos === 0 ? { seconds: -seconds, nanos: 0 } : { seconds: -seconds - 1, nanos: 1e9 - nanos };
}

function fromNumber(value: number): Instant | undefined {
  if (!Number.isFinite(value)) return undefined;
  const seconds = Math.floor(value);
  return { seconds, nanos: Math.round((value - seconds) * 1e9) };
}

function oneFormat(format: string, context: StrptimeContext): TimeParser {
  if (format === '%iso8601') return (text) => parseIso8601(text, context.zone);
  const parse = compileStrptime(format);
  if (!parse) throw new Error(`BUG: time format ${format} was not checked`);
  return (text) => parse(text, context);
}

function mixed(formats: readonly string[], context: StrptimeContext): TimeParser {
  const parsers = formats.map((format): TimeParser => {
    if (format === 'unixtime') return (text) => (/^\s*[-+]?\d+\s*$/.test(text) ? parseUnixtime(text) : undefined);
    if (format === 'float') return (text) => (/^\s*[-+]?\d+(\.\d+)?\s*$/.test(text) ? parseFloatTime(text) : undefined);
    return oneFormat(format, context);
  });
  return (text) => {
    for (const parse of parsers) {
      const instant = parse(text);
      if (instant) return instant;
    }
    return undefined;
  };
}
