// The life of a sandbox from its records: span, phases, calls, errors, losses.
import { expect, test } from 'vitest';
import type { Instant } from '../core/event.ts';
import { type Kata, Pairs } from './record.ts';
import { SandboxBook, type SandboxView } from './sandbox-book.ts';
import { sandboxJson } from './sandbox-json.ts';

const ID = 'a'.repeat(64);
const APP = 'b'.repeat(64);
const START = 1_772_400_000;

type Row = readonly [ms: number, kata: Kata];

function bookOf(rows: readonly Row[]): SandboxBook {
  const book = new SandboxBook();
  for (const [ms, kata] of rows) {
    const time = { seconds: START + Math.floor(ms / 1000), nanos: Math.round((ms % 1000) * 1e6) };
    book.add({ kata: { sandbox: ID, time, ...kata } });
  }
  return book;
}

const viewOf = (rows: readonly Row[]): SandboxView | undefined => bookOf(rows).view(ID);
const phasesOf = (rows: readonly Row[]): readonly string[] =>
  viewOf(rows)?.phases.map(({ name, ms }) => `${name} ${Number(ms.toFixed(3))}`) ?? [];

const shim = (msg: string): Kata => ({ component: 'shim', level: 'info', msg });
const call = (rpc: string, edge: 'start' | 'end', container = ID): Kata => ({
  component: 'shim',
  msg: `${rpc}() ${edge}`,
  rpc,
  rpc_edge: edge,
  container,
});

const BOOT: readonly Row[] = [
  [0, call('Create', 'start')],
  [5, shim('launching /opt/kata/bin/qemu-system-x86_64 with: [-name x]')],
  [60, shim('VM started')],
  [61, { component: 'guest-kernel', msg: 'Linux version 6.12' }],
  [400, { component: 'guest-kernel', msg: 'Run /sbin/init as init process' }],
  [640, { component: 'agent', level: 'info', msg: 'announce' }],
  [650, shim('Agent started in the sandbox')],
  [655, shim('Sandbox is started')],
  [660, call('Create', 'end')],
  [661, call('Start', 'start')],
  [662, call('Start', 'end')],
  [670, call('Create', 'start', APP)],
  [690, call('Create', 'end', APP)],
  [691, call('Start', 'start', APP)],
  [695, shim('Container is started')],
  [696, call('Start', 'end', APP)],
  [60_000, shim('Stopping sandbox in the VM')],
  [60_010, call('Shutdown', 'start')],
  [60_011, call('Shutdown', 'end')],
];

test.each<readonly [string, readonly Row[], readonly string[]]>([
  [
    'a whole life',
    BOOT,
    [
      'prepare 5',
      'vmm 55',
      'kernel 340',
      'userspace 240',
      'agent 10',
      'sandbox 5',
      'create 36',
      'start 4',
      'running 59305',
      'stop 11',
    ],
  ],
  ['records in another order', BOOT.toReversed(), phasesOf(BOOT)],
  ['a VM that is not started', [...BOOT.slice(0, 2), [90, shim('failed to launch qemu')]], ['prepare 5', 'vmm 85']],
  [
    'without the console, a phase takes in the ones that left no mark',
    BOOT.filter(([, { component }]) => component === 'shim').slice(0, 5),
    ['prepare 5', 'vmm 55', 'kernel 590', 'sandbox 5', 'create 0'],
  ],
  [
    'runtime-rs',
    [
      [0, { component: 'runtime', msg: 'start to run' }],
      [10, { component: 'runtime', msg: 'start vm' }],
      [50, { component: 'runtime', msg: 'begin to connect agent "vsock://3:1024"' }],
      [90, { component: 'agent', msg: 'announce' }],
      [95, { component: 'runtime', msg: 'vsock: connected to agent after 14 attempts' }],
      [99, { component: 'runtime', msg: 'sandbox is started' }],
    ],
    ['prepare 10', 'vmm 40', 'kernel 40', 'agent 5', 'sandbox 4', 'create 0'],
  ],
])('phases: %s', (_, rows, expected) => {
  expect(phasesOf(rows)).toEqual(expected);
});

test('calls are paired by name and container, nested ones in their order', () => {
  const spans = viewOf(BOOT)?.rpcs.map(({ name, ms }) => `${name} ${ms?.toFixed(0)}`);
  expect(spans).toEqual(['Create 660', 'Start 1', 'Create 20', 'Start 5', 'Shutdown 1']);
});

const later: Row = [200_000, { msg: 'another sandbox', sandbox: 'c'.repeat(64) }];

test.each<readonly [string, readonly Row[], boolean]>([
  ['a start that came to no end', [...BOOT.slice(0, 6), later], true],
  ['the same while the log ends there', BOOT.slice(0, 6), false],
  ['a call that hangs', [...BOOT.slice(0, 16), [700, call('Kill', 'start', APP)], later], true],
  ['an open Wait', [...BOOT.slice(0, 16), [700, call('Wait', 'start', APP)], later], false],
  ['one that was stopped', [...BOOT, later], false],
])('stuck: %s', (_, rows, expected) => {
  expect(viewOf(rows)?.stuck).toBe(expected);
});

test('the first error is the earliest one, panics and out of memory count at any level', () => {
  const view = viewOf([
    [30, { level: 'error', component: 'qemu', msg: 'later' }],
    [20, { level: 'debug', component: 'agent', event: 'panic', msg: 'panicked' }],
    [25, { level: 'critical', component: 'agent', msg: 'also', error: 'EIO' }],
    [27, { level: 'warning', component: 'guest-kernel', event: 'oom', msg: 'oom-kill:' }],
    [28, { level: 'warning', component: 'agent', msg: 'slow' }],
  ]);
  expect([view?.errors, view?.firstError?.msg, view?.firstError?.component]).toEqual([4, 'panicked', 'agent']);
});

test('what is missing: gaps of the sandbox, and what journald held back while it lived', () => {
  const suppressed = (ms: number, count: number): Row => [
    ms,
    { sandbox: undefined, msg: `Suppressed ${count} messages from containerd.service`, event: 'suppressed', gap: true },
  ];
  const view = viewOf([...BOOT, suppressed(300, 40), suppressed(90_000, 7), [320, { gap: true, msg: 'x' }]]);
  expect([view?.gaps, view?.suppressed]).toEqual([1, 40]);
});

const UNIT = new Pairs(['_SYSTEMD_UNIT'], ['my-runtime.service']);

test.each<readonly [string, number]>([
  ['Suppressed 12 messages from containerd.service', 12],
  ['Suppressed 12 messages from /system.slice/containerd.service', 12],
  ['Suppressed 12 messages from snap.microk8s.daemon-containerd.service', 12],
  ['Suppressed 12 messages from crio.service', 12],
  ['Suppressed 12 messages from kata-monitor.service', 12],
  ['Suppressed 12 messages from k3s-agent.service', 12],
  ['Suppressed 12 messages from my-runtime.service', 12],
  ['Suppressed 12 messages from ssh.service', 0],
  ['Suppressed 12 messages from /system.slice/cron.service', 0],
  ['Suppressed 12 messages from crionics.service', 0],
  ['Missed 12 kernel messages', 0],
  ['imuxsock lost 12 messages from pid 77 due to rate-limiting', 12],
  ['imuxsock lost 12 messages from pid 78 due to rate-limiting', 0],
  ['imjournal: 12 messages lost due to rate-limiting (20000 allowed within 600 seconds)', 12],
])('%s: %i of them may be of the sandbox', (msg, expected) => {
  const time = (seconds: number): Instant => ({ seconds: START + seconds, nanos: 0 });
  const book = new SandboxBook();
  book.add({ kata: { sandbox: ID, time: time(1), pid: 77 }, wrappers: [UNIT] });
  book.add({ kata: { time: time(2), msg, event: 'suppressed', gap: true } });
  book.add({ kata: { sandbox: ID, time: time(3) } });
  expect(book.view(ID)?.suppressed).toBe(expected);
});

test('an id may be cut, if one sandbox only begins so', () => {
  const book = bookOf([...BOOT, [1, { sandbox: `aab${'0'.repeat(61)}` }]]);
  expect(book.find('aaaa')).toEqual([ID]);
  expect(book.find('aa')).toHaveLength(2);
  expect(book.find(ID)).toEqual([ID]);
  expect(book.find('ff')).toEqual([]);
});

test('as JSON: every key is there, what is not known is null', () => {
  const view = viewOf([
    [0, { msg: 'x' }],
    [1.5, { msg: 'y' }],
  ]);
  expect(view && sandboxJson(view)).toEqual({
    id: ID,
    first: '2026-03-01T21:20:00.000000000Z',
    last: '2026-03-01T21:20:00.001500000Z',
    duration_ms: 1.5,
    records: 2,
    errors: 0,
    hypervisor: null,
    pod: null,
    namespace: null,
    last_phase: 'prepare',
    stuck: false,
    phases: [
      { name: 'prepare', start: '2026-03-01T21:20:00.000000000Z', end: '2026-03-01T21:20:00.001500000Z', ms: 1.5 },
    ],
    rpcs: [],
    first_error: null,
    completeness: { gaps: 0, suppressed: 0 },
  });
});
