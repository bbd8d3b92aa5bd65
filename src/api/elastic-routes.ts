// The writing side of Elasticsearch, so that its clients and other shippers can ship into the store: bulk with an answer
// for each item (201, 409, 400), count, multi-get, and the few requests that they begin with.
import { gunzipSync } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Arena } from '../core/arena.ts';
import { failureText } from '../core/failure.ts';
import type { Query } from '../formats/kql/query.ts';
import { DocumentEncoder } from '../store/document-encoder.ts';
import { ndjsonLine } from '../store/text-forms.ts';
import { answerBulk, readBulk } from './bulk-body.ts';
import { type ApiContext, tookMs, whenGone } from './context.ts';
import { pathOf, wantsPage } from './guard.ts';

const BODY_MAX_BYTES = 100 << 20;
const UNPACKED_MAX_BYTES = 256 << 20;
const IDS_MAX = 10_000;
const VENDOR_TYPE = 'application/vnd.elasticsearch+json';
/** The release whose clients are answered to; it decides nothing else. */
const COMPATIBLE_VERSION = '8.19.2';

export async function elasticRoutes(app: FastifyInstance, context: ApiContext): Promise<void> {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_MAX_BYTES }, (_request, body, done) =>
    done(null, body),
  );
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('x-elastic-product', 'Elasticsearch');
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const accept = request.headers.accept ?? '';
    if (accept.includes(VENDOR_TYPE)) reply.header('content-type', accept.split(',', 1)[0]);
    return payload;
  });
  bulkRoutes(app, context);
  readRoutes(app, context);
  stubRoutes(app, context);
  await Promise.resolve();
}

function bulkRoutes(app: FastifyInstance, { writer, clock, log }: ApiContext): void {
  const encoder = new DocumentEncoder(new Arena());
  const bulk = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const startMs = performance.now();
    if (!writer) return elasticError(reply, 503, 'unavailable_shards_exception', 'this server reads only');
    const body = unpacked(request);
    if (!body) return elasticError(reply, 400, 'illegal_argument_exception', 'the body cannot be unpacked');
    const { index = 'katalog' } = request.params as { readonly index?: string };
    const now = clock.now();
    const items = readBulk(body, index, encoder, BigInt(now.seconds) * 1_000_000_000n + BigInt(now.nanos));
    if (items.problem !== undefined) {
      encoder.take();
      return elasticError(reply, 400, 'illegal_argument_exception', items.problem);
    }
    try {
      const batch = encoder.take();
      const isNew = batch.origins.length > 0 ? await writer.append(batch) : [];
      await sendJson(reply, 200, answerBulk(items.items, isNew, Math.round(tookMs(startMs))));
    } catch (thrown) {
      log.error(`a bulk request could not be stored: ${failureText(thrown)}`);
      reply.header('retry-after', '5');
      await elasticError(reply, 503, 'unavailable_shards_exception', failureText(thrown));
    }
  };
  for (const url of ['/_bulk', '/:index/_bulk', '/:index/_doc/_bulk']) {
    app.route({ method: ['POST', 'PUT'], url, schema: { hide: true }, handler: bulk });
  }
}

function unpacked(request: FastifyRequest): Buffer | undefined {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  if (request.headers['content-encoding'] !== 'gzip') return body;
  try {
    return gunzipSync(body, { maxOutputLength: UNPACKED_MAX_BYTES });
  } catch {
    return undefined;
  }
}

function readRoutes(app: FastifyInstance, { store }: ApiContext): void {
  const count = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const gone = whenGone(request);
    const counted = await store.count({ query: indexQuery(request) }, gone.signal);
    gone.end();
    await sendJson(reply, 200, { count: counted, _shards: { total: 1, successful: 1, skipped: 0, failed: 0 } });
  };
  for (const url of ['/_count', '/:index/_count'])
    app.route({ method: ['GET', 'POST'], url, schema: { hide: true }, handler: count });
  const getMany = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const ids = idsOf(request);
    if (!ids)
      return elasticError(reply, 400, 'illegal_argument_exception', `docs or ids are expected, at most ${IDS_MAX}`);
    const gone = whenGone(request);
    const found = new Map((await store.byIds(ids, gone.signal)).map((record) => [record.id, record] as const));
    gone.end();
    const { index = 'katalog' } = request.params as { readonly index?: string };
    const docs = ids.map((id) => {
      const record = found.get(id);
      if (!record) return { _index: index, _id: id, found: false };
      return { _index: index, _id: id, _version: 1, found: true, _source: JSON.parse(ndjsonLine(record)) as unknown };
    });
    await sendJson(reply, 200, { docs });
  };
  for (const url of ['/_mget', '/:index/_mget'])
    app.route({ method: ['GET', 'POST'], url, schema: { hide: true }, handler: getMany });
}

/** The records of the indices of the address, patterns among them. */
function indexQuery(request: FastifyRequest): Query {
  const { index = '_all' } = request.params as { readonly index?: string };
  if (index === '_all' || index === '*') return { kind: 'all' };
  const parts: Query[] = index
    .split(',')
    .map((name) => ({ kind: 'field', field: '_index', match: { kind: 'text', pieces: name.split('*') } }));
  return { kind: 'or', parts };
}

function idsOf(request: FastifyRequest): readonly string[] | undefined {
  try {
    const body = JSON.parse(String(request.body)) as {
      readonly ids?: readonly unknown[];
      readonly docs?: readonly { readonly _id?: unknown }[];
    };
    const ids = body.ids ?? body.docs?.map(({ _id }) => _id);
    return ids && ids.length <= IDS_MAX ? ids.map(String) : undefined;
  } catch {
    return undefined;
  }
}

/** What clients and shippers ask before they write. */
function stubRoutes(app: FastifyInstance, { version }: ApiContext): void {
  const answer = (method: 'GET' | 'PUT' | 'HEAD', url: string, body: object): void => {
    app.route({
      method,
      url,
      schema: { hide: true },
      handler: async (_request, reply) => sendJson(reply, 200, body),
    });
  };
  const health = {
    cluster_name: 'katalog',
    status: 'green',
    timed_out: false,
    number_of_nodes: 1,
    number_of_data_nodes: 1,
  };
  answer('GET', '/_cluster/health', health);
  answer('GET', '/_license', { license: { status: 'active', type: 'basic', mode: 'basic', uid: 'katalog' } });
  answer('GET', '/_xpack', { build: {}, license: { status: 'active', type: 'basic', mode: 'basic' }, features: {} });
  answer('GET', '/_nodes/http', { _nodes: { total: 1, successful: 1, failed: 0 }, cluster_name: 'katalog', nodes: {} });
  for (const kind of ['_index_template', '_component_template', '_template', '_ilm/policy', '_ingest/pipeline']) {
    answer('PUT', `/${kind}/:name`, { acknowledged: true });
    app.route({
      method: ['GET', 'HEAD'],
      url: `/${kind}/:name`,
      schema: { hide: true },
      handler: async (_request, reply) => sendJson(reply, 404, {}),
    });
  }
  app.get('/', { schema: { hide: true } }, async (request, reply) => {
    if (wantsPage(request) && pathOf(request) === '/') return reply.callNotFound();
    return sendJson(reply, 200, {
      name: 'katalog',
      cluster_name: 'katalog',
      cluster_uuid: 'katalog',
      version: {
        number: COMPATIBLE_VERSION,
        build_flavor: 'default',
        build_type: 'npm',
        lucene_version: '9.12.2',
        minimum_wire_compatibility_version: '7.17.0',
        minimum_index_compatibility_version: '7.0.0',
      },
      katalog: version,
      tagline: 'You Know, for Search',
    });
  });
}

async function elasticError(reply: FastifyReply, status: number, type: string, reason: string): Promise<void> {
  await sendJson(reply, status, { error: { root_cause: [{ type, reason }], type, reason }, status });
}

async function sendJson(reply: FastifyReply, status: number, body: object): Promise<void> {
  await reply.code(status).type('application/json').send(JSON.stringify(body));
}
