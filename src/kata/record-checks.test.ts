// The checks of kata-log-parser (its table of checks per record), and that none of them stops the others.
import { expect, test } from 'vitest';
import { readRecords } from './plain-read.ts';
import { checkRecord } from './record-checks.ts';

const TIME = 'time="2026-03-01T21:20:00.123456789Z"';
const REST = 'name=kata pid=12 source=shim';
const CONSOLE = `${TIME} level=debug msg="reading guest console" ${REST.replace('shim', 'virtcontainers')}`;
const PROXY = `${TIME} level=info name=kata-proxy pid=12 source=agent`;
const TORN = '2018-02-24T12:36:36.115882442Z[    1.122452] sd 0:0:0:0: [sda] 20971520 512-byte logical blocks';
const TWICE = ['a key stands twice'];
const NO_DAY = ['time: expected a day and a time that exist'];
const UNPACK = 'agent unpack failed';
const CUT_BY_KERNEL = ['only a part of the record is there', 'repaired: C7', 'repaired: C1', UNPACK];
const NO_FRACTION = 'time: expected a fraction of 1 to 9 digits';

const problemsOf = (line: string, ignoresMissing: boolean): readonly string[] =>
  readRecords([line]).flatMap((record) => checkRecord(record, { ignoresMissing, unwraps: true }));

const CONTROLS = ['a key or value holds control characters'];
const BIG_PID = ['pid: expected a number of 64 bits'];
const UNSET = ['time: expected one after the year 1, which is what Go writes of a time that was not set'];
const NO_TIME = 'time: expected RFC 3339 with a zone';

const withPid = (pid: string): string => `${TIME} level=info msg=x name=kata pid=${pid} source=shim`;
const withTime = (time: string): string => `time="${time}" level=info msg=x ${REST}`;

type Case = readonly [name: string, line: string, all: readonly string[], withoutMissing?: readonly string[]];

const CASES: readonly Case[] = [
  ['a sound record', `${TIME} level=info msg=x ${REST}`, []],
  ['msg is not required', `${TIME} level=info ${REST}`, []],
  ['nine digits and a zone', `time="2026-03-01T21:20:00.1+09:44" level=info msg=x ${REST}`, []],
  ['no fraction', `time="2026-03-01T21:20:00Z" level=info msg=x ${REST}`, [NO_FRACTION], [NO_FRACTION]],
  ['no pid', `${TIME} level=info msg=x name=kata source=shim`, ['pid: missing']],
  ['pid 0', `${TIME} level=info msg=x name=kata pid=0 source=shim`, ['pid: missing']],
  ['no source and no name', `${TIME} level=info msg=x pid=12`, ['source: missing', 'name: missing']],
  [
    'pid is no number',
    `${TIME} level=info msg=x name=kata pid=a1 source=shim`,
    ['pid: expected a number'],
    ['pid: expected a number'],
  ],
  [
    'pid below 0',
    `${TIME} level=info msg=x name=kata pid=-1 source=shim`,
    ['pid: expected a number of 1 or more'],
    ['pid: expected a number of 1 or more'],
  ],
  [
    'two words',
    `${TIME} level=info msg=x name="kata runtime" pid=12 source="a shim"`,
    ['source: expected one word', 'name: expected one word'],
    ['source: expected one word', 'name: expected one word'],
  ],
  ...['%!(BADINDEX)', '%!(BADPREC)', '%!(BADWIDTH)', '%!(EXTRA string=x)', '%!d(MISSING)'].map(
    (mistake): Case => [
      mistake,
      `${TIME} level=info msg="a ${mistake}" ${REST}`,
      ['a format of Go went wrong (%!)'],
      ['a format of Go went wrong (%!)'],
    ],
  ),
  ['a key twice', `${TIME} level=info msg=x ${REST} a=1 a=2`, ['a key stands twice'], ['a key stands twice']],
  [
    'a control character',
    `${TIME} level=info msg="a\\x01b" ${REST}`,
    ['a key or value holds control characters'],
    ['a key or value holds control characters'],
  ],
  ['a byte that is no text', `${TIME} level=info msg="a\x11b" ${REST}`, CONTROLS, CONTROLS],
  ['a key that is the agent’s time, twice', `${TIME} level=info msg=x ${REST} ts=1 ts=2`, TWICE, TWICE],
  ['blanks around a word', `${TIME} level=" info" msg=x ${REST}`, []],
  ['a pid of more than 64 bits', withPid('9223372036854775808'), BIG_PID, BIG_PID],
  ['a pid with a sign', withPid('+12'), []],
  ['a time that was not set', withTime('0001-01-01T00:00:00.1Z'), UNSET, UNSET],
  ['a leap second', withTime('2018-02-28T03:42:60.1Z'), NO_DAY, NO_DAY],
  ['a zone of 25 hours', withTime('2018-02-28T03:42:10.1+25:00'), NO_DAY, NO_DAY],
  ['a zone of 60 minutes', withTime('2018-02-28T03:42:10.1+09:60'), []],
  ['a day that is none', withTime('2018-02-30T03:42:10.1Z'), [NO_TIME, ...NO_DAY], [NO_TIME, ...NO_DAY]],
  [
    'the agent’s own time needs no fraction',
    `${CONSOLE} vmconsole="{\\"msg\\":\\"x\\",\\"level\\":\\"INFO\\",\\"ts\\":\\"2026-03-01T21:20:00Z\\",\\"source\\":\\"agent\\"}"`,
    [],
  ],
  [
    'the wrapper of an agent’s record',
    `${CONSOLE.replace('pid=12', 'pid=a')} a=1 a=2 vmconsole="{\\"msg\\":\\"x %!d(MISSING)\\",\\"level\\":\\"INFO\\",\\"ts\\":\\"2026-03-01T21:20:00.1Z\\",\\"source\\":\\"agent\\"}"`,
    ['pid: expected a number', ...TWICE, 'a format of Go went wrong (%!)'],
    ['pid: expected a number', ...TWICE, 'a format of Go went wrong (%!)'],
  ],
  [
    'the wrapper of a line of the console',
    `${CONSOLE} a=1 a=2 vmconsole="[    0.1] x %!d(MISSING)"`,
    [...TWICE, 'a format of Go went wrong (%!)'],
    [...TWICE, 'a format of Go went wrong (%!)'],
  ],
  [
    'a record of the agent of 1.x is to have all',
    `${PROXY} msg="time=\\"2026-03-01T21:20:00Z\\" level=info msg=x source=agent name=agent"`,
    [NO_FRACTION, 'pid: missing'],
    [NO_FRACTION, 'pid: missing'],
  ],
  ['a record of the agent that kernel text cut', `${PROXY} msg="time=${TORN}"`, [UNPACK], [UNPACK]],
  [
    'the same behind its quote',
    `${PROXY} msg="time=\\"${TORN}"`,
    [...CUT_BY_KERNEL, ...CUT_BY_KERNEL],
    [...CUT_BY_KERNEL, ...CUT_BY_KERNEL],
  ],
  ['no record at all', 'hello', ['not a record'], ['not a record']],
];

test.each(CASES.map(([name, line, all, withoutMissing = []]) => ({ name, line, all, withoutMissing })))(
  '$name',
  ({ line, all, withoutMissing }) => {
    expect(problemsOf(line, false)).toEqual(all);
    expect(problemsOf(line, true)).toEqual(withoutMissing);
  },
);
