// Rows of segments and lines of write-ahead files → records.
import type { DuckDBValue } from '@duckdb/node-api';
import type { SqlColumns } from './duck.ts';
import type { Scalar, StoredRecord } from './log-store.ts';
import { fieldOfColumn, type ValueType } from './names.ts';
import { idOfOrigin } from './record-id.ts';
import { parseLine, type WalLine } from './recover.ts';

/** Names of columns; hostile data has more. */
const REMEMBERED_MAX = 20_000;
const remembered = new Map<string, ReturnType<typeof fieldOfColumn>>();

/** The records of rows that have all of our own columns. */
export function recordsOf(columns: SqlColumns): readonly StoredRecord[] {
  const named = new Map(columns);
  const own = (name: string): readonly DuckDBValue[] => named.get(name) ?? [];
  const [times, streams, offsets, checks] = [own('_t'), own('_s'), own('_o'), own('_c')];
  const fields = times.map(() => new Map<string, Scalar>());
  for (const [name, values] of columns) {
    const known = fieldOfColumn(name);
    if (!known) continue;
    values.forEach((value, row) => {
      if (value !== null) fields[row]?.set(known.field, scalar(String(value), known.type));
    });
  }
  own('_x').forEach((bag, row) => {
    if (typeof bag === 'string') addValues(fields[row] as Map<string, Scalar>, JSON.parse(bag) as WalLine['bag']);
  });
  return times.map((time, row) => {
    const origin = { stream: String(streams[row]), offset: Number(offsets[row] ?? 0), check: Number(checks[row] ?? 0) };
    return { id: idOfOrigin(origin), time: BigInt(time as bigint), fields: fields[row] as Map<string, Scalar> };
  });
}

/** Undefined for a line that is no record. */
export function recordOfLine(text: string): StoredRecord | undefined {
  const line = parseLine(text);
  if (!line) return undefined;
  const fields = new Map<string, Scalar>();
  addValues(fields, line.values);
  addValues(fields, line.bag);
  return { id: idOfOrigin(line.origin), time: line.time, fields };
}

function addValues(fields: Map<string, Scalar>, values: Readonly<Record<string, string>>): void {
  for (const [column, text] of Object.entries(values)) {
    const known = fieldOf(column);
    if (known) fields.set(known.field, scalar(text, known.type));
  }
}

/** As fieldOfColumn, which takes longer than all else here, remembered. */
function fieldOf(column: string): ReturnType<typeof fieldOfColumn> {
  if (remembered.has(column)) return remembered.get(column);
  const field = fieldOfColumn(column);
  if (remembered.size < REMEMBERED_MAX) remembered.set(column, field);
  return field;
}

/** A stored text as the value it was. A number that JavaScript cannot hold stays text. */
export function scalar(text: string, type: ValueType): Scalar {
  switch (type) {
    case 'number': {
      const value = Number(text);
      return Number.isInteger(value) && !Number.isSafeInteger(value) ? text : value;
    }
    case 'boolean':
      return text === 'true';
    case 'json':
      return text === 'null' ? null : text;
    case 'string':
      return text;
  }
}
