// What `katalog run --port` tells over HTTP: whether all is well, and its counters. No data of logs is in either.
import { once } from 'node:events';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { EnvironmentError } from '../core/failure.ts';
import type { RunStatus } from '../pipeline/run.ts';
import type { HealthAnswer } from './contract.ts';

const JSON_TYPE = 'application/json';
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

interface Answer {
  readonly code: number;
  readonly type: string;
  readonly body: string;
}

export class RunServer {
  readonly port: number;
  readonly #server: http.Server;

  private constructor(server: http.Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  /**
   * @param port 0 for any free one
   * @throws {EnvironmentError} `api/listen`
   */
  static async start(host: string, port: number, status: () => RunStatus | undefined): Promise<RunServer> {
    const server = http.createServer((request, response) => {
      const { code, type, body } = answerTo(request, status());
      response.writeHead(code, { 'content-type': type, 'cache-control': 'no-store' });
      response.end(request.method === 'HEAD' ? '' : body);
    });
    try {
      server.listen({ host, port });
      await once(server, 'listening');
    } catch (cause) {
      throw new EnvironmentError('api/listen', `cannot listen on ${host}:${port}`, { cause });
    }
    server.unref();
    return new RunServer(server);
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}

function answerTo({ method, url }: http.IncomingMessage, status: RunStatus | undefined): Answer {
  if (method !== 'GET' && method !== 'HEAD') return refusal(405, 'only GET is answered');
  if (url === '/healthz') return healthOf(status);
  if (url === '/metrics') return { code: 200, type: METRICS_TYPE, body: status ? metricsText(status) : '' };
  return refusal(404, 'there are /healthz and /metrics');
}

function refusal(code: number, message: string): Answer {
  return { code, type: JSON_TYPE, body: JSON.stringify({ error: { code: 'api/path', message } }) };
}

function healthOf(status: RunStatus | undefined): Answer {
  const troubles = status?.health.troubles ?? [];
  const answer: HealthAnswer =
    troubles.length === 0 ? { status: 'ok' } : { status: 'unhealthy', troubles: [...troubles] };
  return { code: troubles.length === 0 ? 200 : 503, type: JSON_TYPE, body: JSON.stringify(answer) };
}

/** Counters by plugin, in Prometheus' text form. */
export function metricsText({ counters, health, inFlightBytes }: RunStatus): string {
  const byName = new Map<string, string[]>();
  for (const [plugin, counts] of Object.entries(counters.snapshot())) {
    for (const [name, count] of Object.entries(counts)) {
      const lines = byName.get(name) ?? [];
      byName.set(name, lines);
      lines.push(`katalog_${name}_total{plugin=${labelText(plugin)}} ${count}`);
    }
  }
  const families = [...byName].sort().map(([name, lines]) => [`# TYPE katalog_${name}_total counter`, ...lines]);
  return [
    ...families.flat(),
    '# TYPE katalog_in_flight_bytes gauge',
    `katalog_in_flight_bytes ${inFlightBytes()}`,
    '# TYPE katalog_unhealthy gauge',
    `katalog_unhealthy ${health.troubles.length}`,
    '',
  ].join('\n');
}

function labelText(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
