// JSON objects as pairs.
import { Pairs, type Value } from './record.ts';

const BLANK = 0x20;
const CLOSING_BRACE = 0x7d;

/** The pairs of a text that is one JSON object, or undefined. */
export function readJsonObject(text: string): Pairs | undefined {
  if (!endsAsObject(text)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return pairsOf(value as { readonly [key: string]: Value }, text);
}

/** Most texts that are no object lack its end: to be told so by JSON.parse costs an exception. */
function endsAsObject(text: string): boolean {
  let at = text.length - 1;
  while (text.charCodeAt(at) <= BLANK) at--;
  return text.charCodeAt(at) === CLOSING_BRACE;
}

export function pairsOf(object: { readonly [key: string]: Value }, json?: string): Pairs {
  return new Pairs(Object.keys(object), Object.values(object), json);
}

/** Position behind the object or array that begins at `start`, or -1 where the text ends before it does. */
export function endOfObject(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === 0x22) {
      at = endOfString(text, at);
      if (at < 0) return -1;
    } else if (char === 0x7b || char === 0x5b) depth++;
    else if ((char === 0x7d || char === 0x5d) && --depth === 0) return at + 1;
  }
  return -1;
}

/** Position of the quote that closes the string whose opening quote is at `start`, or -1. */
export function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === 0x5c) at++;
    else if (char === 0x22) return at;
  }
  return -1;
}

/** Whether the quote at a position has an odd number of backslashes before it. */
export function isEscaped(text: string, quote: number): boolean {
  let at = quote;
  while (text[at - 1] === '\\') at--;
  return (quote - at) % 2 === 1;
}

/** The quote that closes the last value of an object, or -1. From the end: a text may be full of what looks like it. */
export function lastQuote(text: string): number {
  const object = text.trimEnd();
  const inner = object.endsWith('}') ? object.slice(0, -1).trimEnd() : '';
  const quote = inner.length - 1;
  return inner.endsWith('"') && !isEscaped(inner, quote) ? quote : -1;
}

/** Whether a text ends as an object does whose last value is a text. */
export function endsInValue(text: string): boolean {
  const last = lastQuote(text);
  if (last < 0) return false;
  for (let at = text.indexOf('":"'); at >= 0; at = text.indexOf('":"', at + 1))
    if (endOfString(text, at + 2) === last) return true;
  return false;
}
