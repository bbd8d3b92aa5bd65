// The JSON scanner said plainly, on strings and JSON.parse: the tests hold the fast one equal to it.
import {
  MAX_DEPTH,
  MAX_FIELDS,
  MAX_KEY_BYTES,
  REASON_KEY_TOO_LONG,
  REASON_NOT_OBJECT,
  REASON_SYNTAX,
  REASON_TOO_DEEP,
  REASON_TOO_MANY_FIELDS,
} from '../../core/tape.ts';

/** The fields in their order, each value as JSON text; or why there are none (REASON_…). */
export type PlainParse =
  | { readonly ok: true; readonly fields: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly reason: number };

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:,]|[^ \t\n\r{}[\]:,"]+/gy;
const BLANKS = /[ \t\n\r]*/y;

/** One member of the top-level object. */
interface Member {
  readonly key: string;
  readonly value: string;
  readonly depth: number;
}

/** The scanner's answer to one text, which may begin with a byte order mark. */
export function plainJson(text: string): PlainParse {
  const body = text.replace(/^\ufeff/, '');
  if (!/^[ \t\n\r]*\{/.test(body)) return { ok: false, reason: REASON_NOT_OBJECT };
  if (!isJson(body)) return { ok: false, reason: REASON_SYNTAX };
  const fields = new Map<string, string>();
  for (const { key, value, depth } of members(body)) {
    if (Buffer.byteLength(key) > MAX_KEY_BYTES) return { ok: false, reason: REASON_KEY_TOO_LONG };
    if (fields.size === MAX_FIELDS && !fields.has(key)) return { ok: false, reason: REASON_TOO_MANY_FIELDS };
    if (depth > MAX_DEPTH) return { ok: false, reason: REASON_TOO_DEEP };
    fields.set(key, value);
  }
  return { ok: true, fields };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The members of a valid object, in the order of the text; line breaks between the tokens of values are left out. */
function* members(text: string): Generator<Member> {
  const tokens = [...tokensOf(text)];
  let at = 1;
  while ((tokens[at] as Token).text !== '}') {
    const key = JSON.parse((tokens[at] as Token).text) as string;
    const first = at + 2;
    const { last, depth } = valueAt(tokens, first);
    const value = text.slice((tokens[first] as Token).start, (tokens[last] as Token).end).replace(/[\r\n]/g, '');
    yield { key, value, depth };
    at = last + 1;
    if ((tokens[at] as Token).text === ',') at++;
  }
}

interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

function* tokensOf(text: string): Generator<Token> {
  let at = 0;
  while (true) {
    BLANKS.lastIndex = at;
    BLANKS.test(text);
    at = BLANKS.lastIndex;
    if (at === text.length) return;
    TOKEN.lastIndex = at;
    TOKEN.test(text);
    yield { text: text.slice(at, TOKEN.lastIndex), start: at, end: TOKEN.lastIndex };
    at = TOKEN.lastIndex;
  }
}

/** The last token of the value that begins with token `first`, and its deepest nesting, the top-level object included. */
function valueAt(tokens: readonly Token[], first: number): { readonly last: number; readonly depth: number } {
  let open = 0;
  let deepest = 0;
  let at = first;
  while (true) {
    const { text } = tokens[at] as Token;
    if (text === '{' || text === '[') open++;
    else if (text === '}' || text === ']') open--;
    deepest = Math.max(deepest, open);
    if (open === 0) return { last: at, depth: deepest + 1 };
    at++;
  }
}
