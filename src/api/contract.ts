// Every request and answer of the HTTP API, once: the server validates by these schemas, the page and the OpenAPI
// document take their types from them. Times are RFC 3339 in UTC with nine digits unless a name ends in `_ms`.
import { type Static, Type } from 'typebox';

// ---- words ------------------------------------------------------------------------------------------------------------

const QUERY_MAX = 4096;
const FIELD_MAX = 512;
const ID_MAX = 512;
const CURSOR_MAX = 1024;

/** Most rows of one page. */
export const ROWS_MAX = 1000;
/** Most buckets of a histogram. */
export const BUCKETS_MAX = 500;

const Query = Type.String({ maxLength: QUERY_MAX, default: '', description: 'KQL; empty asks for everything' });
const Time = Type.String({
  maxLength: 40,
  pattern: '^(now(-[0-9]{1,6}[smhdw])?|[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.,]+(Z|[+-][0-9]{2}:[0-9]{2}))?)$',
  description: 'RFC 3339, a day, `now`, or `now-15m` (s, m, h, d, w)',
});
const FieldName = Type.String({ minLength: 1, maxLength: FIELD_MAX });
const Cursor = Type.String({ maxLength: CURSOR_MAX, description: 'opaque: the `cursor` of a row' });

const range = {
  query: Type.Optional(Query),
  from: Type.Optional(Time),
  to: Type.Optional(Time),
};

/** A value as it was written: numbers and booleans keep their type, lists and other JSON come as JSON text. */
export const Scalar = Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]);
export type Scalar = Static<typeof Scalar>;

/** A part of the data that could not be read; the answer is right for all the rest. */
export const Damage = Type.Object({
  segment: Type.String(),
  reason: Type.String(),
  rows: Type.Integer({ description: 'records that are missing, at most' }),
  from: Type.String(),
  to: Type.String(),
});
export type Damage = Static<typeof Damage>;

const answerHead = {
  took_ms: Type.Number(),
  /** Empty when everything could be read. */
  damaged: Type.Array(Damage),
};

/** Any refusal: `code` is `area/short-name`; `at` points into the query where that is the fault. */
export const ApiError = Type.Object({
  error: Type.Object({
    code: Type.String(),
    message: Type.String(),
    hint: Type.Optional(Type.String()),
    at: Type.Optional(Type.Array(Type.Object({ message: Type.String(), from: Type.Integer(), to: Type.Integer() }))),
  }),
});
export type ApiError = Static<typeof ApiError>;

// ---- records ------------------------------------------------------------------------------------------------------------

/** One record. Nested objects are flattened: `kata.level`. A field that the record has not is absent. */
export const Row = Type.Object({
  id: Type.String(),
  time: Type.String(),
  cursor: Type.String(),
  fields: Type.Record(Type.String(), Scalar),
});
export type Row = Static<typeof Row>;

/** GET /api/search: one page of records. Go on with `after` = the last row's `cursor`, same order. */
export const SearchQuery = Type.Object({
  ...range,
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: ROWS_MAX, default: 100 })),
  order: Type.Optional(Type.Union([Type.Literal('desc'), Type.Literal('asc')], { default: 'desc' })),
  after: Type.Optional(Cursor),
});
export type SearchQuery = Static<typeof SearchQuery>;
export const SearchAnswer = Type.Object({
  ...answerHead,
  rows: Type.Array(Row),
  /** `after` of the next page, or null at the end. */
  next: Type.Union([Type.String(), Type.Null()]),
});
export type SearchAnswer = Static<typeof SearchAnswer>;

/** GET /api/record: one record whole, by id; `time` (its row's) makes it quick. */
export const RecordQuery = Type.Object({
  id: Type.String({ minLength: 1, maxLength: ID_MAX }),
  time: Type.Optional(Time),
});
export type RecordQuery = Static<typeof RecordQuery>;
export const RecordAnswer = Type.Object({ ...answerHead, row: Row });
export type RecordAnswer = Static<typeof RecordAnswer>;

/** GET /api/context: records around one, oldest first, the record itself among them. */
export const ContextQuery = Type.Object({
  cursor: Cursor,
  before: Type.Optional(Type.Integer({ minimum: 0, maximum: ROWS_MAX, default: 20 })),
  after: Type.Optional(Type.Integer({ minimum: 0, maximum: ROWS_MAX, default: 20 })),
  query: Type.Optional(Query),
});
export type ContextQuery = Static<typeof ContextQuery>;
export const ContextAnswer = Type.Object({
  ...answerHead,
  rows: Type.Array(Row),
  /** Index of the record itself in `rows`, or -1 when `query` leaves it out. */
  at: Type.Integer(),
});
export type ContextAnswer = Static<typeof ContextAnswer>;

// ---- counts ---------------------------------------------------------------------------------------------------------------

/** GET /api/histogram: counts over time, split by a field (`level` unless told). Without `from`/`to`: all there is. */
export const HistogramQuery = Type.Object({
  ...range,
  buckets: Type.Optional(Type.Integer({ minimum: 1, maximum: BUCKETS_MAX, default: 60, description: 'at most' })),
  by: Type.Optional(FieldName),
});
export type HistogramQuery = Static<typeof HistogramQuery>;
export const HistogramAnswer = Type.Object({
  ...answerHead,
  from: Type.String(),
  to: Type.String(),
  interval_ms: Type.Number(),
  total: Type.Integer(),
  /** Values of `by` by count, at most ten; `` stands for records without the field, `…` for all other values. */
  series: Type.Array(Type.String()),
  /** Only buckets that hold records, by time. `counts[i]` belongs to `series[i]`. `partial`: cut by `from` or `to`. */
  buckets: Type.Array(
    Type.Object({
      start: Type.String(),
      total: Type.Integer(),
      counts: Type.Array(Type.Integer()),
      partial: Type.Boolean(),
    }),
  ),
});
export type HistogramAnswer = Static<typeof HistogramAnswer>;

const ValueCount = Type.Object({ value: Scalar, count: Type.Integer() });

/** GET /api/facets: the most frequent values of several fields (comma-separated) among the records of the query. */
export const FacetsQuery = Type.Object({
  ...range,
  fields: Type.String({ minLength: 1, maxLength: 4096, description: 'names, separated by commas; at most 20' }),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 10 })),
});
export type FacetsQuery = Static<typeof FacetsQuery>;
export const Facet = Type.Object({
  field: Type.String(),
  values: Type.Array(ValueCount),
  /** Records of the query with and without the field. */
  present: Type.Integer(),
  missing: Type.Integer(),
});
export type Facet = Static<typeof Facet>;
export const FacetsAnswer = Type.Object({ ...answerHead, total: Type.Integer(), facets: Type.Array(Facet) });
export type FacetsAnswer = Static<typeof FacetsAnswer>;

/** GET /api/stats: one field looked at closely. */
export const StatsQuery = Type.Object({ ...range, field: FieldName });
export type StatsQuery = Static<typeof StatsQuery>;
export const StatsAnswer = Type.Object({
  ...answerHead,
  field: Type.String(),
  present: Type.Integer(),
  missing: Type.Integer(),
  /** Approximate, within 2 % or so. */
  distinct: Type.Integer(),
  top: Type.Array(ValueCount),
  /** Where at least one value is a number: over those. */
  numbers: Type.Optional(
    Type.Object({
      count: Type.Integer(),
      min: Type.Number(),
      max: Type.Number(),
      mean: Type.Number(),
      p50: Type.Number(),
      p90: Type.Number(),
      p95: Type.Number(),
      p99: Type.Number(),
    }),
  ),
});
export type StatsAnswer = Static<typeof StatsAnswer>;

/** GET /api/fields: the fields that records of the range have, the most frequent first. */
export const FieldsQuery = Type.Object({ from: Type.Optional(Time), to: Type.Optional(Time) });
export type FieldsQuery = Static<typeof FieldsQuery>;
export const FieldInfo = Type.Object({
  name: Type.String(),
  count: Type.Integer({ description: 'records that have it, of the segments that touch the range' }),
  types: Type.Array(
    Type.Union([Type.Literal('string'), Type.Literal('number'), Type.Literal('boolean'), Type.Literal('json')]),
  ),
});
export type FieldInfo = Static<typeof FieldInfo>;
export const FieldsAnswer = Type.Object({ ...answerHead, total: Type.Integer(), fields: Type.Array(FieldInfo) });
export type FieldsAnswer = Static<typeof FieldsAnswer>;

/** GET /api/values: values of a field that begin with a text, for completion. */
export const ValuesQuery = Type.Object({
  field: FieldName,
  prefix: Type.Optional(Type.String({ maxLength: 256, default: '' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
  from: Type.Optional(Time),
  to: Type.Optional(Time),
});
export type ValuesQuery = Static<typeof ValuesQuery>;
export const ValuesAnswer = Type.Object({ ...answerHead, values: Type.Array(ValueCount) });
export type ValuesAnswer = Static<typeof ValuesAnswer>;

// ---- live tail ---------------------------------------------------------------------------------------------------------------

/**
 * GET /api/tail: Server-Sent Events. `event: rows` carries TailRows and an `id:` (the cursor of its last row), so that a
 * reconnect with Last-Event-ID goes on without a hole; `event: dropped` carries TailDropped when the reader was too slow.
 */
export const TailQuery = Type.Object({ query: Type.Optional(Query), after: Type.Optional(Cursor) });
export type TailQuery = Static<typeof TailQuery>;
export const TailRows = Type.Object({ rows: Type.Array(Row) });
export type TailRows = Static<typeof TailRows>;
export const TailDropped = Type.Object({
  dropped: Type.Integer({ description: 'records not sent since the last event' }),
});
export type TailDropped = Static<typeof TailDropped>;

// ---- export --------------------------------------------------------------------------------------------------------------------

/** GET /api/export: the whole result, streamed as a file. */
export const ExportQuery = Type.Object({
  ...range,
  format: Type.Union([Type.Literal('ndjson'), Type.Literal('csv'), Type.Literal('logfmt')]),
  order: Type.Optional(Type.Union([Type.Literal('desc'), Type.Literal('asc')], { default: 'asc' })),
  fields: Type.Optional(
    Type.String({ maxLength: 4096, description: 'columns of csv and logfmt; else all fields of the range' }),
  ),
});
export type ExportQuery = Static<typeof ExportQuery>;

// ---- sandboxes and problems --------------------------------------------------------------------------------------------------

/** GET /api/sandboxes: sandboxes with records in the range, latest first. */
export const SandboxesQuery = Type.Object({
  ...range,
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, default: 1000 })),
});
export type SandboxesQuery = Static<typeof SandboxesQuery>;
const sandboxHead = {
  id: Type.String(),
  first: Type.String(),
  last: Type.String(),
  duration_ms: Type.Number(),
  records: Type.Integer(),
  errors: Type.Integer(),
  hypervisor: Type.Optional(Type.String()),
  pod: Type.Optional(Type.String()),
  namespace: Type.Optional(Type.String()),
  last_phase: Type.Optional(Type.String()),
  /** Began to start or stop and did not come to the end of it. */
  stuck: Type.Boolean(),
};
export const SandboxSummary = Type.Object({
  ...sandboxHead,
  /** Start-up from the first record to the workload running, where both were seen. */
  startup_ms: Type.Optional(Type.Number()),
});
export type SandboxSummary = Static<typeof SandboxSummary>;
export const SandboxesAnswer = Type.Object({
  ...answerHead,
  sandboxes: Type.Array(SandboxSummary),
  /** How many of them are still without start-up and stuckness: asked again, more are known. */
  pending: Type.Integer(),
  /** Median of `startup_ms` over them, where there is any. */
  median_startup_ms: Type.Optional(Type.Number()),
});
export type SandboxesAnswer = Static<typeof SandboxesAnswer>;

/** GET /api/sandboxes/:id: as `katalog sandbox ID --json`, with each phase against the other sandboxes of the store. */
export const SandboxParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 128 }) });
export type SandboxParams = Static<typeof SandboxParams>;
export const Phase = Type.Object({
  name: Type.String(),
  lane: Type.Optional(Type.String({ description: 'runtime, hypervisor, guest-kernel, agent, workload' })),
  start: Type.String(),
  end: Type.String(),
  ms: Type.Number(),
  /** Median of this phase over the other sandboxes, where they have it. */
  median_ms: Type.Optional(Type.Number()),
  /** `ms - median_ms`. */
  excess_ms: Type.Optional(Type.Number()),
});
export type Phase = Static<typeof Phase>;
export const SandboxAnswer = Type.Object({
  ...answerHead,
  sandbox: Type.Object({
    ...sandboxHead,
    phases: Type.Array(Phase),
    rpcs: Type.Array(Type.Object({ name: Type.String(), start: Type.String(), ms: Type.Number() })),
    first_error: Type.Union([Row, Type.Null()]),
    completeness: Type.Object({ gaps: Type.Integer(), suppressed: Type.Integer() }),
    /** The longest stretches of the start without a record, the longest first; `after` is what was logged before. */
    silences: Type.Array(Type.Object({ ms: Type.Number(), phase: Type.String(), after: Row })),
    /** The slowest of the guest's kernel, the slowest first. */
    initcalls: Type.Array(Type.Object({ name: Type.String(), usecs: Type.Number() })),
    /** Name of the phase with the largest excess over the median; absent when none is slower. */
    slowest_phase: Type.Optional(Type.String()),
  }),
});
export type SandboxAnswer = Static<typeof SandboxAnswer>;

/** GET /api/problems: errors, panics, OOM, gaps, grouped by message template, new ones first. */
export const ProblemsQuery = Type.Object({
  ...range,
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
});
export type ProblemsQuery = Static<typeof ProblemsQuery>;
export const ProblemGroup = Type.Object({
  kind: Type.String({ description: '`kata.problem` (error, panic, oom, gap …)' }),
  template: Type.String(),
  component: Type.Optional(Type.String()),
  count: Type.Integer(),
  sandboxes: Type.Integer(),
  first: Type.String(),
  last: Type.String(),
  /** Not seen before the range; false where the range has no beginning. */
  is_new: Type.Boolean(),
  sample: Row,
});
export type ProblemGroup = Static<typeof ProblemGroup>;
export const ProblemsAnswer = Type.Object({ ...answerHead, problems: Type.Array(ProblemGroup) });
export type ProblemsAnswer = Static<typeof ProblemsAnswer>;

// ---- state of the whole -----------------------------------------------------------------------------------------------------

/** GET /api/about: what is behind this page. */
export const AboutAnswer = Type.Object({
  version: Type.String(),
  backend: Type.Union([Type.Literal('store'), Type.Literal('elasticsearch')]),
  /** Where the records lie: a directory, or the URL of the cluster without its secrets. */
  location: Type.String(),
  records: Type.Integer(),
  bytes: Type.Integer(),
  first: Type.Union([Type.String(), Type.Null()]),
  last: Type.Union([Type.String(), Type.Null()]),
  damaged: Type.Array(Damage),
  /** Facets that stand first. */
  pinned_fields: Type.Array(Type.String()),
  /** Whether anything is being imported, so that a live tail makes sense. */
  following: Type.Boolean(),
});
export type AboutAnswer = Static<typeof AboutAnswer>;

/** GET /api/sources: every source of the running import. */
export const SourceStatus = Type.Object({
  name: Type.String(),
  /** How far behind what can be read, in bytes, where that is known. */
  lag_bytes: Type.Optional(Type.Integer()),
  bytes_in: Type.Integer(),
  records: Type.Integer(),
  /** Damaged records that were put right, and texts that no parser understood (kept as they are). */
  repaired: Type.Integer(),
  rejected: Type.Integer(),
  gaps: Type.Integer(),
  /** Last thing that went wrong, with its time. */
  problem: Type.Optional(Type.Object({ time: Type.String(), message: Type.String() })),
});
export type SourceStatus = Static<typeof SourceStatus>;
/** Something of the input that needs a person, until it is well again. */
export const Trouble = Type.Object({ plugin: Type.String(), what: Type.String(), why: Type.String() });
export const SourcesAnswer = Type.Object({
  sources: Type.Array(SourceStatus),
  troubles: Type.Optional(Type.Array(Trouble)),
  /** Ingest stands still because of this (disk full). */
  stopped: Type.Optional(Type.String()),
});
export type SourcesAnswer = Static<typeof SourcesAnswer>;

/** GET /api/searches, PUT /api/searches/:name, DELETE /api/searches/:name. */
export const SavedSearch = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 100 }),
  query: Query,
  /** As in the URL of the page: `now-1h` or absolute. */
  from: Type.Optional(Time),
  to: Type.Optional(Time),
  columns: Type.Optional(Type.Array(FieldName, { maxItems: 50 })),
  /** Comes with the program: cannot be changed or deleted. */
  built_in: Type.Optional(Type.Boolean()),
});
export type SavedSearch = Static<typeof SavedSearch>;
export const SearchesAnswer = Type.Object({ searches: Type.Array(SavedSearch) });
export type SearchesAnswer = Static<typeof SearchesAnswer>;
export const SearchParams = Type.Object({ name: Type.String({ minLength: 1, maxLength: 100 }) });
export type SearchParams = Static<typeof SearchParams>;

/** GET /healthz, open to anybody. */
export const HealthAnswer = Type.Object({
  /** `stopped`: the store takes nothing. `unhealthy`: something of the input needs a person. */
  status: Type.Union([Type.Literal('ok'), Type.Literal('stopped'), Type.Literal('unhealthy')]),
  troubles: Type.Optional(Type.Array(Trouble)),
});
export type HealthAnswer = Static<typeof HealthAnswer>;
