// From a file's name to a plan.
import type { Outcome, Problem } from '../core/problem.ts';
import type { Catalog } from './define.ts';
import type { Environment, FileAccess } from './environment.ts';
import { diskFiles } from './files.ts';
import { parseConfig } from './grammar.ts';
import type { Plan } from './plan.ts';
import { planFrom } from './plan-from.ts';

/**
 * Reads a configuration and everything it includes, and checks it. Problems come in the order of the text.
 * @throws {EnvironmentError} `config/unreadable`
 */
export function loadConfig(
  file: string,
  catalog: Catalog,
  environment: Environment,
  files: FileAccess = diskFiles,
): Outcome<Plan> {
  const { tree, problems: faults } = parseConfig(files.readFile(file), file, { ...files, environment });
  const plan = planFrom(tree, catalog);
  if (!faults.some(isError)) return { ...plan, problems: inOrder([...faults, ...plan.problems]) };
  // Where the text has mistakes, a warning about the tree may be about a gap.
  return { ok: false, problems: inOrder([...faults, ...plan.problems.filter(isError)]) };
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
