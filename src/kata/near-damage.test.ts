// Damage near other damage: what belongs to which.
import { expect, test } from 'vitest';
import { agent, cutAt, SANDBOX, SHIM, shim, T1, T2, wrap } from '../../test/support/kata-lines.ts';
import { printed, readRecords } from './plain-read.ts';

type Expected = Readonly<Record<string, unknown>>;

const cut = (line: string, at: number): readonly [string, string] => [line.slice(0, at), line.slice(at)];
const proxied = (line: string): string =>
  `time="${T2}" level=info msg=${JSON.stringify(line)} name=kata-proxy pid=8 sandbox=${SANDBOX} source=agent`;
const VERSION = cutAt(agent('a'), ',"version"') as [string, string];
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
  [
    'a stamp that the hypervisor’s output begins with behind a colour is no damage',
    [
      agent('vm console: "\\u{1b}[0m[    0.940000] x"', { name: 'kata-runtime', source: SANDBOX }, T1),
      agent('a', { name: 'kata-runtime', source: SANDBOX }, T1),
    ],
    [
      { component: 'guest-kernel', msg: 'x', partial: undefined, repairs: ['C18', 'C10'] },
      { component: 'runtime', msg: 'a', partial: undefined },
    ],
  ],
  [
    'C1 in a record that quotes another kernel line',
    [wrap(agent('said: "[    1.000000] foo" and').replace('"version"', '"ver[    2.000000] real kernel sion"'))],
    [
      { component: 'agent', msg: 'said: "[    1.000000] foo" and', repairs: ['C1'] },
      { component: 'guest-kernel', msg: 'real kernel', repairs: ['C1'] },
    ],
  ],
  [
    'C1 with brackets in the kernel’s text, the record goes on in the next line',
    [wrap(`${VERSION[0]}[    2.000000] cgroup: {cpuset, io}`), wrap(VERSION[1])],
    [
      { component: 'agent', msg: 'a', repairs: ['C2', 'C1'] },
      { component: 'guest-kernel', msg: 'cgroup: {cpuset, io}', repairs: ['C1'] },
    ],
  ],
  [
    'C2 with a middle piece that begins with a bracket',
    cutAt(agent('spec: Spec { a: { b: { c } } } end'), '{ b', '{ c').map((part) => wrap(part)),
    [{ msg: 'spec: Spec { a: { b: { c } } } end', repairs: ['C2'], partial: undefined }],
  ],
  [
    'logfmt that a terminal wrapped',
    shim('one two three four five six seven eight nine ten').match(/.{1,80}/g) as string[],
    [{ msg: 'one two three four five six seven eight nine ten', repairs: ['C2'], partial: undefined }],
  ],
  [
    'logfmt in three lines: the first is not joined with the third',
    cutAt(shim('one two three', T2), 'two', 'sandbox'),
    [{ msg: 'one ', partial: true }, { partial: true }, { partial: true }],
  ],
  [
    'blanks and a line feed behind a record',
    [`${shim('a')}   `, `${shim('b')}\n`],
    [
      { msg: 'a', repairs: ['C26'], partial: undefined },
      { msg: 'b', repairs: undefined, partial: undefined },
    ],
  ],
  [
    'C1 behind a blank of a message that nobody knows: no value is wrong',
    [wrap(agent('overlay [    1.000000] IPv6: eth0 uppath'))],
    [
      { component: 'agent', msg: 'overlay ', partial: true, repairs: ['C1'] },
      { component: 'guest-kernel', partial: true, repairs: ['C1'] },
    ],
  ],
  [
    'C1 in a structure, where it looks quoted: no value is wrong',
    [wrap(agent('spec: Root { path: "[    1.000000] crng init done/run/x" }'))],
    [
      { component: 'agent', msg: 'spec: Root { path: "', partial: true, repairs: ['C1'] },
      { component: 'guest-kernel', partial: true, repairs: ['C1'] },
    ],
  ],
  [
    'C2 between pairs of the agent of 1.x',
    [
      proxied(`time="${T1}" level=debug msg="a b" name=kata-agent pid=1 request=/grpc\n`),
      proxied('.AgentService/X source=agent\n'),
    ],
    [{ component: 'agent', msg: 'a b', repairs: ['C2'], partial: undefined }],
  ],
  [
    'C1 at the end of a line of the agent of 1.x',
    ['new req[    1.000000] foo bar\n', 'uest" name=kata-agent pid=1 source=agent\n'].map((part, index) =>
      proxied(index === 0 ? `time="${T1}" level=debug msg="${part}` : part),
    ),
    [
      { component: 'agent', msg: 'new request', repairs: ['C2', 'C1'] },
      { component: 'guest-kernel', msg: 'foo bar', repairs: ['C1'] },
    ],
  ],
  [
    'C1 in the middle of a line of the agent of 1.x',
    [proxied(`time="${T1}" level=debug msg="new req[    1.000000] foo baruest" name=kata-agent pid=1 source=agent\n`)],
    [
      { msg: 'new req', partial: true, repairs: ['C1'] },
      { component: 'guest-kernel', partial: true, repairs: ['C1'] },
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
