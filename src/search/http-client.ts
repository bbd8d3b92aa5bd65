// HTTP to one of several hosts of a cluster; the next host after a failure. undici is loaded at the first request.
import type { Pool } from 'undici';
import { EnvironmentError } from '../core/failure.ts';

export interface HttpOptions {
  /** Origins such as `http://127.0.0.1:9200`, at least one; without credentials. */
  readonly origins: readonly string[];
  /** Put in front of every path, without a slash at its end. */
  readonly basePath: string;
  /** Sent with every request; may hold secrets. */
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly connections: number;
  readonly tls: {
    readonly rejectUnauthorized: boolean;
    readonly ca?: Buffer;
    readonly cert?: Buffer;
    readonly key?: Buffer;
    readonly passphrase?: string;
  };
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: Buffer;
  readonly retryAfter: string | undefined;
}

export interface HttpRequest {
  readonly method: 'GET' | 'PUT' | 'POST';
  readonly path: string;
  readonly body?: Buffer | string;
  readonly headers: Readonly<Record<string, string>>;
}

const CONNECT_TIMEOUT_MS = 10_000;

export class HttpClient {
  readonly #options: HttpOptions;
  #pools: Promise<readonly Pool[]> | undefined;
  #next = 0;

  constructor(options: HttpOptions) {
    this.#options = options;
  }

  /**
   * One attempt.
   * @throws {EnvironmentError} `search/transport` when no answer came, or `signal`'s reason.
   */
  async request(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    this.#pools ??= this.#openPools();
    const pools = await this.#pools;
    const index = this.#next % pools.length;
    try {
      const answer = await (pools[index] as Pool).request({
        method: request.method,
        path: `${this.#options.basePath}${request.path}`,
        headers: { ...this.#options.headers, ...request.headers },
        body: request.body ?? null,
        signal,
      });
      const chunks: Buffer[] = [];
      for await (const chunk of answer.body) chunks.push(chunk as Buffer);
      const retryAfter = answer.headers['retry-after'];
      return {
        status: answer.statusCode,
        body: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks),
        retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
      };
    } catch (cause) {
      signal.throwIfAborted();
      this.#next = index + 1;
      throw new EnvironmentError('search/transport', `no answer from ${this.#options.origins[index]}`, { cause });
    }
  }

  async close(): Promise<void> {
    const pools = (await this.#pools) ?? [];
    await Promise.all(pools.map(async (pool) => pool.destroy()));
  }

  async #openPools(): Promise<readonly Pool[]> {
    const undici = await import('undici');
    const { origins, timeoutMs, connections, tls } = this.#options;
    return origins.map(
      (origin) =>
        new undici.Pool(origin, {
          connections,
          pipelining: 1,
          headersTimeout: timeoutMs,
          bodyTimeout: timeoutMs,
          connect: { timeout: CONNECT_TIMEOUT_MS, ...tls },
        }),
    );
  }
}
