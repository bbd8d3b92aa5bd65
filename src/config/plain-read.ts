// Test helper: configurations read from texts instead of files, and trees in a short form.
import type { Outcome } from '../core/problem.ts';
import type { ReadContext } from './environment.ts';
import { type ParsedConfig, parseConfig } from './grammar.ts';
import type { Section } from './tree.ts';

/** `[parameters, sections]`, each section as `[name, arg, parameters, sections]`; the last of equal parameters. */
export type ShortTree = readonly [Readonly<Record<string, string | null>>, readonly ShortSection[]];
export type ShortSection = readonly [string, string, ...ShortTree];

/** Absolute paths → texts; patterns may have `*` in the last part. */
export function contextOf(files: Readonly<Record<string, string>> = {}, env: Record<string, string> = {}): ReadContext {
  return {
    environment: { env, hostname: 'node-1', workerId: 0, root: '' },
    readFile(path) {
      const text = files[path];
      if (text === undefined) throw new Error(`the test asked for ${path}`);
      return text;
    },
    glob(pattern) {
      const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
      const matches = new RegExp(`^${parts.join('[^/]*')}$`);
      return Object.keys(files)
        .filter((path) => matches.test(path))
        .sort();
    },
  };
}

/** The tree, unless there is an error. */
export function outcomeOf({ tree, problems }: ParsedConfig): Outcome<Section> {
  if (problems.some(({ severity }) => severity === 'error')) return { ok: false, problems };
  return { ok: true, value: tree, problems };
}

export function parseText(text: string, env: Record<string, string> = {}): Outcome<Section> {
  return outcomeOf(parseConfig(text, '/etc/fluent.conf', contextOf({}, env)));
}

/** The tree of a text that must be sound. */
export function treeOf(text: string, env: Record<string, string> = {}): Section {
  const outcome = parseText(text, env);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  return outcome.value;
}

export function short(section: Section): ShortTree {
  const params = section.params.map(
    ({ name, value }) => [name, typeof value === 'symbol' ? String(value.description) : value] as const,
  );
  return [
    Object.fromEntries(params),
    section.sections.map((child) => [child.name, child.arg, ...short(child)] as const),
  ];
}
