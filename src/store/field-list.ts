// The fields that there are: from the manifest without a read, and from the write-ahead files by their keys.
import { type Duck, quotePath } from './duck.ts';
import type { FieldsResult, FieldType } from './log-store.ts';
import { fieldOfColumn } from './names.ts';
import type { Scope } from './reading.ts';

const LINE_MAX_BYTES = 40 << 20;

interface Counted {
  count: number;
  readonly types: Set<FieldType>;
}

export async function readFields(duck: Duck, scope: Scope, signal: AbortSignal): Promise<FieldsResult> {
  const fields = new Map<string, Counted>();
  let total = 0;
  for (const { columns, rows } of scope.segments) {
    total += rows;
    for (const [column, [count]] of Object.entries(columns)) add(fields, column, count);
  }
  if (scope.hot.length > 0) {
    for (const { key, rows } of await hotKeys(duck, scope, signal)) {
      if (key === '_t') total += rows;
      else add(fields, key, rows);
    }
  }
  const list = [...fields].map(([name, { count, types }]) => ({
    name,
    count: Math.min(count, total),
    types: [...types],
  }));
  return {
    total,
    damaged: scope.damaged,
    fields: list.sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1)),
  };
}

function add(fields: Map<string, Counted>, column: string, count: number): void {
  const known = fieldOfColumn(column);
  if (!known) return;
  const field = fields.get(known.field) ?? { count: 0, types: new Set<FieldType>() };
  field.count += count;
  field.types.add(known.type);
  fields.set(known.field, field);
}

async function hotKeys(
  duck: Duck,
  { hot }: Scope,
  signal: AbortSignal,
): Promise<readonly { key: string; rows: number }[]> {
  const files = hot.map((file) => quotePath(file.path)).join(', ');
  const lines = `read_json_objects([${files}], format = 'newline_delimited', ignore_errors = true, maximum_object_size = ${LINE_MAX_BYTES})`;
  const rows = await duck.all(
    {
      sql: `SELECT key, count(*) AS rows FROM (SELECT unnest(list_concat(json_keys(json), coalesce(json_keys(json, '$._x'), []))) AS key FROM ${lines} WHERE json IS NOT NULL) GROUP BY key`,
      values: [],
    },
    signal,
  );
  return rows.map((row) => ({ key: String(row['key']), rows: Number(row['rows']) }));
}
