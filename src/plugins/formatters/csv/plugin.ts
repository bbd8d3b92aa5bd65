// Formatter `csv`: values of chosen fields, separated by commas.
import { type Definition, defineFormatter } from '../../../config/define.ts';
import { array, bool, string } from '../../../config/settings.ts';
import { FieldTexts, newlineFields, newlineOf, putText } from '../../shared/formatting.ts';

const settings = {
  fields: array({ required: true, doc: 'Names of the fields, in their order.' }),
  delimiter: string({ fallback: ',', doc: 'Between values: a text, or TAB.' }),
  force_quotes: bool({ fallback: true, doc: 'Put every value in quotes, not only those that need it.' }),
  ...newlineFields,
};

export const csvFormatter: Definition<'formatter', typeof settings> = defineFormatter({
  type: 'csv',
  summary: 'Values of chosen fields, separated by commas and quoted; a missing one is empty.',
  settings,
  create: (given, host) => {
    const texts = new FieldTexts(host);
    const delimiter = /^(?:TAB|\\t)$/.test(given.delimiter) ? '\t' : given.delimiter;
    const tail = newlineOf(given);
    // As Ruby's CSV: an empty text stands in quotes, a missing one does not.
    const quoted = (value: string | undefined): string => {
      const text = value ?? '';
      if (value === undefined && !given.force_quotes) return '';
      const needsQuotes = given.force_quotes || text === '' || /["\r\n]|^\s|\s$/.test(text) || text.includes(delimiter);
      return needsQuotes ? `"${text.replaceAll('"', '""')}"` : text;
    };
    return {
      format(_tag, record) {
        const values = given.fields.map((name) => quoted(texts.text(record, name)));
        return putText(host.arena, values.join(delimiter) + tail);
      },
    };
  },
});
