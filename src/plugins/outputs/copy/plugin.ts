// Output `copy`: every record to each of several outputs.
import { defineRelay, type RelayDefinition } from '../../../config/define.ts';
import { bool, nestedList, oneOf } from '../../../config/settings.ts';
import type { Batch } from '../../../core/event.ts';
import type { Relay, Sink } from '../../../core/plugin.ts';
import { copyTape } from '../../../core/tape.ts';

const settings = {
  copy_mode: oneOf(['no_copy', 'shallow', 'deep', 'marshal'], {
    support: 'accepted',
    doc: 'no store sees what another one changes, and nothing needs to be copied deeply for it',
  }),
  deep_copy: bool({ support: 'accepted', doc: 'no store sees what another one changes' }),
  store: nestedList('output', { required: true, doc: 'An output; `ignore_error` behind the name has no effect.' }),
};

export const copyOutput: RelayDefinition<typeof settings> = defineRelay({
  type: 'copy',
  summary: 'Gives every record to each of its stores; each settles it by itself, and none waits for another.',
  settings,
  check: ({ store }) =>
    store
      .filter(({ arg }) => arg.includes('ignore_if_prev_success'))
      .map(() => ({
        code: 'config/prev-success',
        severity: 'warning',
        message: 'ignore_if_prev_success: every store gets every record, as no store is ever given up',
      })),
  create: (given, host) => new Copy(given.store.map((store) => host.store(store))),
});

class Copy implements Relay {
  readonly #stores: readonly Sink[];

  constructor(stores: readonly Sink[]) {
    this.#stores = stores;
  }

  relay(batch: Batch): void {
    for (const store of this.#stores) store.write({ ...batch, tape: copyTape(batch.arena, batch.tape) });
  }
}
