// Formatter `single_value`: the value of one field.
import { type Definition, defineFormatter } from '../../../config/define.ts';
import { string } from '../../../config/settings.ts';
import { FieldTexts, newlineFields, newlineOf, putText } from '../../shared/formatting.ts';

const settings = {
  message_key: string({ fallback: 'message', doc: 'Name of the field.' }),
  ...newlineFields,
};

export const singleValueFormatter: Definition<'formatter', typeof settings> = defineFormatter({
  type: 'single_value',
  summary: 'The text of one field and nothing else.',
  settings,
  create: (given, host) => {
    const texts = new FieldTexts(host);
    const tail = newlineOf(given);
    return { format: (_tag, record) => putText(host.arena, (texts.text(record, given.message_key) ?? '') + tail) };
  },
});
