// A search server of the tests that answers bulk requests as a script says, and keeps what it stored.
import { EventEmitter, once } from 'node:events';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What happens to one bulk request. */
export type Step =
  /** Stores what is new, 409 for what is there. */
  | { readonly kind: 'take' }
  /** The same, but the items with these numbers (of the request) get this answer and are not stored. */
  | { readonly kind: 'items'; readonly refuse: Readonly<Record<number, ItemAnswer>> }
  /** Answers the request as a whole; nothing is stored. */
  | { readonly kind: 'answer'; readonly status: number; readonly body: string; readonly retryAfter?: string }
  /** As `take`, but the answer is this text instead of the true one. */
  | { readonly kind: 'take-and-say'; readonly body: string }
  /** As `take`, but the connection breaks after so many bytes of the answer. */
  | { readonly kind: 'take-and-cut'; readonly bytes: number }
  /** As `take`, but there never is an answer. */
  | { readonly kind: 'take-and-hang' }
  /** The connection breaks before anything is stored. */
  | { readonly kind: 'reset' };

export interface ItemAnswer {
  readonly status: number;
  readonly error?: object | string;
  readonly failure_store?: string;
}

interface Item {
  readonly index: string;
  readonly id: string;
  readonly document: string;
}

export class BulkServer {
  /** Documents by `index/id`. */
  readonly stored = new Map<string, string>();
  /** Number of items of each bulk request. */
  readonly requests: number[] = [];
  /** Asked for each bulk request; `take` where there is none. */
  script: (request: number, items: readonly string[]) => Step = () => ({ kind: 'take' });
  readonly #server: http.Server;
  readonly #events = new EventEmitter();

  private constructor() {
    this.#server = http.createServer((request, answer) => {
      this.#serve(request, answer).catch(() => answer.destroy());
    });
  }

  static async start(): Promise<BulkServer> {
    const server = new BulkServer();
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Resolves when the next bulk request has come and what it brings is stored. */
  async nextRequest(): Promise<void> {
    await once(this.#events, 'request');
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #serve(request: http.IncomingMessage, answer: http.ServerResponse): Promise<void> {
    await this.#answer(request, answer);
    this.#events.emit('request');
  }

  async #answer(request: http.IncomingMessage, answer: http.ServerResponse): Promise<void> {
    const items = itemsOf((await buffer(request)).toString('utf8'));
    const step = this.script(
      this.requests.length,
      items.map(({ document }) => document),
    );
    this.requests.push(items.length);
    switch (step.kind) {
      case 'reset':
        answer.destroy();
        return;
      case 'answer':
        if (step.retryAfter !== undefined) answer.setHeader('retry-after', step.retryAfter);
        answer.writeHead(step.status).end(step.body);
        return;
      case 'take':
        answer.end(this.#take(items, {}));
        return;
      case 'items':
        answer.end(this.#take(items, step.refuse));
        return;
      default:
        this.#takeAndFail(step, items, answer);
    }
  }

  #takeAndFail(
    step: Extract<Step, { kind: 'take-and-say' | 'take-and-cut' | 'take-and-hang' }>,
    items: readonly Item[],
    answer: http.ServerResponse,
  ): void {
    const body = this.#take(items, {});
    if (step.kind === 'take-and-say') answer.end(step.body);
    if (step.kind === 'take-and-cut') {
      answer.setHeader('content-length', Buffer.byteLength(body));
      answer.write(body.slice(0, step.bytes), () => answer.destroy());
    }
  }

  #take(items: readonly Item[], refuse: Readonly<Record<number, ItemAnswer>>): string {
    const answers = items.map((item, i) => ({ create: refuse[i] ?? this.#store(item) }));
    return JSON.stringify({ errors: answers.some(({ create }) => create.error !== undefined), items: answers });
  }

  #store({ index, id, document }: Item): ItemAnswer {
    const key = `${index}/${id}`;
    if (this.stored.has(key)) {
      return { status: 409, error: { type: 'version_conflict_engine_exception', reason: 'document already exists' } };
    }
    this.stored.set(key, document);
    return { status: 201 };
  }
}

function itemsOf(body: string): Item[] {
  const lines = body.split('\n').slice(0, -1);
  const items: Item[] = [];
  for (let i = 0; i < lines.length; i += 2) {
    const { create } = JSON.parse(lines[i] as string) as { create: { _index: string; _id: string } };
    items.push({ index: create._index, id: create._id, document: lines[i + 1] as string });
  }
  return items;
}
