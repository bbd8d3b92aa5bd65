// Parser `json`: one object a text, or an array of objects.
import { type Definition, defineParser } from '../../../config/define.ts';
import { integer, oneOf, string } from '../../../config/settings.ts';
import { checkParserSettings, commonParserFields, timeType } from '../../shared/parser-settings.ts';
import { ScanningParser } from '../../shared/scanning-parser.ts';
import { scanJson } from './arrays.ts';

const settings = {
  time_key: string({ fallback: 'time', doc: 'Field with the time of the event.' }),
  time_type: timeType('float'),
  json_parser: oneOf(['oj', 'yajl', 'json'], { support: 'accepted', doc: 'there is one JSON parser here' }),
  stream_buffer_size: integer({ support: 'accepted', doc: 'texts are parsed where they lie' }),
  ...commonParserFields,
};

export const jsonParser: Definition<'parser', typeof settings> = defineParser({
  type: 'json',
  summary: 'A JSON object, whose values are kept digit by digit; an array gives a record for each of its objects.',
  settings,
  check: checkParserSettings,
  create: (given, host) => new ScanningParser(given, host, (tape, key) => scanJson(host, tape, key)),
});
