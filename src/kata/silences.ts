// Where a slow start lost its time: the stretches in which nothing was logged, and what was logged last before each.
import type { Instant } from '../core/event.ts';
import { millisBetween } from './instant.ts';
import { PHASES, type Phase, type PhaseName } from './startup.ts';

/** A start without trouble has no pause that long in full debug. */
const SILENCE_MS = 100;
const SILENCES_MAX = 3;
const RUNNING = PHASES.indexOf('running');

export interface Silence<R> {
  readonly ms: number;
  /** The phase in which it began. */
  readonly phase: PhaseName;
  /** What was said before it. */
  readonly after: R;
}

/** The phases of the start: those before the workload runs. */
export function startOf(phases: readonly Phase[]): readonly Phase[] {
  return phases.filter(({ name }) => PHASES.indexOf(name) < RUNNING);
}

/**
 * The longest silences of a start, the longest first.
 * @param records of one sandbox, in the order of time
 */
export function startSilences<R extends { readonly time: Instant }>(
  records: readonly R[],
  phases: readonly Phase[],
): readonly Silence<R>[] {
  const start = startOf(phases);
  const [first, last] = [start[0], start[start.length - 1]];
  if (!first || !last) return [];
  const said = records.filter(
    ({ time }) => millisBetween(time, first.start) >= 0 && millisBetween(last.end, time) >= 0,
  );
  return said
    .slice(1)
    .map((record, index) => silenceBetween(said[index] ?? record, record, start))
    .filter(({ ms }) => ms >= SILENCE_MS)
    .sort((one, other) => other.ms - one.ms)
    .slice(0, SILENCES_MAX);
}

function silenceBetween<R extends { readonly time: Instant }>(
  after: R,
  { time }: R,
  start: readonly Phase[],
): Silence<R> {
  const phase = start.findLast(({ start: from }) => millisBetween(after.time, from) >= 0);
  return { ms: millisBetween(time, after.time), phase: phase?.name ?? 'prepare', after };
}
