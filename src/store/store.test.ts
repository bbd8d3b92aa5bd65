import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Clock, Log } from '../core/plugin.ts';
import { parseQuery } from '../formats/kql/parse.ts';
import type { Query } from '../formats/kql/query.ts';
import { documentId } from '../search/id.ts';
import type { NewRecord, StoredRecord } from './log-store.ts';
import { type OpenedStore, openForReading, openForWriting } from './open-store.ts';

const signal = new AbortController().signal;
const DAY = 86_400_000_000_000n;
const START = 1_772_409_600_000_000_000n;
const clock: Clock = {
  now: () => ({ seconds: 1_772_500_000, nanos: 0 }),
  monotonicMs: () => performance.now(),
  sleep: (_ms, end) => new Promise((_, reject) => end.addEventListener('abort', () => reject(end.reason as Error))),
};
const silent: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const opened: OpenedStore[] = [];
const directories: string[] = [];

function temporary(): string {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'katalog-store-'));
  directories.push(directory);
  return directory;
}

async function open(directory: string, writer = {}): Promise<OpenedStore> {
  const store = await openForWriting({ directory, clock, log: silent, writer });
  opened.push(store);
  return store;
}

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  for (const directory of directories.splice(0)) fs.rmSync(directory, { recursive: true });
});

function query(text: string): Query {
  const outcome = parseQuery(text);
  if (!outcome.ok) throw new Error(text);
  return outcome.query;
}

function record(n: number, fields: object = {}): NewRecord {
  const level = n % 10 === 0 ? 'error' : 'info';
  const document = {
    message: `record ${n} of many`,
    kata: { level, sandbox: `s${n % 3}`, pid: n },
    Name: `N${n}`,
    ...fields,
  };
  return {
    id: documentId('aaaaaaaaaaa', n * 100, n, 0),
    time: START + BigInt(n) * 1_000_000n,
    document: JSON.stringify(document),
  };
}

const hundred = Array.from({ length: 100 }, (_, n) => record(n));

function numbers(records: readonly StoredRecord[]): number[] {
  return records.map(({ fields }) => Number(fields.get('kata.pid')));
}

test.each(['hot', 'sealed', 'both'])('records come back as they were, in order, in pages (%s)', async (where) => {
  const { store, writer } = await open(temporary());
  await store.append(hundred.slice(0, 50), signal);
  if (where !== 'hot') await writer.seal();
  await store.append(hundred.slice(50), signal);
  if (where === 'sealed') await writer.seal();
  const first = await store.search({ query: query(''), limit: 30, order: 'desc' }, signal);
  expect(numbers(first.records)).toEqual(Array.from({ length: 30 }, (_, i) => 99 - i));
  const last = first.records.at(-1) as StoredRecord;
  const second = await store.search({ query: query(''), limit: 30, order: 'desc', after: last }, signal);
  expect(numbers(second.records)).toEqual(Array.from({ length: 30 }, (_, i) => 69 - i));
  const oldest = await store.search({ query: query('level:error'), limit: 3, order: 'asc' }, signal);
  expect(oldest.records).toEqual(
    [0, 10, 20]
      .map((n) => ({
        id: hundred[n]?.id,
        time: hundred[n]?.time,
        fields: new Map<string, unknown>([
          ['message', `record ${n} of many`],
          ['kata.level', 'error'],
          ['kata.sandbox', `s${n % 3}`],
          ['kata.pid', n],
          ['Name', `N${n}`],
        ]),
      }))
      .map((one) => ({ ...one, fields: expect.objectContaining({}) })),
  );
  expect(Object.fromEntries(oldest.records[1]?.fields ?? [])).toEqual({
    message: 'record 10 of many',
    'kata.level': 'error',
    'kata.sandbox': 's1',
    'kata.pid': 10,
    Name: 'N10',
  });
  expect(await store.byIds([hundred[7]?.id as string, 'nobody'], signal)).toHaveLength(1);
});

test('counts: histogram, most frequent values, statistics, fields, sandboxes', async () => {
  const { store, writer } = await open(temporary());
  await store.append(hundred.slice(0, 60), signal);
  await writer.seal();
  await store.append(hundred.slice(60), signal);
  const histogram = await store.histogram({ query: query(''), buckets: 10, by: 'level' }, signal);
  expect(histogram.interval).toBe(10_000_000n);
  expect(histogram.counts.filter(({ value }) => value === 'error').map(({ count }) => count)).toEqual(
    Array(10).fill(1),
  );
  const top = await store.top(
    { query: query('level:info'), fields: ['sandbox', 'kata.pid', 'none'], limit: 2 },
    signal,
  );
  expect(top.total).toBe(90);
  expect(top.fields.map(({ present }) => present)).toEqual([90, 90, 0]);
  expect(top.fields[0]?.values).toEqual([
    { value: 's0', count: 30 },
    { value: 's1', count: 30 },
  ]);
  expect(typeof top.fields[1]?.values[0]?.value).toBe('number');
  const stats = await store.stats({ query: query('') }, 'kata.pid', signal);
  expect(stats).toMatchObject({ total: 100, present: 100, numbers: { min: 0, max: 99, mean: 49.5 } });
  const fields = await store.fields({}, signal);
  expect(fields.total).toBe(100);
  expect(fields.fields.find(({ name }) => name === 'Name')).toEqual({ name: 'Name', count: 100, types: ['string'] });
  const { sandboxes } = await store.sandboxes({ query: query('') }, 10, signal);
  expect(sandboxes.map(({ id, records, errors }) => [id, records, errors])).toEqual([
    ['s0', 34, 4],
    ['s2', 33, 3],
    ['s1', 33, 3],
  ]);
});

test('what was stored once is not stored again, sealed or not, after a restart or not', async () => {
  const directory = temporary();
  const first = await open(directory);
  expect(await first.store.append(hundred, signal)).toEqual(Array(100).fill(true));
  expect(await first.store.append(hundred, signal)).toEqual(Array(100).fill(false));
  await first.writer.seal();
  const mixed = [record(42), record(200), record(200), record(42, { changed: true })];
  expect(await first.store.append(mixed, signal)).toEqual([false, true, false, false]);
  await first.close();
  opened.pop();
  const second = await open(directory);
  expect(await second.store.append([...mixed, record(201)], signal)).toEqual([false, false, false, false, true]);
  expect(await second.store.count({ query: query('') }, signal)).toBe(102);
});

test('documents with ids of their own are told apart by them', async () => {
  const { store, writer } = await open(temporary());
  const foreign = ['a', 'b', 'é"\\'].map((id) => ({ ...record(1), id }));
  expect(await store.append(foreign, signal)).toEqual([true, true, true]);
  expect(await store.append(foreign, signal)).toEqual([false, false, false]);
  await writer.seal();
  expect(await store.append([...foreign, { ...record(1), id: 'c' }], signal)).toEqual([false, false, false, true]);
  expect((await store.byIds(['é"\\'], signal))[0]?.id).toBe('é"\\');
});

test('a segment that is damaged costs that segment only, and is told', async () => {
  const directory = temporary();
  const first = await open(directory);
  await first.store.append(hundred.slice(0, 50), signal);
  await first.writer.seal();
  await first.store.append(hundred.slice(50), signal);
  await first.writer.seal();
  await first.close();
  opened.pop();
  const files = fs.readdirSync(path.join(directory, 'seg'), { recursive: true, encoding: 'utf8' });
  const victim = path.join(directory, 'seg', files.filter((name) => name.endsWith('.parquet')).sort()[0] as string);
  const bytes = fs.readFileSync(victim);
  bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
  fs.writeFileSync(victim, bytes);
  const store = openForReading(directory, clock);
  const all = { query: query(''), limit: 1000, order: 'asc' } as const;
  // The second one asks while the first still has the files checked.
  for (const found of await Promise.all([store.search(all, signal), store.search(all, signal)])) {
    expect(found.records).toHaveLength(50);
    expect(found.damaged).toMatchObject([{ rows: 50, reason: 'its checksum does not match its content' }]);
  }
  await store.close();
});

test('records of several days become a segment a day; what is too much goes, the oldest first', async () => {
  const directory = temporary();
  const { store, writer } = await open(directory, { retention: { maxAgeSeconds: 1e9, maxBytes: 1 } });
  await store.append([record(1)], signal);
  await store.append([{ ...record(2), time: START + 3n * DAY }], signal);
  await writer.seal();
  expect(await store.count({ query: query('') }, signal)).toBe(0);
  await store.append([record(3)], signal);
  expect(await store.count({ query: query('') }, signal)).toBe(1);
});

function segmentsOf(directory: string): string[] {
  const files = fs.readdirSync(path.join(directory, 'seg'), { recursive: true, encoding: 'utf8' });
  return files.filter((name) => name.endsWith('.parquet'));
}

test('small segments become one: nothing is lost or doubled, a reader and a tail do not notice', async () => {
  const directory = temporary();
  const { store, writer } = await open(directory);
  for (let n = 0; n < 100; n += 20) {
    await store.append(hundred.slice(n, n + 20), signal);
    await store.append([record(1000 + n, { [`rare${n}`]: n })], signal);
    await writer.seal();
  }
  const reader = openForReading(directory, clock);
  const before = await reader.search({ query: query(''), limit: 1000, order: 'asc' }, signal);
  expect(before.records).toHaveLength(105);
  const fields = await reader.fields({}, signal);
  await writer.tidy();
  const manifest = fs.readFileSync(path.join(directory, 'manifest.jsonl'), 'utf8').trimEnd().split('\n');
  expect(manifest.filter((line) => line.includes('"kind":"merge"'))).toHaveLength(1);
  const after = await reader.search({ query: query(''), limit: 1000, order: 'asc' }, signal);
  expect(after.records).toEqual(before.records);
  expect(await reader.fields({}, signal)).toEqual(fields);
  await reader.close();
  expect(await store.append([...hundred, record(2000)], signal)).toEqual([...Array(100).fill(false), true]);
  const tail = store.tail({ query: query(''), resume: '5.0' }, signal)[Symbol.asyncIterator]();
  expect((await tail.next()).value.missed).toBe(0);
});

test.each(['before', 'after'])('a crash %s the manifest names a merged segment', async (when) => {
  const directory = temporary();
  const first = await open(directory);
  for (let n = 0; n < 100; n += 20) {
    await first.store.append(hundred.slice(n, n + 20), signal);
    await first.writer.seal();
  }
  const manifest = path.join(directory, 'manifest.jsonl');
  const unmerged = fs.readFileSync(manifest);
  await first.writer.tidy();
  await first.close();
  opened.pop();
  // The merged segments are there for a while yet, as a crash leaves them.
  expect(segmentsOf(directory)).toHaveLength(6);
  if (when === 'before') fs.writeFileSync(manifest, unmerged);
  const { store } = await open(directory);
  expect(segmentsOf(directory)).toHaveLength(when === 'before' ? 5 : 1);
  expect(await store.count({ query: query('') }, signal)).toBe(100);
  expect(await store.append(hundred, signal)).toEqual(Array(100).fill(false));
});

test('records go when they are too old, whole segments at a time; what is younger stays', async () => {
  const directory = temporary();
  let nowSeconds = 1_772_500_000;
  const moving: Clock = { ...clock, now: () => ({ seconds: nowSeconds, nanos: 0 }) };
  const writer = { retention: { maxAgeSeconds: 3600, maxBytes: 1e9 } };
  const store = await openForWriting({ directory, clock: moving, log: silent, writer });
  opened.push(store);
  const reader = openForReading(directory, clock);
  for (const n of [1, 2, 3]) {
    await store.store.append([record(n)], signal);
    await store.writer.seal();
    nowSeconds += 1801;
  }
  expect(numbers((await reader.search({ query: query(''), limit: 9, order: 'asc' }, signal)).records)).toEqual([2, 3]);
  nowSeconds += 7200;
  store.writer.retain();
  expect(await reader.count({ query: query('') }, signal)).toBe(0);
  expect(segmentsOf(directory)).toEqual([]);
  await reader.close();
});

test('a time beyond 64 bits of nanoseconds does not keep its file from being sealed', async () => {
  const { store, writer } = await open(temporary());
  await store.append([record(1), { ...record(2), time: 2n ** 64n }], signal);
  await writer.seal();
  const { records } = await store.search({ query: query(''), limit: 9, order: 'asc' }, signal);
  expect(records.map(({ time }) => time)).toEqual([START + 1_000_000n, 2n ** 63n - 1n]);
});

test('hostile records: names that differ by case, quotes and control characters, half surrogates, mixed types', async () => {
  const { store, writer } = await open(temporary());
  const documents = [
    '{"Name":"a","name":"b","NAME":"c","_t":"d","__proto__":"e","a\\"b\'c\\u0000":"f","half":"\\ud800x","":"empty"}',
    '{"mixed":1,"long":12345678901234567890,"price":1.50}',
    '{"mixed":"1","list":["x",2,null],"none":null,"deep":{"a":{"b":true},"empty":{}}}',
    '{"mixed":true}',
  ];
  await store.append(
    documents.map((document, n) => ({ ...record(n), document })),
    signal,
  );
  for (const state of ['hot', 'sealed']) {
    const { records } = await store.search({ query: query(''), limit: 10, order: 'asc' }, signal);
    expect(
      records.map(({ fields }) => new Map([...fields].sort())),
      state,
    ).toEqual([
      new Map([
        ['', 'empty'],
        ['NAME', 'c'],
        ['Name', 'a'],
        ['__proto__', 'e'],
        ['_t', 'd'],
        ['a"b\'c\u0000', 'f'],
        ['half', '\ufffdx'],
        ['name', 'b'],
      ]),
      new Map<string, unknown>([
        ['long', '12345678901234567890'],
        ['mixed', 1],
        ['price', 1.5],
      ]),
      new Map<string, unknown>([
        ['deep.a.b', true],
        ['deep.empty', '{}'],
        ['list', '["x",2,null]'],
        ['mixed', '1'],
        ['none', null],
      ]),
      new Map([['mixed', true]]),
    ]);
    expect(await store.count({ query: query('mixed:1') }, signal)).toBe(2);
    expect(await store.count({ query: query('list:x and list:2 and deep.a.b:true and not none:*') }, signal)).toBe(1);
    await writer.seal();
  }
});

test('another process sees what was written, while it is written and after', async () => {
  const directory = temporary();
  const { store, writer } = await open(directory);
  const reader = openForReading(directory, clock);
  await store.append(hundred.slice(0, 10), signal);
  expect(await reader.count({ query: query('') }, signal)).toBe(10);
  await writer.seal();
  await store.append(hundred.slice(10, 20), signal);
  expect(await reader.count({ query: query('') }, signal)).toBe(20);
  await reader.close();
});

test('the tail gives what comes, and goes on where it ended', async () => {
  const { store, writer } = await open(temporary());
  await store.append(hundred.slice(0, 5), signal);
  const end = new AbortController();
  const tail = store.tail({ query: query('kata.pid >= 6') }, end.signal)[Symbol.asyncIterator]();
  const waiting = tail.next();
  await store.append(hundred.slice(5, 8), signal);
  const got = (await waiting).value;
  expect(numbers(got.records)).toEqual([6, 7]);
  await writer.seal();
  await store.append(hundred.slice(8, 10), signal);
  const resumed = store.tail({ query: query(''), resume: got.resume }, end.signal)[Symbol.asyncIterator]();
  expect(numbers((await resumed.next()).value.records)).toEqual([8, 9]);
  end.abort(new Error('done'));
});
