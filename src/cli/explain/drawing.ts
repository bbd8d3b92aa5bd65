// The ways through a configuration, drawn for a terminal.
import type { Plan, Rule } from '../../config/plan.ts';
import type { Planned } from '../../config/planned.ts';
import { type Branch, exampleTag, type Way, Ways } from '../../config/ways.ts';
import { printable } from '../../core/problem.ts';

/** One drawing a source, then what no event of theirs comes to. Lines ended. */
export function drawing(plan: Plan): string {
  const ways = new Ways(plan);
  const lines = plan.sources.flatMap((source) => [
    `${titleOf(source)}${source.label === undefined ? '' : ` → ${printable(source.label)}`}`,
    ...wayLines(ways.from(exampleTag(source), source.label)),
    '',
  ]);
  return `${[...lines, ...labelsFromWithin(plan, ways), ...unreachedLines(plan, ways)].join('\n')}\n`;
}

/** Refused records and messages of the program come to these labels without any source. */
function labelsFromWithin(plan: Plan, ways: Ways): string[] {
  const starts = [
    ['@ERROR', 'records that a filter refuses', plan.sources.map(exampleTag)],
    ['@FLUENT_LOG', 'messages of the program', ['fluent.info', 'fluent.warn', 'fluent.error']],
  ] as const;
  return starts.flatMap(([label, what, tags]) => {
    if (!plan.labels.has(label)) return [];
    return [`${what} → ${label}`, ...[...new Set(tags)].flatMap((tag) => wayLines(ways.from(tag, label))), ''];
  });
}

function unreachedLines(plan: Plan, ways: Ways): string[] {
  const rules = [...plan.rules, ...[...plan.labels.values()].flat()].filter((rule) => !ways.reached.has(rule));
  if (rules.length === 0) return ['every filter and match is reached'];
  return ['no event of these sources comes to:', ...rules.map((rule) => `  ${ruleText(rule)}`)];
}

function wayLines(way: Way): string[] {
  const filters = way.filters.map((rule) => `├─ ${ruleText(rule)}`);
  const end = way.match ? ruleText(way.match) : 'no match: the events go nowhere, and are counted';
  const branches = way.branches.flatMap((branch, index) => branchLines(branch, index === way.branches.length - 1));
  return [`│  tag ${printable(way.tag)}`, ...filters, `└─ ${end}`, ...branches.map((line) => `   ${line}`)];
}

function branchLines(branch: Branch, isLast: boolean): string[] {
  const { plugin, by, way, branches } = branch;
  const title = by === undefined ? titleOf(plugin) : `→ ${printable(by)}`;
  const inner = [
    ...(way ? wayLines(way) : []),
    ...branches.flatMap((each, index) => branchLines(each, index === branches.length - 1)),
  ];
  return [`${isLast ? '└' : '├'}─ ${title}`, ...inner.map((line) => `${isLast ? ' ' : '│'}  ${line}`)];
}

export function ruleText({ kind, pattern, plugin }: Rule): string {
  return `${kind} ${printable(pattern.text.trim() || '**')}  ${titleOf(plugin)}`;
}

/** `tail (fluent.conf:4)`, with the `@id` where there is one. */
export function titleOf({ type, id, place }: Planned): string {
  const name = id === undefined ? type : `${type} ${printable(id)}`;
  return `${name} (${printable(place.file.split('/').at(-1) ?? '')}:${place.line})`;
}
