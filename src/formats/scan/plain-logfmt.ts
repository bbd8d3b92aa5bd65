// The logfmt scanner said plainly, on strings: the tests hold the fast one equal to it.
import { MAX_FIELDS, MAX_KEY_BYTES, REASON_KEY_TOO_LONG, REASON_TOO_MANY_FIELDS } from '../../core/tape.ts';
import { KATA_BLANK_KEYS } from './blank-keys.ts';
import type { PlainParse } from './plain-json.ts';

const BETWEEN = /[\0-\x20="]*/y;
const NAME = /[^\0-\x20="]+/y;
const BARE = /[^\0-\x20]*/y;
const INTEGER = /^-?(?:0|[1-9][0-9]{0,14})$/;
const ESCAPE =
  /\\(?:(?<letter>[abfnrtv\\"'])|x(?<hex>[0-9a-fA-F]{2})|(?<octal>[0-3][0-7]{2})|u(?<short>[0-9a-fA-F]{4})|U(?<long>[0-9a-fA-F]{8}))/y;
const LETTERS: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** A value as JSON text, and where the text goes on behind it. */
interface Value {
  readonly json: string;
  readonly next: number;
}

/** The scanner's answer to one text, which may begin with a byte order mark. */
export function plainLogfmt(text: string, blankKeys: boolean): PlainParse {
  const fields = new Map<string, string>();
  let at = text.startsWith('\ufeff') ? 1 : 0;
  while (true) {
    at += matchAt(BETWEEN, text, at).length;
    if (at === text.length) return { ok: true, fields };
    const name = nameAt(text, at, blankKeys);
    if (Buffer.byteLength(name) > MAX_KEY_BYTES) return { ok: false, reason: REASON_KEY_TOO_LONG };
    if (fields.size === MAX_FIELDS && !fields.has(name)) return { ok: false, reason: REASON_TOO_MANY_FIELDS };
    const value = valueAt(text, at + name.length);
    fields.set(name, value.json);
    at = value.next;
  }
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}

function nameAt(text: string, at: number, blankKeys: boolean): string {
  const name = matchAt(NAME, text, at);
  if (!blankKeys || text[at + name.length] === '=') return name;
  return KATA_BLANK_KEYS.find((phrase) => text.startsWith(`${phrase}=`, at)) ?? name;
}

function valueAt(text: string, at: number): Value {
  if (text[at] !== '=') return { json: 'true', next: at };
  if (text[at + 1] === '"') return quotedAt(text, at + 2);
  const bare = matchAt(BARE, text, at + 1);
  return { json: INTEGER.test(bare) ? bare : JSON.stringify(bare), next: at + 1 + bare.length };
}

function quotedAt(text: string, start: number): Value {
  const parts: Buffer[] = [];
  let at = start;
  while (at < text.length && text[at] !== '"') {
    ESCAPE.lastIndex = at;
    const found = ESCAPE.exec(text);
    const character = String.fromCodePoint(text.codePointAt(at) as number);
    parts.push(found?.groups ? escapedBytes(found.groups) : Buffer.from(character));
    at += found ? found[0].length : character.length;
  }
  const decoded = new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.concat(parts));
  return { json: JSON.stringify(decoded), next: Math.min(at + 1, text.length) };
}

function escapedBytes(groups: Readonly<Record<string, string | undefined>>): Buffer {
  const { letter, hex, octal, short, long } = groups;
  if (letter !== undefined) return Buffer.from(LETTERS[letter] ?? letter);
  if (hex !== undefined) return Buffer.of(Number.parseInt(hex, 16));
  if (octal !== undefined) return Buffer.of(Number.parseInt(octal, 8));
  const code = Number.parseInt(short ?? (long as string), 16);
  // Buffer.from makes U+FFFD of a surrogate.
  return Buffer.from(String.fromCodePoint(code > 0x10ffff ? 0xfffd : code));
}
