import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { EnvironmentError } from '../core/failure.ts';
import { HttpClient, type HttpOptions } from './http-client.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(answer: http.RequestListener): Promise<string> {
  const server = http.createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function client(origins: readonly string[], more: Partial<HttpOptions> = {}): HttpClient {
  const tls = { rejectUnauthorized: true };
  const made = new HttpClient({ origins, basePath: '', headers: {}, timeoutMs: 5000, connections: 1, tls, ...more });
  closers.unshift(() => made.close());
  return made;
}

const never = new AbortController().signal;
const GET = { method: 'GET', path: '/', headers: {} } as const;

test('sends a body with its length and gives the whole answer back', async () => {
  const large = Buffer.alloc(3_000_000, 'ä');
  const origin = await serve((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { url, headers } = request;
      response.setHeader('retry-after', '7').setHeader('seen', JSON.stringify([url, headers['x-a'], headers['x-b']]));
      response.statusCode = headers['content-length'] === String(large.length) ? 429 : 411;
      response.end(Buffer.concat(chunks));
    });
  });
  const search = client([origin], { basePath: '/es', headers: { 'x-a': 'always' } });
  const asked = {
    method: 'POST',
    path: '/_bulk?filter_path=items.*.status',
    body: large,
    headers: { 'x-b': 'now' },
  } as const;
  const answer = await search.request(asked, never);
  expect(answer.status).toBe(429);
  expect(answer.retryAfter).toBe('7');
  expect(answer.body.equals(large)).toBe(true);
});

test('keeps its connection', async () => {
  const ports = new Set<number | undefined>();
  const origin = await serve(({ socket }, response) => {
    ports.add(socket.remotePort);
    response.end('{}');
  });
  const search = client([origin]);
  for (let i = 0; i < 5; i++) await search.request(GET, never);
  expect(ports.size).toBe(1);
});

test('goes on with the next host after a failure', async () => {
  const origin = await serve((_, response) => response.end('here'));
  const search = client(['http://127.0.0.1:1', origin]);
  const failure = await search.request(GET, never).catch((thrown: unknown) => thrown);
  expect(failure).toBeInstanceOf(EnvironmentError);
  expect(failure).toMatchObject({ code: 'search/transport', message: 'no answer from http://127.0.0.1:1' });
  expect((await search.request(GET, never)).body.toString()).toBe('here');
  expect((await search.request(GET, never)).body.toString()).toBe('here');
});

test.each([
  ['answers nothing', () => undefined, { timeoutMs: 50 }],
  ['breaks off before the answer', (_: unknown, response: http.ServerResponse) => response.destroy(), {}],
  [
    'breaks off within the answer',
    (_: unknown, response: http.ServerResponse) => {
      response.writeHead(200, { 'content-length': '10' });
      response.write('12345', () => response.destroy());
    },
    {},
  ],
])('a server that %s is no answer', async (_, listener, more) => {
  const search = client([await serve(listener)], more);
  await expect(search.request(GET, never)).rejects.toMatchObject({ code: 'search/transport' });
});

test('gives the reason of the signal when that ends it', async () => {
  const stop = new AbortController();
  const origin = await serve(() => stop.abort(new Error('enough')));
  await expect(client([origin]).request(GET, stop.signal)).rejects.toThrow('enough');
});
