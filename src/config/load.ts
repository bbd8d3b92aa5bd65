// From a file's name to a plan.
import * as path from 'node:path';
import { describeProblem, type Outcome, type Problem, quoted } from '../core/problem.ts';
import type { Environment, FileAccess } from './environment.ts';
import { diskFiles } from './files.ts';
import { type ParsedConfig, parseConfig } from './grammar.ts';
import type { Plan } from './plan.ts';
import { planFrom } from './plan-from.ts';
import type { Catalog } from './planned.ts';
import { type Redact, redactor, redactProblem, secretTexts } from './secrets.ts';
import type { Section } from './tree.ts';
import { expandWorkers } from './workers.ts';

/** A configuration as it was read: the tree, whatever is wrong with it, and the plan if nothing is. */
export interface Loaded {
  readonly tree: Section;
  readonly outcome: Outcome<Plan>;
  /** Hides secrets, and what came from the environment. */
  readonly redact: Redact;
}

/** As {@link readConfig}, without the tree. */
export function loadConfig(
  file: string,
  catalog: Catalog,
  environment: Environment,
  files: FileAccess = diskFiles,
): Outcome<Plan> {
  return readConfig(file, catalog, environment, files).outcome;
}

/**
 * Reads a configuration and everything it includes, and checks it. Problems come in the order of the text, and show
 * neither secrets nor what came from the environment.
 * @throws {EnvironmentError} `config/unreadable`
 */
export function readConfig(
  file: string,
  catalog: Catalog,
  environment: Environment,
  files: FileAccess = diskFiles,
): Loaded {
  const fromEnvironment = new Set<string>();
  const watched = { ...environment, onRead: (value: string) => fromEnvironment.add(value) };
  const text = files.readFile(file);
  const { tree, problems: faults } = isOtherLanguage(file)
    ? refused(file)
    : parseConfig(text, file, { ...files, environment: watched });
  const treeFor = (workerId: number): Section =>
    parseConfig(text, file, { ...files, environment: { ...watched, workerId } }).tree;
  const workers = expandWorkers(tree, treeFor);
  const plan = withProblems(planFrom(workers.tree, catalog), workers.problems);
  const redact = redactor([...secretTexts(tree, catalog), ...fromEnvironment]);
  // Where the text has mistakes, a warning about the tree may be about a gap.
  const isTextSound = !faults.some(isError);
  const problems = [...faults, ...(isTextSound ? plan.problems : plan.problems.filter(isError))];
  const shown = inOrder(problems).map((problem) => redactProblem(problem, redact));
  const outcome = isTextSound ? { ...plan, problems: shown } : { ok: false as const, problems: shown };
  return { tree, outcome, redact };
}

/** The same problem of a body that was made for several workers is one. */
function withProblems(plan: Outcome<Plan>, more: readonly Problem[]): Outcome<Plan> {
  const all = new Map([...more, ...plan.problems].map((problem) => [describeProblem(problem), problem] as const));
  const problems = [...all.values()];
  return plan.ok && !problems.some(isError) ? { ...plan, problems } : { ok: false, problems };
}

/** Fluentd reads these as Ruby or YAML; read as its own language they would give many wrong problems. */
function isOtherLanguage(file: string): boolean {
  return /\.(?:rb|ya?ml)$/.test(file);
}

function refused(file: string): ParsedConfig {
  const place = { file, line: 1, column: 1 };
  return {
    tree: { name: 'ROOT', arg: '', params: [], sections: [], place },
    problems: [
      {
        code: 'config/other-language',
        severity: 'error',
        message: `expected a configuration in Fluentd's own language, got a file named ${quoted(path.basename(file))}`,
        place,
        hint: 'configurations in Ruby or YAML are not read: write its sections as <source>, <match>…',
      },
    ],
  };
}

function isError({ severity }: Problem): boolean {
  return severity === 'error';
}

/** By line and column within a file; files in the order in which they come up. */
function inOrder(problems: readonly Problem[]): Problem[] {
  const files = [...new Set(problems.map(({ place }) => place?.file))];
  const rank = ({ place }: Problem): readonly number[] => [
    files.indexOf(place?.file),
    place?.line ?? 0,
    place?.column ?? 0,
  ];
  return [...problems].sort((a, b) => {
    const [left, right] = [rank(a), rank(b)];
    const at = left.findIndex((value, index) => value !== right[index]);
    return at < 0 ? 0 : (left[at] as number) - (right[at] as number);
  });
}
