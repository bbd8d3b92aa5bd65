// Reading and removing parts of a JSON value where it lies: what is not touched keeps its bytes, digit by digit.
// The values come from the scanner, so they are well formed.
import type { Arena } from './arena.ts';
import type { Bytes } from './scanner.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** A member or element: its value, and all of it with its key and without commas. */
interface Part {
  readonly start: number;
  readonly valueStart: number;
  readonly end: number;
}

/** The value at `path` (never empty) inside the value `[start, end)`, or undefined. */
export function findJson(u8: Buffer, value: Bytes, path: readonly (string | number)[]): Bytes | undefined {
  let found: Bytes | undefined = value;
  for (const step of path) {
    const part: Part | undefined = found && findPart(u8, found, step);
    if (!part) return undefined;
    found = { start: part.valueStart, end: part.end };
  }
  return found;
}

/** A copy of the value without what is at `path`, newly allocated; undefined where there is nothing at `path`. */
export function withoutJson(arena: Arena, value: Bytes, path: readonly (string | number)[]): Bytes | undefined {
  const parent = findJson(arena.u8, value, path.slice(0, -1));
  const part = parent && findPart(arena.u8, parent, path.at(-1) as string | number);
  if (!parent || !part) return undefined;
  const hole = withComma(arena.u8, parent, part);
  const bytes = value.end - value.start - (hole.end - hole.start);
  const start = arena.alloc(bytes);
  arena.u8.copyWithin(start, value.start, hole.start);
  arena.u8.copyWithin(start + hole.start - value.start, hole.end, value.end);
  const shorter = { start, end: start + bytes };
  // A member may stand twice; behind an element that was removed another one has its index.
  return (typeof path.at(-1) === 'string' && withoutJson(arena, shorter, path)) || shorter;
}

/** The part and one of the commas beside it. */
function withComma(u8: Buffer, parent: Bytes, { start, end }: Part): Bytes {
  const after = skipBlanks(u8, end);
  if (u8[after] === COMMA) return { start, end: skipBlanks(u8, after + 1) };
  let before = start - 1;
  while (before > parent.start && isBlank(u8[before])) before--;
  return { start: u8[before] === COMMA ? before : start, end };
}

function findPart(u8: Buffer, value: Bytes, step: string | number): Part | undefined {
  const open = u8[value.start];
  if (typeof step === 'string') return open === OPEN_BRACE ? findMember(u8, value.start, step) : undefined;
  return open === OPEN_BRACKET ? findElement(u8, value.start, step) : undefined;
}

/** The last member of that name. */
function findMember(u8: Buffer, object: number, name: string): Part | undefined {
  let found: Part | undefined;
  let at = skipBlanks(u8, object + 1);
  while (u8[at] !== CLOSE_BRACE) {
    const keyEnd = stringEnd(u8, at);
    // Behind the colon, which may have blanks on both sides.
    const valueStart = skipBlanks(u8, skipBlanks(u8, keyEnd) + 1);
    const end = valueEnd(u8, valueStart);
    if (isName(u8, at, keyEnd, name)) found = { start: at, valueStart, end };
    at = nextPart(u8, end);
  }
  return found;
}

function findElement(u8: Buffer, array: number, index: number): Part | undefined {
  const parts: Part[] = [];
  let at = skipBlanks(u8, array + 1);
  while (u8[at] !== CLOSE_BRACKET) {
    const end = valueEnd(u8, at);
    parts.push({ start: at, valueStart: at, end });
    if (parts.length > index && index >= 0) break;
    at = nextPart(u8, end);
  }
  return parts.at(index);
}

function nextPart(u8: Buffer, end: number): number {
  const at = skipBlanks(u8, end);
  return u8[at] === COMMA ? skipBlanks(u8, at + 1) : at;
}

function isName(u8: Buffer, start: number, end: number, name: string): boolean {
  const written = u8.toString('utf8', start + 1, end - 1);
  return (written.includes('\\') ? JSON.parse(`"${written}"`) : written) === name;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

function skipBlanks(u8: Buffer, at: number): number {
  while (isBlank(u8[at])) at++;
  return at;
}

/** Behind the closing quote of the string at `at`. */
function stringEnd(u8: Buffer, at: number): number {
  let i = at + 1;
  while (u8[i] !== QUOTE) i += u8[i] === BACKSLASH ? 2 : 1;
  return i + 1;
}

function valueEnd(u8: Buffer, at: number): number {
  if (u8[at] === QUOTE) return stringEnd(u8, at);
  if (u8[at] === OPEN_BRACE || u8[at] === OPEN_BRACKET) return nestedEnd(u8, at);
  let end = at;
  while (!endsScalar(u8[end])) end++;
  return end;
}

function endsScalar(byte: number | undefined): boolean {
  return byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || isBlank(byte);
}

/** Behind the object or array at `at`. */
function nestedEnd(u8: Buffer, at: number): number {
  let depth = 0;
  for (let i = at; ; ) {
    const byte = u8[i];
    i = byte === QUOTE ? stringEnd(u8, i) : i + 1;
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--;
    if (depth === 0) return i;
  }
}
