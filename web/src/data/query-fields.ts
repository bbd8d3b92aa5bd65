// Which fields a query asks for, and whether there are such fields.
import { fieldsOf } from '../../../src/formats/kql/fields.ts';
import { parseQuery } from '../../../src/formats/kql/parse.ts';
import type { Query } from '../../../src/formats/kql/query.ts';

/** Of every record, and in no list of fields. */
const ALWAYS = new Set(['@timestamp', '_index']);
const NAMESAKES_MAX = 3;

/** Fields of a query that no name of `known` stands for, as they are written, each once. */
export function unknownFields(query: string, known: readonly string[]): readonly string[] {
  const outcome = parseQuery(query);
  if (!outcome.ok) return [];
  const there = new Set([...ALWAYS, ...known]);
  return [...new Set(asked(outcome.query))].filter((name) => !fieldsOf(name).some((own) => there.has(own)));
}

function asked(query: Query): readonly string[] {
  switch (query.kind) {
    case 'and':
    case 'or':
      return query.parts.flatMap(asked);
    case 'not':
      return asked(query.part);
    case 'field':
      return [query.field];
    case 'all':
    case 'anywhere':
      return [];
  }
}

/** Known fields that end as this one does, without regard to case; what was understood first. */
export function namesakes(field: string, known: readonly string[]): readonly string[] {
  const end = endOf(field);
  const isUnderstood = (name: string): number => Number(name.startsWith('kata.'));
  return known
    .filter((name) => endOf(name) === end)
    .sort((a, b) => isUnderstood(b) - isUnderstood(a))
    .slice(0, NAMESAKES_MAX);
}

function endOf(field: string): string | undefined {
  return field.toLowerCase().split(/[._]/).at(-1);
}
