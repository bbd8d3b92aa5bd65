// JSON values made comparable as text: members sorted, 5.0 as 5, whole numbers beyond 2^53 digit by digit.

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g;
/** Digits that a double surely keeps. */
const EXACT_DIGITS = 15;

/** One text for all spellings of a JSON value, or undefined where the text is not JSON. */
export function canonicalJson(text: string): string | undefined {
  const value = parseExact(text);
  return value === undefined ? undefined : canonicalOf(value);
}

/** As JSON.parse, with whole numbers of many digits as texts of their digits behind a mark. */
export function parseExact(text: string): unknown {
  const marked = text.replace(TOKEN, (token) => {
    const isLong = /^-?\d+$/.test(token) && token.length > EXACT_DIGITS;
    return isLong ? `"\\u0000${token}"` : token;
  });
  try {
    return JSON.parse(marked);
  } catch {
    // The caller says which file and line.
    return undefined;
  }
}

/** The canonical text of a parsed value. */
export function canonicalOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalOf).join(',')}]`;
  if (typeof value !== 'object' || value === null) return shown(value);
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalOf(member)}`);
  return `{${members.join(',')}}`;
}

function shown(value: unknown): string {
  return typeof value === 'string' && value.startsWith('\0') ? value.slice(1) : JSON.stringify(value);
}
