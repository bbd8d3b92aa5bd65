// `matches` as conditions on journal fields.
import type { Problem } from '../../../core/problem.ts';
import { quoted } from '../../../core/problem.ts';
import { isFieldName } from '../../../formats/journal/field-name.ts';
import { allOf, anyOf, fieldMatch, type Match } from '../../../formats/journal/match.ts';

type Group = { readonly [field: string]: unknown };

/** @param items the elements of the list, each as JSON text. */
export function checkMatches(items: readonly string[]): readonly Omit<Problem, 'place'>[] {
  return items.flatMap((item) => {
    const group = groupOf(item);
    if (!group) {
      const message = `matches: expected a list of objects such as [{"SYSLOG_IDENTIFIER": "kata"}], got ${quoted(item)}`;
      return [{ code: 'config/bad-match', severity: 'error' as const, message }];
    }
    return Object.entries(group).flatMap(([field, value]) => checkField(field, value));
  });
}

function checkField(field: string, value: unknown): readonly Omit<Problem, 'place'>[] {
  const problem = (message: string, hint: string): readonly Omit<Problem, 'place'>[] => [
    { code: 'config/bad-match', severity: 'error', message, hint },
  ];
  if (!isFieldName(field.toUpperCase()))
    return problem(`matches: ${quoted(field)} is no name of a journal field`, 'names have letters, digits and _');
  const values = Array.isArray(value) ? value : [value];
  if (values.some((each) => typeof each === 'object' && each !== null))
    return problem(`matches: ${field}: expected a text or a list of texts`, 'values are compared whole, as text');
  return [];
}

function groupOf(item: string): Group | undefined {
  try {
    const value: unknown = JSON.parse(item);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Group) : undefined;
  } catch {
    // A bare word: no object.
    return undefined;
  }
}

/** The condition that checked items mean; undefined for every entry. */
export function matchOf(items: readonly string[]): Match | undefined {
  const groups = items.map((item) => conditionsOf(groupOf(item) ?? {})).filter((group) => group.length > 0);
  return groups.length === 0 ? undefined : anyOf(groups.map(allOf));
}

/** Names in upper case and values as text, as Fluentd does; a value of null asks for nothing. */
function conditionsOf(group: Group): Match[] {
  return Object.entries(group)
    .filter(([, value]) => value !== null)
    .map(([field, value]) => {
      const values = (Array.isArray(value) ? value : [value]).map(String);
      return anyOf(values.map((each) => fieldMatch(field.toUpperCase(), each)));
    });
}
