// The settings that all parsers of text have in common (Fluentd's parser base class), and their checks.

import type { JsonObject } from '../../config/settings.ts';
import { array, bool, hash, oneOf, regexp, string, time } from '../../config/settings.ts';
import type { Problem } from '../../core/problem.ts';
import { compilePattern } from '../../formats/regexp/pattern.ts';
import { checkTimeSettings, type TimeSettings } from '../../formats/time/parser.ts';
import { checkTypes } from './typed-values.ts';

/** Without `time_key` and `time_type`, whose defaults differ between parsers. */
export const commonParserFields = {
  types: hash({ doc: 'Types of fields: `field:type,…` with string, integer, float, bool, time or array.' }),
  null_value_pattern: regexp({ doc: 'A text in which this is found becomes null.' }),
  null_empty_string: bool({ fallback: false, doc: 'An empty text becomes null.' }),
  estimate_current_event: bool({
    fallback: true,
    doc: 'A record without a time gets the time of its first reading; false: it has none.',
  }),
  keep_time_key: bool({ fallback: false, doc: 'Keep the field that the time was read from.' }),
  timeout: time({ support: 'accepted', doc: 'parsing takes time linear in the length of the text' }),
  time_format: string({ doc: 'strptime directives, or `%iso8601`; the default reads what people write.' }),
  time_format_fallbacks: array({ fallback: [], doc: 'Further formats, tried in order, with `time_type mixed`.' }),
  localtime: bool({ fallback: true, doc: 'Times without a zone are in local time.' }),
  utc: bool({ fallback: false, doc: 'Times without a zone are in UTC.' }),
  timezone: string({ doc: 'Zone of times without one: `+09:00` or `Asia/Tokyo`.' }),
};

export const timeType = <const W extends 'string' | 'float'>(fallback: W) =>
  oneOf(['string', 'float', 'unixtime', 'mixed'], {
    fallback,
    doc: 'How the time is written. A `time_format` means `string`.',
  });

export interface CommonParserSettings extends TimeSettings {
  readonly types: JsonObject | undefined;
  readonly null_value_pattern: string | undefined;
  readonly null_empty_string: boolean;
  readonly estimate_current_event: boolean;
  readonly keep_time_key: boolean;
  /** Undefined: records have no time of their own. */
  readonly time_key: string | undefined;
}

/** A format makes the time a text, whatever the default type is. */
export function timeSettings(settings: TimeSettings): TimeSettings {
  const isText = settings.time_format !== undefined && settings.time_type !== 'mixed';
  return isText ? { ...settings, time_type: 'string' } : settings;
}

export function checkParserSettings(settings: CommonParserSettings): readonly Omit<Problem, 'place'>[] {
  const { null_value_pattern: pattern } = settings;
  return [
    ...checkTimeSettings(timeSettings(settings)),
    ...checkTypes(settings.types ?? {}),
    ...(pattern === undefined ? [] : compilePattern(pattern).problems),
  ];
}
