// What the page and `katalog query` ask, whoever keeps the records: our own store or a cluster. One contract test holds
// both implementations to the same answers.
import type { FieldValue, Query } from '../formats/kql/query.ts';

/** Which records are meant: `from` ≤ time < `to`, in nanoseconds since the epoch. */
export interface Filter {
  readonly query: Query;
  readonly from?: bigint | undefined;
  readonly to?: bigint | undefined;
}

/** A place in the order of records: by time, and by id where times are equal. */
export interface Cursor {
  readonly time: bigint;
  readonly id: string;
}

export type Order = 'asc' | 'desc';

/** A record; nested objects are flattened, lists are JSON text. */
export interface StoredRecord {
  readonly id: string;
  readonly time: bigint;
  readonly fields: ReadonlyMap<string, Scalar>;
}

export type Scalar = string | number | boolean | null;

/** A record to be stored: `document` is one JSON object. */
export interface NewRecord {
  readonly id: string;
  readonly time: bigint;
  readonly document: string;
}

/** Data that could not be read: an answer is right for everything else. */
export interface Damage {
  readonly segment: string;
  readonly reason: string;
  readonly rows: number;
  readonly from: bigint;
  readonly to: bigint;
}

export interface Answer {
  readonly damaged: readonly Damage[];
}

export interface SearchRequest extends Filter {
  readonly limit: number;
  readonly order: Order;
  /** Only records behind this one, in the order. */
  readonly after?: Cursor | undefined;
  /** Only these are needed; others may be missing. */
  readonly fields?: readonly string[] | undefined;
}

export interface SearchResult extends Answer {
  readonly records: readonly StoredRecord[];
}

export interface HistogramRequest extends Filter {
  readonly buckets: number;
  /** Field that splits the counts. */
  readonly by: string;
}

export interface HistogramResult extends Answer {
  readonly from: bigint;
  readonly to: bigint;
  readonly interval: bigint;
  /** By bucket start and value; a record without the field counts under the empty text. */
  readonly counts: readonly { readonly start: bigint; readonly value: string; readonly count: number }[];
}

export interface TopRequest extends Filter {
  readonly fields: readonly string[];
  readonly limit: number;
  /** Only values that begin with this. */
  readonly prefix?: string | undefined;
}

export interface TopResult extends Answer {
  readonly total: number;
  readonly fields: readonly TopOfField[];
}

export interface TopOfField {
  readonly field: string;
  readonly present: number;
  readonly values: readonly { readonly value: Scalar; readonly count: number }[];
}

export interface StatsResult extends Answer {
  readonly total: number;
  readonly present: number;
  readonly distinct: number;
  readonly numbers: NumberStats | undefined;
}

export interface NumberStats {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
}

export type FieldType = 'string' | 'number' | 'boolean' | 'json';

export interface FieldsResult extends Answer {
  readonly total: number;
  readonly fields: readonly { readonly name: string; readonly count: number; readonly types: readonly FieldType[] }[];
}

export interface SandboxRow {
  readonly id: string;
  readonly first: bigint;
  readonly last: bigint;
  readonly records: number;
  readonly errors: number;
  readonly hypervisor: string | undefined;
  readonly pod: string | undefined;
  readonly namespace: string | undefined;
  readonly lastPhase: string | undefined;
}

export interface SandboxesResult extends Answer {
  readonly sandboxes: readonly SandboxRow[];
}

export interface TailRequest {
  readonly query: Query;
  /** Where an earlier tail ended, in the words of this store. */
  readonly resume?: string | undefined;
}

/** Records as they come; `resume` goes on behind them. `missed` > 0: records that could not be given any more. */
export interface TailBatch {
  readonly records: readonly StoredRecord[];
  readonly resume: string;
  readonly missed: number;
}

export interface Overview extends Answer {
  readonly location: string;
  readonly records: number;
  readonly bytes: number;
  readonly first: bigint | undefined;
  readonly last: bigint | undefined;
}

/** Every method rejects with an EnvironmentError (`store/…`, `search/…`) or the signal's reason. */
export interface LogStore {
  readonly kind: 'store' | 'elasticsearch';
  /** Whether each record was new. Resolves once all are kept. */
  append(records: readonly NewRecord[], signal: AbortSignal): Promise<readonly boolean[]>;
  search(request: SearchRequest, signal: AbortSignal): Promise<SearchResult>;
  /** Those of the ids that there are. */
  byIds(ids: readonly string[], signal: AbortSignal): Promise<readonly StoredRecord[]>;
  count(filter: Filter, signal: AbortSignal): Promise<number>;
  histogram(request: HistogramRequest, signal: AbortSignal): Promise<HistogramResult>;
  top(request: TopRequest, signal: AbortSignal): Promise<TopResult>;
  stats(filter: Filter, field: string, signal: AbortSignal): Promise<StatsResult>;
  fields(range: Omit<Filter, 'query'>, signal: AbortSignal): Promise<FieldsResult>;
  sandboxes(filter: Filter, limit: number, signal: AbortSignal): Promise<SandboxesResult>;
  /** Endless; ends when the signal aborts. Without `resume` it begins with what comes next. */
  tail(request: TailRequest, signal: AbortSignal): AsyncIterable<TailBatch>;
  overview(signal: AbortSignal): Promise<Overview>;
  close(): Promise<void>;
}

/** The value of a field as a predicate reads it: lists come back from their JSON text. */
export function readField(record: StoredRecord, field: string): FieldValue {
  const value = record.fields.get(field);
  if (typeof value !== 'string' || !value.startsWith('[')) return value;
  try {
    return JSON.parse(value) as FieldValue;
  } catch {
    return value;
  }
}
