// Parser `apache`: Apache's access log, all values as texts.
import { type Definition, defineParser } from '../../../config/define.ts';
import { string } from '../../../config/settings.ts';
import { expressionParser } from '../../shared/expression-parser.ts';
import { checkParserSettings, commonParserFields, timeType } from '../../shared/parser-settings.ts';

const EXPRESSION =
  '^(?<host>[^ ]*) [^ ]* (?<user>[^ ]*) \\[(?<time>[^\\]]*)\\] "(?<method>[^ "]+)(?: +(?<path>[^ ]*) +[^ "]*)?" ' +
  '(?<code>[^ ]*) (?<size>[^ ]*)(?: "(?<referer>[^"]*)" "(?<agent>[^"]*)")?$';

const settings = {
  ...commonParserFields,
  time_key: string({ fallback: 'time', doc: 'Field with the time of the event.' }),
  time_type: timeType('string'),
  time_format: string({ fallback: '%d/%b/%Y:%H:%M:%S %z', doc: 'strftime directives.' }),
};

export const apacheParser: Definition<'parser', typeof settings> = defineParser({
  type: 'apache',
  summary: 'A line of the access log of Apache httpd; all values are texts.',
  settings,
  check: (given) => checkParserSettings(given),
  create: (given, host) => expressionParser(given, EXPRESSION, host),
});
