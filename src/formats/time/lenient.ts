// Times as people write them, for `time_type string` without a format: what is missing comes from today.
import type { Instant } from '../../core/event.ts';
import { parseIso8601 } from './iso8601.ts';
import { compileStrptime, type StrptimeContext } from './strptime.ts';

/** Tried in order after ISO 8601; the first that fits the whole text wins. */
const FORMS = [
  '%Y-%m-%d %H:%M:%S.%N %z',
  '%Y-%m-%d %H:%M:%S %z',
  '%Y-%m-%d %H:%M:%S.%N',
  '%Y-%m-%d %H:%M:%S',
  '%Y-%m-%d %H:%M',
  '%Y-%m-%d',
  '%Y/%m/%d %H:%M:%S.%N %z',
  '%Y/%m/%d %H:%M:%S %z',
  '%Y/%m/%d %H:%M:%S',
  '%Y/%m/%d',
  '%a, %d %b %Y %H:%M:%S %z',
  '%d %b %Y %H:%M:%S %z',
  '%d %b %Y %H:%M:%S',
  '%d/%b/%Y:%H:%M:%S %z',
  '%a %b %d %H:%M:%S %z %Y',
  '%a %b %d %H:%M:%S %Y',
  '%b %d %H:%M:%S %Y',
  '%b %d %H:%M:%S.%N',
  '%b %d %H:%M:%S',
  '%b %d %Y',
  '%Y%m%dT%H%M%S%z',
  '%Y%m%dT%H%M%S',
  '%H:%M:%S.%N',
  '%H:%M:%S',
  '%H:%M',
].map((format) => compileStrptime(format, true) as (text: string, context: StrptimeContext) => Instant | undefined);

export function parseLenient(text: string, context: StrptimeContext): Instant | undefined {
  const iso = parseIso8601(text, context.zone);
  if (iso) return iso;
  const plain = text.replace(',', '.').replace(/^([A-Za-z]{3})\./, '$1,');
  for (const form of FORMS) {
    const instant = form(text, context) ?? form(plain, context);
    if (instant) return instant;
  }
  return undefined;
}
