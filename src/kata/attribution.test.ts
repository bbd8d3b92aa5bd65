// Whose record it is, and what only its text or its surroundings say.
import { expect, test } from 'vitest';
import { BASE, SANDBOX, T1, VC } from '../../test/support/kata-lines.ts';
import { printed, readRecords } from './plain-read.ts';

type Expected = Readonly<Record<string, unknown>>;

const OTHER = 'cd34'.repeat(16);
const go = (pairs: string): string => `time="${T1}" level=info ${pairs}`;
const entry = (message: string, more: Readonly<Record<string, string>> = {}): string =>
  JSON.stringify({ MESSAGE: message, SYSLOG_IDENTIFIER: 'kata', _TRANSPORT: 'syslog', ...more });
const native = (message: string): string =>
  JSON.stringify({ MESSAGE: message, _TRANSPORT: 'journal', NAME: 'kata-runtime', SOURCE: SANDBOX, PRIORITY: '5' });
const proxied = (text: string): string =>
  go(`msg=${JSON.stringify(text)} name=kata-proxy pid=8 sandbox=${SANDBOX} source=agent`);

const CASES: readonly (readonly [string, readonly string[], readonly Expected[]])[] = [
  [
    'a process that was killed is not the one that wrote the record',
    [
      entry(go(`msg=kill name=containerd-shim-v2 pid=9 sandbox=${SANDBOX} source=virtcontainers`), { _PID: '7' }),
      entry(go('msg=after source=agent-client'), { _PID: '7' }),
      entry(go('msg=after source=agent-client'), { _PID: '9' }),
    ],
    [
      { sandbox: SANDBOX, pid: 7 },
      { sandbox: SANDBOX, pid: 7 },
      { sandbox: undefined, pid: 9 },
    ],
  ],
  [
    'the command line of its process',
    [
      entry(go('msg=x source=agent-client'), {
        _CMDLINE: `/opt/kata/bin/containerd-shim-kata-v2 -id ${SANDBOX} -debug`,
      }),
    ],
    [{ sandbox: SANDBOX }],
  ],
  [
    'a path in a pair',
    [go(`msg="created vm path" source=virtcontainers path=/run/vc/vm/${OTHER}/x`)],
    [{ sandbox: OTHER }],
  ],
  ['a source that is an id', [go(`msg=x name=containerd-shim-v2 pid=7 source=${OTHER}`)], [{ sandbox: OTHER }]],
  [
    'the container of a request',
    [proxied(go(`msg="new request" name=kata-agent pid=1 req="container_id:\\"c1\\" exec_id:\\"c1\\"" source=agent`))],
    [{ component: 'agent', container: 'c1', msg: 'new request' }],
  ],
  [
    'names in messages',
    [
      go(`msg="cid c1 eid e1 received exit signal" ${VC}`),
      go(`msg="get_oom_event return c2" ${VC}`),
      go(`msg="sandbox ${OTHER} hypervisor pid is 77" source=virtcontainers`),
      native('end wait process exit code 137'),
    ],
    [
      { container: 'c1', exec: 'e1', phase: 'exit' },
      { container: 'c2', event: 'oom' },
      { sandbox: OTHER, vm_pid: 77 },
      { exit_code: 137, phase: 'exit' },
    ],
  ],
  [
    'what the agent of 1.x said, by its source alone; without a name it is the agent’s, too',
    [
      go(
        `msg=${JSON.stringify('time=2018-02-24T12:36:36.1Z level=info pid=1 source=agent name=kata-agent msg=m')} source=virtcontainers`,
      ),
      proxied(go('msg=m')),
    ],
    [
      { component: 'agent', msg: 'm' },
      { component: 'agent', msg: 'm' },
    ],
  ],
  [
    'what the agent said and nobody can read stays in its wrapper',
    [go(`msg="time=2018-02-24T12:36:36.1Z[    1.122452] sd 0:0:0:0: [sda] blocks" name=kata-agent pid=1 source=agent`)],
    [{ msg: 'time=2018-02-24T12:36:36.1Z[    1.122452] sd 0:0:0:0: [sda] blocks', component: 'agent' }],
  ],
  [
    'a panic that QEMU tells of',
    [
      go(
        `msg="got QMP event" event="{GUEST_PANICKED map[action:pause] 1}" ${BASE} source=virtcontainers subsystem=qemu`,
      ),
    ],
    [{ event: 'panic', problem: true }],
  ],
  [
    'trouble that Kata’s own tests look for',
    [
      ...['mark agent dead', 'Failed to pull image x', 'Image policy rejected: Denied by policy'].map((msg) =>
        go(`msg="${msg}" ${VC}`),
      ),
      go(
        `msg="reading guest console" ${VC} vmconsole="[    1.000000] device-mapper: verity: 7:0: metadata block 1 is corrupted"`,
      ),
    ],
    Array.from({ length: 4 }, () => ({ event: 'failure', problem: true })),
  ],
  [
    'exec of 2.x, whose tag is not the program’s name',
    [entry(go('msg=x arch=amd64 command=exec name=kata-runtime pid=7 source=runtime'))],
    [{ era: 'go', component: 'runtime' }],
  ],
];

test.each(CASES)('%s', (_, lines, expected) => {
  const found = printed(readRecords(lines)).map(({ kata }) => kata as Expected);
  expect(
    found.map((kata, index) => Object.fromEntries(Object.keys(expected[index] ?? kata).map((key) => [key, kata[key]]))),
  ).toEqual(expected);
});

test('a guest says nothing of other sandboxes', () => {
  const claim = JSON.stringify({
    msg: `RunPodSandbox for &PodSandboxMetadata{Name:p,Uid:u,Namespace:n,Attempt:0,} returns sandbox id "${OTHER}"`,
    level: 'INFO',
    ts: T1,
    name: 'kata-agent',
    source: 'agent',
    sandbox: OTHER,
  });
  const found = printed(
    readRecords([
      go(`msg="reading guest console" ${VC} vmconsole=${JSON.stringify(claim)}`),
      go(`msg=x name=containerd-shim-v2 pid=7 sandbox=${OTHER} source=virtcontainers`),
    ]),
  ).map(({ kata }) => kata as Expected);
  expect(found.map(({ sandbox, pod }) => [sandbox, pod])).toEqual([
    [SANDBOX, undefined],
    [OTHER, undefined],
  ]);
});

test('JSON deeper than a stack, with a secret’s name in it', () => {
  const deep = `${'{"a":'.repeat(6000)}{"password":"hunter2"}${'}'.repeat(6000)}`;
  const [record] = readRecords([`{"msg":"m","level":"info","time":"${T1}","source":"runtime","x":${deep}}`]);
  expect(record?.kata.msg).toBe('m');
  expect(JSON.stringify(record?.kata)).not.toContain('hunter2');
});
