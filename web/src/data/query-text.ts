// Building KQL from clicks. The text is read by the grammar itself, so that quotes, brackets and words side by side
// mean here what they mean to the server.
import { kqlParser, parseQuery } from '../../../src/formats/kql/parse.ts';
import type { Query } from '../../../src/formats/kql/query.ts';

const PLAIN = /^[A-Za-z0-9_./@-]+$/;
const WORDS = new Set(['and', 'or', 'not']);

/** A value as KQL: bare where it is a plain word, else quoted. */
export function kqlValue(value: string | number | boolean): string {
  const text = String(value);
  if (PLAIN.test(text) && !WORDS.has(text.toLowerCase()) && !text.startsWith('/') && !text.startsWith('-')) return text;
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

export function fieldIs(field: string, value: string | number | boolean): string {
  return `${field}:${kqlValue(value)}`;
}

type Node = NonNullable<ReturnType<typeof kqlParser.parse>['topNode']['firstChild']>;

/** The conditions that a query joins with "and", as they are written; a query that is not sound is one of them. */
export function conditionsOf(query: string): readonly string[] {
  const top = kqlParser.parse(query).topNode.firstChild;
  if (!top || !parseQuery(query).ok) return query.trim() === '' ? [] : [query.trim()];
  return conjuncts(top).map(({ from, to }) => query.slice(from, to));
}

function conjuncts(node: Node): readonly Node[] {
  if (node.name !== 'And') return [node];
  const found: Node[] = [];
  for (let part = node.firstChild; part; part = part.nextSibling) {
    if (part.name !== 'AndWord') found.push(...conjuncts(part));
  }
  return found;
}

function joined(conditions: readonly string[]): string {
  if (conditions.length === 1) return conditions[0] as string;
  return conditions.map((each) => (isAlternative(each) ? `(${each})` : each)).join(' and ');
}

function isAlternative(condition: string): boolean {
  return kqlParser.parse(condition).topNode.firstChild?.name === 'Or';
}

/** The query with one more condition; one that stands there already is not added again. */
export function withCondition(query: string, condition: string): string {
  const conditions = conditionsOf(query);
  return conditions.includes(condition) ? query.trim() : joined([...conditions, condition]);
}

export function hasCondition(query: string, condition: string): boolean {
  return conditionsOf(query).includes(condition);
}

export function withoutCondition(query: string, condition: string): string {
  return joined(conditionsOf(query).filter((each) => each !== condition));
}

/** The values of a field that the query asks for by `field:a` or `field:(a or b)`; none where it asks in other ways. */
export function chosenValues(query: string, field: string): readonly string[] {
  return conditionsOf(query).flatMap((condition) => valuesIn(condition, field) ?? []);
}

/** The query with all that `chosenValues` names taken out: what the field's own counts are made of. */
export function withoutChoice(query: string, field: string): string {
  return joined(conditionsOf(query).filter((condition) => valuesIn(condition, field) === undefined));
}

/** Chooses one more value of a field, or leaves one that is chosen: values of one field are alternatives. */
export function toggledValue(query: string, field: string, value: string | number | boolean): string {
  const text = String(value);
  const before = chosenValues(query, field);
  const after = before.includes(text) ? before.filter((each) => each !== text) : [...before, text];
  const rest = conditionsOf(query).filter((condition) => valuesIn(condition, field) === undefined);
  return joined(after.length === 0 ? rest : [...rest, choice(field, after)]);
}

function choice(field: string, values: readonly string[]): string {
  const [only] = values;
  if (values.length === 1 && only !== undefined) return fieldIs(field, only);
  return `${field}:(${values.map(kqlValue).join(' or ')})`;
}

function valuesIn(condition: string, field: string): readonly string[] | undefined {
  const outcome = parseQuery(condition);
  return outcome.ok ? valuesOf(outcome.query, field) : undefined;
}

/** The plain values where a condition is nothing but alternatives of one field. */
function valuesOf(query: Query, field: string): readonly string[] | undefined {
  if (query.kind === 'or') {
    const lists = query.parts.map((part) => valuesOf(part, field));
    return lists.every((list) => list !== undefined) ? lists.flat() : undefined;
  }
  if (query.kind !== 'field' || query.field !== field || query.match.kind !== 'text') return undefined;
  const [piece] = query.match.pieces;
  return query.match.pieces.length === 1 && piece !== undefined ? [piece] : undefined;
}
