// Lines of programs beside Kata's own, each in its form, through a container's log or without one.
import { expect, test } from 'vitest';
import { printed, readRecords } from './plain-read.ts';

const CRI_TIME = '2026-08-22T10:04:15.250000000Z';
const TIME = '2026-08-22T10:04:14.000000000Z';

const CASES: readonly (readonly [string, Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>])[] = [
  [
    '[2026-08-22T10:04:14Z INFO  kata_deploy::artifacts] installing',
    { component: 'deploy', level: 'info', msg: 'installing', time: TIME },
    { target: 'kata_deploy::artifacts' },
  ],
  [
    '2026-08-22T10:04:15.25Z stderr F [2026-08-22T10:04:14Z WARN  kata_deploy] late',
    { component: 'deploy', level: 'warning', msg: 'late', time: CRI_TIME },
    { target: 'kata_deploy' },
  ],
  [
    '[2026-08-22T10:04:14Z ERROR virtiofsd] Waiting for vhost-user socket',
    { component: 'virtiofsd', level: 'error', msg: 'Waiting for vhost-user socket', time: TIME },
    { target: 'virtiofsd' },
  ],
  [
    'W0822 10:04:14.123456   12345 driver.go:12] no volume',
    { level: 'warning', msg: 'no volume' },
    { thread: '12345', file: 'driver.go:12' },
  ],
  [
    '\x1b[36mINFO\x1b[0m[0012] Hello world                                   \x1b[36mname\x1b[0m=kata-monitor \x1b[36mpid\x1b[0m=3',
    { component: 'monitor', level: 'info', msg: 'Hello world', pid: 3, era: 'go', repairs: ['C10'] },
    { level: 'INFO', msg: 'Hello world', name: 'kata-monitor', pid: '3' },
  ],
  [
    'ERRO[2026-08-22T10:04:14Z] a message of more than forty-four characters, a=b  error="x  y=z" name=kata-monitor',
    {
      component: 'monitor',
      level: 'error',
      msg: 'a message of more than forty-four characters, a=b',
      error: 'x  y=z',
      time: TIME,
      era: 'go',
    },
    {
      time: '2026-08-22T10:04:14Z',
      level: 'ERRO',
      msg: 'a message of more than forty-four characters, a=b',
      error: 'x  y=z',
      name: 'kata-monitor',
    },
  ],
  ['FATA[0001] no pairs  here', { level: 'critical', msg: 'no pairs  here' }, { level: 'FATA', msg: 'no pairs  here' }],
];

test.each(CASES)('%j', (line, kata, fields) => {
  const records = printed(readRecords([line])).map((record) => ({ kata: record['kata'], fields: record['fields'] }));
  expect(records).toEqual([{ kata: expect.objectContaining(kata) as unknown, fields }]);
});

test('what a program in a guest prints stays text', () => {
  const line =
    'time="2026-08-22T10:04:14Z" level=debug msg="reading guest console" name=containerd-shim-v2 vmconsole="INFO[0001] x  a=b"';
  const [record] = printed(readRecords([line]));
  expect(record?.['kata']).toMatchObject({ component: 'guest-other', msg: 'INFO[0001] x  a=b' });
});
