// The quoting of Go (strconv.Quote) and of Rust's Debug, undone. Both are lenient: what is no escape stays as it is.

const GO_ESCAPE = /\\(?:([abfnrtv\\"'])|x([0-9a-fA-F]{2})|([0-3][0-7]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/g;
const RUST_ESCAPE = /\\(?:([nrt0\\"'])|x([0-7][0-9a-fA-F])|u\{([0-9a-fA-F]{1,6})\})/g;
const LETTERS: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '0': '\0',
};

/** A terminal sequence in eight bits, as a terminal reads it: the byte is part of no character. */
const LONE_CSI = /(?<!\\x[89a-f][0-9a-f])\\x9b(?!\\x[89ab])/gi;

/** What stands between the quotes of a Go string. `\xNN` are bytes of UTF-8; a byte that is none becomes U+FFFD. */
export function unquoteGo(inner: string): string {
  if (!inner.includes('\\')) return inner;
  if (!/\\(?:x[89a-fA-F]|[23])/.test(inner))
    return inner.length > SHORT_MAX
      ? unquoteLong(inner)
      : inner.replace(GO_ESCAPE, (...found: Groups) => goEscape(found));
  // Bytes above 0x7f: their neighbours decide what they mean.
  const parts: Buffer[] = [];
  let at = 0;
  const text = inner.replace(LONE_CSI, '\\u009b');
  for (const match of text.matchAll(GO_ESCAPE)) {
    parts.push(Buffer.from(text.slice(at, match.index)));
    const [whole, , hex, octal] = match;
    const byte = hex === undefined ? octal && Number.parseInt(octal, 8) : Number.parseInt(hex, 16);
    parts.push(typeof byte === 'number' ? Buffer.of(byte) : Buffer.from(goEscape(match)));
    at = match.index + whole.length;
  }
  parts.push(Buffer.from(text.slice(at)));
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.concat(parts));
}

const SHORT_MAX = 64 << 10;
const PARTS_MAX = 4096;

/** `replace` keeps all that it found until its end: a gigabyte for some megabytes of escapes. */
function unquoteLong(inner: string): string {
  let done = '';
  let parts: string[] = [];
  let at = 0;
  for (const match of inner.matchAll(GO_ESCAPE)) {
    parts.push(inner.slice(at, match.index), goEscape(match));
    at = match.index + match[0].length;
    if (parts.length < PARTS_MAX) continue;
    done += parts.join('');
    parts = [];
  }
  return done + parts.join('') + inner.slice(at);
}

/** What was found, and its groups. */
type Groups = readonly (string | undefined)[];

function goEscape([, letter, hex, octal, short, long]: Groups): string {
  if (letter !== undefined) return LETTERS[letter] ?? letter;
  if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
  if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
  return codePoint(short ?? (long as string));
}

/** What stands between the quotes of a Rust string. */
export function unquoteRust(inner: string): string {
  if (!inner.includes('\\')) return inner;
  return inner.replace(RUST_ESCAPE, (_, letter?: string, hex?: string, code?: string) => {
    if (letter !== undefined) return LETTERS[letter] ?? letter;
    return codePoint(hex ?? (code as string));
  });
}

function codePoint(hex: string): string {
  const code = Number.parseInt(hex, 16);
  return code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? '\ufffd' : String.fromCodePoint(code);
}
