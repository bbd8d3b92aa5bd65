// Building KQL from clicks.

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

/** The query with one more condition; a condition that stands there already is not added again. */
export function withCondition(query: string, condition: string): string {
  const trimmed = query.trim();
  if (trimmed === '') return condition;
  if (hasCondition(trimmed, condition)) return trimmed;
  const needsBrackets = /\bor\b/i.test(trimmed) && !/^\(.*\)$/.test(trimmed);
  return `${needsBrackets ? `(${trimmed})` : trimmed} and ${condition}`;
}

export function hasCondition(query: string, condition: string): boolean {
  return query.split(/\s+and\s+/i).some((part) => part.trim() === condition);
}

/** The query without a condition that was added by a click. */
export function withoutCondition(query: string, condition: string): string {
  return query
    .split(/\s+and\s+/i)
    .filter((part) => part.trim() !== condition)
    .join(' and ');
}
