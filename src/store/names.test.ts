import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { columnName, fieldOfColumn, OWN_COLUMNS, type ValueType } from './names.ts';

const types: readonly ValueType[] = ['string', 'number', 'boolean', 'json'];

test.each([
  ['kata_level', 'string', 'kata_level'],
  ['kata_pid', 'number', 'kata_pid#n'],
  ['MESSAGE', 'string', 'message^U'],
  ['_PID', 'string', '_pid^U'],
  ['qemuPid', 'number', 'qemupid^10#n'],
  ['a#n', 'string', 'a%23n'],
  ['_t', 'string', '%5ft'],
  ['_T', 'string', '%5ft^8'],
] as const)('%s of type %s is column %s', (field, type, column) => {
  expect(columnName(field, type)).toBe(column);
});

test('no two fields share a column, whatever their case, and each comes back', () => {
  const name = fc.string({
    unit: fc.constantFrom(
      'a',
      'A',
      'b',
      'B',
      '_',
      't',
      '#',
      '^',
      '%',
      '.',
      'é',
      'É',
      '1',
      '5',
      'F',
      '"',
      "'",
      '\u0000',
    ),
  });
  fc.assert(
    fc.property(fc.uniqueArray(name, { minLength: 2, maxLength: 8 }), fc.constantFrom(...types), (names, type) => {
      const columns = names.map((field) => columnName(field, type));
      expect(new Set(columns.map((column) => column.replace(/[A-Z]/g, (c) => c.toLowerCase()))).size).toBe(
        names.length,
      );
      for (const column of columns) expect(OWN_COLUMNS as readonly string[]).not.toContain(column.toLowerCase());
      expect(columns.map((column) => fieldOfColumn(column))).toEqual(names.map((field) => ({ field, type })));
    }),
    { numRuns: 500 },
  );
});
