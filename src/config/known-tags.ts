// The tags that events may have: those of the sources, and those that outputs give to events of these.
import type { Rule } from './plan.ts';
import type { Planned } from './planned.ts';
import { nestedPlugins } from './planned-plugins.ts';
import { ACROSS_PARTS, commonTag, type Glob, globsOf } from './tag-glob.ts';
import type { TagPattern } from './tag-pattern.ts';
import { retagsOf } from './ways.ts';

/** A tag that events come with. */
export interface KnownTag {
  readonly written: string;
  readonly tag: Glob;
}

/** Events are given new tags so many times; one that goes round is given more, and is refused in the end. */
const ROUNDS_MAX = 12;
/** More tags are not reasoned about. */
const TAGS_MAX = 500;
/** Longer tags and patterns are not reasoned about. */
const TAG_MAX = 1000;

/** @returns undefined where a tag comes from elsewhere, or where there are too many. */
export function knownTags(sources: readonly Planned<'source'>[], rules: readonly Rule[]): KnownTag[] | undefined {
  const written = sources.map(({ settings }) => settings['tag']).filter((tag) => tag !== undefined);
  const isKnown = (tag: unknown): tag is string => typeof tag === 'string' && !tag.includes('$');
  if (written.length === 0 || !written.every(isKnown)) return undefined;
  const tags = new Map<string, KnownTag>(written.map((tag) => [tag, { written: tag, tag: sourceGlob(tag) }]));
  let latest = [...tags.values()];
  for (let round = 0; round < ROUNDS_MAX && latest.length > 0; round++) {
    latest = latest.flatMap((known) => retagged(known, rules)).filter(({ tag }) => !tags.has(nameOf(tag)));
    for (const known of latest) tags.set(nameOf(known.tag), known);
    if (tags.size > TAGS_MAX) return undefined;
  }
  return [...tags.values()];
}

/** The first `*` is the path of the file. */
function sourceGlob(tag: string): Glob {
  const [before = '', ...after] = tag.split('*');
  return after.length === 0 ? [...tag] : [...before, ACROSS_PARTS, ...after.join('*')];
}

function retagged({ tag }: KnownTag, rules: readonly Rule[]): KnownTag[] {
  const takers = rules.filter(({ kind, pattern }) => kind === 'match' && mayTake(pattern, tag));
  const outputs = takers.flatMap(({ plugin }) => [plugin, ...nestedPlugins(plugin.settings)]);
  return outputs.flatMap((plugin) =>
    plugin.kind === 'output' ? (retagsOf(plugin as Planned<'output'>, tag) ?? []) : [],
  );
}

function nameOf(tag: Glob): string {
  return tag.map((token) => (typeof token === 'string' ? token : '**')).join('');
}

/** Whether the pattern takes a tag that the glob takes too. */
export function mayTake(pattern: TagPattern, tag: Glob): boolean {
  if (tag.every((token) => typeof token === 'string')) return pattern.matches(tag.join(''));
  if (tag.length > TAG_MAX) return true;
  return pattern.parts.some((part) => {
    const globs = part.length > TAG_MAX ? undefined : globsOf(part);
    return globs === undefined || globs.some((glob) => commonTag(glob, tag) !== undefined);
  });
}
