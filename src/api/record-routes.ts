// Records: pages, one whole, those around one.
import type { FastifyInstance } from 'fastify';
import type { LogStore, SearchResult, StoredRecord } from '../store/log-store.ts';
import { answering } from './answering.ts';
import { damageOf, decodeCursor, encodeCursor, filterOf, rowOf } from './answers.ts';
import { type ApiContext, type Queries, tookMs } from './context.ts';
import { ContextAnswer, ContextQuery, RecordAnswer, RecordQuery, SearchAnswer, SearchQuery } from './contract.ts';
import { RequestRefusal } from './refusal.ts';

const PAGE_ROWS = 100;
const AROUND_ROWS = 20;

export function recordRoutes(app: FastifyInstance, { store }: ApiContext, queries: Queries): void {
  app.get<{ Querystring: SearchQuery }>(
    '/api/search',
    answering('One page of records', SearchQuery, SearchAnswer),
    async (request): Promise<SearchAnswer> => {
      const startMs = performance.now();
      const { limit = PAGE_ROWS, order = 'desc', after } = request.query;
      const asked = { ...filterOf(request.query), limit, order, after: after ? decodeCursor(after) : undefined };
      const { records, damaged } = await queries.run(request, (signal) => store.search(asked, signal));
      const last = records.length === limit ? records.at(-1) : undefined;
      return {
        took_ms: tookMs(startMs),
        damaged: damageOf(damaged),
        rows: records.map(rowOf),
        next: last ? encodeCursor(last) : null,
      };
    },
  );
  app.get<{ Querystring: RecordQuery }>(
    '/api/record',
    answering('One record', RecordQuery, RecordAnswer),
    async (request): Promise<RecordAnswer> => {
      const startMs = performance.now();
      const [record] = await queries.run(request, (signal) => store.byIds([request.query.id], signal));
      if (!record)
        throw new RequestRefusal(404, {
          code: 'api/no-record',
          message: 'there is no such record, or it was dropped by age',
        });
      return { took_ms: tookMs(startMs), damaged: [], row: rowOf(record) };
    },
  );
  app.get<{ Querystring: ContextQuery }>(
    '/api/context',
    answering('Records around one', ContextQuery, ContextAnswer),
    async (request): Promise<ContextAnswer> => {
      const startMs = performance.now();
      const { found, at } = await queries.run(request, (signal) => around(store, request.query, signal));
      return { took_ms: tookMs(startMs), damaged: damageOf(found.damaged), rows: found.records.map(rowOf), at };
    },
  );
}

interface Around {
  readonly found: SearchResult;
  readonly at: number;
}

async function around(store: LogStore, asked: ContextQuery, signal: AbortSignal): Promise<Around> {
  const cursor = decodeCursor(asked.cursor);
  const filter = filterOf({ ...(asked.query !== undefined && { query: asked.query }) });
  const side = async (order: 'asc' | 'desc', limit: number): Promise<SearchResult> =>
    limit === 0 ? { records: [], damaged: [] } : store.search({ ...filter, limit, order, after: cursor }, signal);
  const before = await side('desc', asked.before ?? AROUND_ROWS);
  const after = await side('asc', asked.after ?? AROUND_ROWS);
  const own = await theRecord(store, filter, cursor.id, cursor.time, signal);
  const records = [...[...before.records].reverse(), ...own, ...after.records];
  return {
    found: { records, damaged: [...before.damaged, ...after.damaged] },
    at: own.length > 0 ? before.records.length : -1,
  };
}

/** The record itself, where the query lets it through. */
async function theRecord(
  store: LogStore,
  filter: ReturnType<typeof filterOf>,
  id: string,
  time: bigint,
  signal: AbortSignal,
): Promise<readonly StoredRecord[]> {
  const instant = { ...filter, from: time, to: time + 1n };
  const { records } = await store.search({ ...instant, limit: 1000, order: 'asc' }, signal);
  return records.filter((record) => record.id === id);
}
