// What can be wrong with data or settings, as a value: where, what was expected, what was found, what to do.

/** A point in a text file. Lines and columns count from 1; a column counts UTF-16 units. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** `error` refuses the input; `warning` accepts it with a risk; `notice` accepts it and says what it means here. */
export type Severity = 'error' | 'warning' | 'notice';

/**
 * One thing that is wrong.
 *
 * `message` is lower case without a final stop and quotes foreign text through {@link quoted}.
 */
export interface Problem {
  /** `area/short-name`, for instance `config/unknown-parameter`. Never reused for another meaning. */
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly place?: Place;
  /** What the reader can do about it. */
  readonly hint?: string;
}

/** A value, or every reason why there is none. Problems beside a value are warnings and notices only. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T; readonly problems: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const QUOTED_MAX_CHARS = 200;
// C0, DEL, C1, zero-width and bidirectional controls and further ends of lines could rewrite the reader's terminal.
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Foreign text made safe to print: control characters escaped, cut at 200 characters, in double quotes. */
export function quoted(text: string): string {
  const cut = text.length > QUOTED_MAX_CHARS ? `${text.slice(0, QUOTED_MAX_CHARS)}…` : text;
  return `"${printable(cut)}"`;
}

/** Foreign text with every control character shown as `\xNN` or `<U+NNNN>`. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (char) => {
    const code = char.charCodeAt(0);
    const hex = code.toString(16);
    return code < 0x100 ? `\\x${hex.padStart(2, '0')}` : `<U+${hex.toUpperCase().padStart(4, '0')}>`;
  });
}

/** One line for a person: `fluent.conf:14:18 config/ambiguous-duration: message (hint)`. */
export function describeProblem(problem: Problem): string {
  const place = problem.place ? `${placeText(problem.place)} ` : '';
  const hint = problem.hint ? `\n    hint: ${problem.hint}` : '';
  return `${place}${problem.severity}: ${problem.message} [${problem.code}]${hint}`;
}

/** `file:line:column`. */
export function placeText(place: Place): string {
  return `${printable(place.file)}:${place.line}:${place.column}`;
}
