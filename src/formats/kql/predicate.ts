// Tree → predicate: the plainest of the three compilers, used for the live tail and as the oracle of the other two.
import { fieldsOf, isLevelField, isTextField, LEVELS, levelOf, TEXT_FIELDS } from './fields.ts';
import type { Bound, FieldReader, FieldValue, Match, Query, RangeMatch, TextMatch } from './query.ts';
import { timeBound } from './time-bound.ts';
import { wordPatterns, wordsOf } from './words.ts';

export type Predicate = (read: FieldReader) => boolean;

/** Compiles a query to a function of one record. `@timestamp` is read as RFC 3339 text in UTC with nine digits. */
export function compilePredicate(query: Query): Predicate {
  switch (query.kind) {
    case 'all':
      return () => true;
    case 'and': {
      const parts = query.parts.map(compilePredicate);
      return (read) => parts.every((part) => part(read));
    }
    case 'or': {
      const parts = query.parts.map(compilePredicate);
      return (read) => parts.some((part) => part(read));
    }
    case 'not': {
      const part = compilePredicate(query.part);
      return (read) => !part(read);
    }
    case 'anywhere': {
      const test = wordTest(query.match);
      return (read) => TEXT_FIELDS.some((field) => anyElement(read(field), test));
    }
    case 'field':
      return query.field === '@timestamp' ? compileTime(query.match) : compileField(query.field, query.match);
  }
}

function compileTime(match: Match): Predicate {
  if (match.kind === 'exists') return () => true;
  const range: RangeMatch = match.kind === 'range' ? match : pointRange(match);
  const times = [range.low, range.high].map((bound) => (bound ? timeBound(bound.value) : 0n));
  if (times.includes(undefined)) return () => false;
  return (read) => {
    const at = timeBound(String(read('@timestamp')));
    return (
      at !== undefined &&
      isWithin(range, (bound) => Number(at - ((bound === range.low ? times[0] : times[1]) as bigint)))
    );
  };
}

function pointRange({ pieces }: TextMatch): RangeMatch {
  const bound = { value: pieces.join('*'), inclusive: true };
  return { kind: 'range', low: bound, high: { ...bound } };
}

function compileField(name: string, match: Match): Predicate {
  const fields = fieldsOf(name);
  const tests = fields.map((field) => valueTest(field, match));
  return (read) => {
    for (let i = 0; i < fields.length; i++) {
      const value = read(fields[i] as string);
      // The first field that the record has counts.
      if (isPresent(value)) return anyElement(value, tests[i] as ValueTest);
    }
    return false;
  };
}

type ValueTest = (text: string) => boolean;

function valueTest(field: string, match: Match): ValueTest {
  switch (match.kind) {
    case 'exists':
      return () => true;
    case 'range':
      return rangeTest(field, match);
    case 'text':
      if (isTextField(field)) return wordTest(match);
      return isLevelField(field) ? levelTest(match) : wholeTest(match);
  }
}

function isPresent(value: FieldValue): boolean {
  return Array.isArray(value) ? value.some(isPresent) : value !== undefined && value !== null;
}

function anyElement(value: FieldValue, test: ValueTest): boolean {
  if (Array.isArray(value)) return value.some((element: FieldValue) => anyElement(element, test));
  return value !== undefined && value !== null && test(String(value));
}

function wholeTest({ pieces }: TextMatch): ValueTest {
  if (pieces.length === 1) return (text) => text === pieces[0];
  const pattern = new RegExp(`^${pieces.map(escapeRegExp).join('[^]*')}$`, 'u');
  return (text) => pattern.test(text);
}

/** One level is meant however it was spelled; anything else is compared as it stands. */
function levelTest(match: TextMatch): ValueTest {
  const level = match.pieces.length === 1 ? levelOf(match.pieces[0] as string) : undefined;
  return level === undefined ? wholeTest(match) : (text) => levelOf(text) === level;
}

function wordTest({ pieces }: TextMatch): ValueTest {
  const wanted = wordPatterns(pieces).map((word) => new RegExp(`^${word.map(escapeRegExp).join('.*')}$`, 'u'));
  if (wanted.length === 0) return () => false;
  return (text) => {
    const words = wordsOf(text);
    return words.some((_, at) => wanted.every((pattern, i) => pattern.test(words[at + i] ?? '')));
  };
}

function rangeTest(field: string, range: RangeMatch): ValueTest {
  if (isLevelField(field)) {
    const levels = levelsIn(range);
    if (levels) return (text) => levels.includes(levelOf(text) ?? '');
  }
  const numbers = numericBounds(range);
  if (!numbers) return (text) => isWithin(range, (bound) => compareText(text, bound.value));
  return (text) => {
    const value = numberOf(text);
    return value !== undefined && isWithin(range, (bound) => value - (numberOf(bound.value) as number));
  };
}

function isWithin({ low, high }: RangeMatch, compare: (bound: Bound) => number): boolean {
  if (low) {
    const sign = compare(low);
    if (sign < 0 || (sign === 0 && !low.inclusive)) return false;
  }
  if (!high) return true;
  const sign = compare(high);
  return sign < 0 || (sign === 0 && high.inclusive);
}

/** The levels that a range of levels holds, or undefined when a bound is no level. */
export function levelsIn({ low, high }: RangeMatch): readonly string[] | undefined {
  const at = (bound: Bound): number => LEVELS.indexOf(levelOf(bound.value) ?? '');
  if ((low && at(low) < 0) || (high && at(high) < 0)) return undefined;
  const from = low ? at(low) + (low.inclusive ? 0 : 1) : 0;
  const until = high ? at(high) + (high.inclusive ? 1 : 0) : LEVELS.length;
  return LEVELS.slice(from, Math.max(from, until));
}

/** Whether every bound is a number, so that values are compared as numbers. */
export function numericBounds({ low, high }: RangeMatch): boolean {
  return [low, high].every((bound) => bound === undefined || numberOf(bound.value) !== undefined);
}

const NUMBER = /^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$/;

/** A decimal number as JSON or logfmt writes it. */
export function numberOf(text: string): number | undefined {
  return NUMBER.test(text) ? Number(text) : undefined;
}

/** By code point, as UTF-8 bytes sort. */
function compareText(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  for (let i = 0; i < left.length && i < right.length; i++) {
    const difference = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
