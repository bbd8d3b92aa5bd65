// The ways through a configuration as a Mermaid flowchart.
import type { Plan } from '../../config/plan.ts';
import { type Branch, exampleTag, type Way, Ways } from '../../config/ways.ts';
import { printable } from '../../core/problem.ts';
import { ruleText, titleOf } from './drawing.ts';

/** Text that GitHub and others draw. */
export function mermaid(plan: Plan): string {
  const chart = new Chart();
  const ways = new Ways(plan);
  for (const source of plan.sources) {
    const start = chart.node(titleOf(source), `s${source.place.file}:${source.place.line}`);
    chart.way(start, ways.from(exampleTag(source), source.label));
  }
  for (const label of ['@ERROR', '@FLUENT_LOG'].filter((name) => plan.labels.has(name))) {
    const tags = label === '@ERROR' ? plan.sources.map(exampleTag) : ['fluent.warn'];
    for (const tag of new Set(tags)) chart.way(chart.node(label, label), ways.from(tag, label));
  }
  return chart.text();
}

class Chart {
  readonly #ids = new Map<string, string>();
  readonly #lines = new Set<string>(['flowchart LR']);

  /** @param key the same node is drawn once. */
  node(title: string, key: string): string {
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = `n${this.#ids.size}`;
    this.#ids.set(key, id);
    this.#lines.add(`  ${id}["${escaped(title)}"]`);
    return id;
  }

  way(start: string, way: Way): void {
    const rules = [...way.filters, ...(way.match ? [way.match] : [])];
    let from = start;
    for (const rule of rules) {
      const { file, line } = rule.plugin.place;
      from = this.#edge(from, this.node(ruleText(rule), `${file}:${line}`), way.tag);
    }
    if (!way.match) this.#edge(from, this.node('no match', 'nowhere'), way.tag);
    for (const branch of way.branches) this.#branch(from, branch, way.tag);
  }

  text(): string {
    return `${[...this.#lines].join('\n')}\n`;
  }

  #branch(from: string, { plugin, by, way, branches }: Branch, tag: string): void {
    const { file, line } = plugin.place;
    const to = by === undefined ? this.node(titleOf(plugin), `${file}:${line}`) : this.node(by, `by ${by}`);
    this.#edge(from, to, tag);
    if (way) this.way(to, way);
    for (const inner of branches) this.#branch(to, inner, tag);
  }

  #edge(from: string, to: string, tag: string): string {
    this.#lines.add(`  ${from} -->|"${escaped(tag)}"| ${to}`);
    return to;
  }
}

function escaped(text: string): string {
  return printable(text).replaceAll('"', '#quot;').replaceAll('<', '#lt;');
}
