// The tags that the rules give, for those who follow events through a configuration.
import * as os from 'node:os';
import type { Retag } from '../../../config/planned.ts';
import { ACROSS_PARTS, type Glob, type Token } from '../../../config/tag-glob.ts';
import { PLACEHOLDER, placeholdersOf, type RewriteSettings, rulesOf, shortenedTag } from './rewrite-tag.ts';

const ANYTHING: Glob = [ACROSS_PARTS];

export function retagsOf(given: RewriteSettings, tag: Glob): readonly Retag[] {
  const stands = tag.every((token) => typeof token === 'string') ? forTag(given, tag.join('')) : forGlob(given, tag);
  return rulesOf(given).map((rule) => ({
    written: rule.tag,
    tag: globOf(rule.tag, rule.invert, stands),
    label: rule.label,
    section: rule.section,
  }));
}

/** What a placeholder stands for. */
type Stands = (placeholder: string) => Glob;

function forTag(given: RewriteSettings, tag: string): Stands {
  const placeholders = placeholdersOf(shortenedTag(given, tag));
  return (placeholder) => [...(placeholders.get(placeholder) ?? '')];
}

function forGlob({ remove_tag_prefix: prefix, remove_tag_regexp: regexp }: RewriteSettings, tag: Glob): Stands {
  const whole = prefix === undefined && regexp === undefined ? tag : ANYTHING;
  const known = new Map<string, Glob>([
    ['${tag}', whole],
    ['__TAG__', whole],
    ['${hostname}', [...os.hostname()]],
    ['__HOSTNAME__', [...os.hostname()]],
  ]);
  return (placeholder) => known.get(placeholder) ?? ANYTHING;
}

function globOf(written: string, isInverted: boolean, stands: Stands): Glob {
  const glob: Token[] = [];
  let at = 0;
  for (const { 0: found, 1: group, index } of written.matchAll(PLACEHOLDER)) {
    // Where the pattern is not found there are no groups: the text stays.
    const ofGroup = isInverted ? [...found] : ANYTHING;
    glob.push(...written.slice(at, index), ...(group === undefined ? stands(found) : ofGroup));
    at = index + found.length;
  }
  return [...glob, ...written.slice(at)];
}
