import { expect, test } from 'vitest';
import { documentId, streamKey } from './id.ts';

const identity = { hostId: 'ab'.repeat(16), kind: 'f', fingerprint: 'cd'.repeat(32), salt: 'kata' } as const;

// Frozen: a changed id would store every record of a running installation once more.
test.each([
  [identity, '2Ok-2X5rg4Z'],
  [{ ...identity, salt: 'kata.x' }, '8EuOpVzAh_n'],
  [{ ...identity, kind: 'j' as const }, '4OhVOZqoBoR'],
  [{ ...identity, hostId: '' }, '4HHT4dl8Vl_'],
])('stream key %#', (parts, key) => {
  expect(streamKey(parts)).toBe(key);
});

test('parts do not run into each other', () => {
  expect(streamKey({ ...identity, fingerprint: 'a', salt: 'bc' })).not.toBe(
    streamKey({ ...identity, fingerprint: 'ab', salt: 'c' }),
  );
});

test.each([
  [0, 0, 0, 'kAAAAAAAAAAA-------------'],
  [1, 63, 0, 'kAAAAAAAAAAA-------0----z'],
  [2 ** 48 - 1, 2 ** 30 - 1, 0, 'kAAAAAAAAAAAzzzzzzzzzzzzz'],
  [4096, 12_345, 2, 'kAAAAAAAAAAA-----0----2-t.2'],
  [4096, 12_345, 2 ** 23 + 2, 'kAAAAAAAAAAA-----0----2-t.2.1'],
  [4096, 12_345, 511 * 2 ** 23, 'kAAAAAAAAAAA-----0----2-t.0.511'],
])('document at %i, check %i, fan-out %i', (offset, check, fanout, id) => {
  expect(documentId('AAAAAAAAAAA', offset, check, fanout)).toBe(id);
});

test('ids of one stream ascend with the position', () => {
  const ids = [0, 1, 63, 64, 4095, 4096, 10 ** 9, 2 ** 40].map((offset) => documentId('AAAAAAAAAAA', offset, 7, 0));
  expect([...ids].sort()).toEqual(ids);
});
