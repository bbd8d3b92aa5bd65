import { expect, test } from 'vitest';
import { KEYS_MAX } from '../../core/arena.ts';
import { MAX_KEY_BYTES } from '../../core/tape.ts';
import { PlainView } from './plain-view.ts';

test.each([
  [''],
  ['level'],
  ['größe 容器 😀'],
  ['a"b\\c'],
  ['\0\x01\n\r\t\x1f\x7f'],
  ['\ud800 and \udfff alone'],
  ['x'.repeat(15)],
  ['x'.repeat(16)],
  ['x'.repeat(32)],
  ['y'.repeat(MAX_KEY_BYTES)],
  [`kata_${'z'.repeat(MAX_KEY_BYTES)}`],
])('the name %j has one id', (name) => {
  const { keys } = new PlainView().scanner;
  const id = keys.id(name);
  expect(keys.name(id)).toBe(name);
  expect(keys.id(name)).toBe(id);
  expect(keys.id(`${name}.`)).not.toBe(id);
});

test('ids are dense', () => {
  const { keys } = new PlainView().scanner;
  const before = keys.size;
  const names = Array.from({ length: 5000 }, (_, i) => `key${i}`);
  expect(names.map((name) => keys.id(name))).toEqual(names.map((_, i) => before + i));
  expect(names.map((_, i) => keys.name(before + i))).toEqual(names);
  expect(keys.size).toBe(before + 5000);
});

test('a scanner gives the ids that settings asked for', () => {
  const view = new PlainView();
  const level = view.scanner.keys.pin('level');
  const tape = view.scanner.json(view.cut('{"\\u006cevel":1}\n'), view.message);
  expect(view.word(tape.start, 20)).toBe(level);
});

/** A JSON line of `count` keys that no other call makes. */
function freshKeys(from: number, count: number): string {
  return `{${Array.from({ length: count }, (_, i) => `"k${from + i}":1`).join(',')}}\n`;
}

test('tidy forgets what is not pinned once the table is more than half full', () => {
  const view = new PlainView();
  const { keys } = view.scanner;
  const pinned = ['level', 'with "quotes"', 'time'].map((name) => keys.pin(name));
  for (let made = 0; made < KEYS_MAX / 2; made += 8192) {
    view.scanner.tidy();
    expect(keys.epoch).toBe(0);
    expect(view.json(freshKeys(made, 8192))[0]?.ok).toBe(true);
  }
  view.scanner.tidy();
  expect(keys.epoch).toBe(1);
  expect(keys.size).toBe(4);
  expect(pinned.map((id) => keys.name(id))).toEqual(['level', 'with "quotes"', 'time']);
  expect(['level', 'with "quotes"', 'time'].map((name) => keys.id(name))).toEqual(pinned);
  const parsed = view.json('{"time":1,"level":2,"k5":3,"with \\"quotes\\"":4}\n')[0];
  expect(parsed?.ok && [...parsed.fields]).toEqual([
    ['time', '1'],
    ['level', '2'],
    ['k5', '3'],
    ['with "quotes"', '4'],
  ]);
});

test('a block with more keys than the table has room for is refused, not broken', () => {
  const view = new PlainView();
  const { keys } = view.scanner;
  const outcomes: boolean[] = [];
  for (let made = 0; made < KEYS_MAX; made += 8192) outcomes.push(view.json(freshKeys(made, 8192))[0]?.ok === true);
  expect(outcomes.filter((ok) => ok)).toHaveLength(23);
  expect(outcomes.lastIndexOf(true)).toBe(22);
  // A quarter of the table is left for the names that settings derive.
  expect(keys.name(keys.id('kata_level'))).toBe('kata_level');
  view.scanner.tidy();
  expect(view.json(freshKeys(0, 8192))[0]?.ok).toBe(true);
});

test('tidy does nothing while there is room', () => {
  const view = new PlainView();
  view.json(freshKeys(0, 8192));
  const { size } = view.scanner.keys;
  view.scanner.tidy();
  expect([view.scanner.keys.epoch, view.scanner.keys.size]).toEqual([0, size]);
});
