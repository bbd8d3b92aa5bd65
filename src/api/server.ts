// The HTTP server: guard, routes, page, and the OpenAPI document.
import type { AddressInfo } from 'node:net';
import fastifySwagger from '@fastify/swagger';
import fastify, { type FastifyInstance } from 'fastify';
import { EnvironmentError, failureText, systemCode } from '../core/failure.ts';
import { type ApiContext, Queries } from './context.ts';
import type { ApiError } from './contract.ts';
import { countRoutes } from './count-routes.ts';
import { elasticRoutes } from './elastic-routes.ts';
import { exportRoute } from './export-route.ts';
import { Guard } from './guard.ts';
import { metricsRoute } from './metrics.ts';
import { pageRoutes, secureHeaders } from './page-routes.ts';
import { problemRoutes } from './problem-routes.ts';
import { recordRoutes } from './record-routes.ts';
import { refusalOf } from './refusal.ts';
import { sandboxRoutes } from './sandbox-routes.ts';
import { stateRoutes } from './state-routes.ts';
import { tailRoute } from './tail-route.ts';

const BODY_MAX_BYTES = 1 << 20;
const PORTS_TRIED = 20;

export interface ServerOptions {
  readonly context: ApiContext;
  /** Undefined: anybody who reaches the server may ask. */
  readonly token: string | undefined;
  /** Names under which the server is reached, beside loopback. */
  readonly hosts: readonly string[];
  /** Where the built page lies, if it was built. */
  readonly page: string | undefined;
}

export interface Listening {
  readonly port: number;
  /** An address that opens the page once. */
  readonly url: string;
}

export class ApiServer {
  readonly app: FastifyInstance;
  readonly #guard: Guard;

  private constructor(app: FastifyInstance, guard: Guard) {
    this.app = app;
    this.#guard = guard;
  }

  static async create({ context, token, hosts, page }: ServerOptions): Promise<ApiServer> {
    const app = fastify({
      bodyLimit: BODY_MAX_BYTES,
      forceCloseConnections: true,
      routerOptions: { maxParamLength: 512 },
    });
    const port = (): number => (app.server.address() as AddressInfo | null)?.port ?? 0;
    const guard = new Guard({ token, hosts, port });
    // Answers are ours: what the schema says of them is for the document, not a filter.
    app.setSerializerCompiler(() => (data) => JSON.stringify(data));
    app.setErrorHandler(async (thrown, _request, reply) => {
      const { status, detail } = refusalOf(thrown);
      if (status >= 500) context.log.error(`a request failed: ${failureText(thrown)}`);
      await reply
        .code(status)
        .type('application/json')
        .send({ error: detail } satisfies ApiError);
    });
    secureHeaders(app);
    await app.register(fastifySwagger, {
      openapi: {
        openapi: '3.1.0',
        info: { title: 'Katalog', version: context.version, description: 'Logs of Kata Containers' },
      },
    });
    guard.install(app);
    await app.register(async (routes) => {
      await addRoutes(routes, context);
    });
    await app.register((routes) => elasticRoutes(routes, context));
    await pageRoutes(app, page);
    return new ApiServer(app, guard);
  }

  /**
   * Listens on `port`, or on the next free one.
   * @throws {EnvironmentError} `api/listen`
   */
  async listen(host: string, port: number): Promise<Listening> {
    for (let tried = 0; ; tried++) {
      try {
        await this.app.listen({ host, port: port === 0 ? 0 : port + tried });
        break;
      } catch (cause) {
        if (systemCode(cause) === 'EADDRINUSE' && tried < PORTS_TRIED) continue;
        throw new EnvironmentError('api/listen', `cannot listen on ${host}:${port}`, { cause });
      }
    }
    const own = (this.app.server.address() as AddressInfo).port;
    const name = host.includes(':') ? `[${host}]` : host;
    return { port: own, url: `http://${name}:${own}/login?code=${this.#guard.newCode()}` };
  }

  async close(): Promise<void> {
    await this.app.close();
  }
}

async function addRoutes(app: FastifyInstance, context: ApiContext): Promise<void> {
  const queries = new Queries();
  recordRoutes(app, context, queries);
  countRoutes(app, context, queries);
  tailRoute(app, context);
  exportRoute(app, context);
  sandboxRoutes(app, context, queries);
  problemRoutes(app, context, queries);
  stateRoutes(app, context, queries);
  metricsRoute(app, context);
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  await Promise.resolve();
}
