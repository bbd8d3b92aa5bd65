// What `run` and `up` share: reading a configuration, where the state lies, where messages go, how it is stopped.
import * as os from 'node:os';
import type { FileAccess } from '../config/environment.ts';
import { diskFiles } from '../config/files.ts';
import { loadConfig } from '../config/load.ts';
import type { Plan } from '../config/plan.ts';
import { isAtLeast, type LogLevel } from '../core/log-level.ts';
import { describeProblem, type Problem } from '../core/problem.ts';
import type { LogSink } from '../pipeline/log.ts';
import { catalog } from '../plugins/catalog.ts';
import { EXIT } from './exit-codes.ts';
import type { ProgressLine } from './progress-line.ts';

/** The plan of a configuration, or undefined after its mistakes were printed. */
export function readPlan(file: string, root: string, files: FileAccess = diskFiles): Plan | undefined {
  const outcome = loadConfig(file, catalog, { env: process.env, hostname: os.hostname(), workerId: 0, root }, files);
  const least: LogLevel = outcome.ok ? outcome.value.system.log_level : 'info';
  for (const problem of outcome.problems) {
    if (isShown(problem, least)) process.stderr.write(`${describeProblem(problem)}\n`);
  }
  return outcome.ok ? outcome.value : undefined;
}

function isShown(problem: Problem, least: LogLevel): boolean {
  const level = { error: 'error', warning: 'warn', notice: 'info' } as const;
  return isAtLeast(level[problem.severity], least);
}

export function stderrSink(progress: ProgressLine | undefined): LogSink {
  return (level, message) => {
    const line = `${new Date().toISOString()} [${level}] ${message}\n`;
    if (progress) progress.above(line);
    else process.stderr.write(line);
  };
}

/** The first SIGTERM or SIGINT stops reading and settles what is in flight; a second one ends at once. Both are safe. */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  const onSignal = (name: NodeJS.Signals): void => {
    if (stop.signal.aborted) process.exit(EXIT.fine);
    stop.abort(new Error(`stopped by ${name}`));
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  return stop.signal;
}
