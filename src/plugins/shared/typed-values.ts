// The setting `types` of parsers, and texts that become null: changes of parsed values, field by field.
import type { JsonObject } from '../../config/settings.ts';
import { setSpanJson, spanJson, spanText } from '../../core/field.ts';
import type { Host } from '../../core/plugin.ts';
import { type Problem, quoted } from '../../core/problem.ts';
import { findSpan, firstSpan, LIVE, NO_KEY, SPAN_BYTES, type Tape, W_SPANS, W_STATUS } from '../../core/tape.ts';
import { compilePattern } from '../../formats/regexp/pattern.ts';
import { createTimeParser } from '../../formats/time/parser.ts';

/** JSON text of the converted value, from the value's text. */
type Convert = (text: string) => string;

const TYPES = ['string', 'integer', 'float', 'bool', 'time', 'array'];

export function checkTypes(types: JsonObject): readonly Omit<Problem, 'place'>[] {
  const problems: Omit<Problem, 'place'>[] = [];
  for (const [field, written] of Object.entries(types)) {
    const type = String(written).split(':')[0] as string;
    if (TYPES.includes(type)) continue;
    const message = `types: expected one of ${TYPES.join(', ')} for ${quoted(field)}, got ${quoted(type)}`;
    problems.push({ code: 'config/unknown-type', severity: 'error', message });
  }
  return problems;
}

export interface ValueSettings {
  readonly types: JsonObject | undefined;
  readonly null_value_pattern: string | undefined;
  readonly null_empty_string: boolean;
}

/** Applies `types` and the null settings to the LIVE records of a tape; undefined where none is set. */
export function createValueChanges(settings: ValueSettings, host: Host): ((tape: Tape) => void) | undefined {
  const converters = Object.entries(settings.types ?? {}).map(
    ([field, type]) => [host.keys.pin(field), converter(String(type), host)] as const,
  );
  const isNull = nullTest(settings);
  if (converters.length === 0 && !isNull) return undefined;
  return (tape) => {
    const { arena } = host;
    for (let record = tape.start; record < tape.end; record += arena.i32[record >> 2] as number) {
      if (arena.i32[(record >> 2) + W_STATUS] !== LIVE) continue;
      if (isNull) makeNull(host, record, isNull);
      for (const [key, convert] of converters) convertField(host, record, key, convert);
    }
  };
}

function nullTest(settings: ValueSettings): ((text: string) => boolean) | undefined {
  const { null_value_pattern: written, null_empty_string: empty } = settings;
  if (written === undefined && !empty) return undefined;
  const compiled = written === undefined ? undefined : compilePattern(written);
  const pattern = compiled?.ok ? compiled.value : undefined;
  return (text) => (empty && text === '') || (pattern?.test(text) ?? false);
}

function makeNull({ arena }: Host, record: number, isNull: (text: string) => boolean): void {
  const count = arena.i32[(record >> 2) + W_SPANS] as number;
  const first = firstSpan(record);
  for (let i = 0; i < count; i++) {
    const span = first + i * (SPAN_BYTES >> 2);
    if (arena.i32[span] === NO_KEY) continue;
    const text = spanText(arena, span);
    if (text !== undefined && isNull(text)) setSpanJson(arena, span, 'null');
  }
}

function convertField({ arena }: Host, record: number, key: number, convert: Convert): void {
  const span = findSpan(arena.i32, record, key);
  if (span < 0) return;
  const json = spanJson(arena, span);
  // Fluentd leaves what is false in Ruby alone.
  if (json === 'null' || json === 'false') return;
  setSpanJson(arena, span, convert(spanText(arena, span) ?? json));
}

function converter(written: string, host: Host): Convert {
  const colon = written.indexOf(':');
  const type = colon < 0 ? written : written.slice(0, colon);
  const option = colon < 0 ? undefined : written.slice(colon + 1);
  switch (type) {
    case 'integer':
      return (text) =>
        /^\s*[-+]?\d+/
          .exec(text)?.[0]
          .trim()
          .replace(/^\+/, '')
          .replace(/^(-?)0+(?=\d)/, '$1') ?? '0';
    case 'float':
      return (text) => floatText(text);
    case 'bool':
      return (text) => String(/^(true|yes|1)$/i.test(text));
    case 'array':
      return (text) => JSON.stringify(text === '' ? [] : text.split(option ?? ','));
    case 'time':
      return timeConverter(option, host);
    default:
      return (text) => JSON.stringify(text);
  }
}

function floatText(text: string): string {
  const number = Number(/^\s*[-+]?\d+(\.\d+)?([eE][-+]?\d+)?/.exec(text)?.[0] ?? 0);
  if (!Number.isFinite(number)) return 'null';
  return Number.isInteger(number) && Math.abs(number) < 1e15 ? `${number}.0` : String(number);
}

/** Seconds since the epoch as a number; null where the text is no time. */
function timeConverter(option: string | undefined, host: Host): Convert {
  const isNumeric = option === 'unixtime' || option === 'float';
  const parse = createTimeParser(
    {
      time_type: isNumeric ? option : 'string',
      time_format: isNumeric ? undefined : option,
      time_format_fallbacks: [],
      localtime: true,
      utc: false,
      timezone: undefined,
    },
    { now: () => host.clock.now(), surprise: () => host.count('iso_times_for_numbers') },
  );
  return (text) => {
    const instant = parse(text);
    if (!instant) return 'null';
    const fraction = instant.nanos === 0 ? '' : `.${String(instant.nanos).padStart(9, '0').replace(/0+$/, '')}`;
    return `${instant.seconds}${fraction}`;
  };
}
