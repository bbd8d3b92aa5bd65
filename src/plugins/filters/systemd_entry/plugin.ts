// Filter `systemd_entry`: renames journal fields, as `<entry>` of the source does.
import { type Definition, defineFilter } from '../../../config/define.ts';
import { checkEntry, EntryFields, entrySettings } from '../../shared/entry-fields.ts';

export const systemdEntryFilter: Definition<'filter', typeof entrySettings> = defineFilter({
  type: 'systemd_entry',
  summary: 'Renames the fields of journal entries.',
  settings: entrySettings,
  check: checkEntry,
  create: (settings, host) => {
    const fields = new EntryFields(settings, host);
    return {
      state: 'none',
      apply: (batch) => {
        batch.tape = fields.apply(batch.tape);
      },
    };
  },
});
