// JSON as values in which whole numbers are exact.

export type ExactJson =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly ExactJson[]
  | { readonly [key: string]: ExactJson };

/** A run of digits outside of a string; strings are taken first so that theirs are passed over. */
const LONG_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g;
const INT64_MIN = -(2n ** 63n);
const UINT64_MAX = 2n ** 64n - 1n;

/** Whole numbers beyond 2^53 become bigint, where they fit into 64 bits; `text` is valid JSON. */
export function parseExactJson(text: string): ExactJson {
  if (!/\d{16}/.test(text)) return JSON.parse(text) as ExactJson;
  const mark = markFor(text);
  const marked = text.replace(LONG_NUMBER, (token) => {
    if (token.startsWith('"')) return token;
    const value = BigInt(token);
    return value < INT64_MIN || value > UINT64_MAX ? token : `"${mark}${token}"`;
  });
  return JSON.parse(marked, (_key, value: unknown) =>
    typeof value === 'string' && value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value,
  ) as ExactJson;
}

/** A text that stands nowhere in the source. */
function markFor(text: string): string {
  let mark = 'n';
  while (text.includes(mark)) mark += 'n';
  return mark;
}
