// The inputs that a command line names: files, folders of journals, patterns, standard input. One that cannot be read stops none
// of the others.
import * as fs from 'node:fs';
import { globSync } from 'tinyglobby';
import { failureText, systemCode } from '../core/failure.ts';
import { printable, quoted } from '../core/problem.ts';
import { isJournalFolder } from '../readers/journal-pairs.ts';
import { STDIN } from '../readers/kata-inputs.ts';
import { EXIT } from './exit-codes.ts';

/** What the arguments name. */
export interface NamedInputs {
  readonly files: readonly string[];
  /** How the program ends because of arguments that name nothing that can be read; undefined where all do. */
  readonly exitCode: number | undefined;
}

/** Finds the files of the arguments, and tells of those that name none. */
export function namedInputs(patterns: readonly string[], tell: (why: string) => void): NamedInputs {
  const files: string[] = [];
  let exitCode: number | undefined;
  for (const pattern of patterns) {
    const found = inputsOf(pattern);
    if (Array.isArray(found)) files.push(...found);
    else {
      tell(found.why);
      exitCode = Math.max(exitCode ?? 0, found.exitCode);
    }
  }
  return { files, exitCode };
}

interface Nothing {
  readonly why: string;
  readonly exitCode: number;
}

function inputsOf(pattern: string): string[] | Nothing {
  if (pattern === STDIN) return [STDIN];
  const kind = kindOf(pattern);
  if (kind === 'file') return [pattern];
  if (kind === 'folder' && isJournalFolder(pattern)) return [pattern];
  if (kind === 'folder') return { why: aFolder(pattern), exitCode: EXIT.usage };
  if (kind !== 'missing') return { why: kind.why, exitCode: EXIT.unavailable };
  const found = globbed(pattern);
  const files = found.filter((file) => kindOf(file) !== 'folder' || isJournalFolder(file));
  if (files.length > 0) return files;
  const why = found.length === 0 ? `there is no file ${quoted(pattern)}` : aFolder(pattern);
  return { why, exitCode: EXIT.usage };
}

/** What a pattern stands for, in order. */
export function globbed(pattern: string): readonly string[] {
  return globSync([pattern], { absolute: false, dot: true, onlyFiles: false, expandDirectories: false }).sort();
}

function kindOf(path: string): 'file' | 'folder' | 'missing' | { readonly why: string } {
  try {
    return fs.statSync(path).isDirectory() ? 'folder' : 'file';
  } catch (thrown) {
    const code = systemCode(thrown);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return 'missing';
    return { why: `cannot read ${printable(path)}: ${failureText(thrown)}` };
  }
}

function aFolder(pattern: string): string {
  const inside = `${pattern.replace(/\/+$/, '')}/*`;
  return `${quoted(pattern)} is a folder without a journal: name files, such as ${quoted(inside)}`;
}
