// `<worker N>` and `<worker N-M>`: Fluentd starts that many processes, here there is one. The body for worker 0 stands where
// it is written. Every other worker becomes a label of its own, `@ROOT/worker1`: its rules between those that stand
// outside of every worker, in file order, and its sources lead there. Labels of its body are its own too.
import { type Problem, quoted } from '../core/problem.ts';
import { paramText, type Section } from './tree.ts';

/** A tree without workers beyond 0, and what is wrong with their numbers. */
export interface Expanded {
  readonly tree: Section;
  readonly problems: readonly Problem[];
}

const BODY = new Set(['source', 'match', 'filter', 'label']);
/** Labels that the pipeline itself sends to: one for all workers, the first that stands. */
const SHARED_LABELS = new Set(['@ERROR', '@FLUENT_LOG']);
/** Most workers of one configuration; a number beyond is a mistake. */
const WORKERS_MAX = 64;

/** @param treeFor the same tree, read as worker `n`: its `worker_id` is `n`. */
export function expandWorkers(root: Section, treeFor: (worker: number) => Section): Expanded {
  const problems: Problem[] = [];
  const system = root.sections.find(({ name }) => name === 'system');
  const workers = Number((system && paramText(system, 'workers')) ?? 1);
  const numbers = root.sections.map((section) =>
    section.name === 'worker' ? numbersOf(section, workers, problems) : [],
  );
  const others = [...new Set(numbers.flat())].filter((number) => number > 0).sort((a, b) => a - b);
  if (others.length === 0) return { tree: root, problems };
  const kept = root.sections.filter(({ name }, at) => name !== 'worker' || numbers[at]?.includes(0));
  const added = others.flatMap((worker) => scopeOf(worker, treeFor(worker), numbers));
  return { tree: { ...root, sections: withoutSecondShared([...kept, ...added]) }, problems };
}

function numbersOf(section: Section, workers: number, problems: Problem[]): number[] {
  const [, from, to = from] = /^\s*(\d+)\s*(?:-\s*(\d+))?\s*$/.exec(section.arg) ?? [];
  const [first, last] = [Number(from), Number(to)];
  const refuse = (message: string, hint: string): number[] => {
    problems.push({ code: 'config/worker-number', severity: 'error', message, place: section.place, hint });
    return [];
  };
  const title = `<worker ${quoted(section.arg).slice(1, -1)}>`;
  if (from === undefined || first > last || last >= WORKERS_MAX) {
    return refuse(`${title}: expected a number or a range of numbers`, 'such as <worker 0> or <worker 0-3>');
  }
  if (last >= workers) {
    const hint = 'numbers begin at 0; <system> says how many workers there are';
    return refuse(`${title}: expected numbers below ${workers}, the number of workers`, hint);
  }
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** The sections that a worker other than 0 becomes. */
function scopeOf(worker: number, tree: Section, numbers: readonly (readonly number[])[]): Section[] {
  const own = tree.sections.filter((_, at) => numbers[at]?.includes(worker)).flatMap(({ sections }) => sections);
  const labels = new Set(own.filter(({ name }) => name === 'label').map(({ arg }) => arg));
  const scope = new Scope(worker, labels);
  const rules = tree.sections.flatMap((section, at) => {
    if (section.name !== 'worker') return [section];
    return numbers[at]?.includes(worker) ? section.sections : [];
  });
  const place = tree.sections.find((_, at) => numbers[at]?.includes(worker))?.place ?? tree.place;
  const inRoot = rules.filter(({ name }) => name === 'match' || name === 'filter').map((rule) => scope.section(rule));
  return [
    ...own.filter(({ name }) => name === 'source').map((source) => scope.source(source)),
    ...own
      .filter(({ name }) => name === 'label')
      .map((label) => scope.section({ ...label, arg: scope.label(label.arg) })),
    ...own.filter(({ name }) => !BODY.has(name)),
    { name: 'label', arg: scope.root, params: [], sections: inRoot, place },
  ];
}

class Scope {
  readonly root: string;
  readonly #worker: number;
  readonly #labels: ReadonlySet<string>;

  /** @param labels that the body of the worker has. */
  constructor(worker: number, labels: ReadonlySet<string>) {
    this.#worker = worker;
    this.#labels = labels;
    this.root = `@ROOT/worker${worker}`;
  }

  label(name: string): string {
    if (name === '@ROOT') return this.root;
    return this.#labels.has(name) && !SHARED_LABELS.has(name) ? `${name}/worker${this.#worker}` : name;
  }

  source(section: Section): Section {
    const scoped = this.section(section);
    if (paramText(scoped, '@label') !== undefined) return scoped;
    const { place } = section;
    return { ...scoped, params: [...scoped.params, { name: '@label', value: this.root, place, valuePlace: place }] };
  }

  /** With its labels and ids, and those of the sections in it, as the worker means them. */
  section(section: Section): Section {
    const params = section.params.map((param) => {
      if (typeof param.value !== 'string') return param;
      if (param.name === '@label' || (section.name === 'rule' && param.name === 'label'))
        return { ...param, value: this.label(param.value) };
      return param.name === '@id' || param.name === 'id'
        ? { ...param, value: `${param.value}/worker${this.#worker}` }
        : param;
    });
    return { ...section, params, sections: section.sections.map((inner) => this.section(inner)) };
  }
}

function withoutSecondShared(sections: readonly Section[]): Section[] {
  const isShared = ({ name, arg }: Section): boolean => name === 'label' && SHARED_LABELS.has(arg);
  return sections.filter(
    (section, at) =>
      !isShared(section) || sections.findIndex((each) => isShared(each) && each.arg === section.arg) === at,
  );
}
