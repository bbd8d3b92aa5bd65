import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Clock, Log } from '../core/plugin.ts';
import { timeText } from '../formats/kql/time-bound.ts';
import { documentId } from '../search/id.ts';
import { type OpenedStore, openForWriting } from '../store/open-store.ts';
import type {
  ContextAnswer,
  FacetsAnswer,
  HistogramAnswer,
  ProblemsAnswer,
  SandboxAnswer,
  SandboxesAnswer,
  SearchAnswer,
  SearchesAnswer,
} from './contract.ts';
import { SandboxViews } from './sandbox-views.ts';
import { ApiServer } from './server.ts';

const TOKEN = 'secret-of-the-test';
const clock: Clock = {
  now: () => ({ seconds: 1_772_500_000, nanos: 5 }),
  monotonicMs: () => performance.now(),
  sleep: (_ms, end) => new Promise((_, reject) => end.addEventListener('abort', () => reject(end.reason as Error))),
};
const silent: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const signal = new AbortController().signal;
const START = 1_772_409_600_000_000_000n;
const SECOND = 1_000_000_000n;

let directory = '';
let opened: OpenedStore;
let server: ApiServer;

beforeAll(async () => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'katalog-api-'));
  opened = await openForWriting({ directory: path.join(directory, 'store'), clock, log: silent });
  await opened.store.append(
    Array.from({ length: 60 }, (_, n) => ({
      id: documentId('aaaaaaaaaaa', n, 1, 0),
      time: START + BigInt(n) * SECOND,
      document: JSON.stringify({
        tag: 'kata.test',
        kata: {
          level: n % 20 === 0 ? 'error' : 'info',
          sandbox: `s${n % 2}`,
          component: 'shim',
          msg: `<img src=x onerror=alert(${n})>`,
        },
      }),
    })),
    signal,
  );
  const context = {
    store: opened.store,
    writer: opened.writer,
    clock,
    log: silent,
    stateDirectory: directory,
    version: 'test',
    following: true,
    sources: () => ({ sources: [] }),
  };
  server = await ApiServer.create({ context, token: TOKEN, hosts: [], page: undefined });
});

afterAll(async () => {
  await server.close();
  await opened.close();
  fs.rmSync(directory, { recursive: true });
});

interface Asked {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

async function ask(url: string, { method = 'GET', headers = {}, body }: Asked = {}) {
  return server.app.inject({
    method,
    url,
    headers: { host: '127.0.0.1:7347', authorization: `Bearer ${TOKEN}`, ...headers },
    ...(body !== undefined && { payload: body }),
  });
}

async function get<T>(url: string): Promise<T> {
  const answer = await ask(url);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json<T>();
}

test('pages of records, each with a cursor to go on from', async () => {
  const first = await get<SearchAnswer>('/api/search?limit=40&query=level:info');
  const second = await get<SearchAnswer>(`/api/search?limit=40&query=level:info&after=${first.next}`);
  expect([first.rows.length, second.rows.length, second.next]).toEqual([40, 17, null]);
  expect(first.rows[0]).toMatchObject({
    time: '2026-03-02T00:00:59.000000000Z',
    fields: { 'kata.level': 'info', tag: 'kata.test' },
  });
});

test('records around one', async () => {
  const { rows } = await get<SearchAnswer>('/api/search?query=level:error&order=asc&limit=2');
  const { rows: around, at } = await get<ContextAnswer>(`/api/context?cursor=${rows[1]?.cursor}&before=2&after=3`);
  expect(around).toHaveLength(6);
  expect(around[at]?.id).toBe(rows[1]?.id);
  const same = await get<ContextAnswer>(`/api/context?cursor=${rows[1]?.cursor}&before=1&after=1&query=level:info`);
  expect([same.rows.length, same.at]).toEqual([2, -1]);
});

test('histogram, facets, sandboxes, problems', async () => {
  const histogram = await get<HistogramAnswer>('/api/histogram?buckets=6');
  expect(histogram).toMatchObject({ total: 60, interval_ms: 10_000, series: ['info', 'error'] });
  const facets = await get<FacetsAnswer>('/api/facets?fields=sandbox,nothing&query=level:error');
  expect(facets.facets).toMatchObject([
    { values: [{ value: 's0', count: 3 }], missing: 0 },
    { values: [], missing: 3 },
  ]);
  const sandboxes = await get<SandboxesAnswer>('/api/sandboxes');
  expect(sandboxes.sandboxes.map(({ id, records, errors }) => [id, records, errors])).toEqual([
    ['s1', 30, 0],
    ['s0', 30, 3],
  ]);
  const { sandbox } = await get<SandboxAnswer>('/api/sandboxes/s0');
  expect(sandbox.first_error?.fields['kata.level']).toBe('error');
  expect(sandbox.silences.map(({ ms, phase, after }) => [ms, phase, after.fields['kata.sandbox']])).toEqual(
    Array(3).fill([2000, 'prepare', 's0']),
  );
  const { problems } = await get<ProblemsAnswer>('/api/problems');
  expect(problems.reduce((sum, { count }) => sum + count, 0)).toBe(3);
  const news = async (from: string): Promise<readonly boolean[]> => {
    const answer = await get<ProblemsAnswer>(`/api/problems${from}`);
    return answer.problems.map(({ is_new: isNew }) => isNew);
  };
  const since = (n: number): string => `?from=${encodeURIComponent(timeText(START + BigInt(n) * SECOND))}`;
  expect([await news(''), await news(since(-1)), await news(since(10))]).toEqual([[false], [true], [false]]);
});

test('lives of sandboxes are read a part at a time, and none twice', async () => {
  const { sandboxes } = await opened.store.sandboxes({ query: { kind: 'all' } }, 10, signal);
  const views = new SandboxViews(opened.store);
  const [first, second, whole] = [
    await views.of(sandboxes, 1, signal),
    await views.of(sandboxes, 1, signal),
    await views.of(sandboxes, 0, signal),
  ];
  expect([first, second, whole].map(({ views: of, pending }) => [[...of.keys()], pending])).toEqual([
    [['s1'], 1],
    [['s1', 's0'], 0],
    [['s1', 's0'], 0],
  ]);
});

test('an export is whole, and no cell of it is a formula', async () => {
  const { body } = await ask('/api/export?format=csv&fields=kata.msg&query=level:error');
  expect(body.split('\r\n')).toHaveLength(5);
  const ndjson = (await ask('/api/export?format=ndjson')).body.trim().split('\n');
  expect(ndjson).toHaveLength(60);
  expect(JSON.parse(ndjson[0] as string)).toMatchObject({
    '@timestamp': '2026-03-02T00:00:00.000000000Z',
    kata: { level: 'error' },
  });
});

test.each([
  ['/api/search?query=level:', 400, 'query/syntax'],
  ['/api/search?limit=100000', 400, 'api/bad-request'],
  ['/api/search?from=yesterday', 400, 'api/bad-request'],
  ['/api/search?after=x', 400, 'query/cursor'],
  ['/api/sandboxes/none', 404, 'api/no-sandbox'],
  ['/api/none', 404, 'api/no-route'],
])('%s is refused with %i %s', async (url, status, code) => {
  const answer = await ask(url);
  expect(answer.statusCode).toBe(status);
  expect(answer.json<{ error: { code: string } }>().error.code).toBe(code);
});

test.each<[string, Record<string, string>, number]>([
  ['no token', { authorization: '' }, 401],
  ['a wrong token', { authorization: 'Bearer wrong' }, 401],
  [
    'basic with the token as password',
    { authorization: `Basic ${Buffer.from(`katalog:${TOKEN}`).toString('base64')}` },
    200,
  ],
  ['another host name', { host: 'evil.example:7347' }, 403],
  ['another origin', { origin: 'http://evil.example' }, 403],
  ['a script of another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 403],
  ['our own origin', { origin: 'http://127.0.0.1:7347' }, 200],
])('%s', async (_, headers, status) => {
  expect((await ask('/api/about', { headers })).statusCode).toBe(status);
});

test('every answer carries a strict policy', async () => {
  const { headers } = await ask('/api/about');
  expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
});

test('the printed address works once and leaves a cookie', async () => {
  const { url } = await server.listen('127.0.0.1', 0);
  const { host, pathname, search } = new URL(url);
  const open = async (): Promise<Awaited<ReturnType<typeof ask>>> =>
    ask(pathname + search, { headers: { host, authorization: '' } });
  const first = await open();
  expect([first.statusCode, (await open()).statusCode]).toEqual([200, 401]);
  // Without an icon of its own a browser asks for /favicon.ico, which is not there.
  expect(first.body).toContain('<link rel="icon" href="/favicon.svg"');
  const cookie = String(first.headers['set-cookie']);
  expect(cookie).toContain('HttpOnly; SameSite=Strict');
  const headers = { host, cookie: cookie.split(';', 1)[0] as string };
  const { statusCode } = await server.app.inject({ url: '/api/about', headers });
  expect(statusCode).toBe(200);
});

test('saved searches are kept; those of the program stay', async () => {
  const put = async (name: string, body: object) =>
    ask(`/api/searches/${encodeURIComponent(name)}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  expect((await put('mine', { name: 'mine', query: 'level:error' })).statusCode).toBe(204);
  expect((await put('Errors', { name: 'Errors', query: '' })).statusCode).toBe(409);
  expect((await put('mine', { name: 'mine', query: 7, extra: [] })).statusCode).toBe(204);
  const { searches } = await get<SearchesAnswer>('/api/searches');
  expect(searches.filter(({ built_in: builtIn }) => !builtIn).map(({ name }) => name)).toEqual(['mine']);
  expect((await ask('/api/searches/mine', { method: 'DELETE' })).statusCode).toBe(204);
});

test('bulk: an answer for each item, 409 for what is there, 400 and 405 for what cannot be', async () => {
  const body = [
    '{"create":{"_index":"logs","_id":"one"}}',
    '{"@timestamp":"2026-03-02T10:00:00.123456789Z","message":"first"}',
    '{"index":{"_index":"logs"}}',
    '{"message":"no id, no time"}',
    '{"create":{"_index":"logs","_id":"bad"}}',
    'no json',
    '{"delete":{"_index":"logs","_id":"one"}}',
    '{"create":{"_index":"logs","_id":"one"}}',
    '{"message":"again"}',
    '',
  ].join('\n');
  const headers = { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' };
  const answer = await ask('/_bulk', { method: 'POST', headers, body: gzipSync(body) });
  const { items, errors } = answer.json<{
    errors: boolean;
    items: Record<string, { status: number; _id: string }>[];
  }>();
  expect(errors).toBe(true);
  expect(items.map((item) => Object.values(item)[0]?.status)).toEqual([201, 201, 400, 405, 409]);
  expect(answer.headers['x-elastic-product']).toBe('Elasticsearch');
  const again = await ask('/logs/_bulk', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"create":{"_id":"two"}}\n{"a":1}\n',
  });
  expect(again.body).toMatch(/"errors":false,"items":\[/);
  const counted = async (url: string): Promise<number> => (await get<{ count: number }>(url)).count;
  expect([await counted('/logs/_count'), await counted('/lo*/_count'), await counted('/other/_count')]).toEqual([
    3, 3, 0,
  ]);
  const many = await ask('/logs/_mget', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"ids":["one","none"]}',
  });
  expect(many.json<{ docs: object[] }>().docs).toMatchObject([
    { _id: 'one', found: true, _source: { message: 'first', '@timestamp': '2026-03-02T10:00:00.123456789Z' } },
    { _id: 'none', found: false },
  ]);
});

test('the OpenAPI document tells the routes of the contract', async () => {
  const { paths } = await get<{ paths: Record<string, unknown> }>('/openapi.json');
  expect(Object.keys(paths)).toEqual(
    expect.arrayContaining(['/api/search', '/api/histogram', '/api/sandboxes/{id}', '/healthz']),
  );
  expect(Object.keys(paths).some((url) => url.includes('_bulk'))).toBe(false);
});

test('metrics and health are open', async () => {
  expect((await ask('/healthz', { headers: { authorization: '' } })).json()).toEqual({ status: 'ok' });
  expect((await ask('/metrics', { headers: { authorization: '' } })).body).toContain('katalog_store_stopped 0');
});
