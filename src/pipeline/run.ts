// Runs a plan: state, plugins and streams put together; started, drained and ended in the right order.
import type { Plan } from '../config/plan.ts';
import { redactor } from '../config/secrets.ts';
import { Arena } from '../core/arena.ts';
import type { Keys } from '../core/event.ts';
import { EnvironmentError, failureText } from '../core/failure.ts';
import type { Clock } from '../core/plugin.ts';
import { createScanner } from '../formats/scan/scanner.ts';
import { lockDirectory } from '../store/lock.ts';
import { type Around, type Built, buildPlan, type OutputFor, type Workshop } from './build.ts';
import { Committer } from './committer.ts';
import { Counters } from './counters.ts';
import { DeadLetterFile } from './dead-letter.ts';
import { Flow, IN_FLIGHT_MAX_BYTES } from './flow.ts';
import { Health } from './health.ts';
import { createIntake, type IntakeParts } from './intake.ts';
import { createLog, type LogSink } from './log.ts';
import type { Observer } from './nodes.ts';
import { OwnLog, type OwnLogParts } from './own-log.ts';
import type { Router } from './router.ts';
import { RunControl } from './run-control.ts';
import { makeStateDirectory, State } from './state/state.ts';

/** Time that records in flight have to be settled after a SIGTERM; Kubernetes kills after 30 s. */
export const DRAIN_MS = 20_000;

export interface RunOptions {
  readonly stateDirectory: string;
  /** Read all sources to their present end, settle everything, return. */
  readonly once: boolean;
  readonly root: string;
  readonly hostId: string;
  readonly clock: Clock;
  readonly sink: LogSink;
  /** Makes something that sees every batch on its way into an output. */
  readonly observe?: (keys: Keys) => Observer;
  /** Makes every output that would send something, so that nothing is sent. */
  readonly outputFor?: OutputFor;
  /** Watches what plugins do. */
  readonly around?: Around;
  /** Given the counters when the run starts, for progress. */
  readonly onStart?: (status: RunStatus) => void;
}

export interface RunStatus {
  readonly counters: Counters;
  readonly health: Health;
  inFlightBytes(): number;
  /** As `Source.lagBytes`; undefined for a source that cannot tell. */
  lagBytes(source: string): number | undefined;
}

/**
 * Resolves when everything was read and settled (`once`), or after `signal` aborted and what was in flight is settled or
 * 20 s have passed. Both are safe at any moment: positions stand behind settled records only.
 * @param control lets the run be flushed, or go on with another plan.
 * @throws {EnvironmentError} when the state directory is in use or cannot be written.
 */
export async function runPlan(
  plan: Plan,
  options: RunOptions,
  signal: AbortSignal,
  control: RunControl = new RunControl(),
): Promise<RunStatus> {
  makeStateDirectory(options.stateDirectory);
  const unlock = lockDirectory(
    options.stateDirectory,
    'state/locked',
    'stop it, or name another directory with --state-dir',
  );
  const totals = { counters: new Counters(), health: new Health() };
  try {
    let run = new Run(plan, options, totals);
    let current = plan;
    options.onStart?.(run.status);
    for (;;) {
      await run.whole(signal, control.enter(run));
      const next = control.takeNext();
      if (!next || signal.aborted) return run.status;
      ({ run, plan: current } = replaced(current, next, options, totals));
    }
  } finally {
    unlock();
  }
}

/** What goes on over a reload. */
type Totals = Pick<RunStatus, 'counters' | 'health'>;

/** The run of the next plan; of the former one, where the next cannot be started. */
function replaced(former: Plan, next: Plan, options: RunOptions, totals: Totals): { run: Run; plan: Plan } {
  totals.health.clear();
  const log = createLog('reload', undefined, options.sink, options.clock, next.system.log_level);
  try {
    const run = new Run(next, options, totals);
    log.info('the new configuration runs');
    return { run, plan: next };
  } catch (thrown) {
    if (!(thrown instanceof EnvironmentError)) throw thrown;
    log.error(`the new configuration cannot be started, the former one goes on: ${failureText(thrown)}`);
    return { run: new Run(former, options, totals), plan: former };
  }
}

class Run {
  readonly status: RunStatus;
  readonly #options: RunOptions;
  readonly #workshop: Workshop;
  readonly #stopNow = new AbortController();
  readonly #deadLetters: DeadLetterFile;
  readonly #flow = new Flow(IN_FLIGHT_MAX_BYTES, () => this.#unstick());
  readonly #state: State;
  readonly #built: Built;
  readonly #committer: Committer;
  #ownLog: OwnLog | undefined;

  constructor(plan: Plan, options: RunOptions, { counters, health }: Totals) {
    const { clock, stateDirectory } = options;
    const redact = redactor(plan.secrets);
    const sink: LogSink = (level, message) => {
      options.sink(level, redact(message));
      this.#ownLog?.take(level, redact(message));
    };
    this.#options = options;
    this.status = {
      counters,
      health,
      inFlightBytes: () => this.#flow.bytes,
      lagBytes: (source) => this.#built.sources.find(({ name }) => name === source)?.plugin.lagBytes?.(),
    };
    this.#deadLetters = new DeadLetterFile(stateDirectory, clock);
    const arena = new Arena();
    const scanner = createScanner(arena);
    this.#workshop = {
      arena,
      scanner,
      clock,
      counters,
      sink,
      logLevel: plan.system.log_level,
      stopNow: this.#stopNow.signal,
      observer: options.observe?.(scanner.keys),
      outputFor: options.outputFor,
      around: options.around,
      deadLetter: (output, letter, host) => this.#deadLetters.append(output, letter, host.log, this.#stopNow.signal),
      saveCheckpoint: (output, checkpoint) => this.#state.commit([], new Map([[output, checkpoint]])),
    };
    this.#built = buildPlan(plan, this.#workshop);
    this.#state = State.open(stateDirectory, () => clock.monotonicMs());
    const outputs = this.#built.outputs.map(({ name, plugin }) => ({
      name,
      checkpoint: plugin.checkpoint?.bind(plugin),
    }));
    this.#committer = new Committer(this.#state, outputs, this.#log('positions'));
  }

  flush(): void {
    for (const { plugin } of this.#built.outputs) plugin.flush();
  }

  /** @param abandon ends the run at once: what is in flight is read again by the next one, from the saved positions. */
  async whole(signal: AbortSignal, abandon: AbortSignal): Promise<void> {
    for (const { name, plugin } of this.#built.outputs) {
      const checkpoint = this.#state.model.checkpoints.get(name);
      if (checkpoint !== undefined) plugin.restore?.(checkpoint);
    }
    const onAbandon = (): void => this.#stopNow.abort(abandon.reason);
    abandon.addEventListener('abort', onAbandon, { once: true });
    try {
      await this.#read(AbortSignal.any([signal, abandon]));
      await this.#drain(signal, abandon);
    } finally {
      abandon.removeEventListener('abort', onAbandon);
      this.#ownLog?.close();
      this.#stopNow.abort(new Error('the program ends'));
      for (const { plugin } of this.#built.filters) plugin.close?.();
      await Promise.all(this.#built.outputs.map(({ plugin }) => plugin.close()));
      this.#committer.close();
      this.#state.close();
      this.#deadLetters.close();
    }
  }

  /** Reads until the signal aborts or, with `once`, to the end. One failed source stops the others: nothing goes on half. */
  async #read(signal: AbortSignal): Promise<void> {
    const failed = new AbortController();
    const stop = AbortSignal.any([signal, failed.signal]);
    const readers = this.#makeReaders();
    const runs = readers.map(async (read) => {
      try {
        await read(stop);
      } catch (thrown) {
        if (stop.aborted && thrown === stop.reason) return;
        failed.abort(thrown);
        throw thrown;
      }
    });
    const results = await Promise.allSettled(runs);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  #makeReaders(): ((signal: AbortSignal) => Promise<void>)[] {
    const parts: IntakeParts = {
      remembers: this.#built.filters.some(({ plugin }) => plugin.remembers),
      state: this.#state,
      flow: this.#flow,
      committer: this.#committer,
      outputs: this.#built.outputs,
      counters: this.status.counters,
      health: this.status.health,
      once: this.#options.once,
      hostId: this.#options.hostId,
      root: this.#options.root,
    };
    const { sources, ownLog } = this.#built;
    if (ownLog) this.#ownLog = new OwnLog(this.#ownLogParts(ownLog));
    return sources.map(({ name, host, router, plugin }) => {
      const intake = createIntake(name, host, router, parts);
      return (signal) => plugin.run(intake, signal);
    });
  }

  #ownLogParts(router: Router): OwnLogParts {
    const { arena, scanner, clock } = this.#workshop;
    const { seconds, nanos } = clock.now();
    return {
      router,
      arena,
      keys: scanner.keys,
      flow: this.#flow,
      outputs: this.#built.outputs.length,
      name: `${this.#options.hostId} ${process.pid} ${seconds}.${nanos}`,
      now: () => clock.now(),
    };
  }

  async #drain(signal: AbortSignal, abandon: AbortSignal): Promise<void> {
    if (abandon.aborted) return;
    this.#flushFilters();
    this.#ownLog?.emit();
    for (const { plugin } of this.#built.outputs) plugin.flush();
    // Asked to stop, the wait has an end; at the end of an import it has none, unless asked to stop meanwhile.
    const deadline = new AbortController();
    const startDeadline = (): void => {
      setTimeout(() => deadline.abort(new Error('drain time is over')), DRAIN_MS).unref();
    };
    if (signal.aborted) startDeadline();
    else signal.addEventListener('abort', startDeadline, { once: true });
    try {
      await this.#flow.empty(AbortSignal.any([deadline.signal, abandon]));
    } catch (thrown) {
      if (abandon.aborted) return;
      const left = this.#flow.bytes;
      this.#log('shutdown').warn(
        `${left} bytes were not settled (${failureText(thrown)}); the next start reads them again`,
      );
    } finally {
      signal.removeEventListener('abort', startDeadline);
    }
  }

  #flushFilters(): void {
    // What one sends on another may hold: as many rounds as there are filters reach the last of any chain.
    const holding = this.#built.filters.filter(({ plugin }) => plugin.flush);
    for (const _ of holding) for (const { plugin } of holding) plugin.flush?.();
  }

  /** Records that are held for later ones keep everything behind them: where nothing else is on its way, they go on. */
  #unstick(): void {
    if (this.#built.outputs.some(({ isBusy }) => isBusy)) return;
    this.#flushFilters();
    for (const { plugin } of this.#built.outputs) plugin.flush();
  }

  #log(name: string): ReturnType<typeof createLog> {
    const { sink, clock, logLevel } = this.#workshop;
    return createLog(name, undefined, sink, clock, logLevel);
  }
}
