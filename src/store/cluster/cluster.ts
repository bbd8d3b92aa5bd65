// Requests to a cluster, and what can go wrong with them in words.
import { EnvironmentError } from '../../core/failure.ts';
import type { Dsl } from '../../formats/kql/dsl.ts';
import { type HttpAnswer, HttpClient, type HttpOptions } from '../../search/http-client.ts';
import { reasonOf } from '../../search/template.ts';
import type { Damage } from '../log-store.ts';
import { parseExactly } from './exact-json.ts';

/** What an answer is cut down to on the server. */
const WANTED = [
  'timed_out',
  '_scroll_id',
  '_shards.failed',
  '_shards.failures',
  'hits.total',
  'hits.hits._index',
  'hits.hits._id',
  'hits.hits._source',
  'hits.hits.fields',
  'aggregations',
].join(',');
/** An index that is gone or closed is left out, a shard that fails is told as damage. */
const LENIENT = 'ignore_unavailable=true&allow_no_indices=true&allow_partial_search_results=true';
/** The server gives up before the client does, and says what it has so far. */
const SERVER_TIMEOUT = '55s';
const ANSWER_MAX_BYTES = 256 << 20;
const FAILURES_SHOWN = 20;

export interface Hit {
  readonly _index: string;
  readonly _id: string;
  readonly _source?: Readonly<Record<string, unknown>>;
  /** Values as the index has them. */
  readonly fields?: Readonly<Record<string, readonly unknown[]>>;
}

export interface Bucket {
  readonly key: string | number;
  readonly key_as_string?: string;
  readonly doc_count: number;
  readonly [aggregation: string]: unknown;
}

/** An answer of an aggregation; which of these are there depends on its kind. */
export interface Aggregation {
  readonly doc_count?: number;
  readonly value?: number | null;
  readonly sum_other_doc_count?: number;
  readonly buckets?: readonly Bucket[];
  readonly hits?: { readonly hits: readonly Hit[] };
  readonly [inner: string]: unknown;
}

export type Aggregations = Readonly<Record<string, Aggregation>>;

interface RawAnswer {
  readonly timed_out?: boolean;
  readonly _scroll_id?: string;
  readonly _shards?: {
    readonly failed?: number;
    readonly failures?: readonly { readonly index?: string; readonly shard?: number; readonly reason?: object }[];
  };
  readonly hits?: { readonly total?: { readonly value: number }; readonly hits?: readonly Hit[] };
  readonly aggregations?: Aggregations;
}

export interface SearchAnswer {
  readonly total: number;
  readonly hits: readonly Hit[];
  readonly aggregations: Aggregations;
  readonly damaged: readonly Damage[];
  readonly scroll: string | undefined;
}

export class Cluster {
  /** Address and indices, without secrets. */
  readonly location: string;
  readonly #client: HttpClient;
  readonly #indices: string;

  /** @param indices a name, a pattern, or several of them separated by commas */
  constructor(options: HttpOptions, indices: string) {
    this.location = `${options.origins.join(',')}${options.basePath}/${indices}`;
    this.#client = new HttpClient(options);
    this.#indices = encodeURIComponent(indices).replaceAll('%2C', ',');
  }

  /**
   * `_search` over the indices.
   * @throws {EnvironmentError} `search/transport`, `search/credentials`, `search/query`, `search/busy`,
   *   `search/too-large`, `search/answer`
   */
  async search(body: Dsl, signal: AbortSignal, scroll = ''): Promise<SearchAnswer> {
    const path = `/${this.#indices}/_search?${LENIENT}&filter_path=${WANTED}${scroll}`;
    return answerOf((await this.#json('POST', path, { timeout: SERVER_TIMEOUT, ...body }, signal)) as RawAnswer);
  }

  /** Every hit of a query, in no order. */
  async *scroll(body: Dsl, signal: AbortSignal): AsyncGenerator<readonly Hit[]> {
    let page = await this.search({ ...body, sort: ['_doc'] }, signal, '&scroll=1m');
    try {
      while (page.hits.length > 0) {
        yield page.hits;
        const next = { scroll: '1m', scroll_id: page.scroll };
        page = answerOf((await this.#json('POST', `/_search/scroll?filter_path=${WANTED}`, next, signal)) as RawAnswer);
      }
    } finally {
      if (page.scroll !== undefined) await this.#forget(page.scroll);
    }
  }

  /** What the indices know of their fields. */
  async fieldCapabilities(signal: AbortSignal): Promise<object> {
    const path = `/${this.#indices}/_field_caps?fields=*&ignore_unavailable=true&allow_no_indices=true`;
    return this.#json('GET', path, undefined, signal);
  }

  /** Bytes that the indices take; 0 where we may not ask. */
  async bytes(signal: AbortSignal): Promise<number> {
    const path = `/${this.#indices}/_stats/store?filter_path=_all.primaries.store.size_in_bytes&expand_wildcards=open`;
    try {
      const answer = (await this.#json('GET', path, undefined, signal)) as {
        readonly _all?: { readonly primaries?: { readonly store?: { readonly size_in_bytes?: number } } };
      };
      return answer._all?.primaries?.store?.size_in_bytes ?? 0;
    } catch (thrown) {
      if (thrown instanceof EnvironmentError && ['search/credentials', 'search/query'].includes(thrown.code)) return 0;
      throw thrown;
    }
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  /** The server forgets it by itself after a minute: a failure is none. */
  async #forget(scrollId: string): Promise<void> {
    try {
      await this.#json('DELETE', '/_search/scroll', { scroll_id: scrollId }, AbortSignal.timeout(5000));
    } catch (thrown) {
      if (!(thrown instanceof EnvironmentError) && (thrown as Error).name !== 'TimeoutError') throw thrown;
    }
  }

  async #json(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body: object | undefined,
    signal: AbortSignal,
  ): Promise<object> {
    const answer = await this.#client.request(
      {
        method,
        path,
        headers: body ? { 'content-type': 'application/json' } : {},
        ...(body && { body: JSON.stringify(body) }),
        answerMaxBytes: ANSWER_MAX_BYTES,
      },
      signal,
    );
    if (answer.status === 404) return {};
    if (answer.status >= 300) throw refusalOf(answer);
    try {
      return parseExactly(answer.body.toString('utf8')) as object;
    } catch (cause) {
      throw new EnvironmentError('search/answer', 'the answer is no JSON: is this Elasticsearch or OpenSearch?', {
        cause,
      });
    }
  }
}

function refusalOf(answer: HttpAnswer): EnvironmentError {
  const { status } = answer;
  const reason = reasonOf(answer);
  if (status === 401 || status === 403)
    return new EnvironmentError('search/credentials', `the cluster does not let us in (${status}): ${reason}`);
  if (status === 429 || status === 503) return new EnvironmentError('search/busy', `the cluster is busy: ${reason}`);
  if (status === 400) return new EnvironmentError('search/query', `the cluster refuses the query: ${reason}`);
  return new EnvironmentError('search/answer', `the cluster answers ${status}: ${reason}`);
}

function answerOf({ timed_out: isLate, _shards: shards, hits, aggregations, _scroll_id }: RawAnswer): SearchAnswer {
  const failures = (shards?.failures ?? []).slice(0, FAILURES_SHOWN).map(({ index, shard, reason }) => ({
    segment: `${index ?? '?'}[${shard ?? '?'}]`,
    reason: reasonOf({ body: Buffer.from(JSON.stringify({ error: reason })) }),
  }));
  const late = isLate ? [{ segment: 'cluster', reason: 'has not read everything in time' }] : [];
  return {
    total: hits?.total?.value ?? 0,
    hits: hits?.hits ?? [],
    aggregations: aggregations ?? {},
    damaged: [...failures, ...late].map((damage) => ({ ...damage, rows: 0, from: 0n, to: 0n })),
    scroll: _scroll_id,
  };
}
