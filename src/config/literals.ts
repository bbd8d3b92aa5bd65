// Values as they are written: quoted, JSON over several lines, or bare to the end of the line.
import { quoted } from '../core/problem.ts';
import { type Cursor, isBlank, isLineBreak } from './cursor.ts';
import { evaluateEmbedded } from './embedded.ts';
import type { Environment } from './environment.ts';
import type { ParamValue } from './tree.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  r: '\r',
  n: '\n',
  t: '\t',
  f: '\f',
  b: '\b',
  '0': '\0',
};

/** Reads the value at the cursor (blanks skipped) and the end of its line. */
export function readValue(cursor: Cursor, environment: Environment): ParamValue {
  const first = cursor.char;
  if (first === '[' || first === '{') return readJson(cursor, environment);
  return readText(cursor, environment);
}

/** As readValue, but brackets and braces mean nothing: for the patterns of @include. */
export function readText(cursor: Cursor, environment: Environment): ParamValue {
  const first = cursor.char;
  const start = cursor.at;
  if (first === '"') {
    const value = readDoubleQuoted(cursor, environment);
    cursor.expectLineEnd('after a quoted value', start);
    return value;
  }
  if (first === "'") {
    const value = readSingleQuoted(cursor);
    cursor.expectLineEnd('after a quoted value');
    return value;
  }
  return readBare(cursor);
}

/** To the end of the line; a `#` after a blank begins a comment, but a value that begins with `#` is text. */
function readBare(cursor: Cursor): string {
  const start = cursor.at;
  while (!cursor.isAtLineEnd) {
    if (cursor.char === '#' && cursor.at > start && isBlank(cursor.text.charAt(cursor.at - 1))) break;
    cursor.at++;
  }
  const text = cursor.text.slice(start, cursor.at).replace(/[ \t]+$/, '');
  cursor.take((char) => !isLineBreak(char));
  return text;
}

export function readSingleQuoted(cursor: Cursor): string {
  const start = cursor.at++;
  let text = '';
  while (cursor.char !== "'") {
    if (cursor.isAtLineEnd) {
      cursor.fail(
        'config/unterminated-string',
        "expected a closing ' on the same line",
        'a text over several lines needs double quotes',
        start,
      );
    }
    const next = cursor.text.charAt(cursor.at + 1);
    if (cursor.char === '\\' && (next === "'" || next === '\\')) cursor.at++;
    text += cursor.char;
    cursor.at++;
  }
  cursor.at++;
  return text;
}

export function readDoubleQuoted(cursor: Cursor, environment: Environment): ParamValue {
  const start = cursor.at++;
  let text = '';
  let special: ParamValue = '';
  while (cursor.char !== '"') {
    if (cursor.isAtEnd)
      cursor.fail('config/unterminated-string', 'expected a closing " before the end of the file', undefined, start);
    if (cursor.char === '\\') text += readEscape(cursor);
    else if (cursor.text.startsWith('#{', cursor.at)) {
      const value = readEmbedded(cursor, environment);
      if (typeof value === 'string') text += value;
      else special = value;
    } else {
      text += cursor.char;
      cursor.at++;
    }
  }
  cursor.at++;
  return typeof special === 'string' ? text : special;
}

function readEscape(cursor: Cursor): string {
  const next = cursor.text.charAt(cursor.at + 1);
  if (next === '\r' && cursor.text.charAt(cursor.at + 2) === '\n') {
    cursor.at += 3;
    return '';
  }
  const known = next === '\n' ? '' : ESCAPES[next];
  if (known === undefined && (next === '' || /[A-Za-z0-9]/.test(next))) {
    cursor.fail(
      'config/unknown-escape',
      `unknown escape ${quoted(`\\${next}`)} in a double-quoted value`,
      `known are \\" \\' \\\\ \\r \\n \\t \\f \\b \\0; ` +
        `for a regular expression write it bare, or double the backslash: \\\\${next}`,
    );
  }
  cursor.at += 2;
  return known ?? next;
}

function readEmbedded(cursor: Cursor, environment: Environment): ParamValue {
  const start = cursor.at;
  const end = embeddedEnd(cursor.text, start + 2);
  if (end < 0) cursor.fail('config/unterminated-ruby', 'expected a closing } of #{…}', undefined, start);
  const result = evaluateEmbedded(cursor.text.slice(start + 2, end), environment);
  if ('fault' in result) cursor.fail('config/ruby', result.fault.message, result.fault.hint, start);
  cursor.at = end + 1;
  return result.value;
}

/** Index of the brace that closes the expression: braces inside are counted, quotes are passed over. */
function embeddedEnd(text: string, from: number): number {
  let depth = 0;
  let quote = '';
  for (let i = from; i < text.length; i++) {
    const char = text.charAt(i);
    if (quote) quote = char === quote ? '' : quote;
    else if (char === "'" || char === '"') quote = char;
    else if (char === '{') depth++;
    else if (char === '}' && depth-- === 0) return i;
  }
  return -1;
}

/** The reading of one JSON value, for its errors. */
interface JsonReading {
  readonly cursor: Cursor;
  readonly environment: Environment;
  readonly start: number;
  readonly open: string;
}

const NESTING = new Map([
  ['[', 1],
  ['{', 1],
  [']', -1],
  ['}', -1],
]);

/** A JSON array or object, possibly over several lines, with comments outside of strings; given back compact. */
function readJson(cursor: Cursor, environment: Environment): ParamValue {
  const reading = { cursor, environment, start: cursor.at, open: cursor.char };
  let json = '';
  let depth = 0;
  do {
    const piece = readJsonPiece(reading);
    json += piece;
    depth += NESTING.get(piece) ?? 0;
  } while (depth > 0);
  const compact = compactJson(json);
  if (compact === undefined) failJson(reading);
  cursor.expectLineEnd('after a JSON value');
  return compact;
}

/** A whole string, the value of an expression, nothing for a comment, or one character. */
function readJsonPiece(reading: JsonReading): string {
  const { cursor, environment } = reading;
  if (cursor.isAtEnd) failJson(reading);
  const char = cursor.char;
  if (char === '"') return readJsonString(reading);
  if (cursor.text.startsWith('#{', cursor.at)) {
    const value = readEmbedded(cursor, environment);
    return typeof value === 'string' ? value : 'null';
  }
  if (char === '#' || cursor.text.startsWith('//', cursor.at)) {
    cursor.take((c) => !isLineBreak(c));
    return '';
  }
  if (cursor.text.startsWith('/*', cursor.at)) {
    const end = cursor.text.indexOf('*/', cursor.at + 2);
    if (end < 0) failJson(reading);
    cursor.at = end + 2;
    return '';
  }
  cursor.at++;
  return char;
}

function readJsonString(reading: JsonReading): string {
  const { cursor, environment } = reading;
  let json = '"';
  cursor.at++;
  while (cursor.char !== '"') {
    if (cursor.isAtEnd) failJson(reading);
    if (cursor.char === '\\') {
      json += cursor.text.slice(cursor.at, cursor.at + 2);
      cursor.at += 2;
    } else if (cursor.text.startsWith('#{', cursor.at)) {
      const value = readEmbedded(cursor, environment);
      json += typeof value === 'string' ? JSON.stringify(value).slice(1, -1) : '';
    } else {
      json += cursor.char;
      cursor.at++;
    }
  }
  cursor.at++;
  return `${json}"`;
}

/** The value is not shown: it may be a secret that begins with a bracket. */
function failJson({ cursor, start, open }: JsonReading): never {
  const what = open === '[' ? 'array' : 'object';
  const hint = `a value that begins with ${open} is read as JSON; put quotes around it if it is meant as text`;
  return cursor.fail('config/incomplete-json', `expected a complete JSON ${what}`, hint, start);
}

/** A string, a run of blanks, or anything else of JSON. */
const JSON_TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|\s+|[^"\s]+/gs;
/** A string, or the comma that a commented-out last element leaves behind before a closing bracket. */
const TRAILING_COMMA = /("[^"\\]*(?:\\.[^"\\]*)*")|,(?=\s*[\]}])/gs;

/** Numbers stay as they are written: those beyond 2^53 would change on their way through a double. */
function compactJson(json: string): string | undefined {
  const lenient = json.replace(TRAILING_COMMA, (_, string: string | undefined) => string ?? '');
  for (const text of [json, lenient]) {
    try {
      JSON.parse(text);
      return text.replace(JSON_TOKEN, compactToken);
    } catch {
      // Tried again without such commas.
    }
  }
  return undefined;
}

function compactToken(token: string): string {
  if (token.startsWith('"')) return JSON.stringify(JSON.parse(token));
  return token.trim();
}
