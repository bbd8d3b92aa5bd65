// The checks of kata-log-parser (its table of checks per record), and that none of them stops the others.
import { expect, test } from 'vitest';
import { readRecords } from './plain-read.ts';
import { checkRecord } from './record-checks.ts';

const TIME = 'time="2026-03-01T21:20:00.123456789Z"';
const REST = 'name=kata pid=12 source=shim';
const NO_FRACTION = 'time: expected a fraction of 1 to 9 digits';

const problemsOf = (line: string, ignoresMissing: boolean): readonly string[] =>
  readRecords([line]).flatMap((record) => checkRecord(record, { ignoresMissing }));

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
  ['no record at all', 'hello', ['not a record'], ['not a record']],
];

test.each(CASES.map(([name, line, all, withoutMissing = []]) => ({ name, line, all, withoutMissing })))(
  '$name',
  ({ line, all, withoutMissing }) => {
    expect(problemsOf(line, false)).toEqual(all);
    expect(problemsOf(line, true)).toEqual(withoutMissing);
  },
);
