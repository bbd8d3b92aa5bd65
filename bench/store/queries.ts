// What the page asks of a day of records, beside bare DuckDB on the same segments: SQL written by hand that gives the
// same answer, on a connection of its own, in turn with ours.
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { parseQuery } from '../../src/formats/kql/parse.ts';
import type { Query } from '../../src/formats/kql/query.ts';
import { timeBound } from '../../src/formats/kql/time-bound.ts';
import type { DuckStore } from '../../src/store/duck-store.ts';
import { type Cost, costOf, type Report } from './report.ts';

const RUNS = 9;
const BUDGET = { queryMs: 500, firstMs: 1000, overBare: 1.25 };
const signal = new AbortController().signal;

interface Asked {
  readonly what: string;
  ours(store: DuckStore): Promise<unknown>;
  /** Undefined where there is no such thing in one statement. */
  bare?: (parquet: string) => string;
}

const day = { from: timeBound('2026-03-02'), to: timeBound('2026-03-03') };
const hour = { from: timeBound('2026-03-02T23:00:00Z'), to: timeBound('2026-03-03') };
const all = { query: kql(''), ...day };
const errors = { ...day, query: kql('kata_level:error') };

const ASKED: readonly Asked[] = [
  {
    what: 'histogram of 24 h by level',
    ours: (store) => store.histogram({ ...all, buckets: 60, by: 'kata_level' }, signal),
    bare: (parquet) =>
      `SELECT _t // 1800000000000 AS bucket, kata_level, count(*) FROM ${parquet} GROUP BY ALL ORDER BY 1`,
  },
  {
    what: 'histogram of the last hour',
    ours: (store) => store.histogram({ ...hour, query: kql(''), buckets: 60, by: 'kata_level' }, signal),
    bare: (parquet) =>
      `SELECT _t // 60000000000 AS bucket, kata_level, count(*) FROM ${parquet} WHERE _t >= ${hour.from} AND _t < ${hour.to} GROUP BY ALL ORDER BY 1`,
  },
  {
    what: 'errors of 24 h, counted',
    ours: (store) => store.count(errors, signal),
    bare: (parquet) => `SELECT count(*) FROM ${parquet} WHERE lower(kata_level) IN ('error', 'err')`,
  },
  {
    what: 'top 10 of kata_sandbox',
    ours: (store) => store.top({ ...all, fields: ['kata_sandbox'], limit: 10 }, signal),
    bare: (parquet) => topSql('kata_sandbox', parquet),
  },
  {
    what: 'top 10 of kata_name',
    ours: (store) => store.top({ ...all, fields: ['kata_name'], limit: 10 }, signal),
    bare: (parquet) => topSql('kata_name', parquet),
  },
  {
    what: 'part of kata_source, counted',
    ours: (store) => store.count({ ...all, query: kql('kata_source:*virtcont*') }, signal),
    bare: (parquet) => `SELECT count(*) FROM ${parquet} WHERE contains(kata_source, 'virtcont')`,
  },
  {
    what: 'word hotplug in kata_msg, counted',
    ours: (store) => store.count({ ...all, query: kql('kata_msg:hotplug') }, signal),
    bare: (parquet) =>
      `SELECT count(*) FROM ${parquet} WHERE contains(lower(kata_msg), 'hotplug') AND regexp_matches(lower(kata_msg), '(?:^|[^\\p{L}\\p{N}_])hotplug(?:$|[^\\p{L}\\p{N}_])')`,
  },
  {
    what: 'latest 100, one field',
    ours: (store) => store.search({ ...all, order: 'desc', limit: 100, fields: ['kata_msg'] }, signal),
    bare: (parquet) => `SELECT _t, _s, _o, _c, kata_msg FROM ${parquet} ORDER BY _t DESC LIMIT 100`,
  },
  { what: 'latest 100, whole', ours: (store) => store.search({ ...all, order: 'desc', limit: 100 }, signal) },
  { what: 'latest 100 errors, whole', ours: (store) => store.search({ ...errors, order: 'desc', limit: 100 }, signal) },
  { what: 'fields', ours: (store) => store.fields(day, signal) },
  { what: '200 latest sandboxes', ours: (store) => store.sandboxes({ query: kql('') }, 200, signal) },
];

/** As the page does: the most frequent values, how many records have one, and how many there are. */
function topSql(field: string, parquet: string): string {
  return `WITH counted AS (SELECT ${field} AS value, count(*) AS rows FROM ${parquet} GROUP BY 1)
    SELECT value, rows, (SELECT sum(rows) FROM counted), (SELECT sum(rows) FROM counted WHERE value IS NOT NULL)
    FROM counted WHERE value IS NOT NULL ORDER BY rows DESC, value LIMIT 10`;
}

function kql(text: string): Query {
  const outcome = parseQuery(text);
  if (!outcome.ok) throw new Error(text);
  return outcome.query;
}

/** The first answers of a store that was just opened, files unread. */
export async function measureFirst(store: DuckStore, report: Report): Promise<void> {
  const rows = await costOf(() => store.search({ ...all, order: 'desc', limit: 100 }, signal));
  const bars = await costOf(() => store.histogram({ ...all, buckets: 60, by: 'kata_level' }, signal));
  const value = `${rows.ms.toFixed(0)} + ${bars.ms.toFixed(0)} ms`;
  const budget = `< ${BUDGET.firstMs} ms together; CPU ${(rows.cpuMs + bars.cpuMs).toFixed(0)} ms`;
  report.say({ what: 'first rows + histogram, just opened', value, budget }, rows.ms + bars.ms < BUDGET.firstMs);
}

export async function measureQueries(store: DuckStore, directory: string, report: Report): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '512MB', threads: '2' });
  const bare = await instance.connect();
  await bare.run('SET parquet_metadata_cache = true');
  const parquet = `read_parquet('${directory}/seg/*/*.parquet', union_by_name = true)`;
  for (const asked of ASKED) await measureOne(asked, store, bare, parquet, report);
  bare.closeSync();
  instance.closeSync();
}

async function measureOne(
  { what, ours, bare: sqlOf }: Asked,
  store: DuckStore,
  bare: DuckDBConnection,
  parquet: string,
  report: Report,
): Promise<void> {
  const costs: Cost[] = [];
  const bareCosts: Cost[] = [];
  // Once unmeasured each, then in turn, so that both have the same machine.
  for (let run = 0; run <= RUNS; run++) {
    costs.push(await costOf(() => ours(store)));
    if (sqlOf) bareCosts.push(await costOf(() => bare.runAndReadAll(sqlOf(parquet))));
  }
  const ms = median(costs.slice(1).map((cost) => cost.ms));
  const cpuMs = least(costs, 'cpuMs');
  const budget = `p50 < ${BUDGET.queryMs} ms; CPU ${cpuMs.toFixed(0)} ms`;
  report.say({ what, value: `${ms.toFixed(0)} ms`, budget }, ms < BUDGET.queryMs);
  if (!sqlOf) return;
  // By CPU time: it moves little when others use the machine.
  const ratio = cpuMs / least(bareCosts, 'cpuMs');
  const wall = least(costs, 'ms') / least(bareCosts, 'ms');
  const value = `${ratio.toFixed(2)} x ${least(bareCosts, 'cpuMs').toFixed(0)} ms CPU`;
  const overBare = `<= ${BUDGET.overBare} x, least of ${RUNS}; wall ${wall.toFixed(2)} x`;
  report.say({ what: '  against bare DuckDB', value, budget: overBare }, ratio <= BUDGET.overBare);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number;
}

function least(costs: readonly Cost[], what: keyof Cost): number {
  return Math.min(...costs.slice(1).map((cost) => cost[what]));
}
