// `check --live` for tail: are there files, and may they be read?
import * as fs from 'node:fs';
import * as path from 'node:path';
import { failureText } from '../../../core/failure.ts';
import { type Problem, quoted } from '../../../core/problem.ts';
import { listPaths, onDisk, type PathPatterns } from '../../../readers/files/path-patterns.ts';

type Found = Omit<Problem, 'place'>;

/** @param positions path of the position file, if there is one. */
export function probeFiles(patterns: PathPatterns, positions: string | undefined): readonly Found[] {
  const ms = Date.now();
  const names = listPaths(patterns, { seconds: Math.floor(ms / 1000), nanos: 0 }).map(({ path: name }) => name);
  const problems = names.flatMap((name) => unreadable(onDisk(patterns.root, name)));
  if (names.length === 0) {
    const hint = 'files that appear later are found';
    problems.push({ code: 'live/no-file', severity: 'warning', message: 'path: no file is there now', hint });
  }
  return [...problems, ...(positions === undefined ? [] : unwritable(onDisk(patterns.root, positions)))];
}

function unreadable(file: string): Found[] {
  try {
    fs.accessSync(file, fs.constants.R_OK);
    return [];
  } catch (thrown) {
    if (!fs.existsSync(file)) {
      const hint = 'it is read once it is there';
      return [{ code: 'live/no-file', severity: 'warning', message: `path: ${quoted(file)} is not there`, hint }];
    }
    return [{ code: 'live/unreadable', severity: 'error', message: `path: ${quoted(file)}: ${failureText(thrown)}` }];
  }
}

function unwritable(file: string): Found[] {
  const place = fs.existsSync(file) ? file : path.dirname(file);
  try {
    fs.accessSync(place, fs.constants.W_OK);
    return [];
  } catch (thrown) {
    const hint = 'positions are kept in the state directory all the same';
    const message = `pos_file: ${quoted(file)}: ${failureText(thrown)}`;
    return [{ code: 'live/unwritable', severity: 'warning', message, hint }];
  }
}
