// JSON records that were hurt: kernel text inside, records in one another, a cut end, quotes that were not escaped.
import { endOfString, lastQuote, readJsonObject } from './json-record.ts';
import { findStamp, STAMP } from './kernel-text.ts';
import type { Pairs } from './record.ts';
import type { Vocabulary } from './vocabulary.ts';

/** A record with kernel text taken out of it. */
export interface Unspliced {
  readonly record: Pairs;
  readonly json: string;
  /** In their order. */
  readonly kernel: readonly string[];
}

/** What a text is at a position: between tokens, or inside the string that begins at `start`. */
interface Context {
  readonly kind: 'structure' | 'key' | 'value';
  /** The key, of a value. */
  readonly key: string;
  /** Behind the opening quote. */
  readonly start: number;
}

/** Longest record that is repaired: the shim's watcher reads no longer line, and each attempt costs a look at all of it. */
const TEXT_MAX = 128 << 10;
/** Longest kernel text that is looked for inside a record; of one that was seen before; longest value that can be known. */
const SPLICE_MAX = 1000;
const KERNEL_MAX = 400;
const KNOWN_MAX = 700;

/** Whether the pairs are those of a record of slog or of logrus. */
export function isRecord(pairs: Pairs | undefined): pairs is Pairs {
  if (!pairs) return false;
  const { keys } = pairs;
  return keys.includes('level') && keys.includes('msg') && (keys.includes('ts') || keys.includes('time'));
}

/** Without one of them it is nobody's record: a bracket of the kernel's text may have ended it too early. */
function namesWriter({ keys }: Pairs): boolean {
  return keys.includes('name') || keys.includes('source');
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

/** Kernel texts that are taken out of one record. */
const SPLICES_MAX = 3;

/** A record with kernel text in it. */
interface Splice {
  readonly text: string;
  /** Where the kernel text begins. */
  readonly start: number;
  /** Behind its stamp. */
  readonly from: number;
  readonly context: Context;
  /** There is another stamp behind. */
  readonly hasMore: boolean;
  readonly vocabulary: Vocabulary;
  /** How many may be taken out. */
  readonly splices: number;
}

function spliceAt(start: number, text: string, vocabulary: Vocabulary, splices: number): Splice {
  const from = start + (stampAt(text, start)?.length ?? 0);
  const hasMore = findStamp(text, from) >= 0;
  return { text, start, from, context: contextAt(text, start), hasMore, vocabulary, splices };
}

/** Stamps of a record that are looked at: each costs a look at all that stands before it. */
const STAMPS_MAX = 8;

/** Where kernel text begins: in the middle of something; where nothing is torn, where it may be quoted, too. */
function spliceStarts(text: string): readonly number[] {
  const starts: number[] = [];
  if (text.length > TEXT_MAX) return starts;
  for (let at = findStamp(text, 1); at >= 0 && starts.length < STAMPS_MAX; at = nextStamp(text, at)) starts.push(at);
  const torn = starts.filter((start) => isTornAt(text, start));
  return torn.length > 0 ? torn : starts;
}

/**
 * Takes the kernel text that begins at a stamp out of a record, and those at further ones. Undefined where it is not certain
 * where a text ends: then nothing is known of the value around it.
 */
export function unsplice(text: string, vocabulary: Vocabulary, splices = SPLICES_MAX): Unspliced | undefined {
  for (const start of spliceStarts(text)) {
    const found = unspliceAt(spliceAt(start, text, vocabulary, splices));
    if (found) return found;
  }
  return undefined;
}

function unspliceAt(splice: Splice): Unspliced | undefined {
  if (splice.context.kind === 'structure') {
    for (const end of structureEnds(splice)) {
      const found = cutOut(splice, end);
      if (found) return found;
    }
    return undefined;
  }
  const known = stringEnds(splice);
  return certainOf(splice, known.length === 0 && splice.context.kind === 'value' ? knownKernelEnds(splice) : known);
}

/** The same for a record that can be read: only what leaves a value that is known counts, for a text may quote a line. */
export function unspliceKnown(text: string, vocabulary: Vocabulary): Unspliced | undefined {
  for (const start of spliceStarts(text)) {
    const splice = spliceAt(start, text, vocabulary, SPLICES_MAX);
    const found = splice.context.kind === 'value' ? certainOf(splice, stringEnds(splice)) : undefined;
    if (found) return found;
  }
  return undefined;
}

/** The one way to end the kernel text; or the one that leaves a text that the kernel wrote before, or one that ends a word. */
function certainOf(splice: Splice, ends: readonly number[]): Unspliced | undefined {
  const { vocabulary, context } = splice;
  const found = ends.flatMap((end) => cutOut(splice, end) ?? []);
  if (found.length === 1) return found[0];
  const known = found.filter(({ kernel }) => vocabulary.knowsKernel(withoutStamp(kernel[0] as string)));
  if (known.length > 0) return known.length === 1 ? known[0] : undefined;
  // No kernel text ends with most of the digits of a time.
  const fractions = context.key === 'ts' ? found.filter(({ record }) => record.text('ts')?.includes('.') === true) : [];
  if (fractions.length === 1) return fractions[0];
  // Of a run of digits, all of it; where a time has all of its digits then.
  const bounded = found.filter(
    ({ kernel, record }) => /[^\w\s-]$/.test(kernel[0] as string) && (context.key !== 'ts' || hasWholeTime(record)),
  );
  return bounded.length === 1 ? bounded[0] : undefined;
}

function hasWholeTime(record: Pairs): boolean {
  return /\.\d{9}Z$/.test(record.text('ts') ?? '');
}

/** The record without the kernel text up to `end`, if it is one then, maybe without the next kernel text in it. */
function cutOut({ text, start, hasMore, vocabulary, splices }: Splice, end: number): Unspliced | undefined {
  const json = text.slice(0, start) + text.slice(end);
  const kernel = [text.slice(start, end)];
  const record = readJsonObject(json);
  if (isRecord(record) && namesWriter(record) && !(hasMore && isTornBySplice(json))) return { record, json, kernel };
  const further = hasMore && splices > 1 ? unsplice(json, vocabulary, splices - 1) : undefined;
  return further && { ...further, kernel: [...kernel, ...further.kernel] };
}

function stampAt(text: string, start: number): string | undefined {
  STAMP.lastIndex = start;
  return STAMP.exec(text)?.[0];
}

/** The stamp behind the one at `start`: a priority in front of a stamp is part of it. */
function nextStamp(text: string, start: number): number {
  return findStamp(text, start + (stampAt(text, start)?.length ?? 1));
}

function withoutStamp(kernel: string): string {
  return kernel.slice(stampAt(kernel, 0)?.length ?? 0).trimEnd();
}

/** The next places where a token of JSON may begin. */
function structureEnds({ text, start, from, hasMore }: Splice): number[] {
  const ends: number[] = [];
  // Each is tried with the next kernel text taken out in all ways: fewer of them.
  const last = Math.min(text.length, start + (hasMore ? SPLICE_MAX / 4 : SPLICE_MAX));
  for (let at = from; at < last; at++) if ('",{}:'.includes(text[at] as string)) ends.push(at);
  return ends;
}

/** A pair behind a value. */
const PAIR = /"\s*,\s*"[A-Za-z_][\w.-]{0,64}"\s*:\s*"/g;

/** The places inside of a string where the key or the value around the kernel text goes on as a known one. */
function stringEnds({ text, start, from, context, vocabulary }: Splice): number[] {
  const { kind, key, start: begin } = context;
  const head = text.slice(begin, start);
  // Kernel text may hold quotes, and no pairs.
  PAIR.lastIndex = from;
  const pair = PAIR.exec(text)?.index ?? text.length;
  const isKnown = (whole: string): boolean =>
    kind === 'key' ? vocabulary.knowsKey(whole) : vocabulary.knowsValue(key, whole);
  const ends: number[] = [];
  let torn = -1;
  for (let at = from; at <= pair && at < text.length && at < start + SPLICE_MAX; at++) {
    const close = endOfString(text, at - 1);
    // Kernel text may hold quotes, but the string that ends first is the one that was torn.
    if (close < 0 || (torn >= 0 && close > torn)) break;
    if (head.length + close - at > KNOWN_MAX) continue;
    const whole = decoded(head + text.slice(at, close));
    // That nothing is left of a text is no evidence: it may be a line of the kernel.
    const isEvidence = whole !== undefined && (whole !== '' || isPlain(key));
    if (!isEvidence || !isKnown(whole) || !readJsonObject(text.slice(0, start) + text.slice(at))) continue;
    torn = close;
    ends.push(at);
  }
  return ends;
}

function knownKernelEnds({ text, start, from, vocabulary }: Splice): number[] {
  const ends: number[] = [];
  for (let at = from + 3; at < text.length && at < start + KERNEL_MAX; at++) {
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

/**
 * What stands before a line that a text quotes: a sign that opens (Rust writes quotes behind one that follows a name, `Ok("…`), a colon
 * and a blank, a word that quotes.
 */
const BEFORE_QUOTED =
  /(?:^|(?<!\w)\(|[='`]|: |\\[nrt]|\b(?:said|says|see|sees|seen|shows?|showed|found|caught|received|matched|parsed|ignored|skipped|texts?|entry|entries|lines?|messages?|dmesg|tail|trace|kernel|console|logs?|printk|output|reads?|reported|got|saw) )$/;

/** Names whose values are ids, numbers, paths and the like: they quote nothing. */
const PLAIN =
  /^(?:level|ts|name|version|source|pid|subsystem|signal|all|path|root|rootfs|device|driver|fstype|args|status|code)$|[-_](?:ids?|pid|options|fstype|path|source|destination|driver|type|size|flags|addr)$/;

function isPlain(key: string): boolean {
  return PLAIN.test(key);
}

/** Whether more brackets of Rust's Debug open than close. */
function isInStructure(head: string): boolean {
  let depth = 0;
  for (const char of head) depth += char === '{' ? 1 : char === '}' ? -1 : 0;
  return depth > 0;
}

/** Whether kernel text stands where no program would have quoted it: in the middle of a text, or in a name. */
export function isTornAt(text: string, start: number): boolean {
  const { kind, key, start: begin } = contextAt(text, start);
  if (kind !== 'value') return true;
  if (isPlain(key)) return true;
  const head = text.slice(begin, start);
  // No agent has lines of its kernel in the structures that it prints.
  if (isInStructure(head)) return true;
  // A quote that opens is one that quotes; one that closes ends what was quoted.
  if (head.endsWith('\\"')) return (head.match(/\\"/g) as string[]).length % 2 === 0;
  return !BEFORE_QUOTED.test(head);
}

/** The name of the value that quotes the kernel text at `start`: something stands before it. */
export function quotingKey(text: string, start: number): string | undefined {
  if (start < 0 || text[start - 1] === '"' || isTornAt(text, start)) return undefined;
  return contextAt(text, start).key;
}

/** Whether a text that looks whole has kernel text in it that nobody quoted. */
export function isTornBySplice(text: string): boolean {
  let start = findStamp(text, 1);
  for (let seen = 0; start >= 0 && seen < STAMPS_MAX; seen++) {
    if (isTornAt(text, start)) return true;
    start = nextStamp(text, start);
  }
  return false;
}

/**
 * A record that kernel text tore, if the rest of it can be read: of a message the part before that text, of another value
 * nothing. The kernel's text may have the end of the value in it.
 */
export function withoutTorn(text: string): { readonly record: Pairs; readonly kernel: string } | undefined {
  const start = spliceStarts(text)[0] ?? findStamp(text, 1);
  const { kind, key, start: begin } = contextAt(text, start);
  const close = endOfString(text, begin - 1);
  if (kind === 'structure' || close < 0) return undefined;
  if (kind === 'key') {
    const torn = readJsonObject(text)?.without(decoded(text.slice(begin, close)) ?? '');
    return torn && { record: torn, kernel: text.slice(start, close) };
  }
  const record = readJsonObject(text.slice(0, start) + text.slice(close));
  return record && { record: key === 'msg' ? record : record.without(key), kernel: text.slice(start, close) };
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
const NEXT_PAIR = /"\s*,\s*"([A-Za-z_][\w.: -]*)"\s*:\s*"/g;

/** A flat record of texts whose values hold quotes, or escapes of another language, that were not escaped. */
export function readUnescaped(
  text: string,
  vocabulary: Vocabulary,
): { readonly json: string; readonly record: Pairs } | undefined {
  const head = /^\{\s*"([A-Za-z_][\w.:-]*)"\s*:\s*"/.exec(text);
  const tail = lastQuote(text);
  if (!head || tail < 0) return undefined;
  let json = head[0];
  let from = head[0].length;
  NEXT_PAIR.lastIndex = from - 1;
  for (let next = NEXT_PAIR.exec(text); next; next = NEXT_PAIR.exec(text)) {
    if (next.index < from - 1) continue;
    // Only a name that is known ends a value: a text may hold what looks like a pair.
    if (next.index >= from && vocabulary.knowsKey(next[1] as string)) {
      json += escaped(text.slice(from, next.index)) + next[0];
      from = next.index + next[0].length;
    }
    NEXT_PAIR.lastIndex = Math.max(next.index + 1, from - 1);
  }
  if (tail < from) return undefined;
  json += `${escaped(text.slice(from, tail))}"}`;
  const record = readJsonObject(json);
  return isRecord(record) ? { json, record } : undefined;
}

/** What JSON escapes in a text, and escapes that it does not know. */
function escaped(inner: string): string {
  return inner.replace(/\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})|["\\\t]/g, (found) => {
    if (found === '\t') return '\\t';
    return found.length > 1 ? found : `\\${found}`;
  });
}

/** Beginnings that are tried: each costs a look at the whole text. */
const STARTS_MAX = 16;

/** Where inside of a text a whole record begins that ends with it, or -1: another writer came in between. */
export function innerRecordStart(text: string): number {
  if (text.length > 2 * TEXT_MAX) return -1;
  const last = Math.min(text.lastIndexOf('"msg"'), text.lastIndexOf('"level"'));
  let tried = 0;
  for (let at = text.indexOf('{"', 1); at > 0 && at < last && tried < STARTS_MAX; at = text.indexOf('{"', at + 1)) {
    if (isRecord(readJsonObject(text.slice(at)))) return at;
    tried++;
  }
  return -1;
}
