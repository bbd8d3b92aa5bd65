// `katalog check`: everything that is wrong with a configuration, and with --live what stands in the way of running it.
import { Command } from 'commander';
import type { Plan } from '../config/plan.ts';
import type { Planned } from '../config/planned.ts';
import { nestedPlugins, plannedPlugins } from '../config/planned-plugins.ts';
import { redactor, redactProblem } from '../config/secrets.ts';
import { type Problem, printable } from '../core/problem.ts';
import { readConfiguration } from './configuration.ts';
import { EXIT } from './exit-codes.ts';
import { forStdout } from './print.ts';
import { countText, problemLines } from './show-problems.ts';

interface CheckFlags {
  readonly config: string;
  readonly json?: true;
  readonly strict?: true;
  readonly live?: true;
  readonly root?: string;
}

/** Longest wait for the answer of a server. */
const LIVE_MS = 10_000;

export function checkCommand(): Command {
  return new Command('check')
    .description('tell everything that is wrong with a configuration')
    .requiredOption('-c, --config <file>', 'the configuration')
    .option('--json', 'print one JSON object')
    .option('--strict', 'treat warnings as errors')
    .option('--live', 'also look at files, rights and servers; nothing is changed')
    .option('--root <dir>', 'prefix of every absolute path of the configuration')
    .action(check);
}

async function check(flags: CheckFlags): Promise<void> {
  const root = flags.root ?? '';
  const { outcome } = readConfiguration(flags.config, root);
  const written = outcome.problems.map((problem) => (flags.strict ? asError(problem) : problem));
  const live = flags.live && outcome.ok ? await liveProblems(outcome.value, root) : [];
  const problems = [...written, ...(outcome.ok ? deadEnds(outcome.value, flags.config) : []), ...live];
  if (flags.json) {
    const ok = !problems.some(isError);
    const json = JSON.stringify({ file: flags.config, ok, problems: problems.map(flat) });
    process.stdout.write(forStdout(`${json}\n`, 'json'));
  } else {
    for (const problem of problems) process.stdout.write(problemLines(problem, process.stdout));
    process.stdout.write(`${printable(flags.config)}: ${countText(problems)}\n`);
  }
  if (live.some(isError)) process.exitCode = EXIT.problems;
  if (written.some(isError)) process.exitCode = EXIT.badConfiguration;
}

/** What is no fault of any section: nothing comes in, or nothing goes out. */
function deadEnds(plan: Plan, file: string): readonly Problem[] {
  const place = { file, line: 1, column: 1 };
  const warning = (code: string, message: string): Problem => ({ code, severity: 'warning', message, place });
  const hasMatch = [plan.rules, ...plan.labels.values()].flat().some(({ kind }) => kind === 'match');
  return [
    ...(plan.sources.length === 0 ? [warning('config/no-source', 'there is no <source>: nothing is read')] : []),
    ...(hasMatch ? [] : [warning('config/no-match', 'there is no <match>: every event goes nowhere')]),
  ];
}

function isError({ severity }: Problem): boolean {
  return severity === 'error';
}

function asError(problem: Problem): Problem {
  return problem.severity === 'warning' ? { ...problem, severity: 'error' } : problem;
}

function flat({ place, ...rest }: Problem): object {
  return { ...rest, ...place };
}

async function liveProblems(plan: Plan, root: string): Promise<readonly Problem[]> {
  const redact = redactor(plan.secrets);
  const plugins = plannedPlugins(plan).flatMap((planned) => [planned, ...nestedPlugins(planned.settings)]);
  const found = await Promise.all(plugins.map((planned) => probe(planned, root)));
  return found.flat().map((problem) => redactProblem(problem, redact));
}

async function probe(planned: Planned, root: string): Promise<readonly Problem[]> {
  const { definition, settings } = planned;
  const problems = await definition.probe?.(settings, { root, signal: AbortSignal.timeout(LIVE_MS) });
  return (problems ?? []).map((problem) => ({ ...problem, place: planned.place }));
}
