// Start-up times of two logs side by side: how long each phase took in half and in 95 % of the sandboxes.
import type { SandboxView } from './sandbox-book.ts';
import { PHASES, startupMs } from './startup.ts';

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
}

export interface PhaseComparison {
  /** A phase of the start, or `total`. */
  readonly name: string;
  readonly before: Percentiles | undefined;
  readonly after: Percentiles | undefined;
}

export interface InitcallTimes {
  readonly name: string;
  /** The longest of each log, in microseconds. */
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/** How many sandboxes of a log began to start, and how many of them came up. */
export interface Starts {
  readonly begun: number;
  readonly up: number;
}

const STARTUP_PHASES: ReadonlySet<string> = new Set(PHASES.slice(0, PHASES.indexOf('running')));
/** A smaller difference is noise of the clock and the scheduler. */
export const NOISE_MS = 1;

/** @returns `total` first, then the phases in their order; those that neither log has are left out */
export function compareBoots(
  before: readonly SandboxView[],
  after: readonly SandboxView[],
): readonly PhaseComparison[] {
  const [one, other] = [timesOf(before), timesOf(after)];
  return ['total', ...STARTUP_PHASES]
    .map((name) => ({ name, before: percentiles(one.get(name)), after: percentiles(other.get(name)) }))
    .filter((row) => row.before !== undefined || row.after !== undefined);
}

/** Whether half or 95 % of the sandboxes take more than `percent` longer than before. */
export function isSlower({ before, after }: PhaseComparison, percent: number): boolean {
  if (!before || !after) return false;
  const exceeds = (one: number, other: number): boolean => other - one > Math.max(NOISE_MS, (one * percent) / 100);
  return exceeds(before.p50, after.p50) || exceeds(before.p95, after.p95);
}

export function startsOf(sandboxes: readonly SandboxView[]): Starts {
  const isUp = ({ phases }: SandboxView): boolean => startupMs(phases) !== undefined;
  return {
    begun: sandboxes.filter((view) => view.begun || isUp(view)).length,
    up: sandboxes.filter(isUp).length,
  };
}

/** Whether none comes up, or a larger share than before stays behind: times are those of the ones that came up. */
export function startsLess(before: Starts, after: Starts): boolean {
  if (after.up === 0) return true;
  return (after.begun - after.up) * before.begun > (before.begun - before.up) * after.begun;
}

/** The slowest initcalls of both logs, the slowest first. */
export function slowestInitcalls(
  before: readonly SandboxView[],
  after: readonly SandboxView[],
  limit: number,
): readonly InitcallTimes[] {
  const [one, other] = [longestInitcalls(before), longestInitcalls(after)];
  const longest = (row: InitcallTimes): number => Math.max(row.before ?? 0, row.after ?? 0);
  return [...new Set([...one.keys(), ...other.keys()])]
    .map((name) => ({ name, before: one.get(name), after: other.get(name) }))
    .sort((a, b) => longest(b) - longest(a))
    .slice(0, limit);
}

/** Milliseconds by phase, of the sandboxes that came up. */
function timesOf(sandboxes: readonly SandboxView[]): ReadonlyMap<string, readonly number[]> {
  const times = new Map<string, number[]>();
  const add = (name: string, ms: number): void => {
    const list = times.get(name) ?? [];
    times.set(name, list);
    list.push(ms);
  };
  for (const { phases } of sandboxes) {
    const total = startupMs(phases);
    if (total === undefined) continue;
    add('total', total);
    for (const { name, ms } of phases) if (STARTUP_PHASES.has(name)) add(name, ms);
  }
  return times;
}

function percentiles(values: readonly number[] | undefined): Percentiles | undefined {
  if (values === undefined) return undefined;
  const sorted = values.toSorted((one, other) => one - other);
  // Nearest rank: the smallest value that is not exceeded by this share.
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
  return { p50: at(0.5), p95: at(0.95) };
}

function longestInitcalls(sandboxes: readonly SandboxView[]): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const { name, usecs } of sandboxes.flatMap(({ initcalls }) => initcalls)) {
    times.set(name, Math.max(usecs, times.get(name) ?? 0));
  }
  return times;
}
