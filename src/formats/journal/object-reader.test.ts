import { expect, test } from 'vitest';
import { BLOCK_BYTES, BlockPool, type JournalBytes } from './block-pool.ts';
import { DATA } from './layout.ts';
import { ObjectReader } from './object-reader.ts';

const OBJECT_BYTES = 96;

/** A source that is full of DATA objects, each telling its file by the byte behind its head. */
function source(mark: number, blocks: number): JournalBytes {
  const bytes = Buffer.alloc(blocks * BLOCK_BYTES, mark);
  for (let at = 0; at + OBJECT_BYTES <= bytes.length; at += OBJECT_BYTES) {
    bytes.fill(0, at, at + 16);
    bytes[at] = DATA;
    bytes.writeUInt32LE(OBJECT_BYTES, at + 8);
  }
  return {
    size: () => bytes.length,
    read: (target, position) => bytes.copy(target, 0, position, Math.min(position + target.length, bytes.length)),
  };
}

function reader(mark: number, pool: BlockPool): ObjectReader {
  const bytes = source(mark, 80);
  const objects = new ObjectReader(bytes, pool);
  objects.end = bytes.size();
  return objects;
}

test('an object that was open is not taken for open once another file has its block', () => {
  const pool = new BlockPool();
  const [one, other] = [reader(1, pool), reader(2, pool)];
  expect(one.open(0, DATA)).toBe(true);
  expect(one.isOpen(0)).toBe(true);
  expect(one.isOpen(OBJECT_BYTES)).toBe(false);
  // Backwards, and not at the same place of each block: reads here and there.
  for (let block = 79; block >= 0; block--) {
    const offset = Math.ceil((block * BLOCK_BYTES + (block % 8) * (BLOCK_BYTES / 8)) / OBJECT_BYTES) * OBJECT_BYTES;
    expect(other.open(offset, DATA)).toBe(true);
    expect(other.bytes[other.at + 20]).toBe(2);
  }
  expect(one.isOpen(0)).toBe(false);
  expect(one.open(0, DATA)).toBe(true);
  expect(one.bytes[one.at + 20]).toBe(1);
});
