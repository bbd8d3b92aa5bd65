import { expect, test } from 'vitest';
import { IndexName } from './index-name.ts';

const TIME = { seconds: Date.UTC(2026, 2, 1, 23, 59, 59) / 1000, nanos: 999_999_999 };

test.each([
  ['logstash-%Y.%m.%d', 'kata', 'logstash-2026.03.01'],
  ['kata-%Y.%m', 'kata', 'kata-2026.03'],
  ['kata-%Y.%m.%d.%H', 'kata', 'kata-2026.03.01.23'],
  ['plain', 'kata', 'plain'],
  ['kata-${tag}-%d', 'A.b', 'kata-a.b-01'],
  ['kata-${tag[0]}-${tag[-1]}-${tag[9]}', 'a.b.c', 'kata-a-c-'],
  ['kata-${tag}', 'a/b\\c*?"<>| ,#:%Y', 'kata-a_b_c___________y'],
  ['kata-${tag}', '../x', 'kata-.._x'],
  ['${tag}', '_hidden', 'hidden'],
  ['${tag}-x', '.-+_', 'x'],
  ['${tag}', '..', 'untagged'],
  ['.own-%Y', 'kata', '.own-2026'],
])('%s of the tag %s is %s', (template, tag, name) => {
  expect(new IndexName(template, 'utc').at(TIME, tag)).toBe(name);
});

test.each([
  ['x', 255],
  ['ü', 254],
  ['😀', 252],
])('a name of %s is cut at 255 bytes, between characters', (character, bytes) => {
  const name = new IndexName('${tag}', 'utc').at(TIME, character.repeat(300));
  expect([Buffer.byteLength(name), name.replaceAll(character, '')]).toEqual([bytes, '']);
});

test.each([
  ['plain', 0, 86_400, true],
  ['a-%Y.%m.%d', 0, 86_399, true],
  ['a-%Y.%m.%d', 86_399, 86_400, false],
  ['a-%Y.%m.%d', -1, 0, false],
  ['a-%H', 0, 3600, false],
  ['a-%%H-%d', 0, 3600, true],
])('%s: the times %i and %i are of one period: %s', (template, one, other, isSame) => {
  const name = new IndexName(template, 'utc');
  expect(name.period(one) === name.period(other)).toBe(isSame);
});
