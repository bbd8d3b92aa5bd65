// Small files that may be missing.
import * as fs from 'node:fs';
import { failureText, systemCode } from '../../core/failure.ts';

/** The text of a file; undefined where there is none, or where it cannot be read, which `onProblem` is told. */
export function readIfThere(path: string, onProblem: (problem: string) => void): string | undefined {
  try {
    return fs.readFileSync(path, 'utf8');
  } catch (thrown) {
    if (systemCode(thrown) !== 'ENOENT') onProblem(failureText(thrown));
    return undefined;
  }
}
