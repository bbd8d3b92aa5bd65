// Tree → query DSL of Elasticsearch and OpenSearch. Means the same as ./predicate, its oracle, on indices of our own
// template; what another mapping cannot say is refused (`search/query`), or given up as docs/decisions/0021 lists.
import { EnvironmentError } from '../../core/failure.ts';
import { quoted } from '../../core/problem.ts';
import { decimalPattern } from './decimal-pattern.ts';
import { fieldsOf, isLevelField, isTextField, levelOf, spellingsOf, TEXT_FIELDS } from './fields.ts';
import { compilePredicate, levelsIn, numberOf, numericBounds } from './predicate.ts';
import type { Bound, Match, Query, RangeMatch, TextMatch } from './query.ts';
import { timeBound, timeText } from './time-bound.ts';
import { wordPatterns } from './words.ts';

/** A clause as JSON. */
export interface Dsl {
  readonly [clause: string]: unknown;
}

/** How an index holds a field. */
export interface IndexedField {
  readonly kind: 'text' | 'keyword' | 'number' | 'boolean' | 'time' | 'other';
  /** Where its values can be compared whole and counted, if anywhere: the field itself, or a sub-field of a text. */
  readonly whole: string | undefined;
}

/** What an index knows of a field; undefined: nothing, it finds no record by it. */
export type IndexedFields = (name: string) => IndexedField | undefined;

export const NOTHING: Dsl = { match_none: {} };
const EVERYTHING: Dsl = { match_all: {} };

/** Instants of `date_nanos`: an index refuses others. */
const TIME_MAX = 2n ** 63n - 1n;

/** @throws {EnvironmentError} `search/query`: the index cannot answer this. */
export function compileDsl(query: Query, fields: IndexedFields): Dsl {
  switch (query.kind) {
    case 'all':
      return EVERYTHING;
    case 'and':
      return all(query.parts.map((part) => compileDsl(part, fields)));
    case 'or':
      return any(query.parts.map((part) => compileDsl(part, fields)));
    case 'not':
      return not(compileDsl(query.part, fields));
    case 'anywhere':
      return any(
        TEXT_FIELDS.flatMap((name) => {
          const field = fields(name);
          return field ? [textDsl(name, field, query.match)] : [];
        }),
      );
    case 'field':
      return query.field === '@timestamp' ? timestampDsl(query.match) : fieldDsl(query.field, query.match, fields);
  }
}

/** Records of `from` ≤ time < `to`. */
export function timeRangeDsl({
  from,
  to,
}: {
  readonly from?: bigint | undefined;
  readonly to?: bigint | undefined;
}): Dsl {
  return rangeOfTimes('@timestamp', { ...(from !== undefined && { from }), ...(to !== undefined && { to }) });
}

export function all(parts: readonly Dsl[]): Dsl {
  return parts.length === 1 ? (parts[0] as Dsl) : { bool: { filter: parts } };
}

export function any(parts: readonly Dsl[]): Dsl {
  if (parts.length === 0) return NOTHING;
  return parts.length === 1 ? (parts[0] as Dsl) : { bool: { should: parts, minimum_should_match: 1 } };
}

export function not(part: Dsl): Dsl {
  return { bool: { must_not: [part] } };
}

export function exists(field: string): Dsl {
  return { exists: { field } };
}

/** The fields behind a name that an index has, each with the condition that it is the first one of its record. */
export function firstOf(
  name: string,
  fields: IndexedFields,
): readonly { readonly name: string; readonly field: IndexedField; readonly without: readonly Dsl[] }[] {
  const there = fieldsOf(name).flatMap((own) => {
    const field = fields(own);
    return field ? [{ name: own, field }] : [];
  });
  return there.map(({ name: own, field }, i) => ({
    name: own,
    field,
    without: there.slice(0, i).map((before) => not(exists(before.name))),
  }));
}

function fieldDsl(name: string, match: Match, fields: IndexedFields): Dsl {
  return any(
    firstOf(name, fields).map(({ name: own, field, without }) => all([...without, matchDsl(own, field, match)])),
  );
}

function matchDsl(name: string, field: IndexedField, match: Match): Dsl {
  switch (match.kind) {
    case 'exists':
      return exists(name);
    case 'range':
      return rangeDsl(name, field, match);
    case 'text':
      if (isTextField(name)) return textDsl(name, field, match);
      return isLevelField(name) ? levelDsl(name, field, match) : wholeDsl(name, field, match);
  }
}

/** By words, where the index cut the text into words. */
function textDsl(name: string, field: IndexedField, match: TextMatch): Dsl {
  if (field.kind === 'text') return wordsDsl(name, match);
  if (field.kind !== 'keyword') return wholeDsl(name, field, match);
  const words = wordPatterns(match.pieces);
  if (words.length === 0) return NOTHING;
  return wildcard(name, ['', ...match.pieces, ''], true);
}

function wordsDsl(name: string, match: TextMatch): Dsl {
  const words = [...wordPatterns(match.pieces)];
  // A star that stands alone at an end takes any word or none.
  while (words.length > 1 && isStar(words.at(-1))) words.pop();
  if (words.length === 0) return NOTHING;
  if (words.every((word) => word.length === 1)) return { match_phrase: { [name]: words.flat().join(' ') } };
  const [only, ...more] = words;
  if (only && more.length === 0) return wildcard(name, only, false);
  const clauses = words.map((word) =>
    word.length === 1 ? { span_term: { [name]: word[0] } } : { span_multi: { match: wildcard(name, word, false) } },
  );
  return { span_near: { clauses, slop: 0, in_order: true } };
}

function isStar(word: readonly string[] | undefined): boolean {
  return word !== undefined && word.length > 1 && word.every((piece) => piece === '');
}

function wildcard(field: string, pieces: readonly string[], ignoreCase: boolean): Dsl {
  const value = pieces.map((piece) => piece.replace(/[\\*?]/g, '\\$&')).join('*');
  return { wildcard: { [field]: { value, ...(ignoreCase && { case_insensitive: true }) } } };
}

/** One level is meant however it was spelled. */
function levelDsl(name: string, field: IndexedField, match: TextMatch): Dsl {
  const level = match.pieces.length === 1 ? levelOf(match.pieces[0] as string) : undefined;
  return level === undefined ? wholeDsl(name, field, match) : levelsDsl(name, field, [level]);
}

function levelsDsl(name: string, field: IndexedField, levels: readonly string[]): Dsl {
  const whole = field.whole ?? name;
  return any(levels.flatMap(spellingsOf).map((value) => ({ term: { [whole]: { value, case_insensitive: true } } })));
}

function wholeDsl(name: string, field: IndexedField, match: TextMatch): Dsl {
  const { pieces } = match;
  const [only] = pieces;
  switch (field.kind) {
    case 'number': {
      if (pieces.length > 1) throw refusal(name, 'holds numbers', 'wildcards cannot be asked for');
      return String(Number(only)) === only ? { term: { [name]: only } } : NOTHING;
    }
    case 'boolean':
      return booleans(name, match);
    case 'time': {
      const at = pieces.length === 1 ? timeBound(only as string) : undefined;
      return at === undefined ? NOTHING : rangeOfTimes(name, { from: at, to: at + 1n });
    }
    case 'text':
      if (field.whole === undefined) return wordsDsl(name, match);
      break;
    case 'keyword':
    case 'other':
      break;
  }
  const whole = field.whole ?? name;
  return pieces.length === 1 ? { term: { [whole]: only } } : wildcard(whole, pieces, false);
}

/** Those of the two values that the plain compiler lets through. */
function booleans(name: string, match: Match): Dsl {
  const test = compilePredicate({ kind: 'field', field: 'boolean', match });
  return any([true, false].filter((value) => test(() => value)).map((value) => ({ term: { [name]: value } })));
}

function rangeDsl(name: string, field: IndexedField, range: RangeMatch): Dsl {
  const levels = isLevelField(name) ? levelsIn(range) : undefined;
  if (levels) return levelsDsl(name, field, levels);
  switch (field.kind) {
    case 'number': {
      if (!numericBounds(range)) throw refusal(name, 'holds numbers', 'a range of texts cannot be asked for');
      return bounds(name, range, (value) => Number(value));
    }
    case 'boolean':
      return booleans(name, range);
    case 'time':
      return timesDsl(name, range);
    case 'text':
    case 'keyword':
    case 'other': {
      if (field.whole === undefined) throw refusal(name, 'is cut into words', 'a range cannot be asked for');
      return numericBounds(range) ? decimals(field.whole, range) : bounds(field.whole, range, (value) => value);
    }
  }
}

function bounds(name: string, { low, high }: RangeMatch, convert: (value: string) => string | number): Dsl {
  const above = low && { [low.inclusive ? 'gte' : 'gt']: convert(low.value) };
  const below = high && { [high.inclusive ? 'lte' : 'lt']: convert(high.value) };
  return { range: { [name]: { ...above, ...below } } };
}

/** Numbers that are kept as words. */
function decimals(name: string, { low, high }: RangeMatch): Dsl {
  const pattern = (side: 'above' | 'below', bound: Bound | undefined): string[] =>
    bound ? [`(${decimalPattern(side, numberOf(bound.value) as number, bound.inclusive)})`] : [];
  return { regexp: { [name]: { value: [...pattern('above', low), ...pattern('below', high)].join('&') } } };
}

function timestampDsl(match: Match): Dsl {
  if (match.kind === 'exists') return EVERYTHING;
  return match.kind === 'range'
    ? timesDsl('@timestamp', match)
    : wholeDsl('@timestamp', { kind: 'time', whole: undefined }, match);
}

function timesDsl(name: string, { low, high }: RangeMatch): Dsl {
  const [from, to] = [low, high].map((bound) => bound && timeBound(bound.value));
  if ((low && from === undefined) || (high && to === undefined)) return NOTHING;
  return rangeOfTimes(name, {
    ...(low && from !== undefined && { from: low.inclusive ? from : from + 1n }),
    ...(high && to !== undefined && { to: high.inclusive ? to + 1n : to }),
  });
}

/**
 * `from` ≤ time < `to`, said as "behind `from` - 1 ns, up to `to` - 1 ns": an index that keeps milliseconds cuts the
 * bounds, and cut so they still part its records at the right place.
 */
function rangeOfTimes(name: string, { from, to }: { readonly from?: bigint; readonly to?: bigint }): Dsl {
  if ((from !== undefined && from > TIME_MAX) || (to !== undefined && to <= 0n)) return NOTHING;
  const above = from !== undefined && from > 0n && { gt: timeText(from - 1n) };
  const below = to !== undefined && to <= TIME_MAX && { lte: timeText(to - 1n) };
  if (!above && !below) return exists(name);
  return { range: { [name]: { ...above, ...below, format: 'strict_date_optional_time_nanos' } } };
}

function refusal(name: string, why: string, what: string): EnvironmentError {
  return new EnvironmentError('search/query', `${quoted(name)} ${why} in these indices: ${what}`);
}
