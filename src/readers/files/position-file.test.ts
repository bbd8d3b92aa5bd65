import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatPositionFile, parsePositionFile } from './position-file.ts';

test('a line as Fluentd writes it', () => {
  const text = '/var/log/kata-runtime.log\t0000000000000149\t0000000000252526\n';
  const { positions } = parsePositionFile(text);
  expect([...positions]).toEqual([['/var/log/kata-runtime.log', { position: 0x149, ino: 0x252526n }]]);
  expect(formatPositionFile(positions)).toBe(text);
});

test.each([
  ['an old inode of 8 digits', '/a\t0000000000000001\t00000002\n', [['/a', 1, 2n]], 0],
  ['of two lines the later', '/a\t01\t02\n/a\t03\t04\n', [['/a', 3, 4n]], 0],
  ['unwatched', '/a\t01\t02\n/a\tffffffffffffffff\t02\n', [], 0],
  ['unwatched, then again', '/a\tFFFFFFFFFFFFFFFF\t02\n/a\t01\t02\n', [['/a', 1, 2n]], 0],
  ['no positions', 'garbage\n/a\tx\t1\n\n/b\t1\n', [], 3],
  ['a torn last line', '/a\t01\t02\n/b\t000', [['/a', 1, 2n]], 1],
  ['a blank in the path', '/a b\t01\t02\n', [['/a b', 1, 2n]], 0],
])('%s', (_name, text, expected, unreadable) => {
  const read = parsePositionFile(text);
  expect([...read.positions].map(([path, { position, ino }]) => [path, position, ino])).toEqual(expected);
  expect(read.unreadable).toBe(unreadable);
});

test('what is written is read back, but for paths with a tab or a line feed', () => {
  const path = fc.string({ minLength: 1 });
  const position = fc.record({ position: fc.maxSafeNat(), ino: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }) });
  fc.assert(
    fc.property(fc.dictionary(path, position), (given) => {
      const positions = new Map(Object.entries(given));
      const { positions: read, unreadable } = parsePositionFile(formatPositionFile(positions));
      expect(unreadable).toBe(0);
      expect(read).toEqual(new Map([...positions].filter(([name]) => !/[\t\n]/.test(name))));
    }),
  );
});
