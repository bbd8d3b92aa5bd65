// Damage near other damage: what belongs to which.
import { expect, test } from 'vitest';
import { agent, SHIM, shim, T2, wrap } from '../../test/support/kata-lines.ts';
import { printed, readRecords } from './plain-read.ts';

type Expected = Readonly<Record<string, unknown>>;

const cut = (line: string, at: number): readonly [string, string] => [line.slice(0, at), line.slice(at)];
const [torn, rest] = cut(shim('one two three'), 70);
const [tornLater, restLater] = cut(shim('four', T2), -30);
const dump = (time: string, ...lines: readonly string[]): readonly string[] =>
  lines.map(
    (line) =>
      `time="${time}" level=error msg="${line}" arch=amd64 command=state name=kata-runtime pid=7 source=runtime`,
  );

const CASES: readonly (readonly [string, readonly string[], readonly Expected[]])[] = [
  [
    'C8 in front of C6: the rest is that of the torn one',
    [`${shim('a')}${shim('b')}`, `${torn}${shim('other')}`, rest],
    [
      { msg: 'other', repairs: ['C6'] },
      { msg: 'one two three', repairs: ['C6'], partial: undefined },
      { msg: 'b', repairs: ['C8'] },
      { msg: 'a', repairs: ['C8'], partial: undefined },
    ],
  ],
  [
    'C8 behind a console line, in front of two torn ones',
    [`${wrap('[    1.000000] x')}${shim('b')}`, `${torn}${tornLater}${shim('c')}`, rest, restLater],
    [
      { msg: 'c', repairs: ['C6'] },
      { msg: 'one two three', partial: true },
      { msg: 'four', partial: true },
      { partial: true },
      { partial: true },
      { msg: 'b', repairs: ['C8'] },
      { component: 'guest-kernel', msg: 'x', repairs: ['C8'], partial: undefined },
    ],
  ],
  [
    'C6 in front of the quote of a console line',
    [`${wrap('{"a"').slice(0, -6)}${shim('b')}`, wrap(agent('hello')).slice(wrap('').length)],
    [
      { msg: 'b', repairs: ['C6'] },
      { msg: 'hello', component: 'agent', repairs: ['C6'] },
    ],
  ],
  [
    'C6 behind a backslash',
    [
      `${wrap(agent('hello')).slice(0, wrap('').length + 1)}${shim('b')}`,
      wrap(agent('hello')).slice(wrap('').length + 1),
    ],
    [
      { msg: 'b', repairs: ['C6'] },
      { msg: 'hello', repairs: ['C6'] },
    ],
  ],
  [
    'C7 between pairs, before the writer is named',
    [`time="${T2}" level=info msg="Starting VM" path=/run`, shim('b'), shim('c'), shim('d')],
    [{ msg: 'b' }, { msg: 'c' }, { msg: 'Starting VM', partial: true, repairs: ['C7'] }, { msg: 'd' }],
  ],
  [
    'of others, such an end is none',
    [`time="${T2}" level=info msg="Start streaming server" path=/run`],
    [{ msg: 'Start streaming server', partial: undefined, repairs: undefined }],
  ],
  [
    'C3 on both sides of a record',
    [wrap(`[    1.000000] x${agent('a')}[    1.000001] y`)],
    [
      { msg: 'x', repairs: ['C3'] },
      { msg: 'a', repairs: ['C3'] },
      { msg: 'y', repairs: ['C3'] },
    ],
  ],
  [
    'C2 behind a quote inside of a value',
    cut(agent('a', { event: 'Uevent { path: "/x" }' }), -2).map((part) => wrap(part)),
    [{ msg: 'a', repairs: ['C2'] }],
  ],
  [
    'C17 twice of one process',
    [
      ...dump('2026-08-22T10:04:14Z', 'goroutine 1 [running]:', 'main.main()'),
      ...dump('2026-08-22T10:05:14Z', 'goroutine 2 [running]:', 'main.main()'),
    ],
    [
      { msg: 'goroutine 1 [running]:\nmain.main()', repairs: ['C17'] },
      { msg: 'goroutine 2 [running]:\nmain.main()', repairs: ['C17'] },
    ],
  ],
  [
    'C17, and another program',
    ['panic: a', '', 'goroutine 1 [running]:', 'main.main()', 'panic: b', '', 'goroutine 1 [running]:', 'main.main()'],
    [
      { msg: 'panic: a\ngoroutine 1 [running]:\nmain.main()', repairs: ['C17'] },
      { msg: 'panic: b\ngoroutine 1 [running]:\nmain.main()', repairs: ['C17'] },
    ],
  ],
  [
    'C1 with a time that is gone keeps its level',
    [wrap(agent('a', { level: 'ERRO' }).replace('04:14.1Z', '04[    1.000000] b 14.1Z'))],
    [
      { component: 'agent', level: 'error', partial: true, repairs: ['C1'] },
      { component: 'guest-kernel', partial: true },
    ],
  ],
];

test.each(CASES)('%s', (_, lines, expected) => {
  const found = printed(readRecords(lines)).map(({ kata }) => kata as Expected);
  expect(
    found.map((kata, index) => Object.fromEntries(Object.keys(expected[index] ?? kata).map((key) => [key, kata[key]]))),
  ).toEqual(expected);
});

test('a record that names its writer is whole', () => {
  const [record] = printed(readRecords([`time="${T2}" level=info msg="Starting VM" ${SHIM}`]));
  expect(record?.['kata']).not.toHaveProperty('partial');
});

test('the name of a pod is text of somebody: the line stays JSON', () => {
  const msg = `RunPodSandbox for &PodSandboxMetadata{Name:a"b,Uid:u,Namespace:n\\,Attempt:0,} returns sandbox id "${'2fa5'.repeat(16)}"`;
  const lines = [`time="${T2}" level=info msg=${JSON.stringify(msg)}`, shim('a')];
  expect(printed(readRecords(lines)).map(({ kata }) => (kata as Expected)['pod'])).toEqual(['a"b', 'a"b']);
});
