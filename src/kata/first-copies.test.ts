import { expect, test } from 'vitest';
import { FirstCopies } from './first-copies.ts';
import { KataMemory } from './memory.ts';
import { KataReader } from './reader.ts';
import type { Understood } from './record.ts';

function recordsOf(path: string, line: string): readonly Understood[] {
  const records: Understood[] = [];
  const memory = new KataMemory();
  const reader = new KataReader({ memory, emit: (record) => records.push(record), redacts: false, unwraps: true });
  reader.line(line, { path, line: 1, offset: 0, bytes: line.length });
  reader.end();
  return records;
}

const record = (time: string, msg: string): string =>
  `time="2026-03-02T10:04:14.${time}Z" level=info msg="${msg}" name=containerd-shim-v2 pid=7 sandbox=${'a'.repeat(64)} source=virtcontainers subsystem=sandbox`;

test.each([
  ['the same record from two outputs', record('1', 'VM started'), record('100000000', 'VM started'), [false, true]],
  ['another text', record('1', 'VM started'), record('1', 'VM stopped'), [false, false]],
  ['another time', record('1', 'VM started'), record('2', 'VM started'), [false, false]],
])('%s', (_, first, second, expected) => {
  const copies = new FirstCopies();
  const all = [...recordsOf('kata.log', first), ...recordsOf('containerd.log', second)];
  expect(all.map((each) => copies.isCopy(each))).toEqual(expected);
});

test('the same output may say the same twice', () => {
  const copies = new FirstCopies();
  const all = [...recordsOf('kata.log', record('1', 'x')), ...recordsOf('kata.log', record('1', 'x'))];
  expect(all.map((each) => copies.isCopy(each))).toEqual([false, false]);
});
