// Formatter `ltsv`: labelled tab-separated values.
import { type Definition, defineFormatter } from '../../../config/define.ts';
import { string } from '../../../config/settings.ts';
import { FieldTexts, newlineFields, newlineOf, putText } from '../../shared/formatting.ts';

const settings = {
  delimiter: string({ fallback: '\t', doc: 'Between fields.' }),
  label_delimiter: string({ fallback: ':', doc: 'Between a name and its value.' }),
  replacement: string({ fallback: ' ', doc: 'Stands for a delimiter or a line break inside of a value.' }),
  ...newlineFields,
};

export const ltsvFormatter: Definition<'formatter', typeof settings> = defineFormatter({
  type: 'ltsv',
  summary: 'Fields as `name:value`, separated by tabs.',
  settings,
  create: (given, host) => {
    const texts = new FieldTexts(host);
    const { delimiter, label_delimiter: label, replacement } = given;
    const tail = newlineOf(given);
    const clean = (text: string): string => text.replaceAll(delimiter, replacement).replaceAll('\n', replacement);
    return {
      format(_tag, record) {
        const pairs = texts.keys(record).map((name) => clean(name) + label + clean(texts.text(record, name) ?? ''));
        return putText(host.arena, pairs.join(delimiter) + tail);
      },
    };
  },
});
