// Counts: histogram, facets, one field closely, the fields that there are, values for completion.
import type { FastifyInstance } from 'fastify';
import { timeText } from '../formats/kql/time-bound.ts';
import type { HistogramResult, TopOfField } from '../store/log-store.ts';
import { answering } from './answering.ts';
import { damageOf, filterOf, namesOf } from './answers.ts';
import { type ApiContext, type Queries, tookMs } from './context.ts';
import {
  type Facet,
  FacetsAnswer,
  FacetsQuery,
  FieldsAnswer,
  FieldsQuery,
  HistogramAnswer,
  HistogramQuery,
  StatsAnswer,
  StatsQuery,
  ValuesAnswer,
  ValuesQuery,
} from './contract.ts';

const BUCKETS = 60;
const SERIES_MAX = 10;
const FACETS_MAX = 20;
const VALUES = 10;
const COMPLETIONS = 20;
/** Stands for all values that have no series of their own. */
const OTHERS = '…';

export function countRoutes(app: FastifyInstance, { store }: ApiContext, queries: Queries): void {
  app.get<{ Querystring: HistogramQuery }>(
    '/api/histogram',
    answering('Counts over time', HistogramQuery, HistogramAnswer),
    async (request): Promise<HistogramAnswer> => {
      const startMs = performance.now();
      const { buckets = BUCKETS, by = 'level' } = request.query;
      const asked = { ...filterOf(request.query), buckets, by };
      const result = await queries.run(request, (signal) => store.histogram(asked, signal));
      return { took_ms: tookMs(startMs), damaged: damageOf(result.damaged), ...histogramOf(result) };
    },
  );
  app.get<{ Querystring: FacetsQuery }>(
    '/api/facets',
    answering('Most frequent values of fields', FacetsQuery, FacetsAnswer),
    async (request): Promise<FacetsAnswer> => {
      const startMs = performance.now();
      const { fields, limit = VALUES } = request.query;
      const asked = { ...filterOf(request.query), fields: namesOf(fields, FACETS_MAX), limit };
      const { total, fields: tops, damaged } = await queries.run(request, (signal) => store.top(asked, signal));
      return {
        took_ms: tookMs(startMs),
        damaged: damageOf(damaged),
        total,
        facets: tops.map((top) => facetOf(top, total)),
      };
    },
  );
  app.get<{ Querystring: StatsQuery }>(
    '/api/stats',
    answering('One field looked at closely', StatsQuery, StatsAnswer),
    async (request): Promise<StatsAnswer> => {
      const startMs = performance.now();
      const { field } = request.query;
      const filter = filterOf(request.query);
      const [stats, top] = await queries.run(
        request,
        async (signal) =>
          [
            await store.stats(filter, field, signal),
            await store.top({ ...filter, fields: [field], limit: VALUES }, signal),
          ] as const,
      );
      return {
        took_ms: tookMs(startMs),
        damaged: damageOf(stats.damaged),
        field,
        present: stats.present,
        missing: stats.total - stats.present,
        distinct: stats.distinct,
        top: [...(top.fields[0]?.values ?? [])],
        ...(stats.numbers && { numbers: stats.numbers }),
      };
    },
  );
  fieldRoutes(app, store, queries);
}

function fieldRoutes(app: FastifyInstance, store: ApiContext['store'], queries: Queries): void {
  app.get<{ Querystring: FieldsQuery }>(
    '/api/fields',
    answering('The fields that records have', FieldsQuery, FieldsAnswer),
    async (request): Promise<FieldsAnswer> => {
      const startMs = performance.now();
      const { from, to } = filterOf(request.query);
      const { total, fields, damaged } = await queries.run(request, (signal) => store.fields({ from, to }, signal));
      return {
        took_ms: tookMs(startMs),
        damaged: damageOf(damaged),
        total,
        fields: fields.map((field) => ({ ...field, types: [...field.types] })),
      };
    },
  );
  app.get<{ Querystring: ValuesQuery }>(
    '/api/values',
    answering('Values of a field, for completion', ValuesQuery, ValuesAnswer),
    async (request): Promise<ValuesAnswer> => {
      const startMs = performance.now();
      const { field, prefix = '', limit = COMPLETIONS, ...range } = request.query;
      const asked = { ...filterOf(range), fields: [field], limit, prefix };
      const { fields, damaged } = await queries.run(request, (signal) => store.top(asked, signal));
      return { took_ms: tookMs(startMs), damaged: damageOf(damaged), values: [...(fields[0]?.values ?? [])] };
    },
  );
}

function facetOf({ field, values, present }: TopOfField, total: number): Facet {
  return { field, values: [...values], present, missing: total - present };
}

function histogramOf({ from, to, interval, counts }: HistogramResult): Omit<HistogramAnswer, 'took_ms' | 'damaged'> {
  const byValue = new Map<string, number>();
  for (const { value, count } of counts) byValue.set(value, (byValue.get(value) ?? 0) + count);
  const frequent = [...byValue].sort(([, a], [, b]) => b - a).map(([value]) => value);
  const series = frequent.length > SERIES_MAX ? [...frequent.slice(0, SERIES_MAX), OTHERS] : frequent;
  const buckets = new Map<bigint, number[]>();
  for (const { start, value, count } of counts) {
    const bucket = buckets.get(start) ?? series.map(() => 0);
    const own = series.indexOf(value);
    const at = own < 0 ? series.length - 1 : own;
    bucket[at] = (bucket[at] ?? 0) + count;
    buckets.set(start, bucket);
  }
  return {
    from: timeText(from),
    to: timeText(to),
    interval_ms: Number(interval) / 1e6,
    total: [...byValue.values()].reduce((sum, count) => sum + count, 0),
    series,
    buckets: [...buckets].map(([start, perValue]) => ({
      start: timeText(start),
      total: perValue.reduce((sum, count) => sum + count, 0),
      counts: perValue,
      partial: start < from || start + interval > to,
    })),
  };
}
