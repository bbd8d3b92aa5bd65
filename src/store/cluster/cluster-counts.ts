// Counting queries of a cluster: histogram, most frequent values, statistics of a field, the fields that there are.
import { all, type Dsl, exists, type IndexedFields } from '../../formats/kql/dsl.ts';
import { fieldsOf } from '../../formats/kql/fields.ts';
import { histogramInterval } from '../interval.ts';
import type {
  FieldsResult,
  HistogramRequest,
  HistogramResult,
  NumberStats,
  StatsResult,
  TopOfField,
  TopRequest,
  TopResult,
} from '../log-store.ts';
import type { Aggregation, Cluster } from './cluster.ts';
import { recordOfHit, TIME_FIELDS } from './cluster-record.ts';
import type { FieldMap } from './index-fields.ts';
import { countedValues, presence, valueAggregations } from './value-counts.ts';
import { numbersAmong, PERCENTS } from './value-numbers.ts';

/** Values told apart in one bucket of a histogram; the rest is counted under `OTHERS`. */
const SERIES_MAX = 30;
const OTHERS = '…';
/** Numbers that an index keeps as words are reckoned with here, where they are no more than this many. */
const WORD_NUMBERS_MAX = 2000;
/** Fields that are counted one by one, and records that are looked at for fields that the mapping leaves out. */
const FIELDS_COUNTED_MAX = 500;
const SAMPLE_RECORDS = 200;

/** What every question is asked over. */
export interface Question {
  readonly cluster: Cluster;
  readonly fields: FieldMap;
  /** Query and range of time, compiled. */
  readonly query: Dsl;
  readonly signal: AbortSignal;
}

export async function clusterHistogram(
  { cluster, fields, query, signal }: Question,
  request: HistogramRequest,
  extent: { readonly from: bigint; readonly to: bigint },
): Promise<HistogramResult> {
  const interval = histogramInterval(extent, request.buckets);
  const byTime = { field: '@timestamp', fixed_interval: `${interval / 1_000_000n}ms`, min_doc_count: 1 };
  const aggs = { time: { date_histogram: byTime, aggs: valueAggregations(request.by, fields.of, SERIES_MAX) } };
  const { aggregations, damaged } = await cluster.search({ size: 0, track_total_hits: false, query, aggs }, signal);
  const counts = (aggregations['time']?.buckets ?? []).flatMap((bucket) => {
    const start = BigInt(bucket.key) * 1_000_000n;
    const { values, others } = countedValues(bucket, request.by, fields.of);
    const named = values.map(({ value, count }) => ({ start, value: String(value), count }));
    const without = bucket.doc_count - others - values.reduce((sum, { count }) => sum + count, 0);
    const rest = [
      { start, value: OTHERS, count: others },
      { start, value: '', count: without },
    ];
    return [...named, ...rest.filter(({ count }) => count > 0)];
  });
  return { ...extent, interval, counts, damaged };
}

export async function clusterTop(
  { cluster, fields, query, signal }: Question,
  request: TopRequest,
): Promise<TopResult> {
  const { limit, prefix = '' } = request;
  const aggs: Record<string, Dsl> = {};
  request.fields.forEach((name, i) => {
    aggs[`present${i}`] = { filter: presence(name, fields.of) };
    aggs[`field${i}`] = {
      filter: { match_all: {} },
      aggs: valueAggregations(name, fields.of, Math.max(limit, SERIES_MAX), prefix),
    };
  });
  const { total, aggregations, damaged } = await cluster.search(
    { size: 0, track_total_hits: true, query, aggs },
    signal,
  );
  const tops = request.fields.map((field, i): TopOfField => {
    const { values } = countedValues(aggregations[`field${i}`] ?? {}, field, fields.of);
    const wanted = values.filter(({ value }) => String(value).startsWith(prefix)).slice(0, limit);
    return { field, present: aggregations[`present${i}`]?.doc_count ?? 0, values: wanted };
  });
  return { total, fields: tops, damaged };
}

export async function clusterStats({ cluster, fields, query, signal }: Question, name: string): Promise<StatsResult> {
  const { fields: map, numbers } = statsAggregations(name, fields.of);
  const aggs = {
    present: { filter: presence(name, fields.of) },
    ...map,
    ...valueAggregations(name, fields.of, WORD_NUMBERS_MAX),
  };
  const { total, aggregations, damaged } = await cluster.search(
    { size: 0, track_total_hits: true, query, aggs },
    signal,
  );
  const { values, others } = countedValues(aggregations, name, fields.of);
  return {
    total,
    present: aggregations['present']?.doc_count ?? 0,
    distinct: others === 0 ? values.length : Math.max(values.length, aggregations['distinct']?.value ?? 0),
    numbers: numbers ? numbersOf(aggregations) : others === 0 ? numbersAmong(values) : undefined,
    damaged,
  };
}

function statsAggregations(
  name: string,
  fields: IndexedFields,
): { readonly fields: Readonly<Record<string, Dsl>>; readonly numbers: boolean } {
  const field = fieldsOf(name)
    .map(fields)
    .find((one) => one?.whole !== undefined);
  if (field?.whole === undefined) return { fields: {}, numbers: false };
  const distinct = { cardinality: { field: field.whole } };
  if (field.kind !== 'number') return { fields: { distinct }, numbers: false };
  const percentiles = { percentiles: { field: field.whole, percents: PERCENTS, keyed: false } };
  return { fields: { distinct, stats: { stats: { field: field.whole } }, percentiles }, numbers: true };
}

function numbersOf(aggregations: Readonly<Record<string, Aggregation>>): NumberStats | undefined {
  const stats = aggregations['stats'] as
    | { readonly count: number; readonly min: number; readonly max: number; readonly avg: number }
    | undefined;
  const values = aggregations['percentiles']?.['values'] as readonly { readonly value: number }[] | undefined;
  if (!stats || stats.count === 0) return undefined;
  const [p50 = 0, p90 = 0, p95 = 0, p99 = 0] = (values ?? []).map(({ value }) => value);
  return { count: stats.count, min: stats.min, max: stats.max, mean: stats.avg, p50, p90, p95, p99 };
}

/** Those of the mapping, counted; and those that it leaves out, as often as they are among the newest records. */
export async function clusterFields({ cluster, fields, query, signal }: Question): Promise<FieldsResult> {
  const named = fields.names().slice(0, FIELDS_COUNTED_MAX);
  const filters = Object.fromEntries(named.map(({ name }) => [name, exists(name)]));
  const sample = {
    size: SAMPLE_RECORDS,
    sort: [{ '@timestamp': { order: 'desc', unmapped_type: 'date_nanos' } }],
    docvalue_fields: TIME_FIELDS,
  };
  const aggs = named.length > 0 ? { aggs: { fields: { filters: { filters } } } } : {};
  const answer = await cluster.search({ ...sample, track_total_hits: true, query: all([query]), ...aggs }, signal);
  const counted = (answer.aggregations['fields']?.buckets ?? {}) as unknown as Readonly<
    Record<string, { readonly doc_count: number } | undefined>
  >;
  const list = named.map(({ name, type }) => ({ name, count: counted[name]?.doc_count ?? 0, types: [type] }));
  const known = new Set(list.map(({ name }) => name));
  const left = new Map<string, number>();
  for (const name of answer.hits.flatMap((hit) => [...recordOfHit(hit).fields.keys()]))
    if (!known.has(name)) left.set(name, (left.get(name) ?? 0) + 1);
  for (const [name, count] of left) list.push({ name, count, types: ['string'] });
  return {
    total: answer.total,
    damaged: answer.damaged,
    fields: list.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1)),
  };
}
