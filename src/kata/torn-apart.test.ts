// Records in more than two pieces, ends that only look like ends, and texts that only look torn.
import { expect, test } from 'vitest';
import { agent, cutAt, SANDBOX, SHIM, shim, T1, T2, wrap } from '../../test/support/kata-lines.ts';
import { printed, readRecords } from './plain-read.ts';

type Expected = Readonly<Record<string, unknown>>;

const proxied = (text: string): string =>
  `time="${T2}" level=info msg=${JSON.stringify(`${text}\n`)} name=kata-proxy pid=8 sandbox=${SANDBOX} source=agent`;
const ID = '3c0b'.repeat(16);
const KILL = `time="${T1}" level=debug msg="Kill() end" container=${ID} name=containerd-shim-v2 pid=7 sandbox=${ID} source=virtcontainers subsystem=kata_agent`;
const OTHER = shim('other', T2);
const REQUEST = `time="${T1}" level=debug msg="sending request" name=grpc.CreateContainerRequest pid=7 req="{\\"a\\":1}" sandbox=${ID} source=virtcontainers subsystem=kata_agent`;
/** A record whose pieces the same whole record of somebody else divides. */
const divided = (pieces: readonly string[]): readonly string[] => [
  ...pieces.slice(0, -1).map((piece) => `${piece}${OTHER}`),
  pieces.at(-1) as string,
];
const ERROR = agent('failed').replace('}', ',"error":"Os { code: 10, message: \\"No child\\" }","zone":"x"}');
const GUEST_1X = `time="${T1}" level=debug msg=announce agent-version=1.13.0 name=kata-agent pid=1 source=agent`;

const CASES: readonly (readonly [string, readonly string[], readonly Expected[]])[] = [
  [
    'C6 in three pieces, cut inside of ids',
    divided([KILL.slice(0, 90), KILL.slice(90, 200), KILL.slice(200)]),
    [{ msg: 'other' }, { msg: 'other' }, { msg: 'Kill() end', container: ID, sandbox: ID, repairs: ['C6'] }],
  ],
  [
    'C6 in four pieces, cut inside of names',
    divided(cutAt(KILL, 'ainer=', 'box=', 'agent')),
    [
      { msg: 'other' },
      { msg: 'other' },
      { msg: 'other' },
      { msg: 'Kill() end', container: ID, sandbox: ID, subsystem: 'kata_agent', repairs: ['C6'] },
    ],
  ],
  [
    'C6 in three pieces, the second one with quotes of the agent in it',
    divided(cutAt(wrap(agent('a text')), 'el\\":', '\\":\\"kata-agent')),
    [{ msg: 'other' }, { msg: 'other' }, { msg: 'a text', component: 'agent', repairs: ['C6'] }],
  ],
  [
    'C6 in three pieces, cut inside of a value and of a name',
    divided(cutAt(KILL, 'ers subsystem', 'tem=')),
    [{ msg: 'other' }, { msg: 'other' }, { msg: 'Kill() end', subsystem: 'kata_agent', repairs: ['C6'] }],
  ],
  [
    'C6 in three pieces, cut twice inside of a value',
    divided(
      [...cutAt(shim('Kill() end'), 'd-kata-')].flatMap((piece, index) =>
        index === 0 ? [piece] : [piece.slice(0, 8), piece.slice(8)],
      ),
    ),
    [{ msg: 'other' }, { msg: 'other' }, { msg: 'Kill() end', component: 'shim', repairs: ['C6'] }],
  ],
  [
    'C6 in three pieces, cut inside of the name of a request',
    divided(cutAt(REQUEST, 'ContainerRequest', 'a\\":')),
    [{ msg: 'other' }, { msg: 'other' }, { msg: 'sending request', sandbox: ID, component: 'shim', repairs: ['C6'] }],
  ],
  [
    'C2 where a piece in the middle ends like an object in a console line',
    cutAt(ERROR, 'led"', ',"zone"').map((piece) => wrap(piece)),
    [{ component: 'agent', msg: 'failed', repairs: ['C2'], partial: undefined }],
  ],
  [
    'C2 behind a record of 1.x that kernel text cut',
    [
      proxied(`time="${T1}"[    8.700000] brd: module loaded`),
      ...cutAt(agent('mounting storage'), 'rage').map(proxied),
      ...cutAt(agent('receive 30e0434a, a path'), 'e0434a', 'path').map(proxied),
    ],
    [
      { component: 'agent', msg: 'mounting storage', repairs: ['C2'], partial: undefined },
      { partial: true },
      { component: 'agent', msg: 'receive 30e0434a, a path', repairs: ['C2'], partial: undefined },
    ],
  ],
  [
    'C2 behind two records of 1.x on one line: its middle is no rest of those',
    [proxied(`${GUEST_1X}${GUEST_1X}`), ...cutAt(agent('a path d0ee9cd0'), 'th', 'd0ee', '"level"').map(proxied)],
    [
      { component: 'agent', msg: 'a path d0ee9cd0', repairs: ['C2'], partial: undefined },
      { component: 'agent', msg: 'announce', repairs: ['C8'], partial: undefined },
      { component: 'agent', msg: 'announce', repairs: ['C8'], partial: undefined },
    ],
  ],
  [
    'C1 at the ends of two lines of a split record',
    cutAt(agent('one two three'), ' two', ' three').map((piece, index) =>
      wrap(index < 2 ? `${piece}[    ${index + 1}.000000] kernel ${index}` : piece),
    ),
    [
      { component: 'agent', msg: 'one two three', repairs: ['C2', 'C1'] },
      { component: 'guest-kernel', msg: 'kernel 0' },
      { component: 'guest-kernel', msg: 'kernel 1' },
    ],
  ],
  [
    'a text of nobody between the pieces of a time',
    cutAt(agent('a'), '-08').flatMap((piece, index) => [wrap(piece), ...(index === 0 ? [wrap('hello')] : [])]),
    [{ component: 'agent', msg: 'a', repairs: ['C2'], partial: undefined }, { msg: 'hello' }],
  ],
  [
    'C2 with a blank, and a letter, alone on a line',
    cutAt(agent('x text'), ' text', 'text', 'ext').map((piece) => wrap(piece)),
    [{ component: 'agent', msg: 'x text', repairs: ['C2'], partial: undefined }],
  ],
  [
    'C2 with a line of blanks that is none of it',
    [
      wrap(agent('signal process')),
      ...cutAt(agent('signal process'), 'process').flatMap((piece) => [wrap(piece), wrap(' ')]),
    ],
    [
      { component: 'agent', msg: 'signal process', repairs: undefined },
      { component: 'agent', msg: 'signal process', repairs: ['C2'], partial: undefined },
    ],
  ],
  [
    'a console wrapper without its line',
    [wrap('x').replace(/ vmconsole=.*/, '')],
    [{ repairs: ['C7'], partial: true }],
  ],
  [
    'a record that was cut inside of its first name',
    [`tim${shim('a')}`],
    [
      { msg: 'a', partial: undefined, repairs: ['C6'] },
      { partial: true, repairs: ['C6'] },
    ],
  ],
  ['C10: the end of a colour behind a record', [`${agent('a')}\x1b[0m`], [{ msg: 'a', repairs: ['C10'] }]],
  [
    'C11: a bell behind the last value',
    [`${KILL}\x07`],
    [{ msg: 'Kill() end', subsystem: 'kata_agent', repairs: ['C11'], partial: undefined }],
  ],
  [
    'C26: blanks before a record in a console',
    [wrap(`   ${agent('a')}`)],
    [{ component: 'agent', msg: 'a', repairs: ['C26'] }],
  ],
  [
    'C9 between kernel lines: both stay',
    [wrap('[    1.000000] a\r[    1.100000] b')],
    [
      { component: 'guest-kernel', msg: 'a', repairs: ['C9', 'C3'] },
      { component: 'guest-kernel', msg: 'b', repairs: ['C9', 'C3'] },
    ],
  ],
  [
    'C9: the same kernel line, written over',
    [wrap('[    1.000000] a\r[    1.000000] a, done')],
    [{ component: 'guest-kernel', msg: 'a, done', repairs: ['C9'] }],
  ],
  [
    'C17: a dump with its frame',
    [
      '=== BEGIN goroutine stack dump ===',
      'goroutine 1 [running]:',
      'main.main()',
      '=== END goroutine stack dump ===',
      'x',
    ].map((text) => wrap(text)),
    [
      { event: 'goroutine-dump', repairs: ['C17'] },
      { msg: 'x', repairs: undefined },
    ],
  ],
  [
    'a message that begins with a line of the kernel, behind one of the same name that was empty',
    [agent(''), agent('[    1.000000] quoted')],
    [{ msg: undefined }, { component: 'agent', msg: '[    1.000000] quoted', repairs: undefined }],
  ],
  [
    'C7 in a console line: a kernel line, one of systemd, a record',
    [
      wrap('[    1.628030] Freeing unused kernel').slice(0, -1),
      wrap('[    1.700000] systemd[1]: tmp.mount: Changed').slice(0, -1),
      wrap(agent('x y').replace('INFO', 'ERRO')).slice(0, -30),
    ],
    [
      { component: 'guest-kernel', msg: 'Freeing unused kernel', kernel_time: 1.62803, repairs: ['C7'] },
      { component: 'guest-systemd', msg: 'systemd[1]: tmp.mount: Changed', kernel_time: 1.7, repairs: ['C7'] },
      { component: 'agent', level: 'error', msg: 'x y', guest_time: undefined, repairs: ['C7'] },
    ].map(({ guest_time: _, ...expected }) => expected),
  ],
  [
    'C11 inside of JSON on a raw console',
    [agent('a\u0000bc').replace('\\u0000', '\x07')],
    [{ component: 'agent', msg: 'abc', repairs: ['C11'], partial: undefined }],
  ],
  [
    'C19 beside a text in quotes with pairs in it',
    [shim('x with: k=v and more a=b').replace(' name=', ' brand new key=1 name=')],
    [{ msg: 'x with: k=v and more a=b', repairs: ['C19'] }],
  ],
  [
    'whole lines of containerd between two records that were torn',
    [
      `${KILL.slice(0, 90)}${OTHER.slice(0, 110)}`,
      `time="${T2}" level=info msg="own"`,
      KILL.slice(90),
      OTHER.slice(110),
    ],
    [
      { msg: 'Kill() end', partial: true },
      { msg: 'other', partial: true },
      { partial: true },
      { partial: true },
      { msg: 'own', partial: undefined, repairs: undefined },
    ],
  ],
  [
    'C6 in the message of containerd',
    [
      `time="${T1}" level=info msg="RunPodSandbox for &PodSandboxMetadata{Name:web-0${OTHER}`,
      '5d1f,Uid:6c,Namespace:prod,Attempt:0,}"',
    ],
    [
      { msg: 'other', repairs: ['C6'] },
      {
        msg: 'RunPodSandbox for &PodSandboxMetadata{Name:web-05d1f,Uid:6c,Namespace:prod,Attempt:0,}',
        repairs: ['C6'],
      },
    ],
  ],
  [
    'C6: the end of a message in another one that has a form',
    [
      `${shim('stdout io stream copy started').slice(0, 70)}time="${T2}" level=info msg="launching /opt/qemu with: [-m 2048M copy started" ${SHIM}`,
      `,slots=10]" ${SHIM}`,
    ],
    [
      { msg: 'stdout io stream', partial: true, repairs: ['C6'] },
      { msg: 'launching /opt/qemu with: [-m 2048M copy started', partial: true },
      { partial: true, repairs: ['C6'] },
    ],
  ],
  [
    'C6: the end of a message that is known, and none of the other one',
    [
      `${shim('stdout io stream copy started').slice(0, 70)}time="${T2}" level=info msg="No such copy started" ${SHIM}`,
      `file" ${SHIM}`,
    ],
    [
      { msg: 'No such copy started', partial: true, repairs: ['C6'] },
      { msg: 'stdout io stream', partial: true, repairs: ['C6'] },
      { partial: true, repairs: ['C6'] },
    ],
  ],
  [
    'C6: a record with the end of another lacks a pair that it is there for',
    [
      `${shim('x', T1).slice(0, -10)}time="${T2}" level=info msg="New client" name=containerd-shim-v2 ${SHIM.slice(24)}`,
      `pid=7 sandbox=${SANDBOX} source=virtcontainers url="vsock://1:1024"`,
    ],
    [
      { msg: 'x', partial: true, repairs: ['C6'] },
      { msg: 'New client', partial: true },
      { partial: true, repairs: ['C6'] },
    ],
  ],
  [
    'C6: what looked whole goes on behind the end of the other one',
    [
      `${KILL.slice(0, 90)}${OTHER.replace('containerd-kata-shim-v2', 'virtcontainers')}`,
      KILL.slice(90),
      ' subsystem=sandbox',
    ],
    [
      { msg: 'Kill() end', partial: undefined, repairs: ['C6'] },
      { msg: 'other', partial: true, repairs: ['C6'] },
      { partial: true, repairs: ['C6'] },
    ],
  ],
  [
    'C11 in what runtime-rs wrote to the journal',
    [
      JSON.stringify({
        _TRANSPORT: 'journal',
        SYSLOG_IDENTIFIER: 'kata',
        NAME: 'kata-runtime',
        SOURCE: ID,
        MESSAGE: 'a\x07b\nc',
      }),
    ],
    [{ component: 'runtime', msg: 'ab\nc', repairs: ['C11'], partial: undefined }],
  ],
  [
    'C1 behind the bracket of a number',
    [
      agent('copy from parent_stdout to stdout stream end: Ok(1462)'),
      agent(
        'copy from parent_stdout to stdout stream end: Ok([    0.073770] calling  virtio_blk_init+0x0/0x80 @ 11462)',
      ),
    ],
    [
      { msg: 'copy from parent_stdout to stdout stream end: Ok(1462)' },
      { msg: 'copy from parent_stdout to stdout stream end: Ok(', partial: true, repairs: ['C1'] },
      { component: 'guest-kernel', repairs: ['C1'] },
    ],
  ],
  [
    'a panic of Go behind a record that was torn',
    [
      `${KILL.slice(0, 90)}${OTHER}`,
      'panic: oh',
      '[signal SIGSEGV: code=0x1 addr=0x0 pc=0x3aeae72]',
      '',
      'goroutine 1 [running]:',
    ],
    [
      { msg: 'other' },
      { msg: 'Kill() end', partial: true },
      { msg: 'panic: oh\n[signal SIGSEGV: code=0x1 addr=0x0 pc=0x3aeae72]\ngoroutine 1 [running]:', repairs: ['C17'] },
    ],
  ],
  [
    'a text that quotes the kernel, cut by C2, teaches nobody',
    [
      ...cutAt(agent('guest said kernel: [   32.737061] usb 1-1: new'), '1-1'),
      agent('guest said kernel: [   32.737061] usb 1-1: new'),
    ],
    [
      { msg: 'guest said kernel: [   32.737061] usb 1-1: new', repairs: ['C2'] },
      { msg: 'guest said kernel: [   32.737061] usb 1-1: new', repairs: undefined },
    ],
  ],
  [
    'a record of the shim in two lines with one of somebody else between',
    [KILL.slice(0, 90), OTHER, KILL.slice(90)],
    [{ msg: 'other' }, { msg: 'Kill() end', repairs: ['C2', 'C6'], partial: undefined }],
  ],
  [
    'kernel text with its priority at the beginning of a value',
    [agent('rpc call from shim to agent: "exec_process"').replace('"rpc', '"<6>[    1.000000] x: y rpc')],
    [
      { component: 'agent', msg: 'rpc call from shim to agent: "exec_process"', repairs: ['C1'] },
      { component: 'guest-kernel', msg: 'x: y', repairs: ['C1'] },
    ],
  ],
];

test.each(CASES)('%s', (_, lines, expected) => {
  const found = printed(readRecords(lines)).map(({ kata }) => kata as Expected);
  expect(
    found.map((kata, index) => Object.fromEntries(Object.keys(expected[index] ?? kata).map((key) => [key, kata[key]]))),
  ).toEqual(expected);
});

// What goes through a text more than once would not come to an end of these.
test.each(['/', ') source ', ' with ', ' with: [', '\\"', ' a=', 'a/', ':'])(
  'any number of `%s` in torn records',
  (unit) => {
    const many = unit.repeat(Math.ceil(300_000 / unit.length));
    for (const msg of ['Replacing OCI mount (', 'launching /', 'Executing QMP command: ', 'x']) {
      const head = `time="${T1}" level=info msg="${msg}`;
      const lines = [
        `time="${T1}" level=info msg=x a=${many} b=c`,
        `${KILL.slice(0, 90)}${head}${many}" ${SHIM}`,
        `${head}${many}${OTHER}`,
        `${many}" ${SHIM}`,
      ];
      const found = printed(readRecords([...lines, OTHER]));
      expect(found.filter(({ kata }) => kata?.['msg'] === 'other')).not.toEqual([]);
    }
  },
);
