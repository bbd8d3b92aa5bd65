// The way of an event through a plan: filters and matches in order, through copies and labels and under new tags.

import type { Plan, Rule } from './plan.ts';
import type { Planned, Retag } from './planned.ts';
import { directPlugins } from './planned-plugins.ts';
import { commonTag, EXAMPLE, type Glob, globsOf } from './tag-glob.ts';

/** What happens to events of one tag from one point on. */
export interface Way {
  readonly tag: string;
  /** Filters that apply, in order. */
  readonly filters: readonly Rule[];
  /** The match that takes them; without it they go nowhere. */
  readonly match: Rule | undefined;
  /** Where the match hands them on to. */
  readonly branches: readonly Branch[];
}

export interface Branch {
  readonly plugin: Planned<'output'>;
  /** What leads on beside the plugin: a label, or a new tag as it is written. */
  readonly by: string | undefined;
  readonly way: Way | undefined;
  readonly branches: readonly Branch[];
}

type Rules = Pick<Plan, 'rules' | 'labels'>;

/** So many matches are followed; a configuration in which everything leads everywhere is not shown whole. */
const FOLLOWED_MAX = 2000;
/** Longer tags and patterns are not reasoned about. */
const TAG_MAX = 1000;

export class Ways {
  readonly #plan: Rules;
  #followed = 0;
  /** Rules that some event comes to. */
  readonly reached = new Set<Rule>();

  constructor(plan: Rules) {
    this.#plan = plan;
  }

  /**
   * @param label where the events start; undefined outside of every label.
   * @param above matches that they come through: one that they come back to is followed no further.
   */
  from(tag: string, label: string | undefined, above: readonly Rule[] = []): Way {
    const filters: Rule[] = [];
    for (const rule of this.#rules(label)) {
      if (!rule.pattern.matches(tag)) continue;
      this.reached.add(rule);
      if (rule.kind === 'match') {
        const follows = !above.includes(rule) && this.#followed++ < FOLLOWED_MAX;
        const branches = follows ? this.#branches(rule.plugin, tag, label, [...above, rule]) : [];
        return { tag, filters, match: rule, branches };
      }
      filters.push(rule);
    }
    return { tag, filters, match: undefined, branches: [] };
  }

  /** The match that takes events of this tag. */
  matchOf(tag: string, label: string | undefined): Rule | undefined {
    return this.#rules(label).find(({ kind, pattern }) => kind === 'match' && pattern.matches(tag));
  }

  /** Tags that this glob takes: one for each match that takes some of them, and the example of the glob itself. */
  examples(glob: Glob, label: string | undefined): string[] {
    const own = exampleOf(glob);
    if (glob.every((token) => typeof token === 'string') || glob.length > TAG_MAX) return [own];
    const found = this.#rules(label).flatMap((rule) => {
      if (rule.kind !== 'match') return [];
      const globs = rule.pattern.parts.filter((part) => part.length <= TAG_MAX).flatMap((part) => globsOf(part) ?? []);
      const tags = globs.map((each) => commonTag(glob, each)).filter((tag) => tag !== undefined);
      const tag = tags.find((each) => this.matchOf(each, label) === rule);
      return tag === undefined ? [] : [tag];
    });
    return found.length > 0 ? found : [own];
  }

  #rules(label: string | undefined): readonly Rule[] {
    return label === undefined || label === '@ROOT' ? this.#plan.rules : (this.#plan.labels.get(label) ?? []);
  }

  /** Stores of a copy, the label of a relabel, the new tags of a rewrite. */
  #branches(plugin: Planned<'output'>, tag: string, label: string | undefined, above: readonly Rule[]): Branch[] {
    const stores = directPlugins(plugin.settings)
      .filter((inner): inner is Planned<'output'> => inner.kind === 'output')
      .map((inner) => ({
        plugin: inner,
        by: undefined,
        way: undefined,
        branches: this.#branches(inner, tag, label, above),
      }));
    const retags = retagsOf(plugin, [...tag]);
    if (retags) return [...stores, ...retags.flatMap((retag) => this.#retagged(plugin, retag, label, above))];
    if (!plugin.definition.routes || plugin.label === undefined) return stores;
    return [...stores, { plugin, by: plugin.label, way: this.from(tag, plugin.label, above), branches: [] }];
  }

  /** Several where the new tag comes from the record and more than one match takes such tags. */
  #retagged(plugin: Planned<'output'>, retag: Retag, label: string | undefined, above: readonly Rule[]): Branch[] {
    const target = retag.label ?? plugin.label ?? label;
    const own = retag.label ?? plugin.label;
    const by = own === undefined ? retag.written : `${retag.written} → ${own}`;
    const tags = this.examples(retag.tag, target);
    return tags.map((tag) => ({ plugin, by, way: this.from(tag, target, above), branches: [] }));
  }
}

/** The tags that an output gives to events of a tag; undefined for one that gives none. */
export function retagsOf({ definition, settings }: Planned<'output'>, tag: Glob): readonly Retag[] | undefined {
  return definition.retags?.(settings, tag);
}

/** A tag of the glob: what comes from the record is shown as `x`. */
export function exampleOf(glob: Glob): string {
  return glob.map((token) => (typeof token === 'string' ? token : EXAMPLE)).join('');
}

/** A tag that stands for those of a source: what the path gives is shown as `x`. */
export function exampleTag(source: Planned<'source'>): string {
  const tag = source.settings['tag'];
  return typeof tag === 'string' ? tag.replace('*', 'x') : 'x';
}
