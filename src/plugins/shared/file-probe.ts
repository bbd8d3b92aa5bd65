// `check --live` for files: what stands in the way of reading or writing them. Looks only.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { failureText } from '../../core/failure.ts';
import { type Problem, quoted } from '../../core/problem.ts';

type Found = Omit<Problem, 'place'>;

/** @param setting the parameter that names the file. */
export function probeReadable(setting: string, file: string): Found[] {
  try {
    fs.accessSync(file, fs.constants.R_OK);
    return [];
  } catch (thrown) {
    if (!fs.existsSync(file)) {
      const hint = 'it is read once it is there';
      return [{ code: 'live/no-file', severity: 'warning', message: `${setting}: ${quoted(file)} is not there`, hint }];
    }
    const message = `${setting}: ${quoted(file)}: ${failureText(thrown)}`;
    return [{ code: 'live/unreadable', severity: 'error', message }];
  }
}

/** What stands in the way of writing a file, which with its directories may not be there yet; undefined for nothing. */
export function whyUnwritable(file: string): string | undefined {
  let place = file;
  while (!fs.existsSync(place) && path.dirname(place) !== place) place = path.dirname(place);
  try {
    const isDirectory = fs.statSync(place).isDirectory();
    if (place === file && isDirectory) return `${quoted(file)} is a directory`;
    if (place !== file && !isDirectory) return `${quoted(place)} is no directory`;
    fs.accessSync(place, fs.constants.W_OK);
    return undefined;
  } catch (thrown) {
    return `${quoted(place)}: ${failureText(thrown)}`;
  }
}

/** A position file that cannot be written is no more than a warning. */
export function probePositions(file: string): Found[] {
  const why = whyUnwritable(file);
  if (why === undefined) return [];
  const hint = 'positions are kept in the state directory all the same';
  return [{ code: 'live/unwritable', severity: 'warning', message: `pos_file: ${why}`, hint }];
}
