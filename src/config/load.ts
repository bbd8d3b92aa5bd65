// From a file's name to a plan.
import type { Outcome, Problem } from '../core/problem.ts';
import type { Catalog } from './define.ts';
import type { Environment, FileAccess } from './environment.ts';
import { diskFiles } from './files.ts';
import { parseConfig } from './grammar.ts';
import type { Plan } from './plan.ts';
import { planFrom } from './plan-from.ts';
import { redactor, redactProblem, secretTexts } from './secrets.ts';
import type { Section } from './tree.ts';

/** A configuration as it was read: the tree, whatever is wrong with it, and the plan if nothing is. */
export interface Loaded {
  readonly tree: Section;
  readonly outcome: Outcome<Plan>;
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
  const { tree, problems: faults } = parseConfig(files.readFile(file), file, { ...files, environment: watched });
  const plan = planFrom(tree, catalog);
  const redact = redactor([...secretTexts(tree, catalog), ...fromEnvironment]);
  // Where the text has mistakes, a warning about the tree may be about a gap.
  const isTextSound = !faults.some(isError);
  const problems = [...faults, ...(isTextSound ? plan.problems : plan.problems.filter(isError))];
  const shown = inOrder(problems).map((problem) => redactProblem(problem, redact));
  const outcome = isTextSound ? { ...plan, problems: shown } : { ok: false as const, problems: shown };
  return { tree, outcome };
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
