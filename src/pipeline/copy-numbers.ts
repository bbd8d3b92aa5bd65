// Which documents made of one record need ids of their own: those that several stores of a copy may write to one place.
import type { Planned } from '../config/planned.ts';
import type { Sink } from '../core/plugin.ts';
import { addCopyNumber, COPIES_MAX } from '../core/tape.ts';
import type { SinkNode } from './nodes.ts';

/** Where an output may write: `type:place`, or anywhere where it hands records on. */
type Reach = string | 'anywhere';

export function reachOf({ type, definition, settings }: Planned<'output'>): Reach {
  return definition.routes ? 'anywhere' : `${type}:${definition.destination?.(settings) ?? ''}`;
}

/**
 * Numbers the stores of all copies of a plan, in file order. A number is a sum over the copies that a record comes
 * through; each copy counts in steps that those before it cannot make up.
 */
export class CopyNumbers {
  #step = 1;

  /** The numbers of one copy: only its second and further stores into one place get one. */
  of(): { marked(store: SinkNode, reach: Reach): Sink } {
    const earlier: Reach[] = [];
    let step = 0;
    return {
      marked: (store, reach) => {
        const before = earlier.filter((one) => one === reach || one === 'anywhere' || reach === 'anywhere').length;
        earlier.push(reach);
        if (before === 0) return store;
        step ||= this.#step;
        const number = before * step;
        this.#step = Math.max(this.#step, number + step);
        if (number > COPIES_MAX) throw new Error(`more than ${COPIES_MAX} copies of a record go to one place`);
        return {
          write: (batch) => {
            addCopyNumber(batch.arena.i32, batch.tape, number);
            store.write(batch);
          },
        };
      },
    };
  }
}
