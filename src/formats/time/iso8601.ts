// ISO 8601 as `time_format %iso8601` takes it (Ruby's Time.xmlschema): date, T, time; fraction and zone optional.
import type { Instant } from '../../core/event.ts';
import { instantOf, isCivil, nanosOf } from './civil.ts';
import { offsetFor, offsetOf, type Zone } from './zone.ts';

const FORM = /^\s*(-?\d{4,})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?([Zz]|[+-]\d{2}(?::?\d{2})?)?\s*$/;

/** @param zone for a text without one. */
export function parseIso8601(text: string, zone: Zone): Instant | undefined {
  const parts = FORM.exec(text);
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second, fraction, written] = parts;
  const civil = {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    nanos: nanosOf(fraction ?? ''),
  };
  if (!isCivil(civil)) return undefined;
  if (written === undefined) return instantOf(civil, offsetFor(civil, zone));
  return instantOf(civil, written === 'Z' || written === 'z' ? 0 : (offsetOf(written) as number));
}

/** Whether a text can only be meant as an ISO date: a number would not look like this. */
export function looksLikeIso8601(text: string): boolean {
  return /^\s*\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}/.test(text);
}
