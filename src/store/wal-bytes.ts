// JSON text written and walked over byte by byte: the plain way of assembly/flat.ts, for what that leaves to it.
import type { Column } from './columns.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const HEX = Buffer.from('0123456789abcdef');
/** A byte of text takes at most this many as part of a JSON string. */
export const ESCAPED_MAX = 6;

/** Writes `,"name":"value"`; returns where it ends. */
export function putValue(
  out: Buffer,
  from: number,
  column: Column,
  source: Buffer,
  start: number,
  end: number,
  how: string,
): number {
  let at = from;
  out[at++] = COMMA;
  const { head } = column;
  for (let i = 0; i < head.length; i++) out[at++] = head[i] as number;
  out[at++] = QUOTE;
  at = how === 'copy' ? putCopied(out, at, source, start, end) : putEscaped(out, at, source, start, end);
  out[at++] = QUOTE;
  return at;
}

const LOWER_U = 0x75;
const SURROGATE = /^[dD][89a-fA-F]/;
const SURROGATE_PAIR = /^[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F]/;

/** Copies the inside of a JSON string. DuckDB refuses a record with half a surrogate pair: it becomes U+FFFD. */
function putCopied(out: Buffer, from: number, source: Buffer, start: number, end: number): number {
  let at = from;
  for (let i = start; i < end; i++) {
    const byte = source[i] as number;
    out[at++] = byte;
    if (byte !== BACKSLASH) continue;
    const escaped = source[++i] as number;
    out[at++] = escaped;
    if (escaped !== LOWER_U) continue;
    const hex = source.toString('latin1', i + 1, Math.min(i + 11, end));
    if (!SURROGATE.test(hex)) continue;
    const isPair = SURROGATE_PAIR.test(hex);
    at += out.write(isPair ? hex : 'fffd', at, 'latin1');
    i += isPair ? 10 : 4;
  }
  return at;
}

function putEscaped(out: Buffer, from: number, source: Buffer, start: number, end: number): number {
  let at = from;
  for (let i = start; i < end; i++) {
    const byte = source[i] as number;
    if (byte < 0x20) {
      at += out.write('\\u00', at, 'latin1');
      out[at++] = HEX[byte >> 4] as number;
      out[at++] = HEX[byte & 15] as number;
      continue;
    }
    if (byte === QUOTE || byte === BACKSLASH) out[at++] = BACKSLASH;
    out[at++] = byte;
  }
  return at;
}

export function skipBlanks(source: Buffer, from: number): number {
  let at = from;
  while (source[at] === 0x20 || source[at] === 0x09 || source[at] === 0x0a || source[at] === 0x0d) at++;
  return at;
}

/** End of the JSON value at `from`, which is valid. */
export function skipValue(source: Buffer, from: number): number {
  const first = source[from];
  if (first === QUOTE) return skipString(source, from);
  if (first !== OPEN_BRACE && first !== OPEN_BRACKET) return skipScalar(source, from);
  let depth = 0;
  for (let at = from; ; at++) {
    const byte = source[at];
    if (byte === QUOTE) at = skipString(source, at) - 1;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
    else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth === 0) return at + 1;
    else if (byte === undefined) throw new Error('BUG: a JSON span has no end');
  }
}

function skipString(source: Buffer, from: number): number {
  let at = from + 1;
  while (source[at] !== QUOTE) at += source[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

function skipScalar(source: Buffer, from: number): number {
  let at = from;
  for (;;) {
    const byte = source[at];
    if (byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || byte === undefined || byte <= 0x20)
      return at;
    at++;
  }
}

export function keyText(source: Buffer, start: number, end: number): string {
  const text = source.toString('utf8', start + 1, end - 1);
  return text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text;
}
