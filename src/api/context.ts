// What the routes share: the store, its limits, and the signal that ends a query nobody waits for any more.
import type { FastifyRequest } from 'fastify';
import type { Clock, Log } from '../core/plugin.ts';
import type { LogStore } from '../store/log-store.ts';
import type { StoreWriter } from '../store/writer.ts';
import type { SourcesAnswer } from './contract.ts';
import { RequestRefusal } from './refusal.ts';

export interface ApiContext {
  readonly store: LogStore;
  /** Absent when the store is written by another process, or is a cluster. */
  readonly writer: StoreWriter | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Where saved searches and the token lie. */
  readonly stateDirectory: string;
  readonly version: string;
  readonly following: boolean;
  sources(): SourcesAnswer;
}

/** Queries that may wait for their turn; the store runs two at once. */
const WAITING_MAX = 48;
const QUERY_MAX_MS = 60_000;

export class Queries {
  #waiting = 0;

  /**
   * Runs a query that ends when the client goes away or after a minute.
   * @throws {RequestRefusal} 429 when too many wait.
   */
  async run<T>(request: FastifyRequest, query: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#waiting >= WAITING_MAX)
      throw new RequestRefusal(429, { code: 'api/busy', message: 'too many queries at once: ask again soon' });
    this.#waiting++;
    const gone = whenGone(request);
    try {
      return await query(AbortSignal.any([gone.signal, AbortSignal.timeout(QUERY_MAX_MS)]));
    } finally {
      gone.end();
      this.#waiting--;
    }
  }
}

/** A signal that aborts when the client closes the connection. */
export function whenGone(request: FastifyRequest): { readonly signal: AbortSignal; end(): void } {
  const gone = new AbortController();
  const { socket } = request.raw;
  const onClose = (): void =>
    gone.abort(new RequestRefusal(499, { code: 'api/gone', message: 'the client went away' }));
  socket.once('close', onClose);
  return { signal: gone.signal, end: () => socket.off('close', onClose) };
}

/** Milliseconds since `startMs`, to a tenth. */
export function tookMs(startMs: number): number {
  return Math.round((performance.now() - startMs) * 10) / 10;
}
