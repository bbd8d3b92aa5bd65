// Rows of segments and lines of write-ahead files → records.
import type { SqlRow } from './duck.ts';
import type { Scalar, StoredRecord } from './log-store.ts';
import { fieldOfColumn, type ValueType } from './names.ts';
import { idOfOrigin } from './record-id.ts';
import { parseLine } from './recover.ts';

export function recordOfRow(row: SqlRow): StoredRecord {
  const fields = new Map<string, Scalar>();
  for (const [column, value] of Object.entries(row)) {
    if (value !== null && value !== undefined) addValue(fields, column, String(value));
  }
  const bag = row['_x'];
  if (typeof bag === 'string') addBag(fields, JSON.parse(bag) as Record<string, string>);
  const origin = { stream: String(row['_s']), offset: Number(row['_o'] ?? 0), check: Number(row['_c'] ?? 0) };
  return { id: idOfOrigin(origin), time: BigInt(row['_t'] as bigint), fields };
}

/** Undefined for a line that is no record. */
export function recordOfLine(text: string): StoredRecord | undefined {
  const line = parseLine(text);
  if (!line) return undefined;
  const fields = new Map<string, Scalar>();
  for (const [column, value] of Object.entries(line.values)) addValue(fields, column, value);
  addBag(fields, line.bag);
  return { id: idOfOrigin(line.origin), time: line.time, fields };
}

function addBag(fields: Map<string, Scalar>, bag: Readonly<Record<string, string>>): void {
  for (const [column, value] of Object.entries(bag)) addValue(fields, column, value);
}

function addValue(fields: Map<string, Scalar>, column: string, text: string): void {
  const known = fieldOfColumn(column);
  if (known) fields.set(known.field, scalar(text, known.type));
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
