// Parser `tsv`: values separated by tabs.
import { type Definition, defineParser } from '../../../config/define.ts';
import { array, string } from '../../../config/settings.ts';
import { checkParserSettings, commonParserFields, timeType } from '../../shared/parser-settings.ts';
import { ScanningParser } from '../../shared/scanning-parser.ts';
import { scanTexts } from '../../shared/text-scan.ts';

const settings = {
  keys: array({ required: true, doc: 'Names of the columns.' }),
  delimiter: string({ fallback: '\t', doc: 'Between values.' }),
  time_key: string({ doc: 'Column with the time of the event.' }),
  time_type: timeType('string'),
  ...commonParserFields,
};

export const tsvParser: Definition<'parser', typeof settings> = defineParser({
  type: 'tsv',
  summary: 'Values separated by tabs; the last column takes the rest, a missing one is null.',
  settings,
  check: (given) => checkParserSettings(given),
  create: (given, host) => {
    const keys = given.keys.map((name) => host.keys.pin(name));
    return new ScanningParser(given, host, (tape, key) =>
      scanTexts(host, tape, key, (text, fields) => {
        const values = splitAtMost(text, given.delimiter, keys.length);
        keys.forEach((column, index) => {
          fields.text(column, values[index] ?? null);
        });
        return true;
      }),
    );
  },
});

function splitAtMost(text: string, delimiter: string, most: number): string[] {
  const parts = text.split(delimiter);
  return parts.length <= most ? parts : [...parts.slice(0, most - 1), parts.slice(most - 1).join(delimiter)];
}
