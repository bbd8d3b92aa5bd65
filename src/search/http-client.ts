// HTTP to one of several hosts of a cluster; the next host after a failure.
//
// Node's own client: undici answers a large body with less work, but loading it and compiling its parser costs more CPU
// than an import of 5 GB saves (docs/decisions/0004).
import type * as http from 'node:http';
import type { AgentOptions } from 'node:https';
import { EnvironmentError, systemCode } from '../core/failure.ts';

export interface HttpOptions {
  /** Origins such as `http://127.0.0.1:9200`, at least one; without credentials. */
  readonly origins: readonly string[];
  /** Put in front of every path, without a slash at its end. */
  readonly basePath: string;
  /** Sent with every request; may hold secrets. */
  readonly headers: Readonly<Record<string, string>>;
  /** Longest time without a byte, in either direction. */
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
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: Buffer | string;
  readonly headers: Readonly<Record<string, string>>;
  /** A longer answer is given up: `search/too-large`. */
  readonly answerMaxBytes?: number;
}

/** One host, with the connections that are kept to it. */
interface Host {
  readonly origin: string;
  readonly agent: http.Agent;
  readonly request: typeof http.request;
}

export class HttpClient {
  readonly #options: HttpOptions;
  #hosts: Promise<readonly Host[]> | undefined;
  #next = 0;

  constructor(options: HttpOptions) {
    this.#options = options;
  }

  /**
   * One attempt.
   * @throws {EnvironmentError} `search/transport` when no answer came, or `signal`'s reason.
   */
  async request(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    this.#hosts ??= this.#openHosts();
    const hosts = await this.#hosts;
    const index = this.#next % hosts.length;
    const host = hosts[index] as Host;
    try {
      return await this.#ask(host, request, signal);
    } catch (cause) {
      signal.throwIfAborted();
      if (cause instanceof EnvironmentError) throw cause;
      this.#next = index + 1;
      throw new EnvironmentError('search/transport', `no answer from ${host.origin}${adviceOf(cause)}`, { cause });
    }
  }

  async close(): Promise<void> {
    for (const { agent } of (await this.#hosts) ?? []) agent.destroy();
  }

  async #ask({ origin, agent, request }: Host, asked: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const { basePath, timeoutMs } = this.#options;
    const { method, path, body } = asked;
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const headers = { ...this.#options.headers, ...asked.headers, ...length };
    const sent = request(`${origin}${basePath}${path}`, { method, agent, signal, timeout: timeoutMs, headers });
    sent.on('timeout', () => sent.destroy(new Error(`not a byte for ${timeoutMs} ms`)));
    sent.end(body);
    const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
      sent.on('response', resolve);
      sent.on('error', reject);
    });
    return readAnswer(answer, asked.answerMaxBytes ?? Number.POSITIVE_INFINITY);
  }

  /** The modules are loaded at the first request: most commands make none. */
  #openHosts(): Promise<readonly Host[]> {
    const { origins, connections, tls } = this.#options;
    const options: AgentOptions = { keepAlive: true, maxSockets: connections };
    return Promise.all(
      origins.map(async (origin) => {
        if (origin.startsWith('https:')) {
          const { Agent, request } = await import('node:https');
          return { origin, agent: new Agent({ ...options, ...tls }), request };
        }
        const { Agent, request } = await import('node:http');
        return { origin, agent: new Agent(options), request };
      }),
    );
  }
}

const UNTRUSTED =
  'its certificate is not trusted, name the file with the certificate of who signed it (--es-ca FILE, or ca_file in a configuration)';
const NO_TLS = 'no TLS could be agreed upon, where it speaks none write http://';

/** What to do about a connection that TLS ended, by the code that Node gives it. */
const TLS_ADVICE: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  CERT_SIGNATURE_FAILURE: UNTRUSTED,
  CERT_HAS_EXPIRED: 'its certificate has expired, have it renewed',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name, ask under that one',
  EPROTO: NO_TLS,
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
};

function adviceOf(cause: unknown): string {
  const advice = TLS_ADVICE[systemCode(cause) ?? ''];
  return advice === undefined ? '' : ` (${advice})`;
}

async function readAnswer(answer: http.IncomingMessage, maxBytes: number): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Leaving the loop closes the connection.
    if (bytes > maxBytes) throw new EnvironmentError('search/too-large', `the answer has more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return {
    status: answer.statusCode ?? 0,
    body: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks),
    retryAfter: answer.headers['retry-after'],
  };
}
