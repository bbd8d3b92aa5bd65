// What went wrong, grouped by the kind of message: errors, panics, out of memory, lost records.
import type { Instant } from '../core/event.ts';
import { millisBetween } from './instant.ts';
import { templateOf } from './lifecycle.ts';
import type { Kata } from './record.ts';
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
  /** How many of them were told at level error or above, whatever else they are. */
  readonly errors: number;
  /** The first one's text. */
  readonly example: string;
  /** What its key `error` says beside its text. */
  readonly exampleError: string | undefined;
}

/** Kinds of messages kept apart; a log has some hundreds. Those beyond are counted together. */
const GROUPS_MAX = 20_000;
const SANDBOXES_MAX = 20;
const EXAMPLE_MAX = 1_000;
const OTHERS = '(other messages)';
const PANICS: ReadonlySet<string> = new Set(['panic', 'goroutine-dump', 'segfault']);

type Example = Pick<Kata, 'component' | 'msg' | 'error'>;

const isError = (level: Kata['level']): boolean => level === 'error' || level === 'critical';

class Group {
  count = 0;
  errors = 0;
  first: Instant | undefined;
  last: Instant | undefined;
  readonly sandboxes: Set<string> = new Set();
  readonly kind: ProblemKind;
  readonly template: string;
  readonly component: string | undefined;
  readonly example: string;
  readonly exampleError: string | undefined;

  constructor(kind: ProblemKind, template: string, { component, msg, error }: Example) {
    this.kind = kind;
    this.template = template;
    this.component = component;
    this.example = (msg ?? error ?? '').slice(0, EXAMPLE_MAX);
    this.exampleError = msg === undefined ? undefined : error?.slice(0, EXAMPLE_MAX);
  }

  add({ time, sandbox, level }: Kata): void {
    this.count++;
    if (isError(level)) this.errors++;
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
  return kata.problem || isError(kata.level) ? 'error' : undefined;
}

/** Worse than an error, at whatever level it was told: a guest's kernel knows no levels on its console. */
const WORSE: ReadonlySet<ProblemKind> = new Set(['panic', 'oom']);

/** How many records of a problem are of these kinds: what is worse than an error, or was told as one, is an error, too. */
export function countOf({ kind, count, errors }: Problem, kinds: readonly ProblemKind[]): number {
  if (kinds.includes(kind) || (kinds.includes('error') && WORSE.has(kind))) return count;
  return kinds.includes('error') ? errors : 0;
}

export class ProblemBook {
  readonly #groups = new Map<string, Group>();

  add(seen: Seen): void {
    const kind = kindOf(seen);
    if (kind === undefined) return;
    const { msg, error, template } = seen.kata;
    const name = template ?? templateOf((msg ?? error ?? '').slice(0, EXAMPLE_MAX));
    this.#group(kind, name, seen.kata).add(seen.kata);
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

  #group(kind: ProblemKind, template: string, example: Example): Group {
    const key = `${kind} ${example.component ?? ''} ${template}`;
    const known = this.#groups.get(key);
    if (known) return known;
    if (this.#groups.size >= GROUPS_MAX && template !== OTHERS) return this.#group(kind, OTHERS, { msg: OTHERS });
    const group = new Group(kind, template, example);
    this.#groups.set(key, group);
    return group;
  }
}
