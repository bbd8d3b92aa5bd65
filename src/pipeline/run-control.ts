// What can be asked of a run from outside while it goes on: flush, or go on with another configuration.
import type { Plan } from '../config/plan.ts';

/** Where a control reaches the run that goes on now. */
export interface Controlled {
  /** Sends at once what waits for company. */
  flush(): void;
}

export class RunControl {
  #run: Controlled | undefined;
  #next: Plan | undefined;
  #replaced = new AbortController();

  flush(): void {
    this.#run?.flush();
  }

  /** Ends the run that goes on, abandons what it has in flight, and goes on with `plan` from the saved positions. */
  replace(plan: Plan): void {
    this.#next = plan;
    this.#replaced.abort(new Error('the configuration was replaced'));
  }

  /** The pipeline's side: a run begins; the signal aborts when it is replaced. */
  enter(run: Controlled): AbortSignal {
    this.#run = run;
    if (this.#next === undefined) this.#replaced = new AbortController();
    return this.#replaced.signal;
  }

  /** The pipeline's side: the plan to go on with, once. */
  takeNext(): Plan | undefined {
    const next = this.#next;
    this.#next = undefined;
    return next;
  }
}
