// What went wrong, grouped by the kind of message: errors, panics, out of memory, lost records.
import type { Instant } from '../core/event.ts';
import { millisBetween } from './instant.ts';
import { templateOf } from './lifecycle.ts';
import type { Seen } from './sandbox-book.ts';

export const PROBLEM_KINDS = ['panic', 'oom', 'gap', 'error'] as const;
export type ProblemKind = (typeof PROBLEM_KINDS)[number];

export interface Problem {
  readonly kind: ProblemKind;
  readonly template: string;
  readonly component: string | undefined;
  readonly count: number;
  readonly first: Instant | undefined;
  readonly last: Instant | undefined;
  /** At most 20 of the sandboxes it befell. */
  readonly sandboxes: readonly string[];
  /** The first one's text. */
  readonly example: string;
}

/** Kinds of messages kept apart; a log has some hundreds. Those beyond are counted together. */
const GROUPS_MAX = 20_000;
const SANDBOXES_MAX = 20;
const EXAMPLE_MAX = 1_000;
const OTHERS = '(other messages)';
const PANICS: ReadonlySet<string> = new Set(['panic', 'goroutine-dump', 'segfault']);

class Group {
  count = 0;
  first: Instant | undefined;
  last: Instant | undefined;
  readonly sandboxes: Set<string> = new Set();
  readonly kind: ProblemKind;
  readonly template: string;
  readonly component: string | undefined;
  readonly example: string;

  constructor(kind: ProblemKind, template: string, component: string | undefined, example: string) {
    this.kind = kind;
    this.template = template;
    this.component = component;
    this.example = example;
  }

  add(time: Instant | undefined, sandbox: string | undefined): void {
    this.count++;
    if (sandbox !== undefined && this.sandboxes.size < SANDBOXES_MAX) this.sandboxes.add(sandbox);
    if (!time) return;
    if (!this.first || millisBetween(time, this.first) < 0) this.first = time;
    if (!this.last || millisBetween(this.last, time) < 0) this.last = time;
  }
}

/** What kind of trouble a record tells of, or none. */
function kindOf({ kata }: Seen): ProblemKind | undefined {
  if (kata.event !== undefined && PANICS.has(kata.event)) return 'panic';
  if (kata.event === 'oom') return 'oom';
  if (kata.gap) return 'gap';
  // Every sandbox that is torn down ends its processes; it is told at info then.
  if (kata.event === 'process-lost' && (kata.level === 'info' || kata.level === 'debug')) return undefined;
  return kata.problem || kata.level === 'error' || kata.level === 'critical' ? 'error' : undefined;
}

export class ProblemBook {
  readonly #groups = new Map<string, Group>();

  add(seen: Seen): void {
    const kind = kindOf(seen);
    if (kind === undefined) return;
    const { component, time, sandbox, msg, error, template } = seen.kata;
    const text = (msg ?? error ?? '').slice(0, EXAMPLE_MAX);
    this.#group(kind, template ?? templateOf(text), component, text).add(time, sandbox);
  }

  /** Those that appeared last come first; those without a time at the end. */
  list(): readonly Problem[] {
    return [...this.#groups.values()]
      .map((group) => ({ ...group, sandboxes: [...group.sandboxes] }))
      .sort((one, other) => {
        if (one.first && other.first) return millisBetween(other.first, one.first);
        return Number(one.first === undefined) - Number(other.first === undefined);
      });
  }

  #group(kind: ProblemKind, template: string, component: string | undefined, example: string): Group {
    const key = `${kind} ${component ?? ''} ${template}`;
    const known = this.#groups.get(key);
    if (known) return known;
    if (this.#groups.size >= GROUPS_MAX && template !== OTHERS) return this.#group(kind, OTHERS, undefined, OTHERS);
    const group = new Group(kind, template, component, example);
    this.#groups.set(key, group);
    return group;
  }
}
