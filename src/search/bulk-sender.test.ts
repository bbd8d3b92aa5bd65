// Deliveries to a server that follows a script: whatever it does, every record is settled once and stored once.
import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { BulkServer, type ItemAnswer, type Step } from '../../test/support/bulk-server.ts';
import type { Segment } from '../core/event.ts';
import type { DeadLetter, Settled } from '../core/plugin.ts';
import { Bulk } from './bulk.ts';
import { BulkSender, type SenderOptions } from './bulk-sender.ts';
import { HttpClient } from './http-client.ts';

const TIMEOUT_MS = 300;
const SEGMENT: Segment = {
  streamKey: 'abcdefghijk',
  start: 0,
  timeAt: () => ({ seconds: 0, nanos: 0 }),
  cutOf: () => undefined,
  isJoined: () => false,
};
const QUIET = { debug() {}, info() {}, warn() {}, error() {} };

let server: BulkServer;

beforeAll(async () => {
  server = await BulkServer.start();
});
afterAll(() => server.stop());
beforeEach(() => {
  server.stored.clear();
  server.requests.length = 0;
});

interface Delivery {
  readonly settled: Partial<Record<Settled, number>>;
  readonly letters: readonly DeadLetter[];
  readonly sleptMs: readonly number[];
}

function bulkOfDocuments(count: number, from = 0): Bulk {
  const bulk = new Bulk(Buffer.alloc(16));
  for (let i = from; i < from + count; i++) {
    const item = Buffer.from(
      `{"create":{"_index":"logs","_id":"k${i}"}}\n{"n":${i},"@timestamp":"2026-03-02T00:00:00Z"}\n`,
    );
    bulk.add(item, 0, item.length, SEGMENT, 1);
  }
  return bulk;
}

function optionsFor(controller: AbortController, own: Partial<SenderOptions>): SenderOptions {
  return {
    client: new HttpClient({
      origins: [server.origin],
      basePath: '',
      headers: {},
      timeoutMs: TIMEOUT_MS,
      connections: 2,
      tls: { rejectUnauthorized: true },
    }),
    clock: { now: () => ({ seconds: 0, nanos: 0 }), monotonicMs: () => 0, sleep: () => Promise.resolve() },
    log: QUIET,
    signal: controller.signal,
    backOff: { baseMs: 250, capMs: 30_000 },
    concurrency: 2,
    gzipLevel: undefined,
    pipeline: undefined,
    settle: () => undefined,
    deadLetter: () => Promise.resolve(),
    count: () => undefined,
    prepare: () => Promise.resolve(),
    ...own,
  };
}

/** Delivers bulks and resolves when every record is settled. The clock runs as fast as it is slept on. */
async function deliver(bulks: readonly Bulk[], own: Partial<SenderOptions> = {}): Promise<Delivery> {
  const controller = new AbortController();
  const settled: Partial<Record<Settled, number>> = {};
  const letters: DeadLetter[] = [];
  const sleptMs: number[] = [];
  let nowMs = 0;
  let left = bulks.reduce((sum, { items }) => sum + items, 0);
  const { promise, resolve } = deferred();
  const sender = new BulkSender(
    optionsFor(controller, {
      clock: {
        now: () => ({ seconds: nowMs / 1000, nanos: 0 }),
        monotonicMs: () => nowMs,
        sleep: (ms) => {
          sleptMs.push(ms);
          nowMs += ms;
          return Promise.resolve();
        },
      },
      settle: (_segment, count, how) => {
        settled[how] = (settled[how] ?? 0) + count;
        left -= count;
        if (left === 0) resolve();
      },
      deadLetter: (letter) => {
        letters.push(letter);
        return Promise.resolve();
      },
      ...own,
    }),
  );
  for (const bulk of bulks) sender.send(bulk);
  await promise;
  controller.abort();
  await sender.close();
  return { settled, letters, sleptMs };
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** These steps, then the server takes everything. */
function script(...steps: readonly Step[]): void {
  server.script = (request) => steps[request] ?? { kind: 'take' };
}

function refusal(status: number, type: string, reason = 'because'): ItemAnswer {
  return { status, error: { type, reason } };
}

const MAPPING = refusal(400, 'mapper_parsing_exception', 'failed to parse field [n] of type [long]');
const BUSY = refusal(429, 'es_rejected_execution_exception');

interface Row {
  readonly name: string;
  readonly steps: readonly Step[];
  readonly settled: Partial<Record<Settled, number>>;
  /** Items of each request. */
  readonly requests: readonly number[];
  readonly waits: number;
}

const whole = (status: number, body = ''): Step => ({ kind: 'answer', status, body });

test.each<Row>([
  { name: 'everything stored', steps: [], settled: { stored: 3 }, requests: [3], waits: 0 },
  ...[429, 500, 502, 503, 504, 401, 403, 404, 406, 408].map((status) => ({
    name: `HTTP ${status}, twice`,
    steps: [whole(status), whole(status, '<html>')],
    settled: { stored: 3 },
    requests: [3, 3, 3],
    waits: 2,
  })),
  {
    name: 'a busy item goes alone',
    steps: [{ kind: 'items', refuse: { 1: BUSY } }],
    settled: { stored: 3 },
    requests: [3, 1],
    waits: 1,
  },
  {
    name: 'a right is missing',
    steps: [{ kind: 'items', refuse: { 0: refusal(403, 'security_exception') } }],
    settled: { stored: 3 },
    requests: [3, 1],
    waits: 1,
  },
  {
    name: 'the mapping refuses an item',
    steps: [{ kind: 'items', refuse: { 2: MAPPING } }],
    settled: { stored: 2, rescued: 1 },
    requests: [3, 1],
    waits: 0,
  },
  {
    name: 'the mapping refuses its rescue, too',
    steps: [
      { kind: 'items', refuse: { 2: MAPPING } },
      { kind: 'items', refuse: { 0: MAPPING } },
    ],
    settled: { stored: 2, 'dead-lettered': 1 },
    requests: [3, 1],
    waits: 0,
  },
  {
    name: 'one of each',
    steps: [
      { kind: 'items', refuse: { 0: BUSY, 1: MAPPING } },
      { kind: 'items', refuse: { 1: BUSY } },
    ],
    settled: { stored: 2, rescued: 1 },
    requests: [3, 2, 1],
    waits: 2,
  },
  { name: 'too large', steps: [whole(413)], settled: { stored: 3 }, requests: [3, 1, 2], waits: 0 },
  {
    name: 'too large, each',
    steps: [whole(413), whole(413)],
    settled: { stored: 2, 'dead-lettered': 1 },
    requests: [3, 1, 2],
    waits: 0,
  },
  {
    name: 'an empty answer',
    steps: [{ kind: 'take-and-say', body: '' }],
    settled: { duplicate: 3 },
    requests: [3, 3],
    waits: 1,
  },
  {
    name: 'garbage',
    steps: [{ kind: 'take-and-say', body: '{"items":' }],
    settled: { duplicate: 3 },
    requests: [3, 3],
    waits: 1,
  },
  {
    name: 'an answer for fewer items',
    steps: [{ kind: 'take-and-say', body: '{"errors":false,"items":[{"create":{"status":201}}]}' }],
    settled: { duplicate: 3 },
    requests: [3, 3],
    waits: 1,
  },
  { name: 'a reset before anything', steps: [{ kind: 'reset' }], settled: { stored: 3 }, requests: [3, 3], waits: 1 },
  {
    name: 'a reset in the middle of the answer',
    steps: [{ kind: 'take-and-cut', bytes: 20 }],
    settled: { duplicate: 3 },
    requests: [3, 3],
    waits: 1,
  },
  {
    name: 'a reset before the answer',
    steps: [{ kind: 'take-and-cut', bytes: 0 }],
    settled: { duplicate: 3 },
    requests: [3, 3],
    waits: 1,
  },
  { name: 'no answer', steps: [{ kind: 'take-and-hang' }], settled: { duplicate: 3 }, requests: [3, 3], waits: 1 },
])('$name', async ({ steps, settled, requests, waits }) => {
  script(...steps);
  const delivery = await deliver([bulkOfDocuments(3)]);
  expect(delivery.settled).toEqual(settled);
  expect(server.requests).toEqual(requests);
  expect(delivery.sleptMs).toHaveLength(waits);
  expect(server.stored.size).toBe(3 - delivery.letters.length);
});

test('a rescued document has everything in the bag, with the reason, under its own id', async () => {
  script({ kind: 'items', refuse: { 0: MAPPING } });
  await deliver([bulkOfDocuments(1)]);
  expect(JSON.parse(server.stored.get('logs/k0') ?? '')).toEqual({
    '@timestamp': '2026-03-02T00:00:00Z',
    tags: ['_rescued'],
    rescue_reason: 'failed to parse field [n] of type [long]',
    overflow: { n: 0, '@timestamp': '2026-03-02T00:00:00Z' },
  });
});

test("a dead letter has the server's reason, the document as it was, and what was tried", async () => {
  const again = refusal(400, 'mapper_parsing_exception', 'and again');
  script(
    { kind: 'items', refuse: { 0: BUSY } },
    { kind: 'items', refuse: { 0: MAPPING } },
    { kind: 'items', refuse: { 0: again } },
  );
  const { letters } = await deliver([bulkOfDocuments(1, 7)]);
  expect(letters).toEqual([
    {
      destination: 'logs',
      id: 'k7',
      status: 400,
      type: 'mapper_parsing_exception',
      reason: 'and again',
      attempts: 3,
      document: '{"n":7,"@timestamp":"2026-03-02T00:00:00Z"}',
    },
  ]);
});

test('of a request that is refused as a whole only the poison is given up', async () => {
  const poison = '{"n":5,';
  server.script = (_request, items) =>
    items.some((document) => document.startsWith(poison)) ? whole(400, 'malformed') : { kind: 'take' };
  const { settled, letters } = await deliver([bulkOfDocuments(20)]);
  expect(settled).toEqual({ stored: 19, 'dead-lettered': 1 });
  expect(letters.map(({ id, status, reason }) => [id, status, reason])).toEqual([['k5', 400, 'HTTP 400: malformed']]);
});

test('a record that is too large alone says so in its dead letter', async () => {
  script(whole(413));
  const { letters } = await deliver([bulkOfDocuments(1)]);
  expect(letters.map(({ status, reason }) => [status, reason])).toEqual([[413, 'HTTP 413: the request is too large']]);
});

test('waits grow under a cap, are spread, and never shorter than the server asks', async () => {
  const steps: Step[] = Array.from({ length: 40 }, () => whole(503));
  steps[20] = { kind: 'answer', status: 429, body: '', retryAfter: '120' };
  script(...steps);
  const { sleptMs } = await deliver([bulkOfDocuments(1)]);
  expect(sleptMs).toHaveLength(40);
  for (const [i, ms] of sleptMs.entries()) {
    if (i !== 20) expect(ms).toBeLessThanOrEqual(Math.min(30_000, 250 * 2 ** i));
  }
  expect(sleptMs[20]).toBe(120_000);
  expect(new Set(sleptMs.slice(21)).size).toBeGreaterThan(10);
});

test('an item that never goes in while time passes is given up in the end', async () => {
  server.script = (_request, items) => ({
    kind: 'items',
    refuse: Object.fromEntries(
      items.flatMap((document, i) => (document.startsWith('{"n":1,') ? [[i, refusal(500, 'odd')]] : [])),
    ),
  });
  const { settled, letters, sleptMs } = await deliver([bulkOfDocuments(3)]);
  expect(settled).toEqual({ stored: 2, 'dead-lettered': 1 });
  expect(letters[0]?.reason).toBe('500 odd: because');
  expect(sleptMs.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThanOrEqual(15 * 60_000);
});

test('a dead-letter file that cannot be written is waited for', async () => {
  const { EnvironmentError } = await import('../core/failure.ts');
  script({ kind: 'items', refuse: { 0: MAPPING } }, { kind: 'items', refuse: { 0: MAPPING } });
  let tries = 0;
  const { settled } = await deliver([bulkOfDocuments(1)], {
    deadLetter: () => {
      tries++;
      return tries < 3 ? Promise.reject(new EnvironmentError('state/dead-letter', 'full')) : Promise.resolve();
    },
  });
  expect([tries, settled]).toEqual([3, { 'dead-lettered': 1 }]);
});

test('stopped while it waits: it ends at once, and nothing is settled that is not stored', async () => {
  server.script = () => whole(503);
  const controller = new AbortController();
  const waits = deferred();
  let settled = 0;
  const sender = new BulkSender(
    optionsFor(controller, {
      clock: {
        now: () => ({ seconds: 0, nanos: 0 }),
        monotonicMs: () => 0,
        sleep: (_ms, signal) => {
          waits.resolve();
          return new Promise((_resolve, reject) =>
            signal.addEventListener('abort', () => reject(signal.reason as Error)),
          );
        },
      },
      settle: () => {
        settled++;
      },
    }),
  );
  sender.send(bulkOfDocuments(3));
  await waits.promise;
  controller.abort(new Error('the program ends'));
  await sender.close();
  expect([settled, server.stored.size]).toEqual([0, 0]);
});

test('the template is asked for until it succeeds once', async () => {
  const { EnvironmentError } = await import('../core/failure.ts');
  script();
  let tries = 0;
  const prepare = (): Promise<void> => {
    tries++;
    return tries < 3 ? Promise.reject(new EnvironmentError('search/transport', 'busy')) : Promise.resolve();
  };
  await deliver([bulkOfDocuments(2)], { prepare, concurrency: 1 });
  expect([tries, server.stored.size]).toEqual([3, 2]);
});

test('whatever the server does, every record is settled once, and stored once or in the dead-letter file', async () => {
  const item = fc.constantFrom(
    BUSY,
    MAPPING,
    refusal(503, 'unavailable_shards_exception'),
    refusal(403, 'security_exception'),
  );
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.constant<Step>({ kind: 'take' }),
    fc.constant<Step>({ kind: 'reset' }),
    fc.constantFrom(400, 413, 429, 500, 503).map((status) => whole(status, 'no')),
    fc.dictionary(fc.nat(9).map(String), item).map((refuse): Step => ({ kind: 'items', refuse })),
    fc.nat(60).map((bytes): Step => ({ kind: 'take-and-cut', bytes })),
    fc.constantFrom('', '[]', '{"items":[]}').map((body): Step => ({ kind: 'take-and-say', body })),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.integer({ min: 1, max: 3 }), async (steps, bulks) => {
      server.stored.clear();
      server.requests.length = 0;
      script(...steps);
      const all = Array.from({ length: bulks }, (_, i) => bulkOfDocuments(5, i * 5));
      const { settled, letters } = await deliver(all);
      expect(Object.values(settled).reduce((sum, count) => sum + count, 0)).toBe(bulks * 5);
      expect(new Set(letters.map(({ id }) => id)).size).toBe(letters.length);
      const known = new Set([...server.stored.keys(), ...letters.map(({ id }) => `logs/${id}`)]);
      expect(known.size).toBe(bulks * 5);
    }),
    { numRuns: 50 },
  );
});
