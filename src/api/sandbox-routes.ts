// Sandboxes: the list, and one with its phases against those of the others.
import type { FastifyInstance } from 'fastify';
import { timeText } from '../formats/kql/time-bound.ts';
import { writeInstant } from '../kata/instant.ts';
import type { SandboxView } from '../kata/sandbox-book.ts';
import { sandboxJson } from '../kata/sandbox-json.ts';
import { startOf, startSilences } from '../kata/silences.ts';
import { LANE_OF_PHASE, startupMs } from '../kata/startup.ts';
import { instantOf } from '../store/document-encoder.ts';
import type { LogStore, SandboxRow } from '../store/log-store.ts';
import { nanosOf } from '../store/wal-encoder.ts';
import { answering } from './answering.ts';
import { damageOf, filterOf, rowOf } from './answers.ts';
import { type ApiContext, type Queries, tookMs } from './context.ts';
import {
  type Phase,
  type Row,
  SandboxAnswer,
  SandboxesAnswer,
  SandboxesQuery,
  SandboxParams,
  type SandboxSummary,
} from './contract.ts';
import { RequestRefusal } from './refusal.ts';
import { SandboxViews } from './sandbox-views.ts';

const SANDBOXES = 1000;
/** Records read of sandboxes that are new to the list: the answer is there at once, and whoever asks again gets more. */
const LIST_RECORDS = 20_000;
/** Records read of one sandbox and those that it is compared with. */
const COMPARED_RECORDS = 150_000;
/** Others that a phase is compared with. */
const COMPARED = 100;
/** Phases that are waiting for the user, not work: they are not compared. */
const UNCOMPARED: ReadonlySet<string> = new Set(['running']);

/** A start in full debug has some thousand. */
const START_RECORDS_MAX = 20_000;

export function sandboxRoutes(app: FastifyInstance, { store }: ApiContext, queries: Queries): void {
  const views = new SandboxViews(store);
  app.get<{ Querystring: SandboxesQuery }>(
    '/api/sandboxes',
    answering('Sandboxes with records in the range', SandboxesQuery, SandboxesAnswer),
    async (request): Promise<SandboxesAnswer> => {
      const startMs = performance.now();
      const { limit = SANDBOXES } = request.query;
      const filter = filterOf(request.query);
      return queries.run(request, async (signal) => {
        const { sandboxes, damaged } = await store.sandboxes(filter, limit, signal);
        const lives = await views.of(sandboxes, LIST_RECORDS, signal);
        const summaries = sandboxes.map((row) => summaryOf(row, lives.views.get(row.id)));
        const median = medianOf(summaries.flatMap(({ startup_ms: ms }) => (ms === undefined ? [] : [ms])));
        return {
          took_ms: tookMs(startMs),
          damaged: damageOf(damaged),
          sandboxes: summaries,
          pending: lives.pending,
          ...(median !== undefined && { median_startup_ms: median }),
        };
      });
    },
  );
  app.get<{ Params: SandboxParams }>(
    '/api/sandboxes/:id',
    answering('One sandbox', undefined, SandboxAnswer, SandboxParams),
    async (request): Promise<SandboxAnswer> => {
      const startMs = performance.now();
      const answer = await queries.run(request, (signal) => oneSandbox(store, views, request.params.id, signal));
      return { took_ms: tookMs(startMs), ...answer };
    },
  );
}

async function oneSandbox(
  store: LogStore,
  views: SandboxViews,
  id: string,
  signal: AbortSignal,
): Promise<Omit<SandboxAnswer, 'took_ms'>> {
  const { sandboxes, damaged } = await store.sandboxes({ query: { kind: 'all' } }, SANDBOXES, signal);
  const row = sandboxes.find((one) => one.id === id) ?? (await alone(store, id, signal));
  const others = sandboxes.filter((one) => one.id !== id).slice(0, COMPARED);
  const lives = row && (await views.of([row, ...others], COMPARED_RECORDS, signal)).views;
  const view = lives?.get(id);
  if (!lives || !view)
    throw new RequestRefusal(404, { code: 'api/no-sandbox', message: 'the store has no records of this sandbox' });
  const phases = comparedPhases(
    view,
    [...lives.values()].filter((other) => other.id !== id),
  );
  const slowest = slowestOf(phases);
  const { hypervisor, pod, namespace, rpcs, ...json } = sandboxJson(view);
  return {
    damaged: damageOf(damaged),
    sandbox: {
      ...json,
      ...(hypervisor !== null && { hypervisor }),
      ...(pod !== null && { pod }),
      ...(namespace !== null && { namespace }),
      phases: [...phases],
      rpcs: rpcs.flatMap(({ name, start, ms }) => (ms === null ? [] : [{ name, start, ms }])),
      first_error: await firstError(store, view, signal),
      silences: await silences(store, view, signal),
      initcalls: [...view.initcalls],
      completeness: { ...json.completeness },
      ...(slowest !== undefined && { slowest_phase: slowest }),
    },
  };
}

/** A sandbox that is not among the latest. */
async function alone(store: LogStore, id: string, signal: AbortSignal): Promise<SandboxRow | undefined> {
  const query = { kind: 'field', field: 'sandbox', match: { kind: 'text', pieces: [id] } } as const;
  const { sandboxes } = await store.sandboxes({ query }, 1, signal);
  return sandboxes[0];
}

function comparedPhases(view: SandboxView, others: readonly SandboxView[]): readonly Phase[] {
  return view.phases.map(({ name, start, end, ms }) => {
    const median = UNCOMPARED.has(name)
      ? undefined
      : medianOf(
          others.flatMap(({ phases }) => phases.filter((phase) => phase.name === name).map((phase) => phase.ms)),
        );
    return {
      name,
      lane: LANE_OF_PHASE[name],
      start: writeInstant(start),
      end: writeInstant(end),
      ms,
      ...(median !== undefined && { median_ms: median, excess_ms: ms - median }),
    };
  });
}

function slowestOf(phases: readonly Phase[]): string | undefined {
  const slower = phases.filter(({ excess_ms: excess = 0 }) => excess > 0);
  return slower.sort((a, b) => (b.excess_ms ?? 0) - (a.excess_ms ?? 0))[0]?.name;
}

function medianOf(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle];
  const low = sorted[middle - 1];
  return sorted.length % 2 === 1 || low === undefined || high === undefined ? high : (low + high) / 2;
}

async function firstError(store: LogStore, view: SandboxView, signal: AbortSignal): Promise<Row | null> {
  const isIt = { kind: 'field', field: 'sandbox', match: { kind: 'text', pieces: [view.id] } } as const;
  const isBad = {
    kind: 'field',
    field: 'level',
    match: { kind: 'range', low: { value: 'error', inclusive: true } },
  } as const;
  const query = { kind: 'and', parts: [isIt, isBad] } as const;
  const { records } = await store.search({ query, order: 'asc', limit: 1 }, signal);
  return records[0] ? rowOf(records[0]) : null;
}

async function silences(
  store: LogStore,
  { id, phases }: SandboxView,
  signal: AbortSignal,
): Promise<SandboxAnswer['sandbox']['silences']> {
  const start = startOf(phases);
  const [first, last] = [start[0], start[start.length - 1]];
  if (!first || !last) return [];
  const query = { kind: 'field', field: 'sandbox', match: { kind: 'text', pieces: [id] } } as const;
  const filter = { query, from: nanosOf(first.start), to: nanosOf(last.end) + 1n };
  const { records } = await store.search({ ...filter, order: 'asc', limit: START_RECORDS_MAX }, signal);
  const said = records.map((record) => ({ time: instantOf(record.time), record }));
  return startSilences(said, phases).map(({ ms, phase, after }) => ({ ms, phase, after: rowOf(after.record) }));
}

function summaryOf(row: SandboxRow, view: SandboxView | undefined): SandboxSummary {
  const { id, first, last, records, errors } = row;
  const [hypervisor, pod, namespace] = [
    view?.hypervisor ?? row.hypervisor,
    view?.pod ?? row.pod,
    view?.namespace ?? row.namespace,
  ];
  const lastPhase = view?.lastPhase ?? row.lastPhase;
  const startup = view && startupMs(view.phases);
  return {
    id,
    first: timeText(first),
    last: timeText(last),
    duration_ms: Number(last - first) / 1e6,
    records,
    errors,
    ...(hypervisor !== undefined && { hypervisor }),
    ...(pod !== undefined && { pod }),
    ...(namespace !== undefined && { namespace }),
    ...(lastPhase !== undefined && { last_phase: lastPhase }),
    stuck: view?.stuck ?? false,
    ...(startup !== undefined && { startup_ms: startup }),
  };
}
