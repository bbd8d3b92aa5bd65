// Problems: errors, panics, out of memory, losses, grouped by the kind of message.
import type { FastifyInstance } from 'fastify';
import { timeText } from '../formats/kql/time-bound.ts';
import { writeInstant } from '../kata/instant.ts';
import { type Problem, ProblemBook } from '../kata/problem-book.ts';
import { allRecords } from '../store/all-records.ts';
import type { Filter, LogStore, StoredRecord } from '../store/log-store.ts';
import { answering } from './answering.ts';
import { filterOf, rowOf } from './answers.ts';
import { type ApiContext, type Queries, tookMs } from './context.ts';
import { type ProblemGroup, ProblemsAnswer, ProblemsQuery } from './contract.ts';
import { seenOf } from './sandbox-views.ts';

const GROUPS = 100;
/** Newest records that are looked at; a node in trouble writes no more kinds of messages in older ones. */
const RECORDS_MAX = 50_000;

const IS_PROBLEM: Filter['query'] = {
  kind: 'or',
  parts: [
    { kind: 'field', field: 'level', match: { kind: 'range', low: { value: 'error', inclusive: true } } },
    { kind: 'field', field: 'kata.problem', match: { kind: 'text', pieces: ['true'] } },
    { kind: 'field', field: 'kata.gap', match: { kind: 'text', pieces: ['true'] } },
    { kind: 'field', field: 'kata.event', match: { kind: 'text', pieces: ['oom'] } },
    { kind: 'field', field: 'kata.event', match: { kind: 'text', pieces: ['panic'] } },
  ],
};

export function problemRoutes(app: FastifyInstance, { store }: ApiContext, queries: Queries): void {
  app.get<{ Querystring: ProblemsQuery }>(
    '/api/problems',
    answering('What went wrong, by kind of message', ProblemsQuery, ProblemsAnswer),
    async (request): Promise<ProblemsAnswer> => {
      const startMs = performance.now();
      const { limit = GROUPS } = request.query;
      const filter = filterOf(request.query);
      return queries.run(request, async (signal) => {
        const { groups, samples } = await read(store, filter, signal);
        const before = filter.from === undefined ? undefined : await kindsBefore(store, filter, signal);
        const problems = groups.slice(0, limit).flatMap((group) => groupOf(group, samples.get(keyOf(group)), before));
        return { took_ms: tookMs(startMs), damaged: [], problems };
      });
    },
  );
}

interface Read {
  readonly groups: readonly Problem[];
  readonly samples: ReadonlyMap<string, StoredRecord>;
}

async function read(store: LogStore, filter: Filter, signal: AbortSignal): Promise<Read> {
  const book = new ProblemBook();
  const samples = new Map<string, StoredRecord>();
  const wanted: Filter = { ...filter, query: { kind: 'and', parts: [filter.query, IS_PROBLEM] } };
  let records = 0;
  for await (const page of allRecords(store, wanted, 'desc', signal)) {
    for (const record of page) {
      const seen = seenOf(record);
      book.add(seen);
      const own = new ProblemBook();
      own.add(seen);
      for (const problem of own.list()) if (!samples.has(keyOf(problem))) samples.set(keyOf(problem), record);
    }
    records += page.length;
    if (records >= RECORDS_MAX) break;
  }
  return { groups: book.list(), samples };
}

/** What was there before the range. */
async function kindsBefore(store: LogStore, filter: Filter, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const { groups } = await read(store, { query: { kind: 'all' }, to: filter.from }, signal);
  return new Set(groups.map(keyOf));
}

function keyOf({ kind, template, component }: Problem): string {
  return `${kind} ${component ?? ''} ${template}`;
}

function groupOf(
  problem: Problem,
  sample: StoredRecord | undefined,
  before: ReadonlySet<string> | undefined,
): ProblemGroup[] {
  if (!sample) return [];
  const { kind, template, component, count, sandboxes, first, last } = problem;
  const time = timeText(sample.time);
  return [
    {
      kind,
      template,
      ...(component !== undefined && { component }),
      count,
      sandboxes: sandboxes.length,
      first: first ? writeInstant(first) : time,
      last: last ? writeInstant(last) : time,
      is_new: before !== undefined && !before.has(keyOf(problem)),
      sample: rowOf(sample),
    },
  ];
}
