// The fast road gives what the plain one does: the same documents, counts and knowledge, for records of any kind in any order.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Batch, Segment } from '../../../core/event.ts';
import type { FilterHost } from '../../../core/plugin.ts';
import type { KataFunctions, Scanner } from '../../../core/scanner.ts';
import { PlainView } from '../../../formats/scan/plain-view.ts';
import { FastRecords } from '../../../kata/fast/fast-records.ts';
import { KataMemory } from '../../../kata/memory.ts';
import { KataFilter } from './kata-filter.ts';

const view = new PlainView();
const segment: Segment = {
  streamKey: 'k',
  start: 0,
  timeAt: () => ({ seconds: 7, nanos: 8 }),
  cutOf: () => undefined,
  isJoined: () => false,
};
/** Stops at each record: it is one for the plain road. */
const NEVER: Partial<KataFunctions> = { understand: (record) => record, stopReason: () => 1 };

interface Outcome {
  readonly documents: readonly string[];
  readonly counts: ReadonlyMap<string, number>;
}

type Kind = 'json' | 'logfmt';

/** What the filter makes of batches of lines. */
function run(batches: readonly (readonly string[])[], kind: Kind, isFast: boolean): Outcome {
  view.reset();
  const counts = new Map<string, number>();
  const documents: string[] = [];
  const kata: KataFunctions = { ...view.scanner.kata, ...(isFast ? {} : NEVER) };
  const [json, encodeRecord] = [view.scanner.json.bind(view.scanner), view.scanner.encodeRecord.bind(view.scanner)];
  const own = { kata: { value: kata }, json: { value: json }, encodeRecord: { value: encodeRecord } };
  const scanner = Object.create(view.scanner, own) as Scanner;
  const print = (tape: Batch['tape']): void => {
    for (const record of view.records(tape)) documents.push(view.text(view.scanner.encodeRecord(record)));
  };
  const count = (name: string, by = 1): void => {
    counts.set(name, (counts.get(name) ?? 0) + by);
  };
  const host = {
    ...{ arena: view.arena, keys: view.scanner.keys, scanner, count, clock: { monotonicMs: () => 0 } },
    hold: () => ({ segment, count, emit: print, release: () => undefined }),
  } as unknown as FilterHost;
  const filter = new KataFilter({ prefix: '', key: 'kata', redact: true, keep_doubles: false }, host);
  for (const lines of batches) {
    view.scanner.tidy();
    const cut = view.cut(lines.map((line) => `${line}\n`).join(''));
    const tape =
      kind === 'json'
        ? view.scanner.json(cut, view.message)
        : view.scanner.logfmt(cut, view.message, { blankKeys: true });
    const batch: Batch = { tag: 't', segment, arena: view.arena, tape };
    filter.apply(batch);
    print(batch.tape);
  }
  filter.flush();
  filter.close();
  return { documents, counts };
}

const id = (seed: string): string => Buffer.from(seed.padEnd(32, seed)).toString('hex').slice(0, 64);
const IDS = ['a', 'b', 'c', 'd'].map(id);

const text = fc.oneof(
  fc.constantFrom(
    ...['Starting VM', 'Create() start', 'Create() end', 'VM started', 'panic: oh', 'QEMU exited with an error', ''],
    ...['reading guest console', 'read firecracker fifo', 'got QMP event', 'Suppressed 3 messages from x', 'größe'],
    ...['Ran pod sandbox x', 'goroutine 1 [running]:', 'loading plugin x', 'Start logging QEMU (qemuPid=7)'],
    ...['token=abcdef0123', 'to ken', 'https://user:word@host/', '\\u0074oken', 'a <b> & "c"\t\\x1b[ d\\', 'Memory: 5'],
  ),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ maxLength: 300 }),
);
const kernel = fc
  .tuple(
    fc.constantFrom(
      '[    0.110277] ',
      '[   12.340000] ',
      '[  012.5] ',
      '[    0.000000] ',
      '<6>[    1.000001] ',
      '[1.5] ',
    ),
    fc.constantFrom(
      ...['Freeing unused kernel', 'Freeing initrd memory', 'initcall a+0x1 returned 0 after 3 usecs', 'initcall x'],
      ...[
        'systemd[1]: up',
        'systemd-udevd[12]: up',
        'systemd: up',
        'Memory cgroup out of memory',
        'Memory: 1K',
        'panic',
      ],
      ...[
        'a segfault at 1',
        'a [    2.000000] b',
        'x  [    2.000000] y',
        'x {"msg":"y"}',
        '\u001b[0m colour',
        'trailing  ',
      ],
    ),
    fc.constantFrom('', '\n', '\r\n', '\n\n'),
  )
  .map((parts) => parts.join(''));
const status = fc
  .tuple(
    fc.constantFrom(
      '[\x1b[0;32m  OK  \x1b[0m] ',
      '[\x1b[0;1;31mFAILED\x1b[0m] ',
      '[  OK  ] ',
      '[\x1b[K  OK  ] ',
      '[ TIME \x1b[m] ',
      ' INFO ] ',
    ),
    fc.constantFrom(
      'Started \x1b[0;1;39mKata\x1b[0m.',
      'Up',
      'time=2026-01-01T00',
      'x {"msg":"y"}',
      'a\rb',
      'b\\x1b[',
      'c ',
      '',
    ),
    fc.constantFrom('', '\n', '\r\n', '\r\r\n', '\r'),
  )
  .map((parts) => parts.join(''));
const name = fc.constantFrom('containerd-shim-v2', 'kata-runtime', 'kata-proxy', 'kata-shim', 'kata-agent', 'x', '');
const source = fc.constantFrom('virtcontainers', 'agent', 'runtime', 'virtiofsd', 'x', '');
const level = fc.constantFrom('debug', 'info', 'warning', 'error', 'fatal', 'DEBG', 'x');
const instant = fc.constantFrom(
  ...['2026-08-22T10:04:14.1Z', '2026-08-22T10:04:14Z', '2026-08-22T10:04:14.123456789Z'],
);
const oddTime = fc.constantFrom(
  ...['2026-08-22T10:04:14+01:00', '2026-08-22T10:04:60Z', '2026-02-30T10:04:14Z', 'x', '0000-01-01T00:00:00Z'],
  '2026-08-22T10:04:14.1234567891Z',
);
const number = fc.constantFrom<number | string>(7, 8, '9', '0010');
const oddNumber = fc.constantFrom<number | string>(2_147_483_648, 'x', '', -1, 1.5);

/** Most often one, now and then the other. */
const mostly = <T, U>(usual: fc.Arbitrary<T>, other: fc.Arbitrary<U>): fc.Arbitrary<T | U> =>
  fc.oneof({ weight: 24, arbitrary: usual }, { weight: 1, arbitrary: other });
const nothing = fc.constant(undefined);
const seldom = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 4, arbitrary: nothing }, { weight: 1, arbitrary: value });

const record = fc.record({
  time: mostly(mostly(instant, oddTime), nothing),
  level: mostly(level, nothing),
  msg: mostly(fc.oneof(text, kernel, status), nothing),
  name: mostly(name, nothing),
  pid: mostly(mostly(number, oddNumber), nothing),
  sandbox: mostly(mostly(fc.constantFrom(...IDS, 'short'), fc.constant('not a word')), nothing),
  source: mostly(source, nothing),
  subsystem: mostly(
    fc.constantFrom('qemu', 'qmp', 'sandbox', 'oci', 'kata_agent', ''),
    fc.constantFrom(undefined, 'a "b"'),
  ),
  container: seldom(fc.constantFrom<string | number>(...IDS, 'c1', 5, '6')),
  cid: mostly(nothing, fc.constantFrom<string | number>('c2', 3)),
  ID: seldom(fc.constantFrom(...IDS)),
  command: seldom(mostly(fc.constantFrom('check', 'state'), fc.constant(5))),
  arch: seldom(fc.constantFrom('amd64')),
  qemuPid: seldom(number),
  'exit-code': seldom(number),
  exec: seldom(fc.constantFrom('e1', 'e 2', '')),
  error: seldom(text),
  password: mostly(nothing, text),
  vmconsole: mostly(nothing, kernel),
  ts: mostly(nothing, instant),
  event: seldom(fc.anything({ maxDepth: 2 })),
});

const line =
  (kind: Kind) =>
  (pairs: Readonly<Record<string, unknown>>): string => {
    const known = Object.entries(pairs).filter(([, value]) => value !== undefined);
    if (kind === 'json') return JSON.stringify(Object.fromEntries(known));
    // Of objects not all can become texts: one may have a member `toString`.
    return known
      .map(
        ([key, value]) => `${key}=${/^(?:string|object)$/.test(typeof value) ? JSON.stringify(value) : String(value)}`,
      )
      .join(' ');
  };

/** Lines as written, and lines cut and glued. */
const lines = (kind: Kind): fc.Arbitrary<string[]> => {
  const sound = record.map(line(kind));
  const hurt = fc
    .tuple(sound, sound, fc.nat(300), fc.nat(300))
    .map(([a, b, at, from]) => a.slice(0, at) + b.slice(from));
  const one = fc.oneof({ weight: 9, arbitrary: sound }, hurt, fc.string({ unit: 'binary' }));
  return fc.array(
    one.map((written) => written.replaceAll('\n', ' ')),
    { maxLength: 8 },
  );
};

test.each(['json', 'logfmt'] as const)('%s: any records give the same on both roads', (kind) => {
  fc.assert(
    fc.property(fc.array(lines(kind), { maxLength: 3 }), (batches) => {
      const [fast, plain] = [run(batches, kind, true), run(batches, kind, false)];
      expect(fast.documents).toEqual(plain.documents);
      expect(fast.counts).toEqual(plain.counts);
    }),
    { numRuns: 300 },
  );
});

test('ordinary records take the fast road', () => {
  const shim = { time: '2026-08-22T10:04:14.5Z', level: 'info', msg: 'VM started', name: 'containerd-shim-v2', pid: 7 };
  const proxy = { ...shim, msg: '[    1.234567] brd: module loaded\n', name: 'kata-proxy', source: 'agent' };
  const written = [shim, proxy].map((pairs) => line('json')({ ...pairs, sandbox: IDS[0] }));
  const stopped: number[] = [];
  view.reset();
  const tape = view.scanner.json(view.cut(`${written.join('\n')}\n`), view.message);
  const host = { arena: view.arena, keys: view.scanner.keys, kata: view.scanner.kata };
  const road = new FastRecords(host, { memory: new KataMemory(), prefix: '', redacts: true });
  const { start, end } = road.understand(tape, { heldStreams: [], holdsStacks: false }, (at) => {
    stopped.push(at);
  });
  expect(stopped).toEqual([]);
  expect(end - start).toBe(2 * 12);
});

test('secrets of a record that a parser has read are blacked out', () => {
  const written = line('json')({
    level: 'info',
    msg: 'x',
    name: 'kata-runtime',
    sandbox: IDS[0],
    password: 'planted-1',
  });
  const nested = line('json')({ level: 'info', msg: 'x', req: 'env: [NAME=planted-2]', sandbox: IDS[0] });
  const { documents } = run([[written, nested]], 'json', true);
  for (const document of documents) expect(document).not.toContain('planted');
});

test.each<readonly [string, Kind, string]>([
  ['text that is no record', 'logfmt', 'hello plain text no record a=b'],
  ['an object that is no record', 'json', '{"n":1}'],
  [
    'a record of which only the time is missing',
    'json',
    line('json')({ level: 'info', msg: 'x', name: 'kata-runtime' }),
  ],
])('what has no time gets that of the event: %s', (_, kind, written) => {
  for (const isFast of [true, false]) {
    const { documents } = run([[written]], kind, isFast);
    expect(documents.map((text) => JSON.parse(text).kata.time)).toEqual(['1970-01-01T00:00:07.000000008Z']);
  }
});
