// JSON objects as pairs.
import { Pairs, type Value } from './record.ts';

/** The pairs of a text that is one JSON object, or undefined. */
export function readJsonObject(text: string): Pairs | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return pairsOf(value as { readonly [key: string]: Value }, text);
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
