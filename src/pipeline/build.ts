// From a plan to running plugins: one node per plugin, each with its own host.
import type { Plan, Rule } from '../config/plan.ts';
import type { Create, CreateOutput, Planned } from '../config/planned.ts';
import type { Arena } from '../core/arena.ts';
import type { LogLevel } from '../core/log-level.ts';
import type {
  Clock,
  DeadLetter,
  Filter,
  FilterHost,
  Formatter,
  Host,
  Json,
  Output,
  OutputHost,
  Parser,
  Relay,
  RelayHost,
  Source,
} from '../core/plugin.ts';
import type { Scanner } from '../core/scanner.ts';
import { CopyNumbers, reachOf } from './copy-numbers.ts';
import type { Counters } from './counters.ts';
import { createLog, type LogSink } from './log.ts';
import { FilterNode, type Observer, OutputNode, type SinkNode } from './nodes.ts';
import { FLUENT_LOG } from './own-log.ts';
import { RelayNode } from './relay-node.ts';
import type { Router, RunningRule } from './router.ts';
import { ROOT, Routers } from './routers.ts';
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
  readonly router: Router;
  readonly plugin: Source;
  readonly host: Host & Create;
}

export interface Built {
  readonly sources: readonly RunningSource[];
  /** In the order in which records meet them. */
  readonly filters: readonly FilterNode[];
  readonly outputs: readonly OutputNode[];
  /** The rules of the label for the program's own messages, where there is one. */
  readonly ownLog: Router | undefined;
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

/** Creates every plugin of the plan and the routers between them. Outputs are numbered in file order. */
export function buildPlan(plan: Plan, workshop: Workshop): Built {
  return new Builder(plan, workshop).build();
}

class Builder {
  readonly #plan: Plan;
  readonly #workshop: Workshop;
  readonly #routers: Routers;
  readonly #copies: CopyNumbers;
  readonly #filters: FilterNode[] = [];
  readonly #outputs: OutputNode[] = [];
  readonly #names = new Set<string>();

  constructor(plan: Plan, workshop: Workshop) {
    this.#plan = plan;
    this.#workshop = workshop;
    this.#copies = new CopyNumbers();
    const log = createLog('router', undefined, workshop.sink, workshop.clock, workshop.logLevel);
    this.#routers = new Routers(workshop.arena, workshop.counters, log);
  }

  build(): Built {
    const { labels, rules, sources } = this.#plan;
    for (const [label, own] of labels) this.#routers.add(label, this.#rules(own, label));
    this.#routers.add(ROOT, this.#rules(rules, ROOT));
    const running = sources.map((planned) => this.#source(planned));
    if (this.#outputs.length === 0) {
      const { counters, stopNow } = this.#workshop;
      this.#outputs.push(new OutputNode(0, 'nowhere', counters, undefined, stopNow, () => NOWHERE));
    }
    const ownLog = labels.has(FLUENT_LOG) ? this.#routers.of(FLUENT_LOG) : undefined;
    return { sources: running, filters: this.#filters, outputs: this.#outputs, ownLog };
  }

  #rules(rules: readonly Rule[], label: string): RunningRule[] {
    return rules.map((rule) =>
      rule.kind === 'filter'
        ? { kind: 'filter', pattern: rule.pattern, node: this.#filter(rule.plugin) }
        : { kind: 'match', pattern: rule.pattern, node: this.#output(rule.plugin, label) },
    );
  }

  #source(planned: Planned<'source'>): RunningSource {
    const settings = planned.settings as { readonly tag?: string };
    const name = this.#unique(planned.id ?? `${planned.type}:${settings.tag ?? ''}`);
    const host = makeHost(planned, this.#workshop, name);
    const router = this.#routers.of(planned.label ?? ROOT);
    const plugin = make(planned, host) as Source;
    return { name, router, plugin: this.#workshop.around?.source(planned, plugin, host) ?? plugin, host };
  }

  #filter(planned: Planned<'filter'>): FilterNode {
    const base = makeHost(planned, this.#workshop, planned.id ?? planned.type);
    const created = new FilterNode(this.#filters.length, base.name, this.#workshop.counters, (node) => {
      const host: FilterHost & Create = {
        ...base,
        count: (name, by) => node.count(name, by),
        reject: (record, why) => node.reject(record, why),
        hold: (batch, offset, further) => node.hold(batch, offset, further),
        joined: (batch, offset, home, first) => node.joined(batch, offset, home, first),
        isJoined: (batch, offset) => node.isJoined(batch, offset),
        cutOf: (batch, first) => node.cutOf(batch, first),
      };
      const plugin = make(planned, host) as Filter;
      return this.#workshop.around?.filter(planned, plugin, host) ?? plugin;
    });
    this.#filters.push(created);
    return created;
  }

  /** @param label where the output stands: what it re-emits goes there unless it says otherwise. */
  #output(planned: Planned<'output'>, label: string): SinkNode {
    const { type, id, definition } = planned;
    if (definition.routes) return this.#relay(planned, label);
    const place = definition.destination?.(planned.settings);
    const name = this.#unique(id ?? (place ? `${type}:${place}` : type));
    const { counters, observer, stopNow, outputFor } = this.#workshop;
    const node = new OutputNode(this.#outputs.length, name, counters, observer, stopNow, (own) => {
      const host = this.#outputHost(planned, name, own);
      return outputFor ? outputFor(planned, host) : (make(planned, host) as Output);
    });
    this.#outputs.push(node);
    return node;
  }

  #outputHost(planned: Planned<'output'>, name: string, node: OutputNode): OutputHost & Create {
    const { counters, stopNow, deadLetter, saveCheckpoint } = this.#workshop;
    const base = makeHost(planned, this.#workshop, name);
    return {
      ...base,
      signal: stopNow,
      settle: (segment, count, how) => {
        counters.add(name, how, count);
        node.settled(segment as TrackedSegment, count);
      },
      deadLetter: (letter) => deadLetter(name, letter, base),
      saveCheckpoint: (checkpoint) => saveCheckpoint(name, checkpoint),
    };
  }

  #relay(planned: Planned<'output'>, label: string): SinkNode {
    const base = makeHost(planned, this.#workshop, planned.id ?? planned.type);
    const home = planned.label ?? label;
    const numbers = this.#copies.of();
    return new RelayNode(base.name, this.#routers, home, this.#workshop.counters, (node) => {
      const host: RelayHost & Create & CreateOutput = {
        ...base,
        emit: (batch, tag, tape, to) => node.emit(batch, tag, tape, to),
        reject: (record, why) => node.reject(record, why),
        store: (nested) => numbers.marked(this.#output(nested, home), reachOf(nested)),
      };
      return make(planned, host) as Relay;
    });
  }

  #unique(wanted: string): string {
    let name = wanted;
    for (let i = 2; this.#names.has(name); i++) name = `${wanted}#${i}`;
    this.#names.add(name);
    return name;
  }
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
    create: (nested: Planned) => make(nested, host) as Parser & Formatter,
  };
  return host;
}

function make(planned: Planned, host: Host & Create): unknown {
  return planned.definition.create(planned.settings, host);
}
