// Parser `logfmt`: key=value pairs as logrus and Go write them.
import { type Definition, defineParser } from '../../../config/define.ts';
import { bool, string } from '../../../config/settings.ts';
import { checkParserSettings, commonParserFields, timeType } from '../../shared/parser-settings.ts';
import { ScanningParser } from '../../shared/scanning-parser.ts';

const settings = {
  time_key: string({ fallback: 'time', doc: 'Field with the time of the event.' }),
  time_type: timeType('string'),
  blank_keys: bool({
    fallback: true,
    doc: 'Recognise the keys with blanks that Kata Containers writes (`vm path=…`).',
  }),
  ...commonParserFields,
};

export const logfmtParser: Definition<'parser', typeof settings> = defineParser({
  type: 'logfmt',
  summary: 'Pairs of logfmt with all escapes of Go; a bare key is true, whole numbers are integers.',
  settings,
  check: checkParserSettings,
  create: (given, host) => {
    const options = { blankKeys: given.blank_keys };
    return new ScanningParser(given, host, (tape, key) => host.scanner.logfmt(tape, key, options));
  },
});
