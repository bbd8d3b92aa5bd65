// The embedded store behind the LogStore interface: files of ours, read by DuckDB. With a writer it takes records too;
// without one it reads a store that another process writes.
import { Arena } from '../core/arena.ts';
import { EnvironmentError } from '../core/failure.ts';
import type { Clock } from '../core/plugin.ts';
import { readCount, readHistogram, readStats, readTop } from './counts.ts';
import { DocumentEncoder, instantOf } from './document-encoder.ts';
import { type Duck, literal } from './duck.ts';
import { readFields } from './field-list.ts';
import { type StoreFiles, touches } from './files.ts';
import type {
  FieldsResult,
  Filter,
  HistogramRequest,
  HistogramResult,
  LogStore,
  NewRecord,
  Overview,
  SandboxesResult,
  SearchRequest,
  SearchResult,
  StatsResult,
  StoredRecord,
  TailBatch,
  TailRequest,
  TopRequest,
  TopResult,
} from './log-store.ts';
import { readPage } from './pages.ts';
import { Reading, type Scope } from './reading.ts';
import { originOfId } from './record-id.ts';
import { readSandboxes } from './sandboxes.ts';
import { followTail } from './tail.ts';
import type { StoreWriter } from './writer.ts';

export class DuckStore implements LogStore {
  readonly kind = 'store';
  readonly #duck: Duck;
  readonly #files: StoreFiles;
  readonly #reading: Reading;
  readonly #clock: Clock;
  readonly #writer: StoreWriter | undefined;
  #encoder: DocumentEncoder | undefined;

  constructor(files: StoreFiles, duck: Duck, clock: Clock, writer?: StoreWriter) {
    this.#files = files;
    this.#duck = duck;
    this.#clock = clock;
    this.#writer = writer;
    this.#reading = new Reading(files, duck);
  }

  async append(records: readonly NewRecord[], signal: AbortSignal): Promise<readonly boolean[]> {
    signal.throwIfAborted();
    if (!this.#writer) throw new EnvironmentError('store/read-only', 'another process writes this store');
    this.#encoder ??= new DocumentEncoder(new Arena());
    for (const { id, time, document } of records) {
      this.#encoder.add(document, originOfId(id), instantOf(time));
    }
    return this.#writer.append(this.#encoder.take());
  }

  async search(request: SearchRequest, signal: AbortSignal): Promise<SearchResult> {
    return this.#reading.over(request, async (scope) => ({
      records: await readPage(this.#reading, this.#duck, scope, request, signal),
      damaged: scope.damaged,
    }));
  }

  async byIds(ids: readonly string[], signal: AbortSignal): Promise<readonly StoredRecord[]> {
    if (ids.length === 0) return [];
    return this.#reading.over({}, async (scope) => {
      const found: StoredRecord[] = [];
      for (const id of ids) found.push(...(await this.#byId(id, scope, signal)));
      return found;
    });
  }

  async count(filter: Filter, signal: AbortSignal): Promise<number> {
    return this.#reading.over(filter, (scope) => readCount(this.#reading, scope, filter, signal));
  }

  async histogram(request: HistogramRequest, signal: AbortSignal): Promise<HistogramResult> {
    return this.#reading.over(request, async (scope) => {
      const extent = await this.#extent(request, scope, signal);
      return readHistogram(this.#reading, scope, request, extent, signal);
    });
  }

  async top(request: TopRequest, signal: AbortSignal): Promise<TopResult> {
    return this.#reading.over(request, (scope) => readTop(this.#reading, scope, request, signal));
  }

  async stats(filter: Filter, field: string, signal: AbortSignal): Promise<StatsResult> {
    return this.#reading.over(filter, (scope) => readStats(this.#reading, scope, filter, field, signal));
  }

  async fields(range: Omit<Filter, 'query'>, signal: AbortSignal): Promise<FieldsResult> {
    return this.#reading.over(range, (scope) => readFields(this.#duck, scope, signal));
  }

  async sandboxes(filter: Filter, limit: number, signal: AbortSignal): Promise<SandboxesResult> {
    return this.#reading.over(filter, (scope) => readSandboxes(this.#reading, scope, filter, limit, signal));
  }

  tail(request: TailRequest, signal: AbortSignal): AsyncIterable<TailBatch> {
    return followTail(this.#files, this.#clock, this.#writer, request, signal);
  }

  async overview(signal: AbortSignal): Promise<Overview> {
    return this.#reading.over({}, async (scope) => {
      const all = { query: { kind: 'all' } } as const;
      const hotRows = await readCount(this.#reading, { ...scope, segments: [] }, all, signal);
      const extent = await this.#extent({}, scope, signal);
      const isEmpty = scope.segments.length === 0 && hotRows === 0;
      return {
        location: this.#files.layout.root,
        records: scope.segments.reduce((sum, { rows }) => sum + rows, hotRows),
        bytes: [...scope.segments, ...scope.hot].reduce((sum, { bytes }) => sum + bytes, 0),
        first: isEmpty ? undefined : extent.from,
        last: isEmpty ? undefined : extent.to - 1n,
        damaged: scope.damaged,
      };
    });
  }

  async close(): Promise<void> {
    await this.#writer?.close();
    await this.#duck.close();
  }

  async #byId(id: string, scope: Scope, signal: AbortSignal): Promise<readonly StoredRecord[]> {
    const { stream, offset } = originOfId(id);
    const isForeign = stream.startsWith('#');
    const segments = scope.segments.filter(({ foreign, streams }) => {
      const span = streams[stream];
      return isForeign ? foreign > 0 : span !== undefined && span[0] <= offset && span[1] >= offset;
    });
    const place = isForeign ? '' : ` AND _o = ${literal(BigInt(offset))}`;
    const isIt = `_s = ${literal(stream)}${place}`;
    const prepared = this.#reading.prepare({ segments, hot: scope.hot }, { query: { kind: 'all' } }, isIt);
    const from = prepared.from();
    if (from === undefined) return [];
    const [row] = await this.#reading.rows(`SELECT min(_t) AS low, max(_t) AS high FROM ${from}`, signal);
    if (row?.['low'] === null || row?.['low'] === undefined) return [];
    const range = { from: BigInt(row['low'] as bigint), to: BigInt(row['high'] as bigint) + 1n };
    const request: SearchRequest = { query: { kind: 'all' }, ...range, limit: 1000, order: 'asc' };
    const near = { ...scope, segments: segments.filter((segment) => touches(segment, range)) };
    const page = await readPage(this.#reading, this.#duck, near, request, signal);
    return page.filter((record) => record.id === id);
  }

  /** The range asked for, or where it is open the extent of the records. */
  async #extent(
    { from, to }: { readonly from?: bigint | undefined; readonly to?: bigint | undefined },
    scope: Scope,
    signal: AbortSignal,
  ): Promise<{ readonly from: bigint; readonly to: bigint }> {
    const times = scope.segments.flatMap(({ min, max }) => [BigInt(min), BigInt(max)]);
    if (scope.hot.length > 0 && (from === undefined || to === undefined)) {
      const prepared = this.#reading.prepare({ segments: [], hot: scope.hot }, { query: { kind: 'all' } });
      const [row] = await this.#reading.rows(`SELECT min(_t) AS low, max(_t) AS high FROM ${prepared.from()}`, signal);
      for (const end of [row?.['low'], row?.['high']]) if (typeof end === 'bigint') times.push(end);
    }
    const sorted = times.sort((a, b) => (a < b ? -1 : Number(a > b)));
    const low = from ?? sorted[0] ?? 0n;
    const high = to ?? (sorted.at(-1) ?? 0n) + 1n;
    return { from: low, to: high > low ? high : low + 1n };
  }
}
