// Where the value behind the name of a secret ends, in any quoting; of a text that was cut, at its end.
import { BLANK } from './secret-words.ts';

export const REDACTED = '[redacted]';

/** A text in which places are blacked out, one behind the other. */
export class Blackout {
  readonly text: string;
  /** What was blacked out. */
  readonly secrets: string[] = [];
  #done = '';
  #from = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Where the last place ends. */
  get from(): number {
    return this.#from;
  }

  black(from: number, to: number): void {
    if (from >= to || from < this.#from || this.text.startsWith(REDACTED, from)) return;
    this.#done += this.text.slice(this.#from, from) + REDACTED;
    this.#from = to;
    this.secrets.push(this.text.slice(from, to));
  }

  get count(): number {
    return this.secrets.length;
  }

  result(): string {
    return this.count === 0 ? this.text : this.#done + this.text.slice(this.#from);
  }
}

export interface Quoted {
  readonly end: number;
  /** Behind the quote that closes it. */
  readonly next: number;
  /** False: the text around it ended first, or all of it. */
  readonly isClosed: boolean;
}

/**
 * The end of a text behind a quote with so many backslashes: each depth of quoting doubles those of the one inside, and a quote
 * with fewer ends a text around it.
 */
export function quotedFrom(text: string, from: number, slashes: number): Quoted {
  const period = 2 * (slashes + 1);
  for (let quote = text.indexOf('"', from); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let run = quote;
    while (run > from && text.charCodeAt(run - 1) === 0x5c) run--;
    const count = quote - run;
    if (count < slashes) return { end: run, next: run, isClosed: false };
    if (count % period === slashes) return { end: quote - slashes, next: quote + 1, isClosed: true };
  }
  return { end: text.length, next: text.length, isClosed: false };
}

/** What a sticky pattern finds at a position. */
export function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

const QUOTE = /(\\*)"/y;
const NEXT_NAME = '[A-Za-z_][A-Za-z0-9_.-]{0,63}\\\\{0,9}"?[=:]';
/** A sign that may be part of it ends a value where another pair, a blank or an end follows. */
const BARE = new RegExp(
  String.raw`(?:[^\s"\\,;&)\]}]+|[,;&](?![\s"\\,;)\]}]|$|${NEXT_NAME})|[)\]}](?![\s"\\,;:)\]}]|$)|\\(?!\\{0,31}"|u0026))+`,
  'y',
);
const SINGLE_QUOTED = /'[^'\n]*'/y;
const SCHEME = new RegExp(`(?:Bearer|Basic|Digest|Negotiate|Token)${BLANK}+`, 'iy');

export interface Value {
  readonly from: number;
  readonly to: number;
  readonly next: number;
  readonly isQuoted: boolean;
}

/** The value that begins at `at`; undefined: there is none, or it is made of other values. */
export function valueAt(text: string, at: number): Value | undefined {
  const quote = matchAt(QUOTE, text, at);
  if (quote) {
    const from = at + quote[0].length;
    const { end, next } = quotedFrom(text, from, (quote[1] as string).length);
    return { from, to: end, next, isQuoted: true };
  }
  const from = at + (matchAt(SCHEME, text, at)?.[0].length ?? 0);
  const bare = matchAt(SINGLE_QUOTED, text, from) ?? matchAt(BARE, text, from);
  if (!bare || bare[0].startsWith('{')) return undefined;
  const to = from + bare[0].length;
  return { from, to, next: to, isQuoted: bare[0].startsWith("'") };
}

/** In a structure as Go prints it, what comes behind a value: the next field, or the end. */
const FIELD_END = /,?\}|,[A-Z]\w{0,63}:/;
const FIELD_MAX = 4096;

/** Where the value of a field ends that Go printed without quotes: there may be blanks in it. */
export function fieldEnd(text: string, from: number): number {
  return from + Math.max(0, text.slice(from, from + FIELD_MAX).search(FIELD_END));
}

const ENTRY_QUOTE = /(?:[\s,]|\\+[nrt])*(\\*)"/y;
const ENTRY_NAME = /[^"\\=]*=/y;
const LIST_WORD = /[\s,]*([^\s,\]["\\{}]+)/y;
const WORD_NAME = '[A-Za-z_][A-Za-z0-9_.-]{0,127}=';
const ENTRY_WORD = new RegExp(String.raw`[\s,]*${WORD_NAME}`, 'y');
const NEXT_ENTRY = new RegExp(String.raw`\s{1,9}${WORD_NAME}`, 'y');
/** Behind the bracket that ends a list. */
const BEHIND_LIST = /(?=[\s,;:)\]}"\\]|$)/y;

/** Go prints lists without quotes: a value goes on to the next name or the end of the list. Brackets in it belong to it. */
function entryEnd(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const char = text[at] as string;
    if (char === '[') depth++;
    else if (char === ']') {
      if (depth === 0 && matchAt(BEHIND_LIST, text, at + 1)) return at;
      depth = Math.max(0, depth - 1);
    } else if (char <= ' ' && matchAt(NEXT_ENTRY, text, at)) return at;
  }
  return text.length;
}

/** A word of a list: where it begins and ends, of an environment behind the name. */
function wordAt(
  text: string,
  at: number,
  isEnvironment: boolean,
): { readonly from: number; readonly to: number } | undefined {
  const word = matchAt(isEnvironment ? ENTRY_WORD : LIST_WORD, text, at);
  if (!word) return undefined;
  const end = at + word[0].length;
  return isEnvironment ? { from: end, to: entryEnd(text, end) } : { from: end - (word[1] as string).length, to: end };
}

/**
 * Blacks out the strings of a list that is read from `at` on; where it ends. Of an environment, names stay.
 */
export function blackList(blackout: Blackout, at: number, isEnvironment: boolean): number {
  const { text } = blackout;
  for (;;) {
    const quote = matchAt(ENTRY_QUOTE, text, at);
    const word = quote ? undefined : wordAt(text, at, isEnvironment);
    if (quote) {
      const { next, isClosed } = blackEntry(blackout, quote, isEnvironment);
      at = next;
      if (!isClosed) return at;
    } else if (word) {
      at = word.to;
      blackout.black(word.from, at);
    } else return at;
  }
}

/** A string of a list; of one without a name, all may be the rest of a value. */
function blackEntry(blackout: Blackout, { index, 0: head, 1: slashes }: RegExpExecArray, hasName: boolean): Quoted {
  const { text } = blackout;
  const from = index + head.length;
  const quoted = quotedFrom(text, from, (slashes as string).length);
  const named = from + (hasName ? (matchAt(ENTRY_NAME, text, from)?.[0].length ?? 0) : 0);
  blackout.black(named <= quoted.end ? named : from, quoted.end);
  return quoted;
}

const MEMBER = /[\s,)]*\\*"[^"\\]{1,256}\\*"\s{0,8}:\s{0,8}(?:Some\()?(?=\\*")/y;

/** Blacks out the strings of an object whose members are read from `at` on; where it ends. */
export function blackMembers(blackout: Blackout, at: number): number {
  const { text } = blackout;
  for (let member = matchAt(MEMBER, text, at); member; member = matchAt(MEMBER, text, at)) {
    const value = valueAt(text, at + member[0].length);
    if (!value) return at;
    blackout.black(value.from, value.to);
    at = value.next;
  }
  return at;
}

const MAP_NAME = /[\s,]*[A-Za-z_][A-Za-z0-9_.-]{0,127}:/y;
const NEXT_NAME_OF_MAP = /\s{1,9}[A-Za-z_][A-Za-z0-9_.-]{0,127}:|\]/g;

/** Blacks out the values of a map as Go prints it, `A:b C:d]`; where it ends. */
export function blackMap(blackout: Blackout, at: number): number {
  const { text } = blackout;
  for (let name = matchAt(MAP_NAME, text, at); name; name = matchAt(MAP_NAME, text, at)) {
    const from = at + name[0].length;
    NEXT_NAME_OF_MAP.lastIndex = from;
    at = NEXT_NAME_OF_MAP.exec(text)?.index ?? text.length;
    blackout.black(from, at);
  }
  return at;
}
