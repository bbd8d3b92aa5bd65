// What may stand in front of a record on its line: the record comes out whole, and alone.
import { expect, test } from 'vitest';
import { printed, readRecords } from './plain-read.ts';

const SANDBOX = '2fa5'.repeat(16);
const RECORD = `time="2026-08-22T10:04:14.5Z" level=info msg="Starting VM" name=containerd-shim-v2 pid=7 sandbox=${SANDBOX} source=containerd-kata-shim-v2`;

const SOUND: readonly string[] = [
  'Aug 22 09:54:14 node1 kata[7]: ',
  'Aug 22 09:54:14.123456 node1 kata[7]: ',
  'Sat 2026-08-22 09:54:14 UTC node1 kata[7]: ',
  '2026-08-22T09:54:14+0200 node1 kata[7]: ',
  '1787392454.123456 node1 kata[7]: ',
  '[  123.456789] node1 kata[7]: ',
  '<30>Aug 22 09:54:14 kata[7]: ',
  '<30>Aug 22 09:54:14 node1 kata[7]: ',
  '<30>1 2026-08-22T09:54:14.003Z node1 kata 7 - - ',
  '2026-08-22T10:04:14.1Z stderr F ',
  '2026-08-22T10:04:14.1234567Z ',
  '2026-08-22T10:04:14.1234567Z Aug 22 09:54:14 node1 kata[7]: ',
  '[2026-08-22T10:04:14.000Z] ',
  '[2026-08-22 10:04:14Z] ',
  '[2026-08-22T10:04:14.000Z] Aug 22 09:54:14 node1 kata[7]: ',
  '\ufeff',
  '\x1e',
];
const PASTED: readonly string[] = [
  ...['> ', '> > ', '| ', '    ', '\t', ' '.repeat(5000), ' \t'.repeat(5000), '- ', '+ ', '# ', '12: ', '12| '],
  ...['    Aug 22 09:54:14 node1 kata[7]: ', '- 2026-08-22T09:54:14.123+00:00 node1 kata[7]: '],
  ...['[pod/kata-debug/reader] ', 'kata-monitor-1  | ', 'kata-monitor-x reader '],
  ...['##[debug]', '##[error] ', 'job name\tRun tests\t2026-08-22T10:04:14.1234567Z '],
  'job name\tRun tests\t\ufeff2026-08-22T10:04:14.1234567Z Aug 22 09:54:14 node1 kata[7]: ',
  ...['[2026-08-22 10:04:14] ', '[2026-08-22 10:04:14 +0200] ', '2026-08-22 10:04:14,123 ', '2026-08-22 10:04:14 UTC '],
  ...['2026-08-22T10:04:14 ', '[10:04:14] ', '10:04:14.123 ', '10:04:14 Aug 22 09:54:14 node1 kata[7]: '],
];

interface Said {
  readonly msg?: string;
  readonly sandbox?: string;
  readonly time?: string;
  readonly repairs?: readonly string[];
}

const said = (lines: readonly string[]): Said[] => printed(readRecords(lines)).map(({ kata }) => kata as Said);

test.each([...SOUND.map((head) => [head, undefined] as const), ...PASTED.map((head) => [head, ['C26']] as const)])(
  '%j',
  (head, repairs) => {
    const found = said([head + RECORD]).map(({ msg, sandbox, time, repairs: made }) => ({ msg, sandbox, time, made }));
    const time = '2026-08-22T10:04:14.500000000Z';
    expect(found).toEqual([{ msg: 'Starting VM', sandbox: SANDBOX, time, made: repairs }]);
  },
);

test.each(['[10:04:14] hello', '10:04:14 hello', 'a\tb\tc', '# a comment', '[2026] hello'])(
  '%j is text, not a frame around one',
  (line) => {
    expect(said([line])).toEqual([{ msg: line }]);
  },
);

test('what a container runtime split is one record, and no damage', () => {
  const parts = [RECORD.slice(0, 50), RECORD.slice(50)];
  const [found, ...others] = said(parts.map((part, at) => `2026-08-22T10:04:14.1Z stderr ${'PF'[at]} ${part}`));
  expect(found?.msg).toBe('Starting VM');
  expect(found?.repairs).toBeUndefined();
  expect(others).toEqual([]);
});

/** rsyslog writes control characters so; journalctl never does: there it is what somebody wrote. */
test.each<readonly [string, string]>([
  ['Aug 22 09:54:14 node1 kata[7]: ', 'see #177 in a#011b'],
  ['2026-08-22T09:54:14.123456+00:00 node1 kata[7]: ', 'see #177 in a#011b'],
  ['<30>Aug 22 09:54:14 node1 kata[7]: ', 'see #177 in a#011b'],
])('%j: octals are decoded', (head, text) => {
  expect(said([head + text])).toMatchObject([
    { msg: 'see \x7f in a\tb', repairs: expect.arrayContaining(['C25']) as unknown },
  ]);
});

test.each([
  ['Aug 22 09:54:14 node1 kata[7]: ', 'see #177'],
  ['Aug 22 09:54:14.123456 node1 kata[7]: ', 'see #012'],
  ['Sat 2026-08-22 09:54:14 UTC node1 kata[7]: ', 'see #012'],
  ['2026-08-22T09:54:14+0200 node1 kata[7]: ', 'see #012'],
  ['1787392454.123456 node1 kata[7]: ', 'see #012'],
  ['[  123.456789] node1 kata[7]: ', 'see #012'],
])('%j: %j is a text', (head, text) => {
  const [found] = said([head + text]);
  expect([found?.msg, found?.repairs]).toEqual([text, undefined]);
});

test.each([
  ['vm console: "[    0.940000] x\\r"', { component: 'guest-kernel', msg: 'x', repairs: ['C18', 'C9'] }],
  ['qemu stderr: "foo"', { component: 'qemu', msg: 'foo', repairs: ['C18'] }],
  ['fc stderr: "foo"', { component: 'fc', msg: 'foo', repairs: ['C18'] }],
  ['begin wait process', { component: 'runtime', msg: 'begin wait process' }],
])('%j of runtime-rs, where journalctl printed its text only', (text, expected) => {
  expect(said([`Aug 22 09:54:14 node1 kata[7]: ${text}`])).toMatchObject([expected]);
});

const CRI = '2026-08-22T10:04:14.1Z stderr F ';

test.each(['name | value', '| a | b |', '> reply', '|', '2026-08-22T10:04:14.1Z x', '[pod/x] y'])(
  '%j of a container is what it wrote',
  (text) => {
    expect(said([CRI + text]).map(({ msg, repairs }) => ({ msg, repairs }))).toEqual([
      { msg: text, repairs: undefined },
    ]);
  },
);

test('a mark of a paste is taken off text behind a record with the same mark, and off no other', () => {
  const lines = [`> ${RECORD}`, '> more', 'x', '> more'];
  expect(said(lines).map(({ msg }) => msg)).toEqual(['Starting VM', 'more', 'x', '> more']);
});

test('a piece of a line keeps what looks like a mark', () => {
  const [head, rest] = [RECORD.slice(0, 60), RECORD.slice(60)];
  const lines = [`${CRI.replace(' F ', ' P ')}${head.replace('Starting', 'a | Start')}`, `${CRI}| ${rest}`];
  expect(said(lines)).toHaveLength(1);
});
