// From a plan to running plugins: one node per plugin, each with its own host.
import type { AnyDefinition, Create } from '../config/define.ts';
import type { Plan, Rule } from '../config/plan.ts';
import type { Planned } from '../config/settings.ts';
import type { Arena } from '../core/arena.ts';
import type { LogLevel } from '../core/log-level.ts';
import type {
  Clock,
  DeadLetter,
  Filter,
  FilterHost,
  Host,
  Json,
  Output,
  OutputHost,
  Parser,
  Source,
} from '../core/plugin.ts';
import type { Scanner } from '../core/scanner.ts';
import type { Counters } from './counters.ts';
import { createLog, type LogSink } from './log.ts';
import { FilterNode, type Observer, OutputNode, type Rejected } from './nodes.ts';
import type { RunningRule } from './router.ts';
import type { TrackedSegment } from './stream.ts';

/** An output in place of the planned one, which is not created then. */
export type OutputFor = (planned: Planned<'output'>, host: OutputHost) => Output;

/** Stands around plugins and watches what they do; for commands that explain. */
export interface Around {
  source(planned: Planned<'source'>, source: Source, host: Host): Source;
  filter(planned: Planned<'filter'>, filter: Filter, host: Host): Filter;
}

/** What every plugin's host is made of. */
export interface Workshop {
  readonly arena: Arena;
  readonly scanner: Scanner;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly sink: LogSink;
  readonly logLevel: LogLevel;
  /** Aborted when the program must end now. */
  readonly stopNow: AbortSignal;
  readonly observer: Observer | undefined;
  /** Makes the outputs that would send something, in place of the plugins themselves; for runs that send nothing. */
  readonly outputFor: OutputFor | undefined;
  readonly around: Around | undefined;
  deadLetter(output: string, letter: DeadLetter, host: Host): Promise<void>;
  saveCheckpoint(output: string, checkpoint: Json): void;
}

export interface RunningSource {
  /** Name in messages and in the state. */
  readonly name: string;
  readonly label: string | undefined;
  readonly plugin: Source;
  readonly host: Host & Create;
}

export interface Built {
  readonly sources: readonly RunningSource[];
  readonly outputs: readonly OutputNode[];
  readonly rules: readonly RunningRule[];
  readonly labels: ReadonlyMap<string, readonly RunningRule[]>;
}

/** Without any output, reading goes on and every record is without a route: positions need an output to stand for. */
const NOWHERE: Output = {
  delivery: 'exactly-once',
  write: () => {
    throw new Error('BUG: no rule leads here');
  },
  flush: () => undefined,
  close: () => Promise.resolve(),
};

/** Creates every plugin of the plan. Outputs are numbered in file order. */
export function buildPlan(plan: Plan, workshop: Workshop): Built {
  const outputs: OutputNode[] = [];
  const names = new Set<string>();
  const build = (rules: readonly Rule[]): RunningRule[] =>
    rules.map((rule) =>
      rule.kind === 'filter'
        ? { kind: 'filter', pattern: rule.pattern, node: buildFilter(rule.plugin, workshop) }
        : { kind: 'match', pattern: rule.pattern, node: buildOutput(rule.plugin, workshop, outputs, names) },
    );
  const labels = new Map([...plan.labels].map(([label, rules]) => [label, build(rules)] as const));
  const rules = build(plan.rules);
  const sources = plan.sources.map((planned) => buildSource(planned, workshop, names));
  if (outputs.length === 0) outputs.push(new OutputNode(0, 'nowhere', NOWHERE, workshop.counters, undefined));
  return { sources, outputs, rules, labels };
}

function buildSource(planned: Planned<'source'>, workshop: Workshop, names: Set<string>): RunningSource {
  const settings = planned.settings as { readonly tag?: string };
  const name = unique(planned.id ?? `${planned.type}:${settings.tag ?? ''}`, names);
  const host = makeHost(planned, workshop, name);
  const plugin = make(planned, host) as Source;
  return { name, label: planned.label, plugin: workshop.around?.source(planned, plugin, host) ?? plugin, host };
}

function buildFilter(planned: Planned<'filter'>, workshop: Workshop): FilterNode {
  const rejected: Rejected[] = [];
  const host: FilterHost & Create = {
    ...makeHost(planned, workshop, planned.id ?? planned.type),
    reject: (record, why) => {
      rejected.push({ record, why });
    },
  };
  const plugin = make(planned, host) as Filter;
  const watched = workshop.around?.filter(planned, plugin, host) ?? plugin;
  return new FilterNode(host.name, watched, workshop.counters, rejected);
}

function buildOutput(
  planned: Planned<'output'>,
  workshop: Workshop,
  outputs: OutputNode[],
  names: Set<string>,
): OutputNode {
  const definition = planned.definition as { destination?(settings: unknown): string };
  const destination = definition.destination?.(planned.settings);
  const name = unique(planned.id ?? (destination ? `${planned.type}:${destination}` : planned.type), names);
  const number = outputs.length;
  const base = makeHost(planned, workshop, name);
  const host: OutputHost & Create = {
    ...base,
    fanout: 0,
    signal: workshop.stopNow,
    settle: (segment, count, how) => {
      workshop.counters.add(name, how, count);
      (segment as TrackedSegment).settle(number, count);
    },
    deadLetter: (letter) => workshop.deadLetter(name, letter, base),
    saveCheckpoint: (checkpoint) => workshop.saveCheckpoint(name, checkpoint),
  };
  const { routes } = planned.definition as { readonly routes?: true };
  const plugin = workshop.outputFor && !routes ? workshop.outputFor(planned, host) : (make(planned, host) as Output);
  const node = new OutputNode(number, name, plugin, workshop.counters, workshop.observer);
  outputs.push(node);
  return node;
}

function makeHost(planned: Planned, workshop: Workshop, name: string): Host & Create {
  const { arena, scanner, clock, counters, sink, logLevel } = workshop;
  const host: Host & Create = {
    name,
    place: planned.place,
    log: createLog(name, planned.place, sink, clock, planned.logLevel ?? logLevel),
    clock,
    arena,
    keys: scanner.keys,
    scanner,
    count: (counter, by = 1) => counters.add(name, counter, by),
    create: (nested) => make(nested, host) as Parser,
  };
  return host;
}

function make(planned: Planned, host: Host): unknown {
  // The catalog holds definitions of many types; each was checked against its own settings (config/check).
  const definition = planned.definition as AnyDefinition;
  return definition.create(planned.settings as never, host as never);
}

function unique(wanted: string, names: Set<string>): string {
  let name = wanted;
  for (let i = 2; names.has(name); i++) name = `${wanted}#${i}`;
  names.add(name);
  return name;
}
