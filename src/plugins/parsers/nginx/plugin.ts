// Parser `nginx`: nginx's access log, format `combined`.
import { type Definition, defineParser } from '../../../config/define.ts';
import { string } from '../../../config/settings.ts';
import { expressionParser } from '../../shared/expression-parser.ts';
import { checkParserSettings, commonParserFields, timeType } from '../../shared/parser-settings.ts';

const EXPRESSION =
  '^(?<remote>[^ ]*) (?<host>[^ ]*) (?<user>[^ ]*) \\[(?<time>[^\\]]*)\\] "(?<method>[^ "]+)(?: +(?<path>[^"]*?)(?: +[^ "]*)?)?" ' +
  '(?<code>[^ ]*) (?<size>[^ ]*)(?: "(?<referer>[^"]*)" "(?<agent>[^"]*)"(?:\\s+"?(?<http_x_forwarded_for>[^"]*)"?)?)?$';

const settings = {
  ...commonParserFields,
  time_key: string({ fallback: 'time', doc: 'Field with the time of the event.' }),
  time_type: timeType('string'),
  time_format: string({ fallback: '%d/%b/%Y:%H:%M:%S %z', doc: 'strftime directives.' }),
};

export const nginxParser: Definition<'parser', typeof settings> = defineParser({
  type: 'nginx',
  summary: "A line of nginx's access log in the format `combined`.",
  settings,
  check: (given) => checkParserSettings(given),
  create: (given, host) => expressionParser(given, EXPRESSION, host),
});
