// What comes while a record waits for its rest: whole records, and those that only look so.
import { expect, test } from 'vitest';
import { printed, readRecords } from './plain-read.ts';

const SANDBOX = '2fa5'.repeat(16);
const shim = (second: number, msg: string): string =>
  `time="2026-08-22T10:04:1${second}.5Z" level=info msg="${msg}" name=containerd-shim-v2 pid=12 sandbox=${SANDBOX} source=virtcontainers`;
const bare = (second: number, msg: string): string => `time="2026-08-22T10:04:1${second}.5Z" level=debug msg="${msg}"`;
const TORN = `${shim(1, 'one two three')} subsystem=qmp`;
const HEAD = `${TORN.slice(0, 100)}${shim(2, 'other')}`;
const REST = TORN.slice(100);

type Expected = readonly [msg: string | undefined, repairs: readonly string[] | undefined, partial: true | undefined];

test.each<readonly [string, readonly string[], readonly Expected[]]>([
  [
    'another record is whole',
    [HEAD, shim(3, 'is whole'), REST, shim(4, 'next')],
    [
      ['one two three', ['C6'], undefined],
      ['other', ['C6'], undefined],
      ['is whole', undefined, undefined],
      ['next', undefined, undefined],
    ],
  ],
  [
    'another record is cut at a blank, before its subsystem: nobody knows which of two',
    [HEAD, shim(3, 'looks whole'), REST, ' subsystem=sandbox', shim(4, 'next')],
    [
      [undefined, ['C6'], true],
      ['one two three', ['C6'], undefined],
      ['other', ['C6'], true],
      ['looks whole', ['C6'], true],
      ['next', undefined, undefined],
    ],
  ],
  [
    'another record is cut behind its message',
    [HEAD, bare(3, 'looks whole'), REST, ` name=containerd-shim-v2 pid=12 sandbox=${SANDBOX} source=virtcontainers`],
    [
      [undefined, ['C6'], true],
      ['one two three', ['C6'], undefined],
      ['other', ['C6'], undefined],
      ['looks whole', ['C6'], true],
    ],
  ],
  [
    'another record is cut inside of a path',
    [
      HEAD,
      `${bare(3, 'looks whole')} dir=/run/vc/vm/2488`,
      REST,
      `378 name=containerd-shim-v2 pid=12 sandbox=${SANDBOX} source=virtcontainers`,
    ],
    [
      [undefined, ['C6'], true],
      ['one two three', ['C6'], undefined],
      ['other', ['C6'], undefined],
      ['looks whole', ['C6'], true],
    ],
  ],
  [
    'containerd itself says something',
    [HEAD, bare(3, 'is whole'), REST, shim(4, 'next')],
    [
      ['one two three', ['C6'], undefined],
      ['other', ['C6'], undefined],
      ['is whole', undefined, undefined],
      ['next', undefined, undefined],
    ],
  ],
  [
    'the beginning of a record makes a name with the next one’s time',
    [`time="2026-08-22T10:04:10.5Z" level=debug default-kernel-p${shim(1, 'other')}`, shim(2, 'next')],
    [
      [undefined, ['C6'], true],
      ['other', ['C6'], undefined],
      ['next', undefined, undefined],
    ],
  ],
])('%s', (_, lines, expected) => {
  const found = printed(readRecords(lines)).map(({ '@timestamp': time = '', kata }) => ({ time, kata }));
  const inOrder = found.toSorted((one, other) => (one.time < other.time ? -1 : Number(one.time > other.time)));
  expect(inOrder.map(({ kata }) => [kata?.['msg'], kata?.['repairs'], kata?.['partial']])).toEqual(expected);
});
