// Filter `kata`: adds to each record what was understood of it, as one object.
import { type Definition, defineFilter } from '../../../config/define.ts';
import { bool, string } from '../../../config/settings.ts';
import { KataFilter } from './kata-filter.ts';

const settings = {
  prefix: string({ fallback: 'kata_', doc: 'What a parser put in front of the names that Kata wrote.' }),
  key: string({ fallback: 'kata', doc: 'Field that gets the object.' }),
  redact: bool({
    fallback: true,
    doc: 'Black out secrets (environments, passwords, tokens, policies) in every field of the record.',
  }),
  keep_doubles: bool({
    fallback: false,
    doc: 'Keep the copy of a record that came through containerd or CRI-O, too.',
  }),
};

export const kataFilter: Definition<'filter', typeof settings> = defineFilter({
  type: 'kata',
  summary: 'Understands what Kata Containers wrote: level, component, sandbox, nested records, damage, secrets.',
  settings,
  create: (given, host) => new KataFilter(given, host),
});
