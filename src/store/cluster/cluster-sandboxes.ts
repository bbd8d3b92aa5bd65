// The sandboxes of a cluster: one aggregation over their ids, with the first and the last record of each.
import { all, compileDsl, type Dsl, exists, firstOf, type IndexedFields } from '../../formats/kql/dsl.ts';
import type { Query } from '../../formats/kql/query.ts';
import type { SandboxesResult, SandboxRow } from '../log-store.ts';
import { earlier, later } from '../record-order.ts';
import type { Aggregation, Bucket } from './cluster.ts';
import type { Question } from './cluster-counts.ts';
import { TIME_FIELDS, timeOfHit } from './cluster-record.ts';

const IS_ERROR: Query = {
  kind: 'field',
  field: 'level',
  match: { kind: 'range', low: { value: 'error', inclusive: true } },
};
const FACTS = ['hypervisor', 'pod', 'namespace'] as const;

export async function clusterSandboxes(
  { cluster, fields, query, signal }: Question,
  limit: number,
): Promise<SandboxesResult> {
  const names = firstOf('sandbox', fields.of);
  const aggs = Object.fromEntries(
    names.flatMap(({ field, without }, i) => {
      if (field.whole === undefined) return [];
      const terms = { field: field.whole, size: limit, order: { last: 'desc' } };
      const ids = { terms, aggs: factsOf(fields.of) };
      return [[`sandboxes${i}`, { filter: all([...without, exists(field.whole)]), aggs: { ids } }]];
    }),
  );
  if (Object.keys(aggs).length === 0) return { sandboxes: [], damaged: [] };
  const { aggregations, damaged } = await cluster.search({ size: 0, track_total_hits: false, query, aggs }, signal);
  const rows = names.flatMap((_, i) => {
    const ids = aggregations[`sandboxes${i}`]?.['ids'] as Aggregation | undefined;
    return (ids?.buckets ?? []).map(rowOf);
  });
  return { sandboxes: merged(rows).slice(0, limit), damaged };
}

function factsOf(fields: IndexedFields): Readonly<Record<string, Dsl>> {
  const facts = FACTS.flatMap((fact) => {
    const whole = fields(`kata.${fact}`)?.whole;
    return whole === undefined ? [] : [[fact, { terms: { field: whole, size: 1 } }] as const];
  });
  const end = (order: 'asc' | 'desc'): Dsl => ({
    size: 1,
    sort: [{ '@timestamp': { order } }],
    docvalue_fields: TIME_FIELDS,
    _source: false,
  });
  return {
    // Sorts the sandboxes; a maximum is a double and has not all digits of the time.
    last: { max: { field: '@timestamp' } },
    first_record: { top_hits: end('asc') },
    last_record: { top_hits: end('desc') },
    errors: { filter: compileDsl(IS_ERROR, fields) },
    phase: {
      filter: exists('kata.phase'),
      aggs: { newest: { top_hits: { ...end('desc'), _source: ['kata.phase'] } } },
    },
    ...Object.fromEntries(facts),
  };
}

function rowOf(bucket: Bucket): SandboxRow {
  const inner = bucket as unknown as Readonly<Record<string, Aggregation | undefined>>;
  const time = (name: string): bigint => timeOfHit(inner[name]?.hits?.hits[0] ?? { _index: '', _id: '' });
  const fact = (name: string): string | undefined => {
    const value = inner[name]?.buckets?.[0]?.key;
    return value === undefined ? undefined : String(value);
  };
  return {
    id: String(bucket.key),
    first: time('first_record'),
    last: time('last_record'),
    records: bucket.doc_count,
    errors: inner['errors']?.doc_count ?? 0,
    hypervisor: fact('hypervisor'),
    pod: fact('pod'),
    namespace: fact('namespace'),
    lastPhase: phaseOf(inner['phase']),
  };
}

function phaseOf(phase: Aggregation | undefined): string | undefined {
  const newest = phase?.['newest'] as Aggregation | undefined;
  const source = newest?.hits?.hits[0]?._source as
    | { readonly kata?: { readonly phase?: unknown }; readonly 'kata.phase'?: unknown }
    | undefined;
  const value = source?.kata?.phase ?? source?.['kata.phase'];
  return value === undefined ? undefined : String(value);
}

/** Latest first; one whose records name it by several fields is one sandbox. */
function merged(rows: readonly SandboxRow[]): readonly SandboxRow[] {
  const byId = new Map<string, SandboxRow>();
  for (const row of rows) {
    const other = byId.get(row.id);
    byId.set(row.id, other ? together(other, row) : row);
  }
  return [...byId.values()].sort((a, b) => Number(b.last - a.last) || (a.id < b.id ? -1 : 1));
}

function together(a: SandboxRow, b: SandboxRow): SandboxRow {
  return {
    id: a.id,
    first: earlier(a.first, b.first),
    last: later(a.last, b.last),
    records: a.records + b.records,
    errors: a.errors + b.errors,
    hypervisor: a.hypervisor ?? b.hypervisor,
    pod: a.pod ?? b.pod,
    namespace: a.namespace ?? b.namespace,
    lastPhase: a.lastPhase ?? b.lastPhase,
  };
}
