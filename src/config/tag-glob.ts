// The globs of tag patterns as runs of characters and wildcards, to reason about which tags they take.

/** Any number of characters but dots. */
export const WITHIN_PART: unique symbol = Symbol('*');
/** Any number of any characters. */
export const ACROSS_PARTS: unique symbol = Symbol('**');
export type Token = string | typeof WITHIN_PART | typeof ACROSS_PARTS;
export type Glob = readonly Token[];

const GLOBS_MAX = 4000;

/**
 * The globs without alternatives that a pattern stands for: a tag is one of the pattern's if one of them takes it.
 * @returns undefined for a regular expression, and for a pattern with too many alternatives.
 */
export function globsOf(pattern: string): readonly Glob[] | undefined {
  if (pattern.startsWith('/') && pattern.endsWith('/')) return undefined;
  const { globs } = sequence(pattern, 0, false);
  return globs.length > GLOBS_MAX ? undefined : globs;
}

interface Expanded {
  readonly globs: readonly Glob[];
  readonly end: number;
}

/** Expands up to the end, or to a comma or brace that ends an alternative. */
function sequence(pattern: string, from: number, inBraces: boolean): Expanded {
  let globs: readonly Glob[] = [[]];
  let at = from;
  while (at < pattern.length) {
    const char = pattern.charAt(at);
    if (inBraces && (char === ',' || char === '}')) break;
    const piece = char === '{' ? alternatives(pattern, at) : onePiece(pattern, at);
    globs = globs.flatMap((glob) => piece.globs.map((part) => [...glob, ...part])).slice(0, GLOBS_MAX + 1);
    at = piece.end;
  }
  return { globs, end: at };
}

function alternatives(pattern: string, at: number): Expanded {
  const globs: Glob[] = [];
  let end = at;
  do {
    const one = sequence(pattern, end + 1, true);
    globs.push(...one.globs);
    end = one.end;
  } while (pattern.charAt(end) === ',');
  return { globs, end: end + 1 };
}

/** The same pieces as in tag-pattern, which makes regular expressions of them. */
function onePiece(pattern: string, at: number): Expanded {
  const char = pattern.charAt(at);
  if (char === '\\' && at + 1 < pattern.length) return { globs: [[pattern.charAt(at + 1)]], end: at + 2 };
  const endsPart = ['', '.', '}', ','].includes(pattern.charAt(at + 3));
  if (pattern.startsWith('.**', at) && endsPart) return { globs: [[], ['.', ACROSS_PARTS]], end: at + 3 };
  const beginsPart = ['', '{', ',', '.'].includes(pattern.charAt(at - 1));
  if (pattern.startsWith('**.', at) && beginsPart) return { globs: [[], [ACROSS_PARTS, '.']], end: at + 3 };
  if (pattern.startsWith('**', at)) return { globs: [[ACROSS_PARTS]], end: at + 2 };
  const token: Token = char === '*' ? WITHIN_PART : char;
  return { globs: [[token]], end: at + 1 };
}

/** What a wildcard stands for in an example. */
export const EXAMPLE = 'x';

/** A tag that both globs take, or undefined where there is none. */
export function commonTag(one: Glob, other: Glob): string | undefined {
  const failed = new Set<number>();
  const from = (i: number, j: number): string | undefined => {
    const state = i * (other.length + 1) + j;
    if (failed.has(state)) return undefined;
    const a = one[i];
    const b = other[j];
    if (a === undefined && b === undefined) return '';
    const found = together(a, b, (stepA, stepB) => from(i + stepA, j + stepB));
    if (found === undefined) failed.add(state);
    return found;
  };
  return from(0, 0);
}

type Rest = (stepA: number, stepB: number) => string | undefined;

/** An example that begins with the tokens `a` and `b`, of which either may be the end. */
function together(a: Token | undefined, b: Token | undefined, rest: Rest): string | undefined {
  const [isWildA, isWildB] = [typeof a === 'symbol', typeof b === 'symbol'];
  if (isWildA && isWildB) return prefixed(EXAMPLE, rest(1, 1)) ?? rest(1, 0) ?? rest(0, 1);
  if (isWildA) return (takes(a, b) ? prefixed(b as string, rest(0, 1)) : undefined) ?? rest(1, 0);
  if (isWildB) return (takes(b, a) ? prefixed(a as string, rest(1, 0)) : undefined) ?? rest(0, 1);
  return a === b ? prefixed(a as string, rest(1, 1)) : undefined;
}

function takes(wildcard: Token | undefined, char: Token | undefined): boolean {
  return typeof char === 'string' && (wildcard === ACROSS_PARTS || char !== '.');
}

function prefixed(text: string, rest: string | undefined): string | undefined {
  return rest === undefined ? undefined : text + rest;
}
