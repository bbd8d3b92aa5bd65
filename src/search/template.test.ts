import { expect, test } from 'vitest';
import { mappedFields } from './template.ts';

const FIELDS_MAX = 150;

function namesOf(fields: Record<string, object>): string[] {
  return Object.entries(fields).flatMap(([name, mapping]) => {
    const own = 'fields' in mapping ? Object.keys(mapping.fields as object) : [];
    const below = 'properties' in mapping ? namesOf(mapping.properties as Record<string, object>) : [];
    return [name, ...[...own, ...below].map((field) => `${name}.${field}`)];
  });
}

test('at most 150 fields, the bag and sub-fields included', () => {
  expect(namesOf(mappedFields()).length + 1).toBeLessThanOrEqual(FIELDS_MAX);
});

test('no field lies inside another one: a server refuses that', () => {
  const names = Object.keys(mappedFields());
  expect(names.filter((name) => names.some((other) => name.startsWith(`${other}.`)))).toEqual([]);
});
