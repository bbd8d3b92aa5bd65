// The tree of a query: what the grammar reads, and what the three compilers (predicate, SQL, Elasticsearch DSL) take.

/** One condition or several, in the order of the text. */
export type Query =
  | { readonly kind: 'all' }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Query[] }
  | { readonly kind: 'not'; readonly part: Query }
  /** A bare word: in any text field. */
  | { readonly kind: 'anywhere'; readonly match: TextMatch }
  | { readonly kind: 'field'; readonly field: string; readonly match: Match };

export type Match = TextMatch | { readonly kind: 'exists' } | RangeMatch;

/** `pieces` are the literal texts between the wildcards: one piece = no wildcard. */
export interface TextMatch {
  readonly kind: 'text';
  readonly pieces: readonly string[];
}

/** At least one bound. Numbers compare as numbers, other texts by code point. */
export interface RangeMatch {
  readonly kind: 'range';
  readonly low?: Bound;
  readonly high?: Bound;
}

export interface Bound {
  readonly value: string;
  readonly inclusive: boolean;
}

/** What is wrong with a query and where: `[from, to)` in UTF-16 units of the text, `from` ≤ `to`. */
export interface QueryProblem {
  readonly message: string;
  readonly from: number;
  readonly to: number;
}

export type QueryOutcome =
  | { readonly ok: true; readonly query: Query }
  | { readonly ok: false; readonly problems: readonly QueryProblem[] };

/** A value as a record holds it. Nested objects are read by their dotted path; a list matches when an element does. */
export type FieldValue = string | number | boolean | readonly FieldValue[] | null | undefined;

/** Reads one field of a record by its name. */
export type FieldReader = (field: string) => FieldValue;
