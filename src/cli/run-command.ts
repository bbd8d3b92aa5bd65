// `katalog run`: reads a configuration and runs it until a signal, or to the end of all sources with --once.
import * as os from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import type { RunServer } from '../api/run-server.ts';
import type { Plan } from '../config/plan.ts';
import { EnvironmentError, failureText } from '../core/failure.ts';
import { printable } from '../core/problem.ts';
import { findHostId } from '../pipeline/host-id.ts';
import type { LogSink } from '../pipeline/log.ts';
import { type RunOptions, type RunStatus, runPlan } from '../pipeline/run.ts';
import { RunControl } from '../pipeline/run-control.ts';
import { systemClock } from '../pipeline/system-clock.ts';
import { EXIT } from './exit-codes.ts';
import { ImportProgress, stateOf } from './import-progress.ts';
import { ImportSummary } from './import-summary.ts';
import { ProgressLine } from './progress-line.ts';
import { readPlan, stderrSink, stopSignal } from './run-parts.ts';
import { defaultStateDirectory } from './state-directory.ts';

interface RunFlags {
  readonly config: string;
  readonly once?: true;
  readonly root?: string;
  readonly stateDir?: string;
  readonly hostId?: string;
  readonly summary?: true;
  readonly port?: number;
  readonly host: string;
}

export function runCommand(): Command {
  return new Command('run')
    .description('run a Fluentd configuration')
    .requiredOption('-c, --config <file>', 'the configuration')
    .option('--once', 'read all sources to their present end, settle everything, then exit')
    .option('--root <dir>', "prefix of every absolute path of the configuration: a node's disk on a laptop")
    .option(
      '--state-dir <dir>',
      'where positions are kept (default: $XDG_STATE_HOME/katalog, /var/lib/katalog for root)',
    )
    .option('--host-id <id>', 'identity of the host whose logs these are (default: its machine id)')
    .option('--summary', 'show progress while working, and what was imported at the end')
    .option('--port <number>', 'answer /healthz and /metrics on this port (0 = any free one)', portNumber)
    .option('--host <address>', 'where that port is open', '127.0.0.1')
    .action(run);
}

async function run(flags: RunFlags): Promise<void> {
  const plan = readPlan(flags.config, flags.root ?? '');
  if (!plan) {
    process.exitCode = EXIT.badConfiguration;
    return;
  }
  const summary = flags.summary ? new ImportSummary() : undefined;
  const progress = showsProgress(flags, plan) ? new ProgressLine(process.stderr) : undefined;
  const imported = new ImportProgress(() => performance.now());
  let status: RunStatus | undefined;
  const options: RunOptions = {
    stateDirectory: flags.stateDir ?? defaultStateDirectory(),
    once: flags.once ?? false,
    root: flags.root ?? '',
    hostId: findHostId({ given: flags.hostId, root: flags.root ?? '', env: process.env, hostname: os.hostname() }),
    clock: systemClock,
    sink: stderrSink(progress),
    ...(summary && { observe: (keys) => summary.observer(keys) }),
    onStart: (started) => {
      status = started;
      progress?.start(() => imported.text(stateOf(started.counters.snapshot())));
    },
  };
  const control = new RunControl();
  const stop = stopSignal();
  obeySignals(control, flags, options.sink);
  const server = flags.port === undefined ? undefined : await serve(flags.host, flags.port, () => status);
  try {
    const { counters, health } = await runPlan(plan, options, stop, control);
    progress?.stop();
    if (summary) process.stdout.write(summary.text(counters));
    if (health.troubles.length > 0) process.exitCode = EXIT.problems;
  } finally {
    await server?.close();
  }
}

/** Where records go to the same terminal, they are what it shows. */
function showsProgress({ once, summary }: RunFlags, plan: Plan): boolean {
  if (summary) return true;
  return once === true && !(process.stdout.isTTY && typesOf(plan).has('stdout'));
}

function typesOf({ rules, labels }: Plan): ReadonlySet<string> {
  const all = [...rules, ...[...labels.values()].flat()];
  return new Set(all.map(({ plugin }) => plugin.type));
}

async function serve(host: string, port: number, status: () => RunStatus | undefined): Promise<RunServer> {
  const { RunServer } = await import('../api/run-server.ts');
  const server = await RunServer.start(host, port, status);
  process.stderr.write(`health and metrics are at http://${host}:${server.port}/healthz and /metrics\n`);
  return server;
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('expected a number from 0 to 65535.');
  return port;
}

/** As Fluentd: SIGUSR1 flushes; SIGUSR2 and SIGHUP read the configuration again. */
function obeySignals(control: RunControl, flags: RunFlags, sink: LogSink): void {
  process.on('SIGUSR1', () => {
    sink('info', 'flush: SIGUSR1 came, what waits is sent now');
    control.flush();
  });
  const reload = (signal: NodeJS.Signals): void => {
    sink('info', `reload: ${signal} came, reading ${printable(flags.config)} again`);
    const plan = readAgain(flags, sink);
    if (plan) control.replace(plan);
  };
  process.on('SIGUSR2', reload);
  process.on('SIGHUP', reload);
}

/** Undefined, and said why, where the new configuration is not sound: the former one goes on. */
function readAgain(flags: RunFlags, sink: LogSink): Plan | undefined {
  try {
    const plan = readPlan(flags.config, flags.root ?? '');
    if (!plan) sink('error', 'reload: the new configuration is refused, the former one goes on');
    return plan;
  } catch (thrown) {
    if (!(thrown instanceof EnvironmentError)) throw thrown;
    sink('error', `reload: the former configuration goes on: ${printable(failureText(thrown))}`);
    return undefined;
  }
}
