// The module's own picture of the arena and of the tape is that of the TypeScript around it.
import { expect, test } from 'vitest';
import * as arena from '../../core/arena.ts';
import * as tape from '../../core/tape.ts';
import * as flatTable from './flat-table.ts';
import { moduleExports } from './module.ts';

const exported = moduleExports(new arena.Arena().memory) as Readonly<Record<string, unknown>>;
const said: Readonly<Record<string, unknown>> = { ...arena, ...tape, ...flatTable };

function constant(name: string): number {
  const value = exported[name];
  if (typeof value !== 'object' || value === null || !('value' in value)) throw new Error(`${name} is not exported`);
  return value.value as number;
}

const names = Object.keys(said).filter((name) => typeof said[name] === 'number');

test('the core exports constants to compare', () => {
  expect(names).toEqual(
    expect.arrayContaining(['KEYS_TEXT_END', 'HEAD_BYTES', 'W_REASON_AT', 'KIND_TEXT', 'MAX_DEPTH']),
  );
});

test.each(names)('%s', (name) => {
  expect(constant(name)).toBe(said[name]);
});

test('the module keeps its data below the key table', () => {
  expect(constant('STATICS_END')).toBeLessThanOrEqual(arena.KEYS_HASH);
});
