// The routers of a plan by label, and what they tell about records that go nowhere.
import type { Arena } from '../core/arena.ts';
import type { Log } from '../core/plugin.ts';
import { printable, quoted } from '../core/problem.ts';
import type { Counters } from './counters.ts';
import { Router, type RouterEnds, type RunningRule } from './router.ts';

/** The label of what stands outside of every label. */
export const ROOT = '@ROOT';
const ERROR = '@ERROR';

export class Routers {
  readonly #arena: Arena;
  readonly #ends: RouterEnds;
  readonly #byLabel = new Map<string, Router>();

  constructor(arena: Arena, counters: Counters, log: Log) {
    this.#arena = arena;
    this.#ends = {
      counters,
      noMatch: (tag, records) => log.warn(`no match for tag ${quoted(tag)}: ${records} records so far went nowhere`),
      refused: (filter, why, routed) => {
        counters.add(filter, 'refused', 1);
        if (!routed) log.warn(`${printable(filter)} refused a record: ${why}`);
      },
    };
  }

  add(label: string, rules: readonly RunningRule[]): void {
    // Inside of the label @ERROR there is no @ERROR: a record cannot go round.
    const errors = label === ERROR ? () => undefined : () => this.#byLabel.get(ERROR);
    this.#byLabel.set(label, new Router(rules, this.#arena, this.#ends, errors));
  }

  /** The router of a label; only after all were added. An unknown label was refused with the configuration. */
  of(label: string): Router {
    const router = this.#byLabel.get(label);
    if (!router) throw new Error(`BUG: there is no label ${label}`);
    return router;
  }
}
