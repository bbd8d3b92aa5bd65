// Parser `csv`: values separated by commas.
import { type Definition, defineParser } from '../../../config/define.ts';
import { array, oneOf, string } from '../../../config/settings.ts';
import { splitCsv } from '../../../formats/csv.ts';
import { checkParserSettings, commonParserFields, timeType } from '../../shared/parser-settings.ts';
import { ScanningParser } from '../../shared/scanning-parser.ts';
import { scanTexts } from '../../shared/text-scan.ts';

const settings = {
  keys: array({ required: true, doc: 'Names of the columns.' }),
  delimiter: string({ fallback: ',', doc: 'Between values.' }),
  parser_engine: oneOf(['normal', 'fast'], { support: 'accepted', doc: 'there is one reading of CSV' }),
  time_key: string({ doc: 'Column with the time of the event.' }),
  time_type: timeType('string'),
  ...commonParserFields,
};

export const csvParser: Definition<'parser', typeof settings> = defineParser({
  type: 'csv',
  summary: 'Values separated by commas, in quotes where need be; a missing or empty one is null.',
  settings,
  check: (given) => checkParserSettings(given),
  create: (given, host) => {
    const keys = given.keys.map((name) => host.keys.pin(name));
    return new ScanningParser(given, host, (tape, key) =>
      scanTexts(host, tape, key, (text, fields) => {
        const values = splitCsv(text, given.delimiter);
        keys.forEach((column, index) => {
          if (values) fields.text(column, values[index] ?? null);
        });
        return values !== undefined;
      }),
    );
  },
});
