// Routing by tag: the filters that match, in file order, up to the first match; decided once per tag.

import type { TagPattern } from '../config/tag-pattern.ts';
import type { Arena } from '../core/arena.ts';
import type { Batch } from '../core/event.ts';
import { addCopyNumber, LIVE, setStatus, type Tape } from '../core/tape.ts';
import type { Counters } from './counters.ts';
import type { FilterNode, Rejected, SinkNode } from './nodes.ts';
import type { TrackedSegment } from './stream.ts';

export type RunningRule =
  | { readonly kind: 'filter'; readonly pattern: TagPattern; readonly node: FilterNode }
  | { readonly kind: 'match'; readonly pattern: TagPattern; readonly node: SinkNode };

interface Route {
  readonly filters: readonly FilterNode[];
  readonly output: SinkNode | undefined;
  /** Records that came here and found no match. */
  unrouted: number;
}

/** Tags may come from data; beyond this many the oldest decision is forgotten and made again. */
const ROUTES_MAX = 1024;

export interface RouterEnds {
  readonly counters: Counters;
  /** A tag that no match takes, at the 1st, 2nd, 4th… record. */
  noMatch(tag: string, records: number): void;
  /** A filter refused a record; `routed` when the label @ERROR takes it. */
  refused(filter: string, why: string, routed: boolean): void;
}

export class Router {
  readonly #rules: readonly RunningRule[];
  readonly arena: Arena;
  readonly #ends: RouterEnds;
  readonly #errors: () => Router | undefined;
  readonly #routes = new Map<string, Route>();

  /** @param errors router of the label @ERROR, if there is one for these rules. */
  constructor(rules: readonly RunningRule[], arena: Arena, ends: RouterEnds, errors: () => Router | undefined) {
    this.#rules = rules;
    this.arena = arena;
    this.#ends = ends;
    this.#errors = errors;
  }

  /** Filters the records and hands them to the output of their tag. Synchronous. */
  emit(segment: TrackedSegment, tag: string, tape: Tape): void {
    if (tape.count === 0) return;
    this.#pass({ tag, segment, arena: this.arena, tape }, this.#route(tag), 0);
  }

  /** Hands records to the label @ERROR, or tells of them where there is none. */
  reject(batch: Batch, by: string, rejected: readonly Rejected[]): void {
    if (rejected.length === 0) return;
    const errors = this.#errors();
    for (const { why } of rejected) this.#ends.refused(by, why, errors !== undefined);
    errors?.emit(batch.segment as TrackedSegment, batch.tag, copyRecords(this.arena, rejected));
  }

  /** Takes a batch through the filters of its route from the given one on, and to the output. */
  #pass(batch: Batch, route: Route, from: number): void {
    for (let i = from; i < route.filters.length; i++) {
      const filter = route.filters[i] as FilterNode;
      this.reject(
        batch,
        filter.name,
        filter.apply(batch, (later) => this.#pass(later, route, i + 1)),
      );
      if (batch.tape.count === 0) return;
    }
    if (route.output) route.output.write(batch);
    else this.#noMatch(route, batch);
  }

  #route(tag: string): Route {
    const known = this.#routes.get(tag);
    if (known) return known;
    const route = this.#decide(tag);
    if (this.#routes.size >= ROUTES_MAX) this.#routes.delete(this.#routes.keys().next().value as string);
    this.#routes.set(tag, route);
    return route;
  }

  #decide(tag: string): Route {
    const filters: FilterNode[] = [];
    for (const rule of this.#rules) {
      if (!rule.pattern.matches(tag)) continue;
      if (rule.kind === 'match') return { filters, output: rule.node, unrouted: 0 };
      filters.push(rule.node);
    }
    return { filters, output: undefined, unrouted: 0 };
  }

  #noMatch(route: Route, batch: Batch): void {
    const before = route.unrouted;
    route.unrouted += batch.tape.count;
    this.#ends.counters.add('router', 'unrouted', batch.tape.count);
    if (before === 0 || Math.floor(Math.log2(before)) !== Math.floor(Math.log2(route.unrouted))) {
      this.#ends.noMatch(batch.tag, route.unrouted);
    }
  }
}

/** Copy number of what goes to @ERROR; the stores of a `copy` count up from 1. */
const ERROR_COPY = 256;

function copyRecords(arena: Arena, rejected: readonly Rejected[]): Tape {
  let bytes = 0;
  for (const { record } of rejected) bytes += arena.i32[record >> 2] as number;
  const start = arena.alloc(bytes);
  let end = start;
  for (const { record } of rejected) {
    const length = arena.i32[record >> 2] as number;
    arena.u8.copyWithin(end, record, record + length);
    setStatus(arena.i32, end, LIVE);
    end += length;
  }
  const tape = { start, end, count: rejected.length };
  // The record itself may go on (a parser that keeps what it cannot parse) and end in the same index as this one.
  addCopyNumber(arena.i32, tape, ERROR_COPY);
  return tape;
}
