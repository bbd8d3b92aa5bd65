// The filter gives the same records in the same order however its input is cut into batches, and loses none.
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeSalvageSet } from '../../../../samples/salvage/set.js';
import { cutsOf, leaksIn, WAYS } from '../../../../test/support/secret-texts.ts';
import type { Batch, Segment } from '../../../core/event.ts';
import type { FilterHost } from '../../../core/plugin.ts';
import { DROPPED, W_STATUS } from '../../../core/tape.ts';
import { PlainView } from '../../../formats/scan/plain-view.ts';
import { KataFilter } from './kata-filter.ts';

const view = new PlainView();
const segment: Segment = {
  ...{ streamKey: 'k', start: 0, timeAt: () => ({ seconds: 0, nanos: 0 }) },
  ...{ isJoined: () => false, cutOf: () => undefined },
};

interface Result {
  /** The documents, in the order in which they went on. */
  readonly out: readonly string[];
  readonly dropped: number;
  /** References on segments that were not given back. */
  readonly held: number;
}

function run(batches: readonly (readonly string[])[]): Result {
  view.reset();
  const out: string[] = [];
  let held = 0;
  let dropped = 0;
  const print = (tape: Batch['tape']): void => {
    for (const record of view.records(tape)) {
      if (view.arena.i32[(record >> 2) + W_STATUS] === DROPPED) dropped++;
      else out.push(view.text(view.scanner.encodeRecord(record)));
    }
  };
  const host = {
    ...{ arena: view.arena, keys: view.scanner.keys, scanner: view.scanner, clock: { monotonicMs: () => 0 } },
    count: () => undefined,
    hold: () => {
      held++;
      return { segment, count: () => undefined, emit: print, release: () => held-- };
    },
  } as unknown as FilterHost;
  const filter = new KataFilter({ prefix: 'kata_', key: 'kata', redact: true, keep_doubles: false }, host);
  for (const records of batches) {
    const mark = view.arena.mark();
    const tape = view.scanner.json(view.cut(records.map((record) => `${record}\n`).join('')), view.message);
    const batch: Batch = { tag: 't', segment, arena: view.arena, tape };
    filter.apply(batch);
    print(batch.tape);
    view.arena.release(mark);
  }
  filter.flush();
  filter.close();
  return { out, dropped, held };
}

function cut(records: readonly string[], cuts: Iterator<number>): string[][] {
  const batches: string[][] = [];
  for (let at = 0; at < records.length; ) {
    const size = cuts.next().value as number;
    batches.push(records.slice(at, at + size));
    at += size;
  }
  return batches;
}

const directory = path.join(tmpdir(), `katalog-kata-filter-${process.pid}`);
const files = ['kata-shim.log', 'containerd.log', 'kata-1x.log', 'node.journal.json', 'runtime-rs.journal.json'];
let inputs: readonly (readonly string[])[];

beforeAll(() => {
  writeSalvageSet({ directory, records: 2500, seed: 11 });
  inputs = files.map((name) => {
    const lines = fs.readFileSync(path.join(directory, name), 'utf8').split('\n').slice(0, 300).filter(Boolean);
    return name.endsWith('.json') ? lines : lines.map((line) => JSON.stringify({ message: line }));
  });
});

afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

const sizes = fc.infiniteStream(fc.integer({ min: 1, max: 40 }));

test('damaged logs give the same documents in the same order, wherever batches end', () => {
  const wholes = inputs.map((records) => run([records]));
  fc.assert(
    fc.property(fc.nat({ max: files.length - 1 }), sizes, (which, cuts) => {
      expect(run(cut(inputs[which] as readonly string[], cuts))).toEqual(wholes[which]);
    }),
    { numRuns: 10 },
  );
  for (const { held } of wholes) expect(held).toBe(0);
});

test('each record that comes in goes on, or is dropped as a double', () => {
  for (const records of inputs) {
    const { out, dropped } = run([records]);
    expect(out.length + dropped).toBeGreaterThanOrEqual(records.length);
  }
});

const torn = fc.array(
  fc.oneof(
    fc.constantFrom(
      'time="2026-08-22T10:04:14.1Z" level=info msg="a',
      ' b" name=containerd-shim-v2 pid=1 sandbox=s source=virtcontainers subsystem=sandbox',
      '{"msg":"x","level":"INFO",',
      '"ts":"2026-08-22T10:04:14.2Z","source":"agent","name":"kata-agent"}',
      "thread 'main' panicked at src/agent/src/main.rs:1:2:",
      'stack backtrace:',
      '   0: rust_begin_unwind',
      '[    1.000000] kernel',
      'panic: oh',
      'goroutine 1 [running]:',
      '',
      '{}',
    ),
    fc.string({ maxLength: 30 }),
  ),
  { maxLength: 30 },
);

test('any texts: every record goes on, with its text, wherever batches end', () => {
  fc.assert(
    fc.property(torn, sizes, (texts, cuts) => {
      const records = texts.map((message, n) => JSON.stringify({ n, message }));
      const result = run(cut(records, cuts));
      expect(result).toEqual(run([records]));
      expect(result.held).toBe(0);
      const seen = result.out.map((text) => JSON.parse(text) as { n: number; message: string });
      expect([...new Set(seen.map(({ n }) => n))]).toEqual(texts.map((_, n) => n));
      for (const { n, message } of seen) expect(message).toBe(texts[n]);
    }),
    { numRuns: 150 },
  );
});

test.each(WAYS)('no part of a secret of a record that is cut: %s', (_, whole, linesOf) => {
  for (const at of cutsOf(whole)) {
    const records = linesOf(whole.slice(0, at), whole.slice(at)).map((line) => JSON.stringify({ message: line }));
    for (const batches of [[records], records.map((record) => [record])]) {
      expect({ at, leaks: leaksIn(run(batches).out.join('\n')) }).toEqual({ at, leaks: [] });
    }
  }
});

test('a secret beside the text, and in what a parser made of it', () => {
  const { out } = run([
    [
      { message: 'x', password: 'Xk7vqzzz' },
      { msg: 'x', spec: { env: ['A=Xk7vqzzz'], auth: { token: 'Yj3wrrru' } } },
    ].map((record) => JSON.stringify(record)),
  ]);
  expect(out).toHaveLength(2);
  expect(leaksIn(out.join('\n'))).toEqual([]);
});

const SPEC = 'OCI Spec Spec { env: Some(["PATH=/planted", "DBURL=planted two words"]), cwd: "/" }';
const HEAD = 'time="2026-08-22T10:04:14.1Z" level=debug';
const CONSOLE = {
  level: 'debug',
  msg: 'reading guest console',
  name: 'containerd-shim-v2',
  sandbox: 'a'.repeat(64),
  pid: '7',
};
const CONSOLE_OF = { ...CONSOLE, source: 'virtcontainers', subsystem: 'sandbox' };

/** Records as a parser of logfmt leaves them: of text that is none, and of lines that continue each other. */
const TAKEN_APART: readonly (readonly [string, readonly object[]])[] = [
  [
    'text beside its shreds',
    [
      {
        MESSAGE: SPEC,
        SYSLOG_IDENTIFIER: 'kata',
        'kata_Some([': true,
        kata_DBURL: 'planted',
        kata_two: true,
        'kata_words"]),': true,
      },
    ],
  ],
  ['shreds only', [{ OCI: true, 'env:': true, 'Some(["PATH': '/planted",', '"DBURL': 'planted"]),', 'cwd:': true }]],
  [
    'the lines of a panic',
    ["thread 'main' panicked at src/rpc.rs:1:2:", 'env: Some(["A=planted"])', '   0: main'].map((vmconsole, n) => ({
      ...{ time: `2026-08-22T10:04:14.${n}Z`, ...CONSOLE_OF },
      vmconsole,
    })),
  ],
  [
    'bytes',
    [{ MESSAGE: [...Buffer.from(`${HEAD} msg="env: [\\"A=planted\\"]" name=kata-runtime source=virtcontainers`)] }],
  ],
];

test.each(TAKEN_APART)('no part of a secret stays: %s', (_, records) => {
  const { out } = run([records.map((record) => JSON.stringify(record))]);
  expect(out).toHaveLength(records.length);
  expect(out.join('\n')).not.toMatch(/planted|two|words/);
});
