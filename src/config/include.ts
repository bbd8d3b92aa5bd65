// `@include`: which files a line takes, and what is wrong with it.
import * as path from 'node:path';
import { EnvironmentError, failureText } from '../core/failure.ts';
import { type Place, type Problem, quoted } from '../core/problem.ts';
import type { ReadContext } from './environment.ts';

/** Deepest include; deeper means that files include each other. */
const INCLUDE_DEPTH_MAX = 32;
/** Most files of one configuration: files that include each other twice would double with every level. */
const FILES_MAX = 1000;
/** Names of files that editors and people leave behind. */
const BACKUP = /(?:[._-](?:bak|backup|old|orig|save)\d*|~)\.(?:conf|ya?ml)$/i;

/** What the files of one configuration share. */
export interface Reading {
  readonly context: ReadContext;
  readonly problems: Problem[];
  /** Absolute paths of the files that were begun. */
  readonly begun: string[];
}

export interface IncludedFile {
  /** Absolute path. */
  readonly file: string;
  readonly text: string;
}

/**
 * The files that `target` names, read.
 * @param trail absolute paths of the file with the line and of those that include it.
 * @param from directory that a relative target starts from.
 */
export function includedFiles(
  target: string,
  from: string,
  place: Place,
  trail: readonly string[],
  reading: Reading,
): IncludedFile[] {
  const problem = (severity: Problem['severity'], message: string, hint?: string): void => {
    reading.problems.push({ code: 'config/include', severity, message, place, ...(hint !== undefined && { hint }) });
  };
  if (target === '') {
    problem('error', '@include: expected the name of a file');
    return [];
  }
  if (/^https?:\/\//.test(target)) {
    problem(
      'error',
      `@include reads files only, found ${quoted(withoutCredentials(target))}`,
      'fetch it to a file first',
    );
    return [];
  }
  const pattern = path.resolve(from, target);
  const names = reading.context.glob(pattern);
  if (names.length === 0)
    problem('warning', `@include ${quoted(target)} finds no file`, `looked for ${quoted(pattern)}`);
  return names.flatMap((file) => {
    if (file !== pattern && BACKUP.test(file))
      problem('warning', `@include ${quoted(target)} takes ${quoted(file)}, which looks like a backup`);
    const refusal = refusalOf(file, trail, reading);
    if (refusal !== undefined) {
      problem('error', refusal);
      return [];
    }
    const text = textOf(file, reading, problem);
    if (text === undefined) return [];
    reading.begun.push(file);
    return [{ file, text }];
  });
}

function refusalOf(file: string, trail: readonly string[], reading: Reading): string | undefined {
  if (trail.includes(file)) return `${quoted(file)} includes itself`;
  if (trail.length >= INCLUDE_DEPTH_MAX) return `files include each other more than ${INCLUDE_DEPTH_MAX} deep`;
  if (reading.begun.length >= FILES_MAX) return `a configuration may have ${FILES_MAX} files`;
  return undefined;
}

/** A file that cannot be read is the mistake of the line that names it. */
function textOf(
  file: string,
  { context }: Reading,
  problem: (severity: Problem['severity'], message: string) => void,
): string | undefined {
  try {
    return context.readFile(file);
  } catch (thrown) {
    if (!(thrown instanceof EnvironmentError)) throw thrown;
    problem('error', failureText(thrown));
    return undefined;
  }
}

function withoutCredentials(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//…@').replace(/\?.*$/, '?…');
}
