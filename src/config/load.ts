// From a file's name to a plan.
import type { Outcome } from '../core/problem.ts';
import type { Catalog } from './define.ts';
import type { Environment, FileAccess } from './environment.ts';
import { diskFiles } from './files.ts';
import { parseConfig } from './grammar.ts';
import type { Plan } from './plan.ts';
import { planFrom } from './plan-from.ts';

/**
 * Reads a configuration and everything it includes, and checks it.
 * @throws {EnvironmentError} `config/unreadable`
 */
export function loadConfig(
  file: string,
  catalog: Catalog,
  environment: Environment,
  files: FileAccess = diskFiles,
): Outcome<Plan> {
  const tree = parseConfig(files.readFile(file), file, { ...files, environment });
  if (!tree.ok) return tree;
  const plan = planFrom(tree.value, catalog);
  return { ...plan, problems: [...tree.problems, ...plan.problems] };
}
