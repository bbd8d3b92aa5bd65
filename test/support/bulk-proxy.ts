// Between the program and a search server: tells when bulks pass, and swallows what a dead program would not have had.
import { once } from 'node:events';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { Moments } from './moments.ts';

export class BulkProxy {
  /** Milliseconds by which the server seems to be slower. */
  slowMs = 0;
  readonly #target: string;
  readonly #moments: Moments;
  readonly #server: http.Server;

  private constructor(target: string, moments: Moments) {
    this.#target = target;
    this.#moments = moments;
    this.#server = http.createServer((request, answer) => {
      // A broken connection to a killed program is what it is about.
      this.#pass(request, answer).catch(() => answer.destroy());
    });
  }

  static async start(target: string, moments: Moments): Promise<BulkProxy> {
    const proxy = new BulkProxy(target, moments);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #pass(request: http.IncomingMessage, answer: http.ServerResponse): Promise<void> {
    const body = await buffer(request);
    const isBulk = request.url?.startsWith('/_bulk') ?? false;
    const text = (): string => body.toString('utf8');
    if (isBulk && this.#moments.note('bulk received', text)) return;
    const given = await fetch(`${this.#target}${request.url}`, {
      method: request.method ?? 'GET',
      headers: { 'content-type': request.headers['content-type'] ?? 'application/json' },
      ...(body.length > 0 && { body }),
    });
    const bytes = Buffer.from(await given.arrayBuffer());
    if (isBulk && this.#moments.note('bulk stored', text)) return;
    if (isBulk && this.slowMs > 0) await delay(this.slowMs);
    answer.writeHead(given.status, { 'content-type': given.headers.get('content-type') ?? 'application/json' });
    answer.end(bytes);
    await once(answer, 'finish');
    if (isBulk) this.#moments.note('bulk answered', text);
  }
}
