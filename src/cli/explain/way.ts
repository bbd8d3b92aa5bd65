// The way of an event through a plan: filters and matches in order, through copies and labels.
import type { AnyDefinition } from '../../config/define.ts';
import type { Plan, Rule } from '../../config/plan.ts';
import { directPlugins } from '../../config/planned-plugins.ts';
import type { Planned } from '../../config/settings.ts';

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
  /** Label that the events go to, and what happens there. */
  readonly label: string | undefined;
  readonly way: Way | undefined;
  readonly branches: readonly Branch[];
}

/** Events that come back to where they were are followed no further. */
const DEPTH_MAX = 12;

export class Ways {
  readonly #plan: Plan;
  /** Rules that some event comes to. */
  readonly reached = new Set<Rule>();

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** @param label where the events start; undefined outside of every label. */
  from(tag: string, label: string | undefined, depth = 0): Way {
    const rules = label === undefined || label === '@ROOT' ? this.#plan.rules : (this.#plan.labels.get(label) ?? []);
    const filters: Rule[] = [];
    for (const rule of rules) {
      if (!rule.pattern.matches(tag)) continue;
      this.reached.add(rule);
      if (rule.kind === 'match') {
        const branches = depth < DEPTH_MAX ? this.#branches(rule.plugin, tag, label, depth + 1) : [];
        return { tag, filters, match: rule, branches };
      }
      filters.push(rule);
    }
    return { tag, filters, match: undefined, branches: [] };
  }

  /** Stores of a copy, the label of a relabel, the new tags of a rewrite. */
  #branches(plugin: Planned<'output'>, tag: string, label: string | undefined, depth: number): Branch[] {
    const definition = plugin.definition as AnyDefinition;
    const stores = directPlugins(plugin.settings)
      .filter((inner): inner is Planned<'output'> => inner.kind === 'output')
      .map((inner) => ({
        plugin: inner,
        label: undefined,
        way: undefined,
        branches: depth < DEPTH_MAX ? this.#branches(inner, tag, label, depth + 1) : [],
      }));
    if (definition.retags) return [...stores, ...this.#rewritten(plugin, label, depth)];
    if (!definition.routes || plugin.label === undefined) return stores;
    return [...stores, { plugin, label: plugin.label, way: this.from(tag, plugin.label, depth), branches: [] }];
  }

  /** By the tags of the rules that do not depend on the record. */
  #rewritten(plugin: Planned<'output'>, label: string | undefined, depth: number): Branch[] {
    const rules = plugin.settings['rule'];
    const tags = (Array.isArray(rules) ? rules : []) as readonly { readonly tag?: unknown; readonly label?: unknown }[];
    return tags.map(({ tag, label: own }) => {
      const target = typeof own === 'string' ? own : (plugin.label ?? label);
      const isKnown = typeof tag === 'string' && !/[$]|__/.test(tag);
      const way = isKnown ? this.from(tag, target, depth) : undefined;
      return { plugin, label: isKnown ? target : `${String(tag)}, from the record`, way, branches: [] };
    });
  }
}

/** A tag that stands for those of a source: what the path gives is shown as `x`. */
export function exampleTag(source: Planned<'source'>): string {
  const tag = source.settings['tag'];
  return typeof tag === 'string' ? tag.replace('*', 'x') : 'x';
}
