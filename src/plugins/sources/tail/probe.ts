// `check --live` for tail: are there files, and may they be read?
import type { Problem } from '../../../core/problem.ts';
import { listPaths, onDisk, type PathPatterns } from '../../../readers/files/path-patterns.ts';
import { probePositions, probeReadable } from '../../shared/file-probe.ts';

/** @param positions path of the position file, if there is one. */
export function probeFiles(patterns: PathPatterns, positions: string | undefined): readonly Omit<Problem, 'place'>[] {
  const ms = Date.now();
  const names = listPaths(patterns, { seconds: Math.floor(ms / 1000), nanos: 0 }).map(({ path: name }) => name);
  const problems = names.flatMap((name) => probeReadable('path', onDisk(patterns.root, name)));
  if (names.length === 0) {
    const hint = 'files that appear later are found';
    problems.push({ code: 'live/no-file', severity: 'warning', message: 'path: no file is there now', hint });
  }
  return [...problems, ...(positions === undefined ? [] : probePositions(onDisk(patterns.root, positions)))];
}
