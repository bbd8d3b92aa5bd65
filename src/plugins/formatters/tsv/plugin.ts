// Formatter `tsv`: values of chosen fields, separated by tabs.
import { type Definition, defineFormatter } from '../../../config/define.ts';
import { array, string } from '../../../config/settings.ts';
import { FieldTexts, newlineFields, newlineOf, putText } from '../../shared/formatting.ts';

const settings = {
  keys: array({ required: true, aliases: ['fields'], doc: 'Names of the fields, in their order.' }),
  delimiter: string({ fallback: '\t', doc: 'Between values.' }),
  ...newlineFields,
};

export const tsvFormatter: Definition<'formatter', typeof settings> = defineFormatter({
  type: 'tsv',
  summary: 'Values of chosen fields, separated by tabs; a missing one is empty.',
  settings,
  create: (given, host) => {
    const texts = new FieldTexts(host);
    const tail = newlineOf(given);
    return {
      format(_tag, record) {
        const values = given.keys.map((name) => texts.text(record, name) ?? '');
        return putText(host.arena, values.join(given.delimiter) + tail);
      },
    };
  },
});
