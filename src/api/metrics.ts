// Metrics in Prometheus' text form: the process, and the counters of the pipeline.
import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { ApiContext } from './context.ts';

export function metricsRoute(app: FastifyInstance, { sources, writer }: ApiContext): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, collect: (own: Gauge<'source'>) => void): void => {
    new Gauge({
      name,
      help,
      labelNames: ['source'] as const,
      registers: [registry],
      collect() {
        collect(this);
      },
    });
  };
  const each = (value: 'bytes_in' | 'records' | 'repaired' | 'rejected' | 'gaps') => (own: Gauge<'source'>) => {
    for (const source of sources().sources) own.set({ source: source.name }, source[value]);
  };
  gauge('katalog_source_bytes', 'Bytes read from a source', each('bytes_in'));
  gauge('katalog_source_records', 'Records of a source that went to outputs', each('records'));
  gauge('katalog_source_repaired', 'Damaged records that were put right', each('repaired'));
  gauge('katalog_source_rejected', 'Texts that no parser understood', each('rejected'));
  gauge('katalog_source_gaps', 'Places where records are missing', each('gaps'));
  gauge('katalog_store_stopped', '1 while the store takes nothing', (own) =>
    own.set(writer?.stopped === undefined ? 0 : 1),
  );
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
    await reply.type(registry.contentType).send(await registry.metrics());
  });
}
