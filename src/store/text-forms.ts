// Records as lines of text: NDJSON, CSV, logfmt. Used by `katalog query` and by exports.
import { timeText } from '../formats/kql/time-bound.ts';
import type { Scalar, StoredRecord } from './log-store.ts';

export const TEXT_FORMS = ['ndjson', 'csv', 'logfmt'] as const;
export type TextForm = (typeof TEXT_FORMS)[number];

/** What Katalog understood is an object again; other names stay as the store has them. */
const KATA_PREFIX = 'kata.';

export interface TextWriter {
  /** What stands before the first record; may be empty. */
  readonly head: string;
  line(record: StoredRecord): string;
}

/** @param columns of csv and logfmt, beside the time */
export function textWriter(form: TextForm, columns: readonly string[]): TextWriter {
  switch (form) {
    case 'ndjson':
      return { head: '', line: ndjsonLine };
    case 'csv':
      return {
        head: csvLine(['@timestamp', ...columns]),
        line: (record) => csvLine([timeText(record.time), ...valuesOf(record, columns)]),
      };
    case 'logfmt':
      return { head: '', line: (record) => logfmtLine(record, columns) };
  }
}

function valuesOf(record: StoredRecord, columns: readonly string[]): readonly string[] {
  return columns.map((column) => text(record.fields.get(column)));
}

function text(value: Scalar | undefined): string {
  return value === undefined || value === null ? '' : String(value);
}

export function ndjsonLine(record: StoredRecord): string {
  const fields: [string, unknown][] = [['@timestamp', timeText(record.time)]];
  const kata: [string, unknown][] = [];
  for (const [name, value] of record.fields) {
    const own = listOf(value);
    if (name.startsWith(KATA_PREFIX)) kata.push([name.slice(KATA_PREFIX.length), own]);
    else fields.push([name, own]);
  }
  if (kata.length > 0) fields.push(['kata', Object.fromEntries(kata)]);
  return `${JSON.stringify(Object.fromEntries(fields))}\n`;
}

/** A list is stored as its JSON text. */
function listOf(value: Scalar): unknown {
  if (typeof value !== 'string' || !value.startsWith('[')) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/** RFC 4180; a cell that a spreadsheet would take for a formula gets an apostrophe in front. */
export function csvCell(value: string): string {
  const safe = /^[=+@\t\r-]/.test(value) && !/^-?[0-9.]+$/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function logfmtLine(record: StoredRecord, columns: readonly string[]): string {
  const pairs = columns
    .map((column) => [column, text(record.fields.get(column))] as const)
    .filter(([, value]) => value !== '')
    .map(([column, value]) => `${column.replace(/[\s="]/g, '_')}=${logfmtValue(value)}`);
  return `${[`time=${timeText(record.time)}`, ...pairs].join(' ')}\n`;
}

function logfmtValue(value: string): string {
  return /^[^\s="\\\u0000-\u001f\u007f]+$/.test(value) ? value : JSON.stringify(value);
}
