// Merging: neighbouring small segments become one, so that a quiet node, or one that is often restarted, has few files.
import * as path from 'node:path';
import { EnvironmentError } from '../core/failure.ts';
import { type Duck, quotePath } from './duck.ts';
import { compareNanos } from './files.ts';
import type { StoreLayout } from './layout.ts';
import type { Segment } from './manifest.ts';
import { earlier, later } from './record-order.ts';
import { writeSegment } from './seal.ts';

/** Rows of a merged segment, at most; one of half as many is merged no more. */
const MERGED_MAX_ROWS = 1_000_000;
/** So many at least, so that no record is written again too often: each time its segment grows several times. */
const SEGMENTS_MIN = 4;
const SEGMENTS_MAX = 32;
/** All of a segment go together: it must not keep records much longer than they were promised. */
const SEALED_SPREAD_SECONDS = 86_400;
/** A merged segment spans at most a day, or twice the longest of its segments: a range of time reads little else. */
const DAY_NANOS = 86_400_000_000_000n;

/** Segments to be merged next, in the order of time; empty when there are none. */
export function mergeable(segments: readonly Segment[]): readonly Segment[] {
  const sorted = [...segments].sort((a, b) => compareNanos(a.min, b.min));
  let run: Segment[] = [];
  for (const segment of sorted) {
    if (!joins(run, segment)) {
      if (run.length >= SEGMENTS_MIN) return run;
      run = [];
    }
    if (segment.rows < MERGED_MAX_ROWS / 2) run.push(segment);
  }
  return run.length >= SEGMENTS_MIN ? run : [];
}

function joins(run: readonly Segment[], segment: Segment): boolean {
  const all = [...run, segment];
  const rows = all.reduce((sum, one) => sum + one.rows, 0);
  return (
    run.length === 0 ||
    (run.length < SEGMENTS_MAX &&
      segment.rows < MERGED_MAX_ROWS / 2 &&
      rows <= MERGED_MAX_ROWS &&
      isDense(all) &&
      all.every(({ sealedAt }) => Math.abs(sealedAt - segment.sealedAt) <= SEALED_SPREAD_SECONDS))
  );
}

function isDense(segments: readonly Segment[]): boolean {
  const min = segments.map((one) => BigInt(one.min)).reduce(earlier);
  const max = segments.map((one) => BigInt(one.max)).reduce(later);
  const longest = segments.map((one) => BigInt(one.max) - BigInt(one.min)).reduce(later);
  return max - min <= later(DAY_NANOS, 2n * longest);
}

/**
 * Writes one segment of several; it is on disk, but no part of the store before the manifest names it.
 * @throws {EnvironmentError} `store/query`, `store/write`, `store/seal` when DuckDB did not take every record.
 */
export async function mergeSegments(
  duck: Duck,
  layout: StoreLayout,
  segments: readonly Segment[],
  seq: number,
): Promise<Segment> {
  const files = segments.map(({ file }) => quotePath(path.join(layout.root, file)));
  const columns = new Set<string>();
  for (const { columns: counts } of segments)
    for (const [column, [count, bagged]] of Object.entries(counts)) if (count > bagged) columns.add(column);
  const written = await writeSegment(duck, layout, {
    from: `read_parquet([${files.join(', ')}], union_by_name = true, hive_partitioning = false)`,
    where: 'true',
    columns: [...columns],
    hasBag: segments.some(({ columns: counts }) => Object.values(counts).some(([, bagged]) => bagged > 0)),
    seq,
    part: 0,
  });
  const rows = segments.reduce((sum, segment) => sum + segment.rows, 0);
  if (written.rows !== rows)
    throw new EnvironmentError('store/seal', `${rows} records were to be merged, ${written.rows} could be`);
  const parts = new Map<number, number>();
  for (const segment of segments)
    for (const [wal, count] of partsOf(segment)) parts.set(wal, (parts.get(wal) ?? 0) + count);
  return {
    ...written,
    sealedAt: Math.max(...segments.map(({ sealedAt }) => sealedAt)),
    parts: Object.fromEntries(parts),
  };
}

/** Rows of a segment by number of the write-ahead file that they come from. */
export function partsOf({ file, rows, parts }: Segment): readonly (readonly [wal: number, rows: number])[] {
  if (parts) return Object.entries(parts).map(([wal, count]) => [Number(wal), count]);
  return [[Number(/-(\d+)(?:\.\d+)?\.parquet$/.exec(file)?.[1]), rows]];
}
