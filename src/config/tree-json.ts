// A tree as JSON, in the form of Fluentd's elements: name, arg, attrs, elements. Secrets are masked, and a value that
// holds an expression is shown as it is written.

import type { Fields } from './fields.ts';
import type { Catalog } from './planned.ts';
import { fieldsOf, isSecret, MASK, type Redact, withoutPasswords } from './secrets.ts';
import { type Param, type Section, USE_DEFAULT } from './tree.ts';

export interface ElementJson {
  readonly name: string;
  readonly arg: string;
  readonly attrs: { readonly [name: string]: unknown };
  readonly elements: readonly ElementJson[];
  /** Where it is written. */
  readonly file: string;
  readonly line: number;
}

export function treeJson(section: Section, catalog: Catalog, redact: Redact, outer?: Fields): ElementJson {
  const fields = fieldsOf(section, outer, catalog);
  return {
    name: section.name,
    arg: redact(section.arg),
    attrs: Object.fromEntries(section.params.map((param) => [param.name, shownValue(param, fields)])),
    elements: section.sections.map((child) => treeJson(child, catalog, redact, fields)),
    file: section.place.file,
    line: section.place.line,
  };
}

function shownValue({ name, value, expression }: Param, fields: Fields | undefined): unknown {
  if (expression !== undefined)
    return { $expression: isSecret(name, fields) ? expressionOnly(expression) : expression };
  if (value === USE_DEFAULT) return { $use_default: true };
  if (typeof value !== 'string') return null;
  return isSecret(name, fields) ? MASK : withoutPasswords(value);
}

/** Texts around and inside of an expression may be the secret; names of variables are not. */
export function expressionOnly(expression: string): string {
  const variables = [...expression.matchAll(/ENV(?:\.fetch\(\s*|\[)(['"])([^'"]*)\1/g)].map(([, , name]) => name);
  return `"${variables.map((name) => `#{ENV['${name}']}`).join(MASK) || MASK}"`;
}
