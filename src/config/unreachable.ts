// Filters and matches that no event can reach: earlier matches take every tag of theirs, or no event has such a tag.
import { type Place, type Problem, printable } from '../core/problem.ts';
import { didYouMean } from './did-you-mean.ts';
import { type KnownTag, mayTake } from './known-tags.ts';
import type { Rule } from './plan.ts';
import type { TagPattern } from './tag-pattern.ts';
import { sampleTags } from './tag-samples.ts';

/** A warning for each rule that earlier matches leave nothing. */
export function shadowedRules(rules: readonly Rule[]): Problem[] {
  const problems: Problem[] = [];
  const earlier: Rule[] = [];
  for (const rule of rules) {
    const culprit = takenBy(rule.pattern, earlier);
    if (culprit) problems.push(shadowed(rule, culprit));
    else if (rule.kind === 'match') earlier.push(rule);
  }
  return problems;
}

/** The match that takes the first sample, where all of them are taken. */
function takenBy(pattern: TagPattern, earlier: readonly Rule[]): Rule | undefined {
  let first: Rule | undefined;
  for (const part of pattern.parts) {
    const same = earlier.find((rule) => rule.pattern.parts.includes(part));
    const samples = same ? [] : sampleTags(part);
    // A regular expression is left nothing only by a match that takes everything.
    const taker = (tag: string): Rule | undefined => earlier.find((rule) => rule.pattern.matches(tag));
    const takers = (samples ?? sampleTags('**') ?? []).map(taker);
    if (takers.includes(undefined)) return undefined;
    first ??= same ?? takers[0];
  }
  return first;
}

function shadowed({ kind, pattern, plugin }: Rule, culprit: Rule): Problem {
  const at = `<match${argOf(culprit.pattern)}> at line ${culprit.plugin.place.line}`;
  return {
    code: 'config/unreachable',
    severity: 'warning',
    message: `<${kind}${argOf(pattern)}>: no event comes here, ${at} takes them all`,
    place: plugin.place,
    hint:
      kind === 'filter'
        ? 'filters apply to what comes after them: move it before that match'
        : 'the first match that fits takes an event: move it before that match, or use copy to give events to both',
  };
}

/** A warning for each rule whose pattern takes none of the tags that there are. */
export function unknownTags(rules: readonly Rule[], tags: readonly KnownTag[]): Problem[] {
  const written = [...new Set(tags.map((tag) => tag.written))];
  return rules
    .filter(({ pattern }) => !tags.some(({ tag }) => mayTake(pattern, tag)))
    .map(({ kind, pattern, plugin }) =>
      pattern.matches('fluent.warn')
        ? ownMessages(plugin.place)
        : {
            code: 'config/no-such-tag',
            severity: 'warning',
            message: `<${kind}${argOf(pattern)}>: no event has such a tag`,
            place: plugin.place,
            hint: nearestTag(pattern, written) ?? `tags that there are: ${printable(written.join(', '))}`,
          },
    );
}

function ownMessages(place: Place): Problem {
  return {
    code: 'config/own-messages',
    severity: 'notice',
    message: 'messages of the program itself do not come here',
    place,
    hint: 'they go to standard error, and to <label @FLUENT_LOG> if there is one',
  };
}

function nearestTag(pattern: TagPattern, tags: readonly string[]): string | undefined {
  const literal = pattern.parts.map((part) => part.replace(/\.?\*\*?$/, ''))[0] ?? '';
  return didYouMean(literal, tags);
}

function argOf(pattern: TagPattern): string {
  return pattern.text.trim() === '' ? '' : ` ${printable(pattern.text.trim())}`;
}
