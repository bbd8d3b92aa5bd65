// JSON records that were hurt: kernel text inside, records in one another, a cut end, quotes that were not escaped.
import { endOfString, readJsonObject } from './json-record.ts';
import { findStamp, STAMP } from './kernel-text.ts';
import type { Pairs } from './record.ts';
import type { Vocabulary } from './vocabulary.ts';

/** A record with kernel text taken out of it. */
export interface Unspliced {
  readonly record: Pairs;
  readonly json: string;
  readonly kernel: string;
}

/** What a text is at a position: between tokens, or inside the string that begins at `start`. */
interface Context {
  readonly kind: 'structure' | 'key' | 'value';
  /** The key, of a value. */
  readonly key: string;
  /** Behind the opening quote. */
  readonly start: number;
}

/** Longest kernel text that is looked for inside a record. */
const SPLICE_MAX = 1000;

/** Whether the pairs are those of a record of slog or of logrus. */
export function isRecord(pairs: Pairs | undefined): pairs is Pairs {
  if (!pairs) return false;
  const { keys } = pairs;
  return keys.includes('level') && keys.includes('msg') && (keys.includes('ts') || keys.includes('time'));
}

function contextAt(text: string, position: number): Context {
  let key = '';
  let isKey = true;
  for (let at = 0; at < position; at++) {
    const char = text[at] as string;
    if (',{:'.includes(char)) isKey = char !== ':';
    if (char !== '"') continue;
    const end = endOfString(text, at);
    if (end < 0 || end >= position) return { kind: isKey ? 'key' : 'value', key, start: at + 1 };
    if (isKey) key = text.slice(at + 1, end);
    at = end;
  }
  return { kind: 'structure', key, start: position };
}

/**
 * Takes the kernel text that begins at the first stamp out of a record. Undefined where it is not certain where that
 * text ends: then nothing is known of the value around it.
 */
export function unsplice(text: string, vocabulary: Vocabulary): Unspliced | undefined {
  const start = findStamp(text, 1);
  if (start < 0) return undefined;
  const context = contextAt(text, start);
  const from = start + (stampAt(text, start)?.length ?? 0);
  const ends =
    context.kind === 'structure'
      ? structureEnds(text, start, from)
      : stringEnds(text, start, from, context, vocabulary);
  const found = new Map<number, Unspliced>();
  for (const end of ends) {
    const json = text.slice(0, start) + text.slice(end);
    const record = readJsonObject(json);
    if (!isRecord(record) || findStamp(json, 1) >= 0) continue;
    found.set(end, { record, json, kernel: text.slice(start, end) });
    if (context.kind === 'structure') break;
  }
  if (found.size === 1) return [...found.values()][0];
  const known = [...found.values()].filter(({ kernel }) => vocabulary.knowsKernel(withoutStamp(kernel)));
  return known.length === 1 ? known[0] : undefined;
}

function stampAt(text: string, start: number): string | undefined {
  STAMP.lastIndex = start;
  return STAMP.exec(text)?.[0];
}

function withoutStamp(kernel: string): string {
  return kernel.slice(stampAt(kernel, 0)?.length ?? 0).trimEnd();
}

/** The next places where a token of JSON may begin. */
function structureEnds(text: string, start: number, from: number): number[] {
  const ends: number[] = [];
  for (let at = from; at < text.length && at < start + SPLICE_MAX; at++)
    if ('",{}:'.includes(text[at] as string)) ends.push(at);
  return ends;
}

/** The places inside of a string where the key or the value around the kernel text goes on as a known one. */
function stringEnds(
  text: string,
  start: number,
  from: number,
  { kind, key, start: begin }: Context,
  vocabulary: Vocabulary,
): number[] {
  const head = text.slice(begin, start);
  const isKnown = (whole: string): boolean =>
    kind === 'key' ? vocabulary.knowsKey(whole) : vocabulary.knowsValue(key, whole);
  const ends: number[] = [];
  let torn = -1;
  for (let at = from; at < text.length && at < start + SPLICE_MAX; at++) {
    const close = text[at] === '"' ? at : endOfString(text, at);
    // Kernel text may hold quotes, but the string that ends first is the one that was torn.
    if (close < 0 || (torn >= 0 && close > torn)) break;
    const whole = decoded(head + text.slice(at, close));
    if (whole === undefined || !isKnown(whole) || !readJsonObject(text.slice(0, start) + text.slice(at))) continue;
    torn = close;
    ends.push(at);
  }
  return ends.length === 0 && kind === 'value' ? knownKernelEnds(text, start, from, vocabulary) : ends;
}

function knownKernelEnds(text: string, start: number, from: number, vocabulary: Vocabulary): number[] {
  const ends: number[] = [];
  for (let at = from + 3; at < text.length && at < start + SPLICE_MAX; at++) {
    if (vocabulary.knowsKernel(text.slice(from, at))) ends.push(at);
  }
  return ends;
}

function decoded(inner: string): string | undefined {
  if (!inner.includes('\\')) return inner;
  try {
    return JSON.parse(`"${inner}"`) as string;
  } catch {
    return undefined;
  }
}

/** Whether kernel text stands where no program would have quoted it: in the middle of a word, or in a name. */
export function isTornBySplice(text: string): boolean {
  const start = findStamp(text, 1);
  if (start < 0) return false;
  const { kind, key } = contextAt(text, start);
  if (kind !== 'value') return true;
  if (['level', 'ts', 'name', 'version', 'source', 'pid', 'subsystem'].includes(key)) return true;
  return /[A-Za-z0-9]/.test(text[start - 1] as string);
}

/** The pairs of a record without the one that the first kernel text tore, if the rest can be read. */
export function withoutTorn(text: string): { readonly record: Pairs; readonly kernel: string } | undefined {
  const start = findStamp(text, 1);
  const { kind, key, start: begin } = contextAt(text, start);
  if (kind !== 'value') return undefined;
  const close = endOfString(text, begin - 1);
  if (close < 0) return undefined;
  const record = readJsonObject(text.slice(0, begin) + text.slice(close));
  return record && { record: record.without(key), kernel: text.slice(start, close) };
}

/** The pairs that stand whole in a record whose end is missing. */
export function completePart(text: string): Pairs | undefined {
  const complete = lastComma(text);
  return complete < 0 ? undefined : readJsonObject(`${text.slice(0, complete)}}`);
}

/** The last comma between two pairs of the outermost object, or -1. */
function lastComma(text: string): number {
  let depth = 0;
  let comma = -1;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    if (char === '"') {
      at = endOfString(text, at);
      if (at < 0) break;
    } else if ('{['.includes(char)) depth++;
    else if ('}]'.includes(char)) depth--;
    else if (char === ',' && depth === 1) comma = at;
  }
  return comma;
}

/** `"key":"` behind the comma that follows a value. */
const NEXT_PAIR = /"\s*,\s*"([A-Za-z_][\w.:-]*)"\s*:\s*"/g;

/** A flat record of texts whose values hold quotes that were not escaped. */
export function readUnescaped(text: string, vocabulary: Vocabulary): Pairs | undefined {
  const head = /^\{\s*"([A-Za-z_][\w.:-]*)"\s*:\s*"/.exec(text);
  const tail = /"\s*\}\s*$/.exec(text);
  if (!head || !tail) return undefined;
  let json = head[0];
  let from = head[0].length;
  NEXT_PAIR.lastIndex = from - 1;
  for (let next = NEXT_PAIR.exec(text); next; next = NEXT_PAIR.exec(text)) {
    if (next.index < from - 1) continue;
    // Only a name that is known ends a value: a text may hold what looks like a pair.
    if (next.index >= from && vocabulary.knowsKey(next[1] as string)) {
      json += escapedQuotes(text.slice(from, next.index)) + next[0];
      from = next.index + next[0].length;
    }
    NEXT_PAIR.lastIndex = Math.max(next.index + 1, from - 1);
  }
  if (tail.index < from) return undefined;
  return readJsonObject(`${json}${escapedQuotes(text.slice(from, tail.index))}"}`);
}

function escapedQuotes(inner: string): string {
  return inner.replace(/\\.|"/g, (found) => (found === '"' ? '\\"' : found));
}

/** Where inside of a text a whole record begins that ends with it, or -1: another writer came in between. */
export function innerRecordStart(text: string): number {
  for (let at = text.indexOf('{"', 1); at > 0; at = text.indexOf('{"', at + 1)) {
    if (isRecord(readJsonObject(text.slice(at)))) return at;
  }
  return -1;
}
