// Outputs whose new tags lead their events to them again: in Fluentd such an event is lost, or ends the program.
import { type Problem, quoted } from '../core/problem.ts';
import { sectionPlace } from './check.ts';
import type { Plan, Rule } from './plan.ts';
import type { Planned, Retag } from './planned.ts';
import { nestedPlugins } from './planned-plugins.ts';
import { sampleTags } from './tag-samples.ts';
import { exampleOf, retagsOf, Ways } from './ways.ts';

/** Samples of a pattern that are looked at: the shortest say enough. */
const SAMPLES_MAX = 40;
/** Tags that one new tag is followed through. */
const FOLLOWED_MAX = 64;

/** Where events are: their tag, and the label whose rules they come to. */
interface Point {
  readonly tag: string;
  readonly label: string | undefined;
}

/** A warning for each rule that gives events a tag with which they come to the same output. */
export function comingBack(plan: Pick<Plan, 'rules' | 'labels'>): Problem[] {
  const ways = new Ways(plan);
  const labels = [[undefined, plan.rules] as const, ...plan.labels];
  return labels.flatMap(([label, rules]) => rules.flatMap((rule) => ofMatch(ways, rule, label)));
}

function ofMatch(ways: Ways, rule: Rule, label: string | undefined): Problem[] {
  const retagging = outputsOf(rule).filter((plugin) => retagsOf(plugin, []) !== undefined);
  if (retagging.length === 0) return [];
  const samples = rule.pattern.parts.flatMap((part) => sampleTags(part)?.slice(0, SAMPLES_MAX) ?? []);
  const points = samples.filter((tag) => ways.matchOf(tag, label) === rule).map((tag) => ({ tag, label }));
  return retagging.flatMap((plugin) => ofPlugin(ways, plugin, points));
}

/** At most one problem for each rule. */
function ofPlugin(ways: Ways, plugin: Planned<'output'>, points: readonly Point[]): Problem[] {
  const found = new Map<object, Problem>();
  for (const point of points) {
    for (const retag of retagsOf(plugin, [...point.tag]) ?? []) {
      const back = found.has(retag.section) ? undefined : backAt(ways, plugin, retag, point);
      if (back !== undefined) found.set(retag.section, problem(plugin, retag, back));
    }
  }
  return [...found.values()];
}

/** The tag with which events that get a new one here come to the plugin again, or undefined. */
function backAt(ways: Ways, plugin: Planned<'output'>, retag: Retag, from: Point): string | undefined {
  const points = [{ tag: exampleOf(retag.tag), label: retag.label ?? plugin.label ?? from.label }];
  const seen = new Set<string>();
  for (const point of points) {
    const rule = ways.matchOf(point.tag, point.label);
    const outputs = rule ? outputsOf(rule) : [];
    if (outputs.includes(plugin)) return point.tag;
    const name = `${point.label ?? ''}\n${point.tag}`;
    if (seen.size >= FOLLOWED_MAX || seen.has(name)) continue;
    seen.add(name);
    points.push(...outputs.flatMap((output) => nextPoints(output, point)));
  }
  return undefined;
}

function nextPoints(output: Planned<'output'>, { tag, label }: Point): Point[] {
  const retags = retagsOf(output, [...tag]);
  if (retags)
    return retags.map((retag) => ({ tag: exampleOf(retag.tag), label: retag.label ?? output.label ?? label }));
  return output.definition.routes && output.label !== undefined ? [{ tag, label: output.label }] : [];
}

function outputsOf({ plugin }: Rule): Planned<'output'>[] {
  const plugins: readonly Planned[] = [plugin, ...nestedPlugins(plugin.settings)];
  return plugins.filter((each): each is Planned<'output'> => each.kind === 'output');
}

function problem(plugin: Planned<'output'>, { written, tag, section }: Retag, back: string): Problem {
  const again = retagsOf(plugin, [...back])?.find((retag) => retag.section === section);
  const isDropped = again !== undefined && exampleOf(again.tag) === back;
  const isAtOnce = back === exampleOf(tag);
  return {
    code: 'config/comes-back',
    severity: 'warning',
    message: `tag ${quoted(written)}: ${isAtOnce ? 'the same <match> takes events with this tag' : `events with this tag come back here as ${quoted(back)}`}, and ${isDropped ? 'they are dropped, as their tag would stay as it is' : 'they go round until they are refused'}`,
    place: sectionPlace(section) ?? plugin.place,
    hint: 'give a tag that an earlier <match> takes or this one does not, or a label: <rule> … label @NEXT',
  };
}
