// Counting queries of the embedded store: histogram, most frequent values, statistics of a field, sandboxes.
import { fieldsOf, isLevelField, LEVELS, spellingsOf } from '../formats/kql/fields.ts';
import type { SqlRow } from './duck.ts';
import { histogramInterval } from './interval.ts';
import type {
  Filter,
  HistogramRequest,
  HistogramResult,
  NumberStats,
  SandboxesResult,
  SandboxRow,
  Scalar,
  StatsResult,
  TopOfField,
  TopRequest,
  TopResult,
} from './log-store.ts';
import type { Prepared, Reading, Scope } from './reading.ts';
import { scalar } from './record-of.ts';
import { coalesced, type Relation, scalarOf, textOf } from './relation.ts';

/** The value of a name as text, aliases resolved and levels on the one scale. */
function valueSql(relation: Relation, name: string): string {
  const text = coalesced(
    fieldsOf(name)
      .map((own) => relation.field(own))
      .filter((sql) => Object.keys(sql).length > 0)
      .map(textOf),
  );
  return isLevelField(name) ? levelSql(text) : text;
}

function levelSql(text: string): string {
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
          `SELECT _t // ${interval} AS bucket, coalesce(${value}, '') AS value, count(*) AS rows FROM ${from} GROUP BY bucket, value ORDER BY bucket`,
          prepared,
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
  for (const field of request.fields) fields.push(await readTopOf(reading, scope, request, field, signal));
  const total = await readCount(reading, scope, request, signal);
  return { total, fields, damaged: scope.damaged };
}

export async function readCount(reading: Reading, scope: Scope, filter: Filter, signal: AbortSignal): Promise<number> {
  const prepared = reading.prepare(scope, filter);
  const from = prepared.from();
  if (from === undefined) return 0;
  const [row] = await reading.rows(`SELECT count(*) AS rows FROM ${from}`, prepared, signal);
  return Number(row?.['rows'] ?? 0);
}

async function readTopOf(
  reading: Reading,
  scope: Scope,
  request: TopRequest,
  field: string,
  signal: AbortSignal,
): Promise<TopOfField> {
  const prepared = reading.prepare(scope, request);
  const value = valueSql(prepared.relation, field);
  const from = prepared.from();
  if (from === undefined || value === 'NULL::VARCHAR') return { field, present: 0, values: [] };
  const { prefix = '' } = request;
  const begins = prefix === '' ? '' : `WHERE starts_with(value, ${prepared.kql.value(prefix)})`;
  const [number, boolean] = (['number', 'boolean'] as const).map((type) =>
    coalesced(fieldsOf(field).map((own) => prepared.relation.field(own)[type])),
  );
  const rows = await reading.rows(
    `WITH counted AS (SELECT ${value} AS value, count(*) AS rows, count(${number}) AS numbers, count(${boolean}) AS booleans FROM ${from} GROUP BY value),
     present AS (SELECT sum(rows) AS rows FROM counted WHERE value IS NOT NULL)
     SELECT value, rows, numbers, booleans, (SELECT rows FROM present) AS present FROM (SELECT * FROM counted WHERE value IS NOT NULL) ${begins} ORDER BY rows DESC, value LIMIT ${request.limit}`,
    prepared,
    signal,
  );
  return {
    field,
    present: Number(rows[0]?.['present'] ?? 0),
    values: rows.map((row) => ({ value: scalar(String(row['value']), typeOf(row)), count: Number(row['rows']) })),
  };
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
     FROM (SELECT ${value} AS value, TRY_CAST(${numbers} AS DOUBLE) AS number FROM ${from})`,
          prepared,
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

export async function readSandboxes(
  reading: Reading,
  scope: Scope,
  filter: Filter,
  limit: number,
  signal: AbortSignal,
): Promise<SandboxesResult> {
  const prepared: Prepared = reading.prepare(scope, filter);
  const value = (name: string): string => valueSql(prepared.relation, name);
  const columns = [
    `${value('sandbox')} AS id`,
    `${value('level')} AS level`,
    `${value('kata.hypervisor')} AS hypervisor`,
    `${value('kata.pod')} AS pod`,
    `${value('kata.namespace')} AS namespace`,
    `${value('kata.phase')} AS phase`,
  ];
  const from = prepared.from();
  const rows =
    from === undefined
      ? []
      : await reading.rows(
          `SELECT id, min(_t) AS first, max(_t) AS last, count(*) AS rows, count(*) FILTER (level IN ('error', 'critical')) AS errors,
       any_value(hypervisor) AS hypervisor, any_value(pod) AS pod, any_value(namespace) AS namespace, arg_max(phase, _t) AS phase
     FROM (SELECT _t, ${columns.join(', ')} FROM ${from}) WHERE id IS NOT NULL GROUP BY id ORDER BY last DESC, id LIMIT ${limit}`,
          prepared,
          signal,
        );
  return { sandboxes: rows.map(sandboxRow), damaged: scope.damaged };
}

function sandboxRow(row: SqlRow): SandboxRow {
  const text = (value: Scalar | unknown): string | undefined =>
    value === null || value === undefined ? undefined : String(value);
  return {
    id: String(row['id']),
    first: BigInt(row['first'] as bigint),
    last: BigInt(row['last'] as bigint),
    records: Number(row['rows']),
    errors: Number(row['errors']),
    hypervisor: text(row['hypervisor']),
    pod: text(row['pod']),
    namespace: text(row['namespace']),
    lastPhase: text(row['phase']),
  };
}
