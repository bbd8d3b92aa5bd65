// A case: a folder with a configuration, its inputs and what must come of them. The form is described in
// docs/reference/cases.md.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { EnvironmentError } from '../../core/failure.ts';

/** Files of a case that say what must come of it; a folder with one of them, or with case.json, is a case. */
export const EXPECTED = {
  events: 'expected.jsonl',
  betterEvents: 'expected.better.jsonl',
  problems: 'expected.problems',
  tree: 'expected.tree.json',
  betterTree: 'expected.better.tree.json',
  refusal: 'expected.error.json',
} as const;

/** What `case.json` says; every member may be missing. */
export interface CaseFacts {
  /** One sentence. */
  readonly what?: string;
  /** `any`: records are compared without their order. */
  readonly order?: 'exact' | 'any';
  readonly notes?: string;
  /** Environment variables of the run. */
  readonly env?: Readonly<Record<string, string>>;
  /** Time zone of the run; UTC without it. */
  readonly tz?: string;
  /** Position file in Fluentd's form → offset that it must hold after the run. */
  readonly pos_after?: Readonly<Record<string, number>>;
}

export interface CaseFolder {
  /** Path below the folder that was searched. */
  readonly name: string;
  readonly folder: string;
  readonly facts: CaseFacts;
}

/** The cases at or below a folder, by name. @throws {EnvironmentError} `case/…` */
export function findCases(directory: string): CaseFolder[] {
  const found: CaseFolder[] = [];
  const visit = (folder: string): void => {
    const entries = readFolder(folder);
    const names = new Set(entries.map((entry) => entry.name));
    if (['case.json', ...Object.values(EXPECTED)].some((name) => names.has(name))) {
      found.push({ name: path.relative(directory, folder) || path.basename(folder), folder, facts: factsOf(folder) });
      return;
    }
    for (const entry of entries) {
      if (entry.isDirectory() && entry.name !== 'node_modules') visit(path.join(folder, entry.name));
    }
  };
  visit(path.resolve(directory));
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A text of the case, or undefined where it has no such file. */
export function caseText(folder: string, name: string): string | undefined {
  try {
    return fs.readFileSync(path.join(folder, name), 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new EnvironmentError('case/unreadable', `cannot read ${path.join(folder, name)}`, { cause });
  }
}

/**
 * Copies a case to a new directory and fills in its templates: runs write position files beside their input.
 * @returns the directory; the caller removes it.
 */
export function copyCase(folder: string): string {
  const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'katalog-case-'));
  fs.cpSync(folder, copy, { recursive: true });
  for (const name of fs.readdirSync(copy)) {
    if (!name.endsWith('.tmpl')) continue;
    const template = fs.readFileSync(path.join(copy, name), 'utf8');
    fs.writeFileSync(path.join(copy, name.slice(0, -'.tmpl'.length)), filled(template, copy));
  }
  return copy;
}

function filled(template: string, copy: string): string {
  return template
    .replaceAll('@CASE_DIR@', copy)
    .replace(/@INODE:([^@]+)@/g, (_, name: string) =>
      fs.statSync(path.join(copy, name), { bigint: true }).ino.toString(16).padStart(16, '0'),
    );
}

function readFolder(folder: string): fs.Dirent[] {
  try {
    return fs.readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    throw new EnvironmentError('case/unreadable', `cannot read the folder ${folder}`, { cause });
  }
}

function factsOf(folder: string): CaseFacts {
  const text = caseText(folder, 'case.json');
  if (text === undefined) return {};
  try {
    return JSON.parse(text) as CaseFacts;
  } catch (cause) {
    throw new EnvironmentError('case/bad-facts', `${path.join(folder, 'case.json')} is not JSON`, { cause });
  }
}
