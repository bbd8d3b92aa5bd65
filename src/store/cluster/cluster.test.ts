// What a cluster may answer, and what becomes of it.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failureText } from '../../core/failure.ts';
import { clusterConnection } from '../../search/connection.ts';
import { Cluster } from './cluster.ts';

const SECRET = 'p4ss/word';
const signal = new AbortController().signal;

let server: Server;
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeAll(async () => {
  server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function clusterAt(credentials = ''): Cluster {
  const { port } = server.address() as AddressInfo;
  const url = `http://${credentials}127.0.0.1:${port}/base/`;
  return new Cluster(clusterConnection({ url, credentials: { apiKey: 'key' }, isInsecure: false }), 'logs-*,more');
}

function says(status: number, body: string): void {
  answer = (_, response) => {
    response.writeHead(status).end(body);
  };
}

const REFUSED = '{"error":{"reason":"outer","caused_by":{"reason":"the inner reason"}}}';

test.each([
  [401, REFUSED, 'search/credentials', 'does not let us in (401): the inner reason'],
  [403, REFUSED, 'search/credentials', 'the inner reason'],
  [400, REFUSED, 'search/query', 'the inner reason'],
  [429, REFUSED, 'search/busy', 'the inner reason'],
  [503, 'overloaded\u001b[2J', 'search/busy', 'overloaded\\x1b[2J'],
  [500, REFUSED, 'search/answer', 'answers 500: the inner reason'],
  [200, '<html>', 'search/answer', 'is this Elasticsearch or OpenSearch?'],
])('%i %s is %s', async (status, body, code, message) => {
  says(status, body);
  const cluster = clusterAt(`elastic:${encodeURIComponent(SECRET)}@`);
  const thrown = await cluster.search({}, signal).catch((caught: unknown) => caught);
  await cluster.close();
  expect(thrown).toMatchObject({ code });
  expect(failureText(thrown)).toContain(message);
  expect(failureText(thrown)).not.toContain(SECRET);
});

test('credentials of the address go before those of the environment, and into no text', async () => {
  const seen: (string | undefined)[] = [];
  answer = (request, response) => {
    seen.push(request.headers.authorization, request.url?.split('?', 1)[0]);
    response.end('{"hits":{"total":{"value":7},"hits":[]}}');
  };
  const [own, other] = [clusterAt(`elastic:${encodeURIComponent(SECRET)}@`), clusterAt()];
  expect((await own.search({}, signal)).total).toBe(7);
  await other.search({}, signal);
  expect(seen).toEqual([
    `Basic ${Buffer.from(`elastic:${SECRET}`).toString('base64')}`,
    '/base/logs-*,more/_search',
    'ApiKey key',
    '/base/logs-*,more/_search',
  ]);
  expect(own.location).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/base\/logs-\*,more$/);
  await own.close();
  await other.close();
});

test('a shard that fails and a server that gave up are damage, the rest is an answer', async () => {
  const failure = { index: 'logs-1', shard: 2, reason: { reason: 'outer', caused_by: { reason: 'disk' } } };
  says(200, JSON.stringify({ timed_out: true, _shards: { failed: 1, failures: [failure] }, hits: { hits: [] } }));
  const cluster = clusterAt();
  const { damaged } = await cluster.search({}, signal);
  await cluster.close();
  expect(damaged.map(({ segment, reason }) => `${segment} ${reason}`)).toEqual([
    'logs-1[2] disk',
    'cluster has not read everything in time',
  ]);
});

test('indices that are not there have nothing', async () => {
  says(404, '{"error":{"reason":"no such index"}}');
  const cluster = clusterAt();
  expect(await cluster.search({}, signal)).toMatchObject({ total: 0, hits: [] });
  await cluster.close();
});

test('a question ends when nobody waits for it any more', async () => {
  const stop = new AbortController();
  answer = () => stop.abort(new Error('the client went away'));
  const cluster = clusterAt();
  await expect(cluster.search({}, stop.signal)).rejects.toThrow('the client went away');
  await cluster.close();
});

test('no answer is told with its cause', async () => {
  answer = (request) => request.socket.destroy();
  const cluster = clusterAt();
  const thrown = await cluster.search({}, signal).catch((caught: unknown) => caught);
  await cluster.close();
  expect(thrown).toMatchObject({ code: 'search/transport' });
  expect(failureText(thrown)).toMatch(/^no answer from http:\/\/127\.0\.0\.1:\d+: socket hang up$/);
});

test.each(['http://user:p4ssword@:99999', 'https://[', 'http://'])('%s is refused without being shown', (url) => {
  const open = (): unknown => clusterConnection({ url, credentials: {}, isInsecure: false });
  expect(open).toThrow('this is no address of a cluster');
  expect(open).not.toThrow('p4ssword');
});
