// What is a cluster's own: the live tail over what becomes visible late, and indices that somebody else's template made.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseQuery } from '../../src/formats/kql/parse.ts';
import type { Query } from '../../src/formats/kql/query.ts';
import { timeBound } from '../../src/formats/kql/time-bound.ts';
import { systemClock } from '../../src/pipeline/system-clock.ts';
import { clusterConnection } from '../../src/search/connection.ts';
import { ClusterStore } from '../../src/store/cluster/cluster-store.ts';
import type { StoredRecord, TailBatch } from '../../src/store/log-store.ts';
import { describeWithServer, type SearchServer } from '../support/search-server.ts';

const signal = new AbortController().signal;
const ALL: Query = { kind: 'all' };

function kql(text: string): Query {
  const outcome = parseQuery(text);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  return outcome.query;
}

function openStore({ url }: SearchServer, indices: string): ClusterStore {
  return new ClusterStore(clusterConnection({ url, credentials: {}, isInsecure: false }), indices, systemClock);
}

/** Stores documents, by id, so that a search sees them. */
async function put(server: SearchServer, index: string, documents: Readonly<Record<string, object>>): Promise<void> {
  for (const [id, document] of Object.entries(documents))
    await server.request('PUT', `/${index}/_create/${id}?refresh=true`, document);
}

describeWithServer('the live tail of a cluster', (server) => {
  afterAll(() => server.deleteIndices('tailed-*'));

  const at = (second: number): string => `2026-03-02T10:00:${String(second).padStart(2, '0')}.001Z`;
  const record = (second: number, level = 'error'): object => ({ '@timestamp': at(second), level });

  const placeOf = (second: number, id: string): string => `${timeBound(at(second))}.${id}`;

  /** The ids of the next batches, until there are `count` of them; and where to go on. */
  async function next(batches: AsyncIterator<TailBatch>, count: number): Promise<readonly [string[], string]> {
    const ids: string[] = [];
    let resume = '';
    while (ids.length < count) {
      const { value } = await batches.next();
      ids.push(...value.records.map(({ id }: StoredRecord) => id));
      resume = value.resume;
    }
    return [ids, resume];
  }

  test('gives what comes, late records too, and goes on behind a place', async () => {
    await put(server, 'tailed-2026.03.02', { old: record(10), first: record(11) });
    const store = openStore(server, 'tailed-*');
    const stop = new AbortController();
    const begun = { query: kql('level:error'), resume: placeOf(10, 'old') };
    const tail = store.tail(begun, stop.signal)[Symbol.asyncIterator]();
    expect((await next(tail, 1))[0]).toEqual(['first']);
    await put(server, 'tailed-2026.03.02', { new: record(12), quiet: record(13, 'info'), late: record(5) });
    const [ids, resume] = await next(tail, 2);
    expect(ids.sort()).toEqual(['late', 'new']);
    expect(resume).toBe(placeOf(12, 'new'));
    stop.abort(new Error('enough'));

    await put(server, 'tailed-2026.03.02', { later: record(20) });
    const again = new AbortController();
    const resumed = store.tail({ query: kql('level:error'), resume }, again.signal)[Symbol.asyncIterator]();
    expect((await next(resumed, 1))[0]).toEqual(['later']);
    again.abort(new Error('enough'));
    await store.close();
  });
});

describeWithServer('indices without our template', (server) => {
  let store: ClusterStore;

  beforeAll(async () => {
    const documents = Array.from({ length: 12 }, (_, n) => [
      `doc-${String(n).padStart(2, '0')}`,
      {
        '@timestamp': `2026-03-02T10:00:00.0${n % 3}5Z`,
        kata_level: n % 2 === 0 ? 'warn' : 'error',
        message: `Failed to start sandbox-${n}`,
        kata_pid: n,
        free: { text: `value ${n % 4}` },
      },
    ]);
    await put(server, 'foreign-2026.03.02', Object.fromEntries(documents));
    store = openStore(server, 'foreign-*,absent-*');
  });
  afterAll(async () => {
    await store.close();
    await server.deleteIndices('foreign-*');
  });

  test.each([
    ['level:warning', 6],
    ['level >= error', 6],
    ['"failed to start"', 12],
    ['kata_pid >= 10', 2],
    ['free.text:"value 1"', 3],
    ['free.text:"value"', 0],
    ['free.text:v*1', 3],
    ['@timestamp >= "2026-03-02T10:00:00.005Z"', 12],
    ['@timestamp > "2026-03-02T10:00:00.005Z"', 8],
    ['@timestamp:["2026-03-02T10:00:00.005Z" TO "2026-03-02T10:00:00.005000001Z"}', 4],
  ])('%s finds %i', async (text, count) => {
    expect(await store.count({ query: kql(text) }, signal)).toBe(count);
  });

  test.each(['asc', 'desc'] as const)('pages go through equal milliseconds, %s', async (order) => {
    const ids: string[] = [];
    let after: StoredRecord | undefined;
    do {
      const { records } = await store.search({ query: ALL, order, limit: 3, after }, signal);
      ids.push(...records.map(({ id }) => id));
      after = records.at(-1);
    } while (after);
    expect(new Set(ids).size).toBe(12);
    expect(ids).toHaveLength(12);
  });

  test('facets and fields use what the mapping has', async () => {
    const { fields } = await store.top(
      { query: ALL, fields: ['level', 'free.text', 'message', 'absent'], limit: 2 },
      signal,
    );
    expect(fields).toEqual([
      {
        field: 'level',
        present: 12,
        values: [
          { value: 'error', count: 6 },
          { value: 'warning', count: 6 },
        ],
      },
      {
        field: 'free.text',
        present: 12,
        values: [
          { value: 'value 0', count: 3 },
          { value: 'value 1', count: 3 },
        ],
      },
      { field: 'message', present: 12, values: expect.any(Array) },
      { field: 'absent', present: 0, values: [] },
    ]);
    const known = await store.fields({}, signal);
    expect(known.fields.map(({ name }) => name).sort()).toEqual(['free.text', 'kata_level', 'kata_pid', 'message']);
  });

  test('indices that are not there are empty', async () => {
    const absent = openStore(server, 'no-such-*');
    expect(await absent.search({ query: ALL, order: 'asc', limit: 5 }, signal)).toEqual({ records: [], damaged: [] });
    expect(await absent.overview(signal)).toMatchObject({ records: 0, first: undefined, last: undefined });
    expect(await absent.sandboxes({ query: ALL }, 5, signal)).toEqual({ sandboxes: [], damaged: [] });
    await absent.close();
  });
});
