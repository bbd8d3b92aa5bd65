// Pages of records, newest or oldest first: files are walked in the order of time, so that the first page of a large
// store reads few of them. First the keys of the page, then its records whole.
import * as path from 'node:path';
import { type Duck, literal, quotePath, type SqlRow } from './duck.ts';
import type { HotFile } from './files.ts';
import { compareNanos } from './files.ts';
import type { Cursor, Order, SearchRequest, StoredRecord } from './log-store.ts';
import type { Segment } from './manifest.ts';
import type { Prepared, Reading, Scope } from './reading.ts';
import { idOfOrigin, originOfId } from './record-id.ts';
import { recordOfLine, recordsOf } from './record-of.ts';
import { compareRecords, earlier, later } from './record-order.ts';
import type { Origin } from './wal-encoder.ts';

/** Files asked at once: few at first, then twice as many each time. */
const FIRST_SEGMENTS = 2;
const LINE_MIN_BYTES = 40 << 20;

interface Key {
  readonly time: bigint;
  readonly origin: Origin;
}

/** The records of one page, in order. */
export async function readPage(
  reading: Reading,
  duck: Duck,
  scope: Scope,
  request: SearchRequest,
  signal: AbortSignal,
): Promise<readonly StoredRecord[]> {
  const found: StoredRecord[] = [];
  for (const group of groupsOf(scope, request.order)) {
    const last = found[request.limit - 1];
    if (last && isBehind(group, last.time, request.order)) break;
    for (const record of await readGroup(reading, duck, group, request, signal)) found.push(record);
    found.sort((a, b) => compareRecords(a, b, request.order));
    found.splice(request.limit);
  }
  return found;
}

interface Group {
  readonly segments: readonly Segment[];
  readonly hot: readonly HotFile[];
}

/** Write-ahead files first: their times are not known. Then segments by their nearer end. */
function groupsOf({ segments, hot }: Scope, order: Order): readonly Group[] {
  const sorted = [...segments].sort((a, b) =>
    order === 'desc' ? compareNanos(b.max, a.max) : compareNanos(a.min, b.min),
  );
  const groups: Group[] = hot.length > 0 ? [{ segments: [], hot }] : [];
  for (let start = 0, size = FIRST_SEGMENTS; start < sorted.length; start += size, size *= 2) {
    groups.push({ segments: sorted.slice(start, start + size), hot: [] });
  }
  return groups;
}

/** Whether no record of the group can come before the last one of a full page. */
function isBehind({ segments, hot }: Group, last: bigint, order: Order): boolean {
  if (hot.length > 0) return false;
  return segments.every(({ min, max }) => (order === 'desc' ? BigInt(max) < last : BigInt(min) > last));
}

/** Records of a group, enough for a page, unordered. */
async function readGroup(
  reading: Reading,
  duck: Duck,
  group: Group,
  request: SearchRequest,
  signal: AbortSignal,
): Promise<readonly StoredRecord[]> {
  if (request.fields) return readFields(reading, duck, group, request, request.fields, signal);
  const keys = await readKeys(reading, group, request, signal);
  return keys.length === 0 ? [] : readRecords(reading, duck, group, keys, signal);
}

function prepare(reading: Reading, group: Group, request: SearchRequest): Prepared {
  const { order, after } = request;
  return reading.prepare(group, request, after ? behind(after, order) : 'true');
}

/** The end of a query for the first records in order. */
function firstSql({ order, limit }: SearchRequest): string {
  const way = order === 'desc' ? 'DESC' : 'ASC';
  return `ORDER BY _t ${way}, _s ${way}, _o ${way}, _c ${way} LIMIT ${limit}`;
}

/** The first records, some of their fields only: in one go, for few columns are cheaply sorted along. */
async function readFields(
  reading: Reading,
  duck: Duck,
  group: Group,
  request: SearchRequest,
  fields: readonly string[],
  signal: AbortSignal,
): Promise<readonly StoredRecord[]> {
  const prepared = prepare(reading, group, request);
  const columns = fields.flatMap((field) => Object.values(prepared.relation.field(field)));
  const from = prepared.from();
  if (from === undefined) return [];
  const sql = `SELECT ${['_t', '_s', '_o', '_c', ...columns].join(', ')} FROM ${from} ${firstSql(request)}`;
  return recordsOf(await duck.columns({ sql, values: [] }, signal));
}

async function readKeys(
  reading: Reading,
  group: Group,
  request: SearchRequest,
  signal: AbortSignal,
): Promise<readonly Key[]> {
  const prepared = prepare(reading, group, request);
  const from = prepared.from();
  if (from === undefined) return [];
  const rows = await reading.rows(`SELECT _t, _s, _o, _c FROM ${from} ${firstSql(request)}`, signal);
  return rows.map(keyOf);
}

function keyOf(row: SqlRow): Key {
  const origin = { stream: String(row['_s']), offset: Number(row['_o'] ?? 0), check: Number(row['_c'] ?? 0) };
  return { time: BigInt(row['_t'] as bigint), origin };
}

/** Behind a cursor in the order (_t, _s, _o, _c). */
function behind(cursor: Cursor, order: Order): string {
  const { stream, offset, check } = originOfId(cursor.id);
  const sign = order === 'desc' ? '<' : '>';
  const [t, s, o, c] = [cursor.time, stream, BigInt(offset), BigInt(check)].map(literal);
  const place = `coalesce(_o, 0) ${sign} ${o} OR (coalesce(_o, 0) = ${o} AND coalesce(_c, 0) ${sign} ${c})`;
  // The first part alone lets whole row groups be skipped.
  return `_t ${sign}= ${t} AND (_t ${sign} ${t} OR _s ${sign} ${s} OR (_s = ${s} AND (${place})))`;
}

/** The records with these keys, unordered. */
async function readRecords(
  reading: Reading,
  duck: Duck,
  { segments, hot }: Group,
  keys: readonly Key[],
  signal: AbortSignal,
): Promise<readonly StoredRecord[]> {
  const wanted = new Set(keys.map((key) => idOfOrigin(key.origin)));
  const times = [...new Set(keys.map(({ time }) => time))];
  const [low, high] = [times.reduce(earlier), times.reduce(later)];
  // The bounds let row groups be skipped, the join then finds the rows.
  const inTimes = `BETWEEN ${low} AND ${high} AND`;
  const among = `IN (SELECT unnest([${times.join(', ')}]::BIGINT[]))`;
  const records: StoredRecord[] = [];
  if (segments.length > 0) {
    const files = segments.map(({ file }) => quotePath(path.join(reading.files.layout.root, file)));
    const sql = `SELECT * FROM read_parquet([${files.join(', ')}], union_by_name = true, hive_partitioning = false) WHERE _t ${inTimes} _t ${among}`;
    for (const record of recordsOf(await duck.columns({ sql, values: [] }, signal))) records.push(record);
  }
  if (hot.length > 0) {
    const files = hot.map((file) => quotePath(file.path));
    const sql = `SELECT json::VARCHAR AS line FROM read_json_objects([${files.join(', ')}], format = 'newline_delimited', ignore_errors = true, maximum_object_size = ${LINE_MIN_BYTES}) WHERE TRY_CAST(json->>'$._t' AS BIGINT) ${among}`;
    for (const row of await duck.all({ sql, values: [] }, signal)) {
      const record = recordOfLine(String(row['line']));
      if (record) records.push(record);
    }
  }
  return records.filter(({ id }) => wanted.has(id));
}
