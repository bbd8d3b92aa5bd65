// The vectors of the salvage table and of each wire form: lines in, what is understood of them out.
import { expect, test } from 'vitest';
import { agent, BASE, SANDBOX, SHIM, shim, T1, T2, VC, wrap } from '../../test/support/kata-lines.ts';
import { printed, readRecords } from './plain-read.ts';

type Expected = Readonly<Record<string, unknown>>;

function kataOf(lines: readonly string[]): Expected[] {
  return printed(readRecords(lines)).map(({ kata }) => kata as Expected);
}

const CASES: readonly (readonly [string, readonly string[], readonly Expected[]])[] = [
  [
    'a shim record',
    [shim('Starting VM')],
    [{ component: 'shim', level: 'info', msg: 'Starting VM', time: T1, sandbox: SANDBOX, pid: 107642, era: 'go' }],
  ],
  ['a time without a fraction', [shim('x', '2026-08-22T10:04:14Z')], [{ time: '2026-08-22T10:04:14.000000000Z' }]],
  ['a time with a zone', [shim('x', '2026-08-22T10:04:14.31+09:44')], [{ time: '2026-08-22T00:20:14.310000000Z' }]],
  [
    'no msg',
    [
      `time="${T2}" level=debug default-kernel-parameters="systemd.unit=kata-containers.target x=y" ${BASE} source=katautils`,
    ],
    [{ component: 'shim', level: 'debug', msg: undefined }],
  ],
  [
    'name overwritten',
    [
      `time="${T1}" level=debug msg="sending request" name=grpc.CreateContainerRequest req="{\\"containerId\\":\\"51f0\\"}" source=virtcontainers subsystem=kata_agent`,
    ],
    [{ component: 'shim', msg: 'sending request', era: 'go' }],
  ],
  [
    '1.x runtime',
    [
      `time="${T1}" level=info arch=amd64 arguments="\\"state 7cdd\\"" command=state commit=04f29832 name=kata-runtime pid=14314 source=runtime version=1.13.0`,
    ],
    [{ component: 'runtime', era: '1x', pid: 14314 }],
  ],
  [
    '1.x proxy',
    [
      `time="${T1}" level=info msg="[    1.418768] brd: module loaded\\n" name=kata-proxy pid=17371 sandbox=${SANDBOX} source=agent`,
    ],
    [
      {
        component: 'guest-kernel',
        msg: 'brd: module loaded',
        kernel_time: 1.418768,
        sandbox: SANDBOX,
        era: '1x',
        repairs: undefined,
      },
    ],
  ],
  [
    '1.x agent in the proxy',
    [
      `time="${T1}" level=info msg="time=\\"2026-08-22T10:04:14.01Z\\" level=debug msg=\\"new request\\" name=kata-agent pid=1 request=/grpc.AgentService/CreateContainer source=agent" name=kata-proxy pid=17371 sandbox=${SANDBOX} source=agent`,
    ],
    [
      {
        component: 'agent',
        level: 'debug',
        msg: 'new request',
        time: T1,
        guest_time: '2026-08-22T10:04:14.010000000Z',
        sandbox: SANDBOX,
      },
    ],
  ],
  [
    'agent',
    [wrap(agent('rpc call from shim to agent: "create_container"'))],
    [
      {
        component: 'agent',
        level: 'info',
        msg: 'rpc call from shim to agent: "create_container"',
        time: T1,
        guest_time: '2026-08-22T10:04:14.100000000Z',
        sandbox: SANDBOX,
        rpc: 'create_container',
        repairs: undefined,
      },
    ],
  ],
  ['bare agent', [agent('x')], [{ component: 'agent', time: '2026-08-22T10:04:14.100000000Z' }]],
  [
    'kernel',
    [wrap('[    0.110277] Linux version 5.19.2')],
    [
      {
        component: 'guest-kernel',
        level: 'debug',
        msg: 'Linux version 5.19.2',
        kernel_time: 0.110277,
        repairs: undefined,
      },
    ],
  ],
  [
    'logrus JSON',
    [
      `{"arch":"amd64","command":"kill","container":"6ceb","endpoint":{"a":{"b":1}},"level":"info","msg":"endpoint unmarshalled","name":"kata-runtime","pid":17979,"source":"virtcontainers","subsystem":"network","time":"2020-02-21T15:27:36Z"}`,
    ],
    [{ component: 'runtime', level: 'info', time: '2020-02-21T15:27:36.000000000Z', container: '6ceb' }],
  ],
  [
    'runtime-rs JSON',
    [
      `{"msg":"m","level":"DEBG","ts":"2023-03-15T14:17:02.526992506Z","pid":"3327263","version":"0.1.0","name":"kata-runtime","subsystem":"hypervisor","source":"foo"}`,
    ],
    [{ component: 'runtime', era: 'rs-json', level: 'debug', sandbox: undefined }],
  ],
  [
    'C1 between tokens',
    [
      wrap(
        agent('mounting storage').replace(
          ',"level"',
          '[    1.122452] sd 0:0:0:0: [sda] 20971520 512-byte, logical blocks,"level"',
        ),
      ),
    ],
    [
      { component: 'agent', msg: 'mounting storage', repairs: ['C1'] },
      { component: 'guest-kernel', msg: 'sd 0:0:0:0: [sda] 20971520 512-byte, logical blocks', repairs: ['C1'] },
    ],
  ],
  [
    'C1 inside a known message',
    [
      wrap(agent('mounting storage')),
      wrap(agent('mounting storage').replace('stor', 'stor[    1.122452] sd 0:0:0:0: blocks: (10.7 GB/10.0 GiB)')),
    ],
    [
      {},
      { msg: 'mounting storage', repairs: ['C1'], partial: undefined },
      { component: 'guest-kernel', msg: 'sd 0:0:0:0: blocks: (10.7 GB/10.0 GiB)' },
    ],
  ],
  [
    'C1 with quotes in the kernel text',
    [wrap(agent('mounting storage').replace('stor', 'stor[    1.622452] audit: apparmor="STATUS"'))],
    [
      { msg: 'mounting storage', repairs: ['C1'], partial: undefined },
      { component: 'guest-kernel', msg: 'audit: apparmor="STATUS"', repairs: ['C1'] },
    ],
  ],
  [
    'C1 with quotes in a value that nobody knows',
    [wrap(agent('failed', { error: 'oops' }).replace('oops', 'oo[    1.622452] audit: a="b"ps'))],
    [
      { component: 'agent', msg: 'failed', repairs: ['C1'], partial: true },
      { component: 'guest-kernel', msg: 'audit: a="b"ps', repairs: ['C1'], partial: true },
    ],
  ],
  [
    'a stamp that is quoted',
    [wrap(agent('dmesg said [    1.122452] sd 0:0'))],
    [{ msg: 'dmesg said [    1.122452] sd 0:0', repairs: undefined }],
  ],
  [
    'C1+C2',
    [
      wrap('{"msg":"mounting stor[    1.122452] sd 0:0:0:0: [sda] blocks'),
      wrap(agent('mounting storage').slice('{"msg":"mounting stor'.length), T2),
    ],
    [
      { component: 'agent', msg: 'mounting storage', time: T1, repairs: ['C2', 'C1'] },
      { component: 'guest-kernel', msg: 'sd 0:0:0:0: [sda] blocks', repairs: ['C1'] },
    ],
  ],
  [
    'C2',
    [wrap(agent('hello world').slice(0, 60)), wrap('[    2.000000] between'), wrap(agent('hello world').slice(60), T2)],
    [{ component: 'guest-kernel' }, { component: 'agent', msg: 'hello world', repairs: ['C2'] }],
  ],
  [
    'C3 records',
    [wrap(`${agent('a')}${agent('b')}`)],
    [
      { msg: 'a', repairs: ['C3'] },
      { msg: 'b', repairs: ['C3'] },
    ],
  ],
  [
    'C3 kernel lines',
    [wrap('[    0.110277] Linux version 5.19.2 (...)          [    0.110279] setup: Linux is running')],
    [
      { msg: 'Linux version 5.19.2 (...)', repairs: ['C3'] },
      { msg: 'setup: Linux is running', kernel_time: 0.110279, repairs: ['C3'] },
    ],
  ],
  [
    'C3 kernel behind a record',
    [wrap(`${agent('a')}[    1.200000] x`)],
    [
      { msg: 'a', repairs: ['C3'] },
      { msg: 'x', repairs: ['C3'] },
    ],
  ],
  [
    'C4',
    [
      `time="${T1}" level=error msg="Failed to read guest console logs" console-protocol=unix error="bufio.Scanner: token too long" ${VC}`,
    ],
    [{ repairs: ['C4'], gap: true }],
  ],
  [
    'C6',
    [`${shim('one two three').slice(0, 70)}${shim('other', T2)}`, shim('one two three').slice(70)],
    [
      { msg: 'other', repairs: ['C6'] },
      { msg: 'one two three', sandbox: SANDBOX, repairs: ['C6'] },
    ],
  ],
  [
    'C7',
    [shim('a message').slice(0, 60), shim('b'), shim('c'), shim('d')],
    [{ msg: 'b' }, { msg: 'c' }, { partial: true, repairs: ['C7'] }, { msg: 'd' }],
  ],
  [
    'C8',
    [`${shim('a')}${shim('b', T2)}`, shim('c')],
    [
      { msg: 'b', repairs: ['C8'] },
      { msg: 'a', repairs: ['C8'] },
      { msg: 'c', repairs: undefined },
    ],
  ],
  ['C9', [wrap('[    1.000000] x\r')], [{ msg: 'x', repairs: ['C9'] }]],
  ['C9 overwritten', [wrap('first\rsecond')], [{ msg: 'second', repairs: ['C9'], component: 'guest-other' }]],
  [
    'C10',
    [wrap('[\x1b[0;32m  OK  \x1b[0m] Started \x1b[0;1;39mkata-agent.service\x1b[0m - Kata Containers Agent.')],
    [
      {
        component: 'guest-systemd',
        msg: '[  OK  ] Started kata-agent.service - Kata Containers Agent.',
        repairs: ['C10'],
      },
    ],
  ],
  ['C11', [wrap('a\0b\x07c')], [{ msg: 'abc', repairs: ['C11'] }]],
  [
    'C12',
    [
      JSON.stringify({
        MESSAGE: `time="${T1}" level=info msg="a b" name=containerd-shim-v2 pid=1`,
        SYSLOG_RAW: [
          ...Buffer.from(
            `<6>Aug 22 10:04:14 kata[1]: time="${T1}" level=info msg="a b" name=containerd-shim-v2 pid=1\0 sandbox=${SANDBOX} source=katautils\n`,
          ),
        ],
        SYSLOG_IDENTIFIER: 'kata',
        _TRANSPORT: 'syslog',
      }),
    ],
    [{ msg: 'a b', sandbox: SANDBOX, repairs: ['C12'] }],
  ],
  ['C13 blob', ['Aug 22 09:54:14 node1 kata[14314]: [23B blob data]'], [{ gap: true, repairs: ['C13'] }]],
  [
    'C13 null',
    ['{"MESSAGE":null,"SYSLOG_IDENTIFIER":"kata","_TRANSPORT":"syslog"}'],
    [{ gap: true, repairs: ['C13'] }],
  ],
  ['C14', [wrap('')], []],
  ['C15', [wrap('{"count":3,"what":{"a":1}}')], [{ component: 'guest-other', repairs: ['C15'], level: 'debug' }]],
  [
    'C16',
    [
      wrap(
        '{"msg":"announce","config":"AgentConfig { server_addr: "vsock://-1:1024" }","level":"INFO","ts":"2026-08-22T10:04:14.1Z","name":"kata-agent","source":"agent"}',
      ),
    ],
    [{ msg: 'announce', component: 'agent', repairs: ['C16'] }],
  ],
  [
    'C16 escapes that JSON does not have',
    [wrap(agent('x').replace('"x"', String.raw`"C:\x \d+ \\ok"`))],
    [{ component: 'agent', msg: String.raw`C:\x \d+ \ok`, repairs: ['C16'] }],
  ],
  [
    'C17',
    [
      wrap("thread 'tokio' panicked at src/agent/src/rpc.rs:1:2:"),
      wrap('boom'),
      wrap('stack backtrace:'),
      wrap('   0: rust_begin_unwind'),
      wrap('[    9.000000] x'),
    ],
    [
      { component: 'guest-kernel' },
      {
        event: 'panic',
        repairs: ['C17'],
        msg: "thread 'tokio' panicked at src/agent/src/rpc.rs:1:2:\nboom\nstack backtrace:\n   0: rust_begin_unwind",
      },
    ],
  ],
  [
    'C18',
    [
      `{"MESSAGE":"vm console: \\"\\\\u{1b}[0;32m  OK\\\\r\\"","PRIORITY":"5","SYSLOG_IDENTIFIER":"kata","NAME":"kata-runtime","SOURCE":"${SANDBOX}","SUBSYSTEM":"hypervisor","COMPONENT":"hypervisor","PID":"3327263","_TRANSPORT":"journal","__REALTIME_TIMESTAMP":"1787392000000000"}`,
    ],
    [
      {
        component: 'guest-other',
        level: 'info',
        sandbox: SANDBOX,
        era: 'rs-journal',
        msg: '  OK',
        repairs: ['C18', 'C10', 'C9'],
      },
    ],
  ],
  [
    'C19 known',
    [`time="${T1}" level=error msg=x StratoVirt Pid=4242 ${SHIM}`],
    [{ msg: 'x', repairs: ['C19'], vm_pid: 4242 }],
  ],
  [
    'C19 unknown',
    [`time="${T1}" level=error msg=x foo bar=4242 ${SHIM}`],
    [{ msg: 'x', repairs: ['C19'], sandbox: SANDBOX }],
  ],
  [
    'C19 a backtick',
    [`time="${T1}" level=error msg=x container\`=51f0 ${SHIM}`],
    [{ msg: 'x', container: '51f0', repairs: ['C19'] }],
  ],
  [
    'C21',
    [wrap(agent('x', {}, '2026-08-22T10:05:00Z'))],
    [{ time: T1, guest_time: '2026-08-22T10:05:00.000000000Z', repairs: ['C21'] }],
  ],
  [
    'C22',
    ['Aug 22 09:54:14 node1 systemd-journald[1]: Suppressed 12 messages from containerd.service'],
    [{ gap: true, repairs: ['C22'] }],
  ],
  [
    'C22 of others',
    [
      'Aug 22 09:54:14 node1 systemd-journald[1]: Missed 5 kernel messages',
      'Aug 22 09:54:14 node1 rsyslogd[1]: imuxsock lost 33 messages from pid 7 due to rate-limiting',
      'Aug 22 09:54:14 node1 rsyslogd: imjournal: 56 messages lost due to rate-limiting',
    ],
    Array.from({ length: 3 }, () => ({ gap: true, repairs: ['C22'] })),
  ],
  [
    'C25',
    ['Aug 22 09:54:14 node1 virtiofsd[77]: #033[31mbad#033[0m thing'],
    [{ component: 'virtiofsd', msg: 'bad thing', repairs: ['C25', 'C10'] }],
  ],
  [
    'C26',
    [`> ${shim('a')}`, `    ${shim('b')}`],
    [
      { msg: 'a', repairs: ['C26'] },
      { msg: 'b', repairs: ['C26'] },
    ],
  ],
  [
    'runtime-rs mixed',
    [
      '{"msg":"m","level":"INFO","ts":"2023-03-15T14:17:02.5Z","pid":"3","version":"0.1.0","name":"kata-runtime","subsystem":"hypervisor","source":"foo"}',
      'Random Kernel Message',
    ],
    [{ msg: 'm' }, { msg: 'Random Kernel Message' }],
  ],
];

test.each(CASES)('%s', (_, lines, expected) => {
  const found = kataOf(lines);
  expect(
    found.map((kata, index) => Object.fromEntries(Object.keys(expected[index] ?? kata).map((key) => [key, kata[key]]))),
  ).toEqual(expected);
});
