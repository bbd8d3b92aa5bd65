// A configuration as a tree: sections, parameters in order, each with its place.
import type { Place } from '../core/problem.ts';

/** The value of a parameter written as `"#{use_default}"`: the declared default. */
export const USE_DEFAULT: unique symbol = Symbol('use_default');

/** A value with a mistake that was reported where it stands. */
export const UNREADABLE: unique symbol = Symbol('unreadable');

/** Text, `null` for `"#{use_nil}"`, USE_DEFAULT, or (only in a tree that comes with errors) UNREADABLE. */
export type ParamValue = string | null | typeof USE_DEFAULT | typeof UNREADABLE;

export interface Param {
  readonly name: string;
  readonly value: ParamValue;
  /** The value as it is written, where it holds an expression `#{…}`. */
  readonly expression?: string;
  readonly place: Place;
  readonly valuePlace: Place;
}

export interface Section {
  /** `source`, `match`, `parse`…; `ROOT` for the file. */
  readonly name: string;
  /** What stands between the name and `>`, or empty. */
  readonly arg: string;
  /** In file order; a name may stand twice, the last one counts. */
  readonly params: readonly Param[];
  readonly sections: readonly Section[];
  readonly place: Place;
}

/** Whether a parameter or section of it could not even be named: nothing can be said to be missing in it. */
export function hasLostPart(section: Section): boolean {
  return section.params.some(({ name, value }) => name === '' && value === UNREADABLE);
}

/** The parameter that counts, or undefined. */
export function lastParam(section: Section, name: string): Param | undefined {
  return section.params.findLast((param) => param.name === name);
}

/** The text of a parameter, undefined where it is missing or not text. */
export function paramText(section: Section, name: string): string | undefined {
  const value = lastParam(section, name)?.value;
  return typeof value === 'string' ? value : undefined;
}
