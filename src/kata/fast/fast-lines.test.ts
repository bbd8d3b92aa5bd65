// The fast road gives what the plain one does, for lines of any kind in any order: the same lines of NDJSON one after the other,
// the same likeness of copies, counts and knowledge.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PlainView } from '../../formats/scan/plain-view.ts';
import { likenessOf } from '../doubles.ts';
import { millisBetween } from '../instant.ts';
import { KataMemory } from '../memory.ts';
import { ndjsonLine } from '../ndjson.ts';
import { KataReader } from '../reader.ts';
import type { Understood } from '../record.ts';
import { FastLines } from './fast-lines.ts';

const PATH = '/var/log/"kata".log';
const view = new PlainView();

interface Outcome {
  readonly printed: string[];
  readonly counts: ReadonlyMap<string, number>;
  readonly fast: number;
}

function described(record: Understood): string {
  const { kata } = record;
  const { identity, check } = likenessOf(record);
  const lead = kata.guest_time && kata.time ? millisBetween(kata.guest_time, kata.time) : Number.NaN;
  return `${ndjsonLine(record)} ${identity} ${check} ${kata.sandbox ?? ''} ${lead.toFixed(3)}`;
}

/** What comes out of a file that is read block by block. */
function run(blocks: readonly (readonly string[])[], isFast: boolean): Outcome {
  const memory = new KataMemory();
  const printed: string[] = [];
  const reader = new KataReader({
    memory,
    emit: (record) => printed.push(described(record)),
    redacts: true,
    unwraps: true,
  });
  let fast = 0;
  view.reset();
  const { arena, scanner } = view;
  const host = { arena, keys: scanner.keys, kata: scanner.kata };
  const take = (record: Parameters<ConstructorParameters<typeof FastLines>[1]['take']>[0]): void => {
    fast++;
    const { identity, check, sandbox, guestLeadMs } = record;
    printed.push(`${view.text(record)} ${identity} ${check} ${sandbox} ${guestLeadMs.toFixed(3)}`);
  };
  const lines = new FastLines(host, { memory, prefix: '', redacts: true, hashes: true, take });
  let line = 1;
  let offset = 0;
  for (const block of blocks) {
    const { start, end } = view.put(block.map((text) => `${text}\n`).join(''));
    const plain = (from: number, until: number, number: number, at: number): void => {
      reader.line(view.text({ start: from, end: until }), {
        path: PATH,
        line: number,
        offset: at,
        bytes: until - from + 1,
      });
    };
    if (isFast)
      line += lines.read(
        { start, end, path: PATH, line, offset, forms: reader.formsOf(PATH), isConsole: () => reader.isConsole(PATH) },
        reader,
        plain,
      );
    else {
      for (let from = start; from < end; line++) {
        const until = arena.u8.indexOf(0x0a, from);
        plain(from, until, line, offset + (from - start));
        from = until + 1;
      }
    }
    offset += end - start;
  }
  reader.end();
  return { printed, counts: memory.counts, fast };
}

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
  ],
  ...['rpc call from shim to agent: "create_container"', 'a "b" \\ c\td', 'token=abcdef0123', 'x', '', 'trailing '],
  ...['Synced KATA POD x', 'Ran pod sandbox', '/run/vc/vm/x', 'read firecracker fifo', 'thread "x" panicked at y'],
);
const text = fc.oneof(
  { weight: 4, arbitrary: word },
  fc.string({ maxLength: 250 }),
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

/** As logrus writes it: time, level and message first, then by names. */
function logrus({ time: at, level: degree, msg, ...others }: Given): string {
  const rest = Object.entries(others).sort(([a], [b]) => (a < b ? -1 : 1));
  return [...Object.entries({ time: at, level: degree, msg }), ...rest]
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => {
      const bare = /^[A-Za-z0-9\-._/@^+]*$/.test(String(value)) && key !== 'time';
      return `${key}=${bare ? String(value) : JSON.stringify(String(value))}`;
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
    mostly(fc.constantFrom('virtcontainers', 'runtime', 'katautils'), fc.constantFrom('agent', 'virtcon', '')),
  ),
  subsystem: seldom(fc.constantFrom('qemu', 'qmp', 'sandbox', 'oci', 'kata', 'sand')),
  container: seldom(mostly(fc.constantFrom(...IDS, 'c1'), fc.constantFrom('5', IDS[0]?.slice(9)))),
  exec: seldom(fc.constantFrom('e1', 'e 2')),
  command: seldom(fc.constantFrom('state', 'check')),
  arch: seldom(fc.constant('amd64')),
  error: seldom(text),
  qemuPid: seldom(pid),
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

const nested = fc.oneof(
  kernel,
  agent.map((given) => JSON.stringify(given)),
  text,
);
/** What runtime-rs says by itself, and what it passes on. */
const runtimeRs = fc
  .tuple(
    agent,
    fc.oneof(
      agent.map((given) => JSON.stringify(given)),
      kernel.map((line) => `vm console: "${line}"`),
      fc
        .tuple(fc.constantFrom('vm console: ', 'fc stderr: ', 'source: virtiofsd ', ''), nested)
        .map(([head, said]) => head + JSON.stringify(said)),
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
const hurt = fc
  .tuple(sound, sound, fc.nat(500), fc.nat(500), fc.constantFrom('', '\r', '[    2.000000] x', '{', '"', ' ', '\ufffd'))
  .map(([one, other, until, from, noise]) => one.slice(0, until) + noise + other.slice(from));
const status = fc
  .tuple(
    fc.constantFrom('[\x1b[0;32m  OK  \x1b[0m] ', '[\x1b[0;1;31mFAILED\x1b[0m] ', '\x1b[0m', '[  OK  ] '),
    fc.constantFrom('Started \x1b[0;1;39mKata\x1b[0m.', 'Reached target x.', 'a "b" c', 'x=y', ''),
    fc.constantFrom('', '\r', '\r\r'),
  )
  .map((parts) => parts.join(''));
const framed = kernel.map((said) => said.replace(/\] /, '] node1 kata[12]: '));
const line = fc
  .oneof(
    { weight: 14, arbitrary: sound },
    { weight: 2, arbitrary: hurt },
    { weight: 3, arbitrary: kernel },
    status,
    framed,
    fc.string({ unit: 'binary' }),
  )
  .map((written) => written.replaceAll('\n', ' '));
/** What is known at the end shows in records that name no sandbox. */
const PROBES = [7, 8, 12].map((number) =>
  logrus({
    time: '2026-08-22T10:04:14.1Z',
    level: 'info',
    msg: 'x',
    name: 'containerd-shim-v2',
    pid: number,
    source: 'oci',
  }),
);

let fastRecords = 0;

test('any lines give the same on both roads', () => {
  fc.assert(
    fc.property(fc.array(fc.array(line, { maxLength: 9, size: 'max' }), { maxLength: 3 }), (blocks) => {
      const all = [...blocks, PROBES];
      const [fast, plain] = [run(all, true), run(all, false)];
      fastRecords += fast.fast;
      expect(fast.printed).toEqual(plain.printed);
      expect(fast.counts).toEqual(plain.counts);
    }),
    { numRuns: 300 },
  );
  expect(fastRecords).toBeGreaterThan(100);
});
