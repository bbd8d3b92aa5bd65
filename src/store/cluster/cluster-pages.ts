// Pages of records by time, and by id where times are equal.
//
// Servers sort by time only: a sort by `_id` loads all ids into memory, and many clusters forbid it. So a page is read
// a little longer than asked for, the records of one instant are sorted here, and an instant that was cut is read anew.
import { EnvironmentError } from '../../core/failure.ts';
import { all, type Dsl, timeRangeDsl } from '../../formats/kql/dsl.ts';
import { timeText } from '../../formats/kql/time-bound.ts';
import type { Cursor, Damage, Order, SearchRequest, SearchResult, StoredRecord } from '../log-store.ts';
import { compareRecords } from '../record-order.ts';
import type { Cluster, SearchAnswer } from './cluster.ts';
import { recordOfHit, TIME_FIELDS } from './cluster-record.ts';

/** A server's `index.max_result_window`. */
const WINDOW_MAX = 10_000;
/** Read beyond the page, so that the instant at its end is seen whole. */
const MARGIN = 100;
/** Records of one instant; their ids are sorted in memory. */
const INSTANT_MAX = 500_000;

export interface PageRequest extends Pick<SearchRequest, 'order' | 'limit' | 'after' | 'from' | 'to'> {
  /** The query, compiled; without the range of time. */
  readonly query: Dsl;
}

/** @throws {EnvironmentError} `search/…` */
export async function readClusterPage(
  cluster: Cluster,
  request: PageRequest,
  signal: AbortSignal,
): Promise<SearchResult> {
  const { order, limit, after } = request;
  const records: StoredRecord[] = [];
  const damaged: Damage[] = [];
  let range: TimeRange | undefined = after ? upFrom(request, order, after.time) : request;
  let size = Math.min(WINDOW_MAX, limit + MARGIN);
  while (range && records.length < limit) {
    const answer = await readBlock(cluster, request, range, size, signal);
    // The answer was too large: what there is of it is as good as a shorter page.
    size = answer.size;
    damaged.push(...answer.damaged);
    const block = answer.hits.map(recordOfHit);
    const last = block.length === size ? (block.at(-1) as StoredRecord).time : undefined;
    const whole = block.filter(({ time }) => time !== last);
    records.push(...behind(whole, after, order));
    if (last === undefined) range = undefined;
    else if (whole.length > 0) range = upFrom(range, order, last);
    else {
      records.push(...(await readInstant(cluster, request, last, limit - records.length, signal)));
      range = upFrom(range, order, order === 'asc' ? last + 1n : last - 1n);
    }
  }
  records.sort((a, b) => compareRecords(a, b, order));
  return { records: records.slice(0, limit), damaged };
}

interface TimeRange {
  readonly from?: bigint | undefined;
  readonly to?: bigint | undefined;
}

/** The part of a range that begins with an instant, in the order. */
function upFrom({ from, to }: TimeRange, order: Order, time: bigint): TimeRange {
  if (order === 'asc') return { from: from !== undefined && from > time ? from : time, to };
  return { from, to: to !== undefined && to <= time ? to : time + 1n };
}

function behind(records: readonly StoredRecord[], after: Cursor | undefined, order: Order): readonly StoredRecord[] {
  return after ? records.filter((record) => compareRecords(record, after, order) > 0) : records;
}

async function readBlock(
  cluster: Cluster,
  { query, order }: PageRequest,
  range: TimeRange,
  size: number,
  signal: AbortSignal,
): Promise<SearchAnswer & { readonly size: number }> {
  const sort = [{ '@timestamp': { order, numeric_type: 'date_nanos', unmapped_type: 'date_nanos' } }];
  for (let asked = size; ; asked = Math.ceil(asked / 4)) {
    const body = { size: asked, sort, docvalue_fields: TIME_FIELDS, track_total_hits: false };
    try {
      const answer = await cluster.search({ ...body, query: all([timeRangeDsl(range), query]) }, signal);
      return { ...answer, size: asked };
    } catch (thrown) {
      const isTooLarge = thrown instanceof EnvironmentError && thrown.code === 'search/too-large';
      if (!isTooLarge || asked === 1) throw thrown;
    }
  }
}

/** The next records of an instant that has more than a block: first all ids, then the records that are wanted. */
async function readInstant(
  cluster: Cluster,
  { query, order, after }: PageRequest,
  time: bigint,
  limit: number,
  signal: AbortSignal,
): Promise<readonly StoredRecord[]> {
  const instant = timeRangeDsl({ from: time, to: time + 1n });
  const places: Cursor[] = [];
  const scan = { size: WINDOW_MAX, _source: false, query: all([instant, query]) };
  for await (const hits of cluster.scroll(scan, signal)) {
    for (const { _id: id } of hits) places.push({ time, id });
    if (places.length > INSTANT_MAX)
      throw new EnvironmentError('search/query', `more than ${INSTANT_MAX} records have the time ${timeText(time)}`);
  }
  const wanted = places
    .filter((place) => !after || compareRecords(place, after, order) > 0)
    .sort((a, b) => compareRecords(a, b, order))
    .slice(0, limit);
  return readByIds(
    cluster,
    wanted.map(({ id }) => id),
    signal,
  );
}

/** Those of the ids that there are, in no order. */
export async function readByIds(
  cluster: Cluster,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<readonly StoredRecord[]> {
  const records: StoredRecord[] = [];
  for (let start = 0; start < ids.length; start += WINDOW_MAX) {
    const values = ids.slice(start, start + WINDOW_MAX);
    const body = { size: WINDOW_MAX, docvalue_fields: TIME_FIELDS, track_total_hits: false };
    const { hits } = await cluster.search({ ...body, query: { ids: { values } } }, signal);
    records.push(...hits.map(recordOfHit));
  }
  return records;
}
