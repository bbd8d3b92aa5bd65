// Parser `apache_error`: Apache's error log.
import { type Definition, defineParser } from '../../../config/define.ts';
import { string } from '../../../config/settings.ts';
import { expressionParser } from '../../shared/expression-parser.ts';
import { checkParserSettings, commonParserFields, timeType } from '../../shared/parser-settings.ts';

const EXPRESSION =
  '^\\[[^ ]* (?<time>[^\\]]*)\\] \\[(?<level>[^\\]]*)\\](?: \\[pid (?<pid>[^\\]]*)\\])?(?: \\[client (?<client>[^\\]]*)\\])? ' +
  '(?<message>.*)$';

const settings = {
  ...commonParserFields,
  time_key: string({ fallback: 'time', doc: 'Field with the time of the event.' }),
  time_type: timeType('string'),
  time_format: string({ fallback: '%b %d %H:%M:%S.%N %Y', doc: 'strftime directives.' }),
};

export const apacheErrorParser: Definition<'parser', typeof settings> = defineParser({
  type: 'apache_error',
  summary: 'A line of the error log of Apache httpd.',
  settings,
  check: (given) => checkParserSettings(given),
  create: (given, host) => expressionParser(given, EXPRESSION, host),
});
