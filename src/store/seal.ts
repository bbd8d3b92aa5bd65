// Sealing: a write-ahead file becomes Parquet segments, one a day of its records, in the order of its lines: sorting them
// by time would take as long again as everything else, and half as much memory, for segments that are read whole.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { crc32 } from 'node:zlib';
import type { Instant } from '../core/event.ts';
import { EnvironmentError } from '../core/failure.ts';
import { type Duck, quoteName, quotePath, type SqlRow } from './duck.ts';
import type { StoreLayout } from './layout.ts';
import type { Segment } from './manifest.ts';
import { syncDirectory } from './wal-file.ts';

/** What is known of a write-ahead file that is written no more. */
export interface ClosedWal {
  readonly seq: number;
  readonly path: string;
  readonly rows: number;
  readonly minTime: bigint;
  readonly maxTime: bigint;
  /** Longest line in bytes. */
  readonly longestLine: number;
  /** Names of its columns with values, the bag's aside. */
  readonly columns: ReadonlySet<string>;
  /** Whether any record has a bag. */
  readonly hasBag: boolean;
}

const DAY_NANOS = 86_400_000_000_000n;
/** Days with few records share a segment with the days behind them. */
const SEGMENT_MIN_ROWS = 20_000;
const ROW_GROUP_ROWS = 122_880;
const ZSTD_LEVEL = 3;
/** Buffers of DuckDB's reader take twice this for each thread. */
const LINE_MIN_BYTES = 2 << 20;

/** Types of our own columns in a write-ahead file. */
export const OWN_TYPES: Readonly<Record<string, string>> = {
  _t: 'BIGINT',
  _s: 'VARCHAR',
  _o: 'BIGINT',
  _c: 'BIGINT',
  _i: 'VARCHAR',
  _x: 'VARCHAR',
};

/** SQL that reads the columns of write-ahead files; torn and refused lines have no `_t`. */
export function readWal(files: readonly string[], columns: readonly string[], longestLine: number): string {
  const types = [...new Set(['_t', ...columns])].map((name) => `${quoteName(name)}: '${OWN_TYPES[name] ?? 'VARCHAR'}'`);
  const bytes = Math.max(LINE_MIN_BYTES, longestLine + 1024);
  return `read_json([${files.map(quotePath).join(', ')}], columns = {${types.join(', ')}}, format = 'newline_delimited', ignore_errors = true, maximum_object_size = ${bytes})`;
}

/**
 * Writes the segments of a file; they are on disk, but no part of the store before the manifest names them.
 * @throws {EnvironmentError} `store/query`, `store/write`, `store/seal` when DuckDB did not take every record.
 */
export async function sealWal(
  duck: Duck,
  layout: StoreLayout,
  wal: ClosedWal,
  now: Instant,
): Promise<readonly Segment[]> {
  const segments: Segment[] = [];
  const columns = [...wal.columns];
  const from = readWal([wal.path], [...Object.keys(OWN_TYPES), ...columns], wal.longestLine);
  for (const range of await timeRanges(duck, wal)) {
    const where = `_t >= ${range.from} AND _t < ${range.until}`;
    const source = { from, where, columns, hasBag: wal.hasBag, seq: wal.seq, part: segments.length };
    segments.push({ ...(await writeSegment(duck, layout, source)), sealedAt: now.seconds });
  }
  const rows = segments.reduce((sum, segment) => sum + segment.rows, 0);
  if (rows !== wal.rows) {
    throw new EnvironmentError('store/seal', `${wal.path}: ${wal.rows} records were written, ${rows} could be sealed`);
  }
  return segments;
}

interface TimeRange {
  readonly from: bigint;
  /** Exclusive. */
  readonly until: bigint;
}

async function timeRanges(duck: Duck, wal: ClosedWal): Promise<readonly TimeRange[]> {
  const whole = { from: wal.minTime, until: wal.maxTime + 1n };
  if (dayOf(wal.minTime) === dayOf(wal.maxTime)) return [whole];
  const rows = await duck.all({
    sql: `SELECT _t // ${DAY_NANOS} AS day, count(*) AS rows FROM ${readWal([wal.path], [], wal.longestLine)} WHERE _t IS NOT NULL GROUP BY day ORDER BY day`,
    values: [],
  });
  const ranges: TimeRange[] = [];
  let from = wal.minTime;
  let count = 0;
  rows.forEach(({ day, rows: ofDay }, i) => {
    count += Number(ofDay);
    const next = rows[i + 1];
    if (!next || count < SEGMENT_MIN_ROWS) return;
    const until = (BigInt(day as bigint) + 1n) * DAY_NANOS;
    ranges.push({ from, until });
    from = until;
    count = 0;
  });
  ranges.push({ from, until: whole.until });
  return ranges;
}

function dayOf(nanos: bigint): bigint {
  return nanos / DAY_NANOS;
}

/** Records that become one segment. */
export interface SegmentSource {
  /** SQL that reads them, all of our own columns among the others; the inside of a FROM clause. */
  readonly from: string;
  readonly where: string;
  /** Names of columns beside our own. */
  readonly columns: readonly string[];
  readonly hasBag: boolean;
  /** Number in the file's name; `part` of those with the same number. */
  readonly seq: number;
  readonly part: number;
}

/**
 * Writes a segment; it is on disk, but no part of the store before the manifest names it.
 * @throws {EnvironmentError} `store/query`, `store/write`
 */
export async function writeSegment(duck: Duck, layout: StoreLayout, source: SegmentSource): Promise<WrittenSegment> {
  const { from, where, seq, part } = source;
  const columns = [...Object.keys(OWN_TYPES), ...source.columns];
  const draft = path.join(layout.temporary, `${seq}-${part}.parquet`);
  const names = columns.map(quoteName).join(', ');
  fs.mkdirSync(layout.temporary, { recursive: true, mode: 0o700 });
  await duck.all({
    sql: `COPY (SELECT ${names} FROM ${from} WHERE ${where}) TO ${quotePath(draft)} (FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, COMPRESSION_LEVEL ${ZSTD_LEVEL}, ROW_GROUP_SIZE ${ROW_GROUP_ROWS})`,
    values: [],
  });
  const facts = await readFacts(duck, draft, source);
  return place(layout, draft, seq, part, facts);
}

export type WrittenSegment = Omit<Segment, 'sealedAt'>;
type Facts = Omit<WrittenSegment, 'file' | 'bytes' | 'crc'>;

async function readFacts(duck: Duck, file: string, { columns: counted, hasBag }: SegmentSource): Promise<Facts> {
  const from = `read_parquet(${quotePath(file)})`;
  const counts = counted.map((column, i) => `count(${quoteName(column)}) AS c${i}`);
  const [head] = (await duck.all({
    sql: `SELECT ${['count(*) AS rows', 'min(_t) AS min', 'max(_t) AS max', ...counts].join(', ')} FROM ${from}`,
    values: [],
  })) as [SqlRow];
  const streams = await duck.all({
    sql: `SELECT CASE WHEN _s[1] = '#' THEN '#' ELSE _s END AS stream, min(_o) AS low, max(_o) AS high, count(*) AS rows FROM ${from} GROUP BY stream`,
    values: [],
  });
  const inBag = hasBag ? await bagCounts(duck, from) : new Map<string, number>();
  return {
    min: String(head['min']),
    max: String(head['max']),
    rows: Number(head['rows']),
    columns: mergeCounts(
      counted.map((column, i) => [column, Number(head[`c${i}`])] as const),
      inBag,
    ),
    streams: Object.fromEntries(
      streams
        .filter(({ stream }) => stream !== '#')
        .map((row) => [String(row['stream']), [Number(row['low']), Number(row['high'])] as const]),
    ),
    foreign: Number(streams.find(({ stream }) => stream === '#')?.['rows'] ?? 0),
  };
}

async function bagCounts(duck: Duck, from: string): Promise<ReadonlyMap<string, number>> {
  const rows = await duck.all({
    sql: `SELECT key, count(*) AS rows FROM (SELECT unnest(json_keys(_x)) AS key FROM ${from} WHERE _x IS NOT NULL) GROUP BY key`,
    values: [],
  });
  return new Map(rows.map((row) => [String(row['key']), Number(row['rows'])] as const));
}

function mergeCounts(
  inColumns: readonly (readonly [string, number])[],
  inBag: ReadonlyMap<string, number>,
): Record<string, readonly [number, number]> {
  const merged = new Map<string, readonly [number, number]>();
  for (const [column, count] of inColumns) if (count > 0) merged.set(column, [count, 0]);
  for (const [column, count] of inBag) merged.set(column, [(merged.get(column)?.[0] ?? 0) + count, count]);
  return Object.fromEntries(merged);
}

/** Puts the draft where segments lie, on disk, under its final name. */
function place(layout: StoreLayout, draft: string, seq: number, part: number, facts: Facts): WrittenSegment {
  const day = new Date(Number(BigInt(facts.min) / 1_000_000n)).toISOString().slice(0, 10);
  const name = `${facts.min}-${facts.max}-${seq}${part === 0 ? '' : `.${part}`}.parquet`;
  const file = path.join('seg', day, name);
  const target = path.join(layout.root, file);
  try {
    const isNewDay = fs.mkdirSync(path.dirname(target), { recursive: true, mode: 0o700 }) !== undefined;
    const bytes = fs.readFileSync(draft);
    const fd = fs.openSync(draft, 'r+');
    fs.fsyncSync(fd);
    fs.closeSync(fd);
    fs.renameSync(draft, target);
    syncDirectory(path.dirname(target));
    if (isNewDay) syncDirectory(layout.segments);
    return { file, ...facts, bytes: bytes.length, crc: crc32(bytes) };
  } catch (cause) {
    throw new EnvironmentError('store/write', `cannot write ${target}`, { cause });
  }
}
