// Elasticsearch or OpenSearch behind the LogStore interface: reads what our outputs, or anybody else, shipped there.
import { EnvironmentError } from '../../core/failure.ts';
import type { Clock } from '../../core/plugin.ts';
import { all, compileDsl, type Dsl, timeRangeDsl } from '../../formats/kql/dsl.ts';
import type { HttpOptions } from '../../search/http-client.ts';
import type {
  FieldsResult,
  Filter,
  HistogramRequest,
  HistogramResult,
  LogStore,
  Order,
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
} from '../log-store.ts';
import { Cluster } from './cluster.ts';
import { clusterFields, clusterHistogram, clusterStats, clusterTop, type Question } from './cluster-counts.ts';
import { readByIds, readClusterPage } from './cluster-pages.ts';
import { clusterSandboxes } from './cluster-sandboxes.ts';
import { followCluster } from './cluster-tail.ts';
import { IndexFields } from './index-fields.ts';

const EVERYTHING: Dsl = { match_all: {} };

export class ClusterStore implements LogStore {
  readonly kind = 'elasticsearch';
  readonly #cluster: Cluster;
  readonly #fields: IndexFields;
  readonly #clock: Clock;

  constructor(options: HttpOptions, indices: string, clock: Clock) {
    this.#cluster = new Cluster(options, indices);
    this.#fields = new IndexFields(this.#cluster);
    this.#clock = clock;
  }

  append(): Promise<readonly boolean[]> {
    const message = 'a cluster is read only here: records get there by an output elasticsearch or opensearch';
    return Promise.reject(new EnvironmentError('store/read-only', message));
  }

  async search(request: SearchRequest, signal: AbortSignal): Promise<SearchResult> {
    const fields = await this.#fields.read(signal);
    const { order, limit, after, from, to } = request;
    const query = compileDsl(request.query, fields.of);
    return readClusterPage(this.#cluster, { query, order, limit, after, from, to }, signal);
  }

  byIds(ids: readonly string[], signal: AbortSignal): Promise<readonly StoredRecord[]> {
    return readByIds(this.#cluster, ids, signal);
  }

  async count(filter: Filter, signal: AbortSignal): Promise<number> {
    const { query } = await this.#question(filter, signal);
    const { total } = await this.#cluster.search({ size: 0, track_total_hits: true, query }, signal);
    return total;
  }

  async histogram(request: HistogramRequest, signal: AbortSignal): Promise<HistogramResult> {
    const question = await this.#question(request, signal);
    const from = request.from ?? (await this.#end('asc', signal)) ?? 0n;
    const to = request.to ?? ((await this.#end('desc', signal)) ?? 0n) + 1n;
    return clusterHistogram(question, request, { from, to: to > from ? to : from + 1n });
  }

  async top(request: TopRequest, signal: AbortSignal): Promise<TopResult> {
    return clusterTop(await this.#question(request, signal), request);
  }

  async stats(filter: Filter, field: string, signal: AbortSignal): Promise<StatsResult> {
    return clusterStats(await this.#question(filter, signal), field);
  }

  async fields(range: Omit<Filter, 'query'>, signal: AbortSignal): Promise<FieldsResult> {
    return clusterFields(await this.#question({ ...range, query: { kind: 'all' } }, signal));
  }

  async sandboxes(filter: Filter, limit: number, signal: AbortSignal): Promise<SandboxesResult> {
    return clusterSandboxes(await this.#question(filter, signal), limit);
  }

  async *tail({ query, resume }: TailRequest, signal: AbortSignal): AsyncGenerator<TailBatch> {
    const fields = await this.#fields.read(signal);
    yield* followCluster(this.#cluster, this.#clock, { query: compileDsl(query, fields.of), resume }, signal);
  }

  async overview(signal: AbortSignal): Promise<Overview> {
    const query = timeRangeDsl({});
    const { total, damaged } = await this.#cluster.search({ size: 0, track_total_hits: true, query }, signal);
    return {
      location: this.#cluster.location,
      records: total,
      bytes: await this.#cluster.bytes(signal),
      first: await this.#end('asc', signal),
      last: await this.#end('desc', signal),
      damaged,
    };
  }

  close(): Promise<void> {
    return this.#cluster.close();
  }

  async #question(filter: Filter, signal: AbortSignal): Promise<Question> {
    const fields = await this.#fields.read(signal);
    const query = all([timeRangeDsl(filter), compileDsl(filter.query, fields.of)]);
    return { cluster: this.#cluster, fields, query, signal };
  }

  /** Time of the first or last record. */
  async #end(order: Order, signal: AbortSignal): Promise<bigint | undefined> {
    const { records } = await readClusterPage(this.#cluster, { query: EVERYTHING, order, limit: 1 }, signal);
    return records[0]?.time;
  }
}
