// The files that a list of paths and patterns names now.
import * as fs from 'node:fs';
import * as path from 'node:path';
import picomatch from 'picomatch';
import { globSync } from 'tinyglobby';
import type { Instant } from '../../core/event.ts';
import { formatTime } from '../../formats/time/format.ts';

/** When a path counts as a pattern; Fluentd's `glob_policy`. */
export type GlobPolicy = 'backward_compatible' | 'extended' | 'always';

const TRIGGERS: Readonly<Record<GlobPolicy, RegExp>> = {
  backward_compatible: /\*/,
  extended: /[*?[\]]/,
  always: /[*?[\]{}]/,
};

export interface PathPatterns {
  /** Absolute paths and patterns, with strftime directives. */
  readonly paths: readonly string[];
  readonly excluded: readonly string[];
  readonly policy: GlobPolicy;
  readonly zone: string;
  /** Prefix of every path on this machine, or empty. */
  readonly root: string;
}

/** A file to be read: `path` as the configuration means it, and whether a pattern found it. */
export interface NamedPath {
  readonly path: string;
  readonly isGlobbed: boolean;
}

/** The files now, each once, sorted by name within a pattern. Plain names are given whether they exist or not. */
export function listPaths(patterns: PathPatterns, now: Instant): readonly NamedPath[] {
  const isExcluded = excluder(patterns, now);
  const found = new Map<string, NamedPath>();
  for (const { path: pattern, isGlobbed } of datedPaths(patterns, now)) {
    const names = isGlobbed ? globbed(patterns.root, pattern) : [pattern];
    for (const name of names) if (!isExcluded(name) && !found.has(name)) found.set(name, { path: name, isGlobbed });
  }
  return [...found.values()];
}

/** Directories in which new files may appear: of plain names and of the fixed part of patterns. On this machine. */
export function watchedDirectories(patterns: PathPatterns, now: Instant): readonly string[] {
  const directories = new Set<string>();
  for (const { path: pattern, isGlobbed } of datedPaths(patterns, now)) {
    const fixed = isGlobbed ? fixedPart(pattern) : path.dirname(pattern);
    directories.add(onDisk(patterns.root, fixed));
  }
  return [...directories];
}

export function onDisk(root: string, name: string): string {
  return root === '' ? name : path.join(root, name);
}

function datedPaths(patterns: PathPatterns, now: Instant): NamedPath[] {
  return patterns.paths.map((written) => {
    const dated = written.includes('%') ? formatTime(now, written, patterns.zone) : written;
    return { path: dated, isGlobbed: TRIGGERS[patterns.policy].test(dated) };
  });
}

function globbed(root: string, pattern: string): string[] {
  const base = onDisk(root, fixedPart(pattern));
  if (!fs.existsSync(base)) return [];
  const rest = pattern.slice(fixedPart(pattern).length).replace(/^\//, '');
  const names = globSync([rest], { cwd: base, expandDirectories: false, dot: false, absolute: false });
  return names.map((name) => path.join(fixedPart(pattern), name)).sort();
}

/** The directories in front of the first special character. */
function fixedPart(pattern: string): string {
  const special = pattern.search(/[*?[\]{}]/);
  return path.dirname(`${pattern.slice(0, special)}x`);
}

function excluder(patterns: PathPatterns, now: Instant): (name: string) => boolean {
  const excluded = patterns.excluded.map((written) =>
    written.includes('%') ? formatTime(now, written, patterns.zone) : written,
  );
  if (excluded.length === 0) return () => false;
  return picomatch([...excluded], { noextglob: true });
}
