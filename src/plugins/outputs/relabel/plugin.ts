// Output `relabel`: on to the rules of a label, tag and record unchanged.
import { defineRelay, type RelayDefinition } from '../../../config/define.ts';

const settings = {};

export const relabelOutput: RelayDefinition<typeof settings> = defineRelay({
  type: 'relabel',
  summary: 'Hands records on to the rules of the label that `@label` names.',
  settings,
  create: (_given, host) => ({ relay: (batch) => host.emit(batch, batch.tag, batch.tape) }),
});
