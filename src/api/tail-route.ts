// The live tail: Server-Sent Events, with a place to go on from behind each, and an honest count of what was left out.
import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { failureText } from '../core/failure.ts';
import type { TailBatch } from '../store/log-store.ts';
import { answering } from './answering.ts';
import { filterOf, rowOf } from './answers.ts';
import { type ApiContext, whenGone } from './context.ts';
import { type TailDropped, TailQuery, TailRows } from './contract.ts';
import { RequestRefusal } from './refusal.ts';

const TAILS_MAX = 16;
const HEARTBEAT_MS = 15_000;
/** More at once are not read by anybody: the newest are sent, the rest is counted. */
const ROWS_PER_EVENT = 500;

export function tailRoute(app: FastifyInstance, { store, log }: ApiContext): void {
  let tails = 0;
  app.get<{ Querystring: TailQuery }>(
    '/api/tail',
    answering('Live tail (text/event-stream)', TailQuery, TailRows),
    async (request, reply) => {
      const { query } = filterOf(request.query);
      if (tails >= TAILS_MAX)
        throw new RequestRefusal(429, { code: 'api/busy', message: `${TAILS_MAX} live tails are open` });
      const last = request.headers['last-event-id'];
      const resume = typeof last === 'string' ? last : request.query.after;
      tails++;
      const gone = whenGone(request);
      reply.hijack();
      const out = reply.raw;
      const head = {
        ...reply.getHeaders(),
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
      } as Record<string, string>;
      out.writeHead(200, head).write(': katalog\n\n');
      const heartbeat = setInterval(() => out.write(': still here\n\n'), HEARTBEAT_MS);
      try {
        await stream(store.tail({ query, resume }, gone.signal), out, gone.signal);
      } catch (thrown) {
        if (!gone.signal.aborted) log.error(`a live tail ended: ${failureText(thrown)}`);
      } finally {
        clearInterval(heartbeat);
        gone.end();
        tails--;
        out.end();
      }
    },
  );
}

async function stream(batches: AsyncIterable<TailBatch>, out: ServerResponse, signal: AbortSignal): Promise<void> {
  for await (const { records, missed, resume } of batches) {
    const rows = records.slice(-ROWS_PER_EVENT);
    const dropped = missed + records.length - rows.length;
    if (dropped > 0) await send(out, 'dropped', { dropped } satisfies TailDropped, undefined, signal);
    if (rows.length > 0) await send(out, 'rows', { rows: rows.map(rowOf) } satisfies TailRows, resume, signal);
  }
}

/** Waits while the client reads slower than records come. */
async function send(
  out: ServerResponse,
  event: string,
  data: object,
  id: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const place = id === undefined ? '' : `id: ${id}\n`;
  if (out.write(`event: ${event}\n${place}data: ${JSON.stringify(data)}\n\n`)) return;
  await new Promise<void>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    out.once('drain', () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
  });
}
