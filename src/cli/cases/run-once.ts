// Runs a configuration over its inputs to their present end, in this process, and sends nothing.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { loadConfig } from '../../config/load.ts';
import { isAtLeast, type LogLevel } from '../../core/log-level.ts';
import { type Problem, printable } from '../../core/problem.ts';
import { runPlan } from '../../pipeline/run.ts';
import { systemClock } from '../../pipeline/system-clock.ts';
import { catalog } from '../../plugins/catalog.ts';
import { type CollectedEvent, Collector } from './collector.ts';

export interface OnceInput {
  readonly configuration: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Prefix of every absolute path of the configuration, or empty. */
  readonly root: string;
  readonly timeZone: string;
}

export interface OnceResult {
  /** Problems of the configuration; it did not run if one is an error. */
  readonly problems: readonly Problem[];
  /** Messages of the run at level `warn` and above, as `warn: …`. */
  readonly messages: readonly string[];
  readonly events: readonly CollectedEvent[];
  /** Seconds since the epoch between which it ran. */
  readonly began: number;
  readonly ended: number;
}

/** Longest run; one that has not come to an end by then is reported as it is. */
const RUN_MS = 60_000;

/** Changes TZ of this process for the time of the run: one at a time. */
export async function runOnce(input: OnceInput): Promise<OnceResult> {
  const formerZone = process.env['TZ'];
  process.env['TZ'] = input.timeZone;
  try {
    return await run(input);
  } finally {
    if (formerZone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = formerZone;
  }
}

async function run({ configuration, env, root }: OnceInput): Promise<OnceResult> {
  const events: CollectedEvent[] = [];
  const messages: string[] = [];
  const began = Date.now() / 1000;
  const environment = { env, hostname: os.hostname(), workerId: 0, root };
  const plan = loadConfig(configuration, catalog, environment);
  if (plan.ok) {
    const stateDirectory = fs.mkdtempSync(path.join(os.tmpdir(), 'katalog-case-state-'));
    const options = {
      stateDirectory,
      once: true,
      root,
      hostId: 'case',
      clock: systemClock,
      sink: (level: LogLevel, message: string) => {
        if (isAtLeast(level, 'warn')) messages.push(`${level}: ${printable(message)}`);
      },
      outputFor: (_planned: unknown, host: ConstructorParameters<typeof Collector>[0]) => new Collector(host, events),
    };
    try {
      await runPlan(plan.value, options, AbortSignal.timeout(RUN_MS));
    } finally {
      fs.rmSync(stateDirectory, { recursive: true, force: true });
    }
  }
  return { problems: plan.problems, messages, events, began, ended: Date.now() / 1000 };
}
