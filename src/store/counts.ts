// Counting queries of the embedded store: histogram, most frequent values, statistics of a field.
import { fieldsOf, isLevelField, LEVELS, spellingsOf } from '../formats/kql/fields.ts';
import { literal, type SqlRow } from './duck.ts';
import { histogramInterval } from './interval.ts';
import type {
  Filter,
  HistogramRequest,
  HistogramResult,
  NumberStats,
  StatsResult,
  TopOfField,
  TopRequest,
  TopResult,
} from './log-store.ts';
import type { Reading, Scope } from './reading.ts';
import { scalar } from './record-of.ts';
import { coalesced, type Relation, scalarOf, textOf } from './relation.ts';

/** The value of a name as text, aliases resolved. */
export function valueSql(relation: Relation, name: string): string {
  return coalesced(
    fieldsOf(name)
      .map((own) => relation.field(own))
      .filter((sql) => Object.keys(sql).length > 0)
      .map(textOf),
  );
}

/** A value of a name, levels on the one scale: for groups of records, not for each of them. */
function scaledSql(name: string, text: string): string {
  if (!isLevelField(name)) return text;
  const cases = LEVELS.flatMap((level) => spellingsOf(level).map((spelling) => `WHEN '${spelling}' THEN '${level}'`));
  return `(CASE lower(${text}) ${cases.join(' ')} ELSE ${text} END)`;
}

export async function readHistogram(
  reading: Reading,
  scope: Scope,
  request: HistogramRequest,
  extent: { readonly from: bigint; readonly to: bigint },
  signal: AbortSignal,
): Promise<HistogramResult> {
  const interval = histogramInterval(extent, request.buckets);
  const prepared = reading.prepare(scope, request);
  const value = valueSql(prepared.relation, request.by);
  const from = prepared.from();
  const rows =
    from === undefined
      ? []
      : await reading.rows(
          `WITH counted AS (SELECT _t // ${interval} AS bucket, ${value} AS value, count(*) AS rows FROM ${from} GROUP BY bucket, value)
     SELECT bucket, coalesce(${scaledSql(request.by, 'value')}, '') AS value, sum(rows) AS rows FROM counted GROUP BY ALL ORDER BY bucket`,
          signal,
        );
  return {
    ...extent,
    interval,
    damaged: scope.damaged,
    counts: rows.map((row) => ({
      start: BigInt(row['bucket'] as bigint) * interval,
      value: String(row['value']),
      count: Number(row['rows']),
    })),
  };
}

export async function readTop(
  reading: Reading,
  scope: Scope,
  request: TopRequest,
  signal: AbortSignal,
): Promise<TopResult> {
  const fields: TopOfField[] = [];
  let total: number | undefined;
  for (const field of request.fields) {
    const { records, ...top } = await readTopOf(reading, scope, request, field, signal);
    total ??= records;
    fields.push(top);
  }
  return { total: total ?? (await readCount(reading, scope, request, signal)), fields, damaged: scope.damaged };
}

export async function readCount(reading: Reading, scope: Scope, filter: Filter, signal: AbortSignal): Promise<number> {
  const prepared = reading.prepare(scope, filter);
  const from = prepared.from();
  if (from === undefined) return 0;
  const [row] = await reading.rows(`SELECT count(*) AS rows FROM ${from}`, signal);
  return Number(row?.['rows'] ?? 0);
}

/** With the number of records that there are, where the query had to count them. */
async function readTopOf(
  reading: Reading,
  scope: Scope,
  request: TopRequest,
  field: string,
  signal: AbortSignal,
): Promise<TopOfField & { readonly records: number | undefined }> {
  const prepared = reading.prepare(scope, request);
  const value = valueSql(prepared.relation, field);
  const from = prepared.from();
  if (from === undefined || value === 'NULL::VARCHAR') return { field, present: 0, values: [], records: undefined };
  const { prefix = '' } = request;
  const begins = prefix === '' ? '' : `WHERE starts_with(value, ${literal(prefix)})`;
  const [number, boolean] = (['number', 'boolean'] as const).map((type) =>
    counted(fieldsOf(field).map((own) => prepared.relation.field(own)[type])),
  );
  const rows = await reading.rows(
    `WITH raw AS (SELECT ${value} AS value, count(*) AS rows, ${number} AS numbers, ${boolean} AS booleans FROM ${from} GROUP BY value),
     counted AS (${scaledGroups(field)}),
     sums AS (SELECT sum(rows) AS records, sum(rows) FILTER (value IS NOT NULL) AS present FROM counted),
     best AS (SELECT * FROM (SELECT * FROM counted WHERE value IS NOT NULL) ${begins} ORDER BY rows DESC, value LIMIT ${request.limit})
     SELECT value, rows, numbers, booleans, present, records FROM sums LEFT JOIN best ON true ORDER BY rows DESC, value`,
    signal,
  );
  const found = rows.filter((row) => row['value'] !== null);
  return {
    field,
    present: Number(rows[0]?.['present'] ?? 0),
    records: Number(rows[0]?.['records'] ?? 0),
    values: found.map((row) => ({ value: scalar(String(row['value']), typeOf(row)), count: Number(row['rows']) })),
  };
}

/** How many records have one of these; nothing is counted for what cannot be. */
function counted(values: readonly (string | undefined)[]): string {
  return values.every((value) => value === undefined) ? '0' : `count(${coalesced(values)})`;
}

function scaledGroups(field: string): string {
  if (!isLevelField(field)) return 'SELECT * FROM raw';
  return `SELECT ${scaledSql(field, 'value')} AS value, sum(rows) AS rows, sum(numbers) AS numbers, sum(booleans) AS booleans FROM raw GROUP BY ALL`;
}

/** A value comes back as what it was where all records agree, else as text. */
function typeOf(row: SqlRow): 'string' | 'number' | 'boolean' {
  if (row['numbers'] === row['rows']) return 'number';
  return row['booleans'] === row['rows'] ? 'boolean' : 'string';
}

export async function readStats(
  reading: Reading,
  scope: Scope,
  filter: Filter,
  field: string,
  signal: AbortSignal,
): Promise<StatsResult> {
  const prepared = reading.prepare(scope, filter);
  const value = valueSql(prepared.relation, field);
  const numbers = coalesced(fieldsOf(field).map((own) => scalarOf(prepared.relation.field(own))));
  const from = prepared.from();
  const quantiles = [0.5, 0.9, 0.95, 0.99].map((q) => `approx_quantile(number, ${q})`).join(', ');
  const rows =
    from === undefined
      ? []
      : await reading.rows(
          `SELECT count(*) AS total, count(value) AS present, approx_count_distinct(value) AS "distinct", count(number) AS numbers,
       min(number) AS low, max(number) AS high, avg(number) AS mean, [${quantiles}] AS quantiles
     FROM (SELECT ${scaledSql(field, value)} AS value, TRY_CAST(${numbers} AS DOUBLE) AS number FROM ${from})`,
          signal,
        );
  const row = rows[0];
  return {
    total: Number(row?.['total'] ?? 0),
    present: Number(row?.['present'] ?? 0),
    distinct: Number(row?.['distinct'] ?? 0),
    numbers: row && Number(row['numbers']) > 0 ? numberStats(row) : undefined,
    damaged: scope.damaged,
  };
}

function numberStats(row: SqlRow): NumberStats {
  const [p50, p90, p95, p99] = (row['quantiles'] as unknown as readonly number[]).map(Number) as [
    number,
    number,
    number,
    number,
  ];
  return {
    count: Number(row['numbers']),
    min: Number(row['low']),
    max: Number(row['high']),
    mean: Number(row['mean']),
    p50,
    p90,
    p95,
    p99,
  };
}
