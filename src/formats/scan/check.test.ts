import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { W_CHECK } from '../../core/tape.ts';
import { instantiate } from './module.ts';
import { PlainView } from './plain-view.ts';
import { plainXxh64 } from './plain-xxh64.ts';

const view = new PlainView();
const module = instantiate(view.arena.memory);

function fastXxh64(bytes: Uint8Array): bigint {
  view.reset();
  const { start, end } = view.put(bytes);
  return BigInt.asUintN(64, module.xxh64(start, end));
}

// The published vectors, and others of the reference implementation for each branch of the algorithm.
describe.each([
  ['', 0xef46db3751d8e999n],
  ['a', 0xd24ec4f1a98c6e5bn],
  ['abc', 0x44bc2cf5ad770999n],
  ['Nobody inspects the spammish repetition', 0xfbcea83c8a378bf1n],
])('XXH64 of %j', (text, hash) => {
  test('fast', () => {
    expect(fastXxh64(Buffer.from(text))).toBe(hash);
  });
  test('plain', () => {
    expect(plainXxh64(Buffer.from(text))).toBe(hash);
  });
});

test('fast = plain on bytes of any length', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300, size: 'max' }), (bytes) => {
      expect(fastXxh64(bytes)).toBe(plainXxh64(bytes));
    }),
    { numRuns: 1000 },
  );
});

// Frozen: these numbers are part of the ids of documents that are stored already.
test.each([
  ['', 0x11d8e999],
  ['a', 0x298c6e5b],
  ['{"level":"info"}', 683_119_872],
])('the check of the line %j', (text, check) => {
  view.reset();
  const tape = view.cut(`${text}\r\n`);
  expect(view.word(tape.start, W_CHECK)).toBe(check);
});
