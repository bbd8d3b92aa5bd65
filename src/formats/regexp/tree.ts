// A regular expression as a tree, whatever dialect it is written in.

/** Code points `[from, to]`, sorted, without overlap. */
export type Ranges = readonly (readonly [number, number])[];

export type Assertion = 'line-start' | 'line-end' | 'text-start' | 'text-end' | 'last-line-end' | 'word' | 'not-word';

export type Tree =
  | { readonly kind: 'set'; readonly ranges: Ranges }
  | { readonly kind: 'assertion'; readonly assertion: Assertion }
  | { readonly kind: 'sequence'; readonly items: readonly Tree[] }
  | { readonly kind: 'choice'; readonly items: readonly Tree[] }
  /** `capture` = number of the group, from 1. */
  | { readonly kind: 'capture'; readonly item: Tree; readonly capture: number }
  | { readonly kind: 'atomic'; readonly item: Tree }
  | { readonly kind: 'look'; readonly item: Tree; readonly ahead: boolean; readonly negated: boolean }
  | { readonly kind: 'reference'; readonly captures: readonly number[] }
  | {
      readonly kind: 'repeat';
      readonly item: Tree;
      readonly min: number;
      readonly max: number;
      readonly lazy: boolean;
    };

export const CODE_POINT_MAX = 0x10ffff;

export function normal(ranges: readonly (readonly [number, number])[]): Ranges {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [from, to] of sorted) {
    const last = merged.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

export function complement(ranges: Ranges): Ranges {
  const result: [number, number][] = [];
  let next = 0;
  for (const [from, to] of ranges) {
    if (from > next) result.push([next, from - 1]);
    next = to + 1;
  }
  if (next <= CODE_POINT_MAX) result.push([next, CODE_POINT_MAX]);
  return result;
}

export function intersection(a: Ranges, b: Ranges): Ranges {
  const result: [number, number][] = [];
  for (const [from, to] of a) {
    for (const [otherFrom, otherTo] of b) {
      const low = Math.max(from, otherFrom);
      const high = Math.min(to, otherTo);
      if (low <= high) result.push([low, high]);
    }
  }
  return normal(result);
}

/** With every letter also its other case. Ranges beyond ASCII only where they are a single character. */
export function folded(ranges: Ranges): Ranges {
  const more: [number, number][] = [];
  for (const [from, to] of ranges) {
    for (let code = Math.max(from, 0x41); code <= Math.min(to, 0x7a); code++) {
      const isLetter = (code >= 0x41 && code <= 0x5a) || code >= 0x61;
      if (isLetter) more.push([code ^ 0x20, code ^ 0x20]);
    }
    if (from === to && from > 0x7f) more.push(...otherCases(from));
  }
  return normal([...ranges, ...more]);
}

function otherCases(code: number): [number, number][] {
  const char = String.fromCodePoint(code);
  return [char.toLowerCase(), char.toUpperCase()]
    .filter((other) => [...other].length === 1)
    .map((other) => [other.codePointAt(0) as number, other.codePointAt(0) as number]);
}
