// Which sandboxes the embedded store has records of, with what tells them apart in a list.
import { spellingsOf } from '../formats/kql/fields.ts';
import { valueSql } from './counts.ts';
import type { SqlRow } from './duck.ts';
import type { Filter, SandboxesResult, SandboxRow } from './log-store.ts';
import type { Reading, Scope } from './reading.ts';
import type { Relation } from './relation.ts';

const FAILURES = ['error', 'critical'].flatMap(spellingsOf).map((spelling) => `'${spelling}'`);

export async function readSandboxes(
  reading: Reading,
  scope: Scope,
  filter: Filter,
  limit: number,
  signal: AbortSignal,
): Promise<SandboxesResult> {
  const prepared = reading.prepare(scope, filter);
  const sql = groupedSql(prepared.relation);
  const from = prepared.from();
  if (from === undefined) return { sandboxes: [], damaged: scope.damaged };
  const rows = await reading.rows(
    `SELECT id, min(first) AS first, max(last) AS last, sum(rows) AS rows, sum(rows) FILTER (lower(level) IN (${FAILURES.join(', ')})) AS errors,
       any_value(hypervisor) AS hypervisor, any_value(pod) AS pod, any_value(namespace) AS namespace, arg_max(phase, phased) AS phase
     FROM (${sql} FROM ${from} GROUP BY ALL) WHERE id IS NOT NULL GROUP BY id ORDER BY last DESC, id LIMIT ${limit}`,
    signal,
  );
  return { sandboxes: rows.map(sandboxRow), damaged: scope.damaged };
}

/** By sandbox and level, so that levels are looked at by group; fields that no record has cost nothing. */
function groupedSql(relation: Relation): string {
  const value = (name: string): string => valueSql(relation, name);
  const one = (name: string): string => {
    const text = value(`kata.${name}`);
    return `${text === 'NULL::VARCHAR' ? text : `any_value(${text})`} AS ${name}`;
  };
  const phase = value('kata.phase');
  const last =
    phase === 'NULL::VARCHAR'
      ? `${phase} AS phase, 0 AS phased`
      : `arg_max(${phase}, _t) AS phase, max(_t) FILTER (${phase} IS NOT NULL) AS phased`;
  return `SELECT ${value('sandbox')} AS id, ${value('level')} AS level, min(_t) AS first, max(_t) AS last, count(*) AS rows,
    ${['hypervisor', 'pod', 'namespace'].map(one).join(', ')}, ${last}`;
}

function sandboxRow(row: SqlRow): SandboxRow {
  const text = (value: unknown): string | undefined =>
    value === null || value === undefined ? undefined : String(value);
  return {
    id: String(row['id']),
    first: BigInt(row['first'] as bigint),
    last: BigInt(row['last'] as bigint),
    records: Number(row['rows']),
    errors: Number(row['errors'] ?? 0),
    hypervisor: text(row['hypervisor']),
    pod: text(row['pod']),
    namespace: text(row['namespace']),
    lastPhase: text(row['phase']),
  };
}
