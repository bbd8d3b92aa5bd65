// The whole result of a query as a file, streamed page by page.
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { allRecords } from '../store/all-records.ts';
import type { Filter, LogStore, Order } from '../store/log-store.ts';
import { type TextForm, textWriter } from '../store/text-forms.ts';
import { filterOf, namesOf } from './answers.ts';
import { type ApiContext, whenGone } from './context.ts';
import { ExportQuery } from './contract.ts';

const COLUMNS_MAX = 200;
const CONTENT_TYPES: Readonly<Record<TextForm, string>> = {
  ndjson: 'application/x-ndjson; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  logfmt: 'text/plain; charset=utf-8',
};

export function exportRoute(app: FastifyInstance, { store }: ApiContext): void {
  const schema = { summary: 'The whole result as a file', querystring: ExportQuery };
  app.get<{ Querystring: ExportQuery }>('/api/export', { schema }, async (request, reply) => {
    const { format, order = 'asc', fields } = request.query;
    const filter = filterOf(request.query);
    const gone = whenGone(request);
    const columns = fields ? namesOf(fields, COLUMNS_MAX) : await columnsOf(store, filter, gone.signal);
    reply.header('content-type', CONTENT_TYPES[format]);
    reply.header('content-disposition', `attachment; filename="katalog.${format}"`);
    const pages = textPages(store, filter, order, textWriter(format, columns), gone.signal);
    return reply.send(Readable.from(pages).once('close', () => gone.end()));
  });
}

async function columnsOf(store: LogStore, { from, to }: Filter, signal: AbortSignal): Promise<readonly string[]> {
  const { fields } = await store.fields({ from, to }, signal);
  return fields.slice(0, COLUMNS_MAX).map(({ name }) => name);
}

async function* textPages(
  store: LogStore,
  filter: Filter,
  order: Order,
  writer: ReturnType<typeof textWriter>,
  signal: AbortSignal,
): AsyncGenerator<string> {
  if (writer.head !== '') yield writer.head;
  for await (const records of allRecords(store, filter, order, signal))
    yield records.map((record) => writer.line(record)).join('');
}
