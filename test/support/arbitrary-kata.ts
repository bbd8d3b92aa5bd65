// Lines as Kata's components write them, through whatever output, sound and hurt.
import fc from 'fast-check';
import { suspicious } from './arbitrary-secrets.ts';

const IDS = ['ab12', 'cd34', 'ef56'].map((four) => four.repeat(16));
const mostly = <T, U>(usual: fc.Arbitrary<T>, other: fc.Arbitrary<U>): fc.Arbitrary<T | U> =>
  fc.oneof({ weight: 20, arbitrary: usual }, { weight: 1, arbitrary: other });
const nothing = fc.constant(undefined);
const often = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => mostly(value, nothing);
const seldom = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 4, arbitrary: nothing }, { weight: 1, arbitrary: value });

const word = fc.constantFrom(
  ...[
    'Starting VM',
    'Create() start',
    'Create() end',
    'Create() end',
    'got an OOM event',
    'panic: oh',
    'goroutine 1 [running]:',
    'loading plugin x',
    'Missed 5 kernel messages',
  ],
  ...['rpc call from shim to agent: "create_container"', 'a "b" \\ c\td', 'token=abcdef0123', 'x', '', 'trailing '],
  ...['vm console: "\\u{1b}[0m[    0.940000] x"', 'said: "[    0.940000] x"', 'to[    0.940000] rn', 'see #012'],
  ...['time=2018-02-24T12:36:36.115882442Z level=info msg=x', 'time="2018-02-24T12:36:36Z" level=info msg="x y" a=b'],
  ...[
    'time=2018-02-24T12:36:36Z[    1.0] sd',
    'cid c1 eid e1 received exit signal',
    `do_exec_process cid: ${IDS[0]} eid: ${IDS[1]}`,
    'end wait process exit code 137',
  ],
  ...['got QMP event', 'get_oom_event return c1', 'mark agent dead', 'verity: x metadata block 1 is corrupted'],
  ...['Synced KATA POD x', 'Ran pod sandbox', '/run/vc/vm/x', 'read firecracker fifo', 'thread "x" panicked at y'],
);
const text = fc.oneof(
  { weight: 4, arbitrary: word },
  suspicious,
  fc.string({ maxLength: 250 }),
  fc
    .tuple(fc.constantFrom('get config content ', 'panic: ', 'OCI Spec Spec ', '/run/kata/x '), fc.nat(500))
    .map(([head, length]) => head + 'x'.repeat(length)),
  fc.string({ unit: 'binary', maxLength: 9 }),
);
const time = mostly(
  fc.constantFrom('2026-08-22T10:04:14.1Z', '2026-08-22T10:04:14Z', '2026-08-22T10:04:15.123456789Z'),
  fc.constantFrom('2026-08-22T10:04:14+01:00', '2026-02-30T10:04:14Z', 'x', '', '2026-08-22T10:09:14Z'),
);
const level = fc.constantFrom('debug', 'debug', 'info', 'warning', 'error', 'fatal', 'x');
const pid = mostly(fc.constantFrom<string | number>(7, 8, '12'), fc.constantFrom<string | number>('x', '', -3, 4e9));
const sandbox = mostly(fc.constantFrom(...IDS), fc.constantFrom('short', 'not a word', IDS[0]?.slice(9)));

type Given = Readonly<Record<string, unknown>>;

/** As Go quotes it. */
function quoted(value: string): string {
  const short = (json: string): string => ({ '\\u0007': '\\a', '\\u000b': '\\v' })[json] ?? `\\x${json.slice(-2)}`;
  return JSON.stringify(value).replace(/\\u00[0-7][0-9a-f]/g, short);
}

/** As logrus writes it: time, level and message first, then by names. */
function logrus({ time: at, level: degree, msg, ...others }: Given): string {
  const rest = Object.entries(others).sort(([a], [b]) => (a < b ? -1 : 1));
  return [...Object.entries({ time: at, level: degree, msg }), ...rest]
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => {
      const bare = /^[A-Za-z0-9\-._/@^+]*$/.test(String(value)) && key !== 'time';
      return `${key}=${bare ? String(value) : quoted(String(value))}`;
    })
    .join(' ');
}

const shim = fc.record({
  time,
  level,
  msg: often(text),
  name: often(
    mostly(fc.constantFrom('containerd-shim-v2', 'kata-runtime', 'kata-monitor'), fc.constantFrom('x', 'kata-pro')),
  ),
  pid: often(pid),
  sandbox: often(sandbox),
  source: often(
    mostly(fc.constantFrom('virtcontainers', 'runtime', 'katautils'), fc.constantFrom('agent', 'virtcon', '', IDS[1])),
  ),
  subsystem: seldom(fc.constantFrom('qemu', 'qmp', 'sandbox', 'oci', 'kata', 'sand')),
  container: seldom(mostly(fc.constantFrom(...IDS, 'c1'), fc.constantFrom('5', IDS[0]?.slice(9)))),
  exec: seldom(fc.constantFrom('e1', 'e 2')),
  command: seldom(fc.constantFrom('state', 'check')),
  arch: seldom(fc.constant('amd64')),
  error: seldom(text),
  qemuPid: seldom(pid),
  'vm path': seldom(fc.constantFrom('/run/vc/vm/x', 'x')),
  'container`': seldom(fc.constantFrom(...IDS, 'c1')),
  req: seldom(fc.constantFrom('container_id:"c1" exec_id:"c1"', '{"containerId":"c1"}')),
  event: seldom(fc.constantFrom('{GUEST_PANICKED map[] 1}', '{RTC_CHANGE map[] 1}')),
  path: seldom(fc.constantFrom(`/run/vc/vm/${IDS[2]}/x`, '/run/kata/x')),
  url: seldom(fc.constantFrom('vsock://7:1024', 'http://user:word@host/x', 'http://host/x@y', 'http://')),
});
const agent = fc.record({
  msg: text,
  level: often(fc.constantFrom('INFO', 'DEBG', 'ERRO', 'CRIT')),
  ts: often(time),
  version: fc.constant('0.1.0'),
  name: often(fc.constantFrom('kata-agent', 'kata-agent', 'kata-runtime', 'x')),
  source: often(fc.constantFrom('agent', 'agent', IDS[0])),
  pid: fc.constant('214'),
  subsystem: often(fc.constantFrom('rpc', 'root', 'mount')),
  'container-id': seldom(fc.constantFrom(...IDS, 'c1')),
  event: seldom(fc.anything({ maxDepth: 1 })),
});
const kernel = fc
  .tuple(
    mostly(
      fc.constantFrom('[    0.110277] ', '[   12.340000] ', '[    0.000000] '),
      fc.constantFrom('[  012.5] ', '<6>[    1.000001] ', '[    1.000001]', ''),
    ),
    fc.constantFrom(
      ...[
        'brd: module loaded',
        'initcall a+0x1 returned 0 after 3 usecs',
        'initcall panic_init+0x1 returned 0 after 3 usecs',
        'Kernel panic - not syncing: x',
        'Command line: quiet panic=1',
        'systemd[1]: up',
        'systemd-udevd[12]: up',
        'tab\there',
      ],
      ...[
        'Freeing initrd memory',
        'Freeing unused kernel image',
        'x  [    2.000000] y',
        'x {"msg":"y"}',
        '\x1b[0m colour',
        'end  ',
      ],
      ...[
        'panic',
        '\\x1b[ x',
        'a "quoted" \\ b',
        'x\r',
        "thread 'x' panicked at y:",
        'Memory: 1K',
        'Memory cgroup out',
      ],
    ),
  )
  .map((parts) => parts.join(''));

const status = fc
  .tuple(
    fc.constantFrom(
      ...['[\x1b[0;32m  OK  \x1b[0m] ', '[\x1b[0;1;31mFAILED\x1b[0m] ', '\x1b[0m', '[  OK  ] '],
      ...['         Starting ', '  Unmounting ', 'Starting ', 'Welcome to ', ' Welcome to '],
    ),
    fc.constantFrom(
      ...['Started \x1b[0;1;39mKata\x1b[0m.', 'Reached target x.', 'a "b" c', 'x=y', ''],
      ...['\x1b[1mX\x1b[0m...', '\x1b[1mUbuntu\x1b[0m!', '\x1b[1m...', '\x07x'],
    ),
    fc.constantFrom('', '\r', '\r\r'),
  )
  .map((parts) => parts.join(''));
const guest = fc.record({
  time,
  level,
  msg: often(text),
  name: often(fc.constantFrom('kata-agent', 'kata-agent', 'kata-proxy')),
  pid: fc.constant(1),
  source: often(fc.constant('agent')),
  container: seldom(fc.constantFrom(...IDS, 'c1')),
});
const nested = fc.oneof(
  kernel,
  status,
  guest.map(logrus),
  agent.map((given) => JSON.stringify(given)),
  text,
);
/** As Rust's Debug quotes it. */
const rustQuoted = (value: string): string =>
  JSON.stringify(value).replace(
    /\\u00([0-9a-f]{2})/g,
    (_, hex: string) => `\\u{${Number.parseInt(hex, 16).toString(16)}}`,
  );
const speaker = fc.constantFrom('vm console: ', 'fc stderr: ', 'qemu stderr: ', '', 'source: virtiofsd ');
const spoken = fc.oneof(
  fc.tuple(speaker, nested).map(([head, said]) => head + rustQuoted(said)),
  fc.tuple(speaker, fc.oneof(kernel, status)).map(([head, said]) => `${head}${rustQuoted(`${said}\n`)}`),
  kernel,
  kernel.map((line) => `vm console: "${line}`),
);
/** What runtime-rs says by itself, and what it passes on. */
const runtimeRs = fc
  .tuple(
    agent,
    fc.oneof(
      agent.map((given) => JSON.stringify(given)),
      spoken,
      spoken,
      text,
    ),
    fc.constantFrom('agent', 'agent', 'hypervisor', 'hypervisor', 'dmesg', 'shim'),
    often(fc.constantFrom(...IDS)),
    seldom(fc.constantFrom('stdout', 'stderr')),
  )
  .map(([given, msg, subsystem, source, stream]) =>
    JSON.stringify({ ...given, msg, name: 'kata-runtime', subsystem, source, stream }),
  );
const wrapper = fc
  .tuple(shim, nested)
  .map(([given, vmconsole]) => logrus({ ...given, level: 'debug', msg: 'reading guest console', vmconsole }));
const proxy = fc
  .tuple(shim, nested, fc.constantFrom('', '\n'))
  .map(([given, line, end]) => ({ ...given, name: 'kata-proxy', source: 'agent', msg: line + end }));
const runtimeJson = fc
  .tuple(fc.oneof(shim, proxy), fc.boolean())
  .map(([{ time: at, ...given }, isNumber]) => JSON.stringify({ ...given, time: at, ...(isNumber && { pid: 7 }) }));

const sound = fc.oneof(
  shim.map(logrus),
  wrapper,
  wrapper,
  proxy.map(logrus),
  agent.map((given) => JSON.stringify(given)),
  runtimeRs,
  runtimeRs,
  runtimeJson,
);
const torn = fc
  .tuple(sound, sound, fc.nat(500), fc.nat(500), fc.constantFrom('', '\r', '[    2.000000] x', '{', '"', ' ', '\ufffd'))
  .map(([one, other, until, from, noise]) => one.slice(0, until) + noise + other.slice(from));
const padded = fc
  .tuple(sound, fc.constantFrom('  ', '\\n', ' ', '\x1b[0m', '\x07', '\r[    2.000000] x'))
  .map((parts) => parts.join(''));
const wrapped = fc.tuple(sound, fc.nat(200)).map(([one, at]) => `${one.slice(0, at)}\n${one.slice(at)}`);
const hurt = fc.oneof({ weight: 8, arbitrary: torn }, padded, wrapped);
/** Entries of a journal as `journalctl -o json` writes them, and what is not quite one. */
const command = fc.constantFrom(
  '/usr/bin/containerd',
  `/opt/kata/bin/containerd-shim-kata-v2 -namespace k8s.io -id ${IDS[0]} -debug`,
  `qemu -name sandbox-${IDS[1]},x`,
  'a "b"',
);
const rare = fc.record(
  {
    _LINE_BREAK: fc.constantFrom('line-max', 'eof'),
    SYSLOG_RAW: fc.constantFrom('<6>kata[7]: x\n', 'x\0y', 'a/b'),
    _CMDLINE: command,
    SYSLOG_PID: pid.map(String),
    '10': fc.constant('x'),
    TOKEN: fc.constant('x'),
    _STREAM_ID: fc.constant('8f0a'),
    é: fc.constant('x'),
    BLOB: fc.constantFrom(null, [104, 105], ['a', 'b'], 7),
  },
  { requiredKeys: [] },
);
const entryHead = fc.record({
  __CURSOR: often(fc.constant('s=1;i=1')),
  __REALTIME_TIMESTAMP: often(mostly(fc.constantFrom('1787479454100000', '1787479454100001'), fc.constant('x'))),
  _BOOT_ID: often(fc.constantFrom('b0', 'b1')),
  _PID: often(pid.map(String)),
  _SOURCE_REALTIME_TIMESTAMP: often(fc.constantFrom('1787479454099999', '1787479454099000')),
});
const entryText = fc.oneof(
  shim.map(logrus),
  wrapper,
  proxy.map(logrus),
  agent.map((given) => JSON.stringify(given)),
  runtimeRs,
  runtimeJson,
  kernel,
  text,
  mostly(agent, agent).map((given) => JSON.stringify(given, undefined, 1)),
);
const ident = fc.constantFrom('kata', 'kata', 'containerd', 'crio', 'kata-runtime', 'kata-shim', 'virtiofsd', 'x', '');
/** One whose text has more pairs than it has fields. */
const fewFields = fc
  .tuple(ident, seldom(pid.map(String)), command, shim.map(logrus))
  .map(([SYSLOG_IDENTIFIER, _PID, _CMDLINE, MESSAGE]) => ({ SYSLOG_IDENTIFIER, _PID, _CMDLINE, MESSAGE }));
const passedOnEntry = fc
  .tuple(entryHead, often(ident), fc.constantFrom('syslog', 'stdout'), entryText, seldom(rare))
  .map(([head, SYSLOG_IDENTIFIER, _TRANSPORT, MESSAGE, more]) => ({
    ...head,
    SYSLOG_IDENTIFIER,
    _TRANSPORT,
    ...more,
    MESSAGE,
  }));
/** What CI systems, terminals and other programs put in front. */
const mark = fc.constantFrom(
  ...[
    '[2026-03-02T00:00:00.000Z] ',
    '[2026-03-02 00:00:00] ',
    '2026-03-02 00:00:00,123 ',
    '00:00:00 ',
    '[00:00:00.5] ',
  ],
  ...['##[debug]', '# ', '<30>Mar  2 00:00:00 kata[7]: ', 'job\tstep\t2026-03-02T00:00:00.1Z ', '\ufeff'],
  ...['INFO[0001] ', '[2026-03-02T00:00:00Z INFO  kata_deploy] ', 'I0302 00:00:00.000001    7 a.go:1] '],
);
const nativeText = fc.oneof(
  agent.map((given) => JSON.stringify(given)),
  kernel.map((line) => `vm console: "${line}"`),
  kernel.map((line) => `fc stderr: ${JSON.stringify(line)}`),
  kernel,
  text,
  fc.tuple(mark, fc.oneof(shim.map(logrus), text)).map((parts) => parts.join('')),
  fc
    .tuple(
      fc.constantFrom(
        'Mar  2 00:00:00 ',
        'Run x ',
        'The 9 ',
        'name | ',
        'a b ',
        'a.b-c ',
        '2026-03-02T00:00:00Z ',
        '> ',
      ),
      fc.constantFrom('kata[7]: x', 'time="2026-03-02T00:00:00Z" level=info msg=x', '{"msg":"x"}', '| x', ''),
    )
    .map((parts) => parts.join('')),
);
const nativeEntry = fc
  .tuple(
    entryHead,
    fc.record({
      SYSLOG_IDENTIFIER: often(ident),
      NAME: often(fc.constant('kata-runtime')),
      SOURCE: often(mostly(fc.constantFrom(...IDS), fc.constantFrom('x', ''))),
      PID: seldom(pid.map(String)),
      SUBSYSTEM: often(fc.constantFrom('agent', 'agent', 'hypervisor', 'shim', 'dmesg', 'qemu', '')),
      COMPONENT: fc.constant('runtimes'),
      PRIORITY: often(fc.constantFrom('0', '2', '3', '4', '5', '6', '7', '8', '')),
      CONTAINER_ID: seldom(fc.constantFrom(...IDS, 'c1')),
      EXEC_ID: seldom(fc.constant('e1')),
      STREAM: seldom(fc.constant('stdout')),
    }),
    nativeText,
    seldom(rare),
  )
  .map(([head, native, MESSAGE, more]) => ({ ...head, _TRANSPORT: 'journal', ...native, ...more, MESSAGE }));
/** The message stands anywhere. */
const entry = fc.tuple(fc.oneof(passedOnEntry, nativeEntry, fewFields), seldom(fc.nat(9))).map(([given, place]) => {
  const members = Object.entries(given).filter(([, value]) => value !== undefined);
  if (place !== undefined) members.splice(place, 0, ...members.splice(-1));
  const json = members.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',');
  return `{${json}}`;
});
/** What syslog or a container runtime puts in front. */
const headed = fc
  .tuple(
    fc.constantFrom(
      ...['Mar  2 00:00:00', 'Mar 12 00:00:00.25', 'Mar 2 00:00:00', 'Mon Mar  2 00:00:00', 'Mar  2 00:00:00.1234567'],
      ...[
        '2026-03-02T00:00:00Z',
        '2026-03-02T00:00:00.25+01:00',
        '2026-03-02T00:00:00.1234567890Z',
        '1772409600.000001',
      ],
    ),
    mostly(
      fc
        .tuple(fc.constantFrom('node1', 'a"b', ''), ident, fc.constantFrom('[7]', '[12]', '', '[x]', '[]'))
        .map(([host, name, process]) => ` ${host} ${name}${process}`),
      fc.constantFrom(' stderr F', ' stdout F', ' stdout P', ' stdout F:x', ' x'),
    ),
    fc.constantFrom(': ', ': ', ' ', ' ', ':', ''),
    fc.oneof(entryText, shim.map(logrus), shim.map(logrus), fc.constantFrom('[1K blob data]', 'a#011b', 'time="#012"')),
  )
  .map((parts) => parts.join(''));
const marked = fc.tuple(mark, fc.oneof(entryText, kernel)).map((parts) => parts.join(''));
const framed = kernel.map((said) => said.replace(/\] /, '] node1 kata[12]: '));
/** Any line of a file with logs of Kata's, or with anything else. */
export const line: fc.Arbitrary<string> = fc
  .oneof(
    { weight: 14, arbitrary: sound },
    { weight: 7, arbitrary: entry },
    { weight: 5, arbitrary: headed },
    { weight: 2, arbitrary: hurt },
    { weight: 3, arbitrary: kernel },
    status,
    marked,
    framed,
    fc.string({ unit: 'binary' }),
  )
  .map((written) => written.replaceAll('\n', ' '));
/** What is known at the end shows in records that name no sandbox. */
export const PROBES: readonly string[] = [7, 8, 12].flatMap((number) => {
  const MESSAGE = logrus({
    time: '2026-08-22T10:04:14.1Z',
    level: 'info',
    msg: 'x',
    name: 'containerd-shim-v2',
    pid: number,
    source: 'oci',
  });
  return [MESSAGE, ...['b0', 'b1'].map((_BOOT_ID) => JSON.stringify({ _BOOT_ID, MESSAGE }))];
});
