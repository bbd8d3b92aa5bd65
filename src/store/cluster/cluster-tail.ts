// The live tail of a cluster: asks again and again for what is new. Records become visible late and not in the order of
// their times, so each question goes back a while and leaves out what was shown already.
import type { Clock } from '../../core/plugin.ts';
import type { Dsl } from '../../formats/kql/dsl.ts';
import type { Cursor, StoredRecord, TailBatch } from '../log-store.ts';
import { compareRecords } from '../record-order.ts';
import type { Cluster } from './cluster.ts';
import { readClusterPage } from './cluster-pages.ts';

const POLL_MS = 1000;
const PAGE_ROWS = 2000;
/** A record that comes later than this behind newer ones is not shown in the tail; a search finds it. */
const LATE_MAX_NS = 30_000_000_000n;
/** Records of that while that are remembered and read again: where more come, less late ones are shown. */
const SHOWN_MAX = 5000;

export interface ClusterTailRequest {
  readonly query: Dsl;
  readonly resume: string | undefined;
}

/** Endless. A place is `<time in ns>.<id>`: what is behind it in the order of records comes next. */
export async function* followCluster(
  cluster: Cluster,
  clock: Clock,
  { query, resume }: ClusterTailRequest,
  signal: AbortSignal,
): AsyncGenerator<TailBatch> {
  const read = (after: Cursor): Promise<readonly StoredRecord[]> =>
    readPage(cluster, { query, order: 'asc', limit: PAGE_ROWS, after }, signal);
  const start = placeOf(resume) ?? (await lastRecord(cluster, query, signal)) ?? { time: 0n, id: '' };
  const shown = new Shown(start);
  await shown.rememberUpTo(start, read);
  for (;;) {
    const { records, isLast } = await shown.next(read);
    if (records.length > 0) yield { records, resume: `${shown.newest.time}.${shown.newest.id}`, missed: 0 };
    if (isLast) await clock.sleep(POLL_MS, signal);
  }
}

type Read = (after: Cursor) => Promise<readonly StoredRecord[]>;

/** What was shown of the last while. */
class Shown {
  newest: Cursor;
  /** Nothing up to here is looked at any more. */
  #floor: Cursor;
  readonly #ids = new Map<string, bigint>();

  constructor(newest: Cursor) {
    this.newest = newest;
    this.#floor = { time: newest.time - LATE_MAX_NS, id: '' };
  }

  /** What there was before the tail began is not new. */
  async rememberUpTo(start: Cursor, read: Read): Promise<void> {
    for (let after = this.#floor; ; ) {
      const page = await read(after);
      const old = page.filter((record) => compareRecords(record, start, 'asc') <= 0);
      for (const record of old) this.#add(record);
      if (old.length < PAGE_ROWS) return;
      after = old.at(-1) as Cursor;
    }
  }

  /** The next records that were not shown; `isLast` when there are no more for now. */
  async next(read: Read): Promise<{ readonly records: readonly StoredRecord[]; readonly isLast: boolean }> {
    for (let after = this.#floor; ; ) {
      const page = await read(after);
      const records = page.filter(({ id }) => !this.#ids.has(id));
      const isLast = page.length < PAGE_ROWS;
      if (records.length > 0 || isLast) {
        for (const record of records) this.#add(record);
        this.#forget();
        return { records, isLast };
      }
      after = page.at(-1) as Cursor;
    }
  }

  #add(record: Cursor): void {
    this.#ids.set(record.id, record.time);
    if (compareRecords(record, this.newest, 'asc') > 0) this.newest = { time: record.time, id: record.id };
  }

  #forget(): void {
    const oldest = this.newest.time - LATE_MAX_NS;
    if (this.#ids.size > SHOWN_MAX) {
      this.#ids.clear();
      this.#floor = this.newest;
    } else if (oldest > this.#floor.time) this.#floor = { time: oldest, id: '' };
    for (const [id, time] of this.#ids) if (time < this.#floor.time) this.#ids.delete(id);
  }
}

async function readPage(
  cluster: Cluster,
  request: Parameters<typeof readClusterPage>[1],
  signal: AbortSignal,
): Promise<readonly StoredRecord[]> {
  signal.throwIfAborted();
  const { records } = await readClusterPage(cluster, request, signal);
  return records;
}

async function lastRecord(cluster: Cluster, query: Dsl, signal: AbortSignal): Promise<Cursor | undefined> {
  const [last] = await readPage(cluster, { query, order: 'desc', limit: 1 }, signal);
  return last;
}

function placeOf(text: string | undefined): Cursor | undefined {
  const parts = /^(-?\d{1,19})\.(.{1,512})$/.exec(text ?? '');
  return parts ? { time: BigInt(parts[1] as string), id: parts[2] as string } : undefined;
}
