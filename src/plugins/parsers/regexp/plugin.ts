// Parser `regexp`: named groups of a regular expression.
import { type Definition, defineParser } from '../../../config/define.ts';
import { bool, regexp, string } from '../../../config/settings.ts';
import { checkExpression, expressionParser } from '../../shared/expression-parser.ts';
import { checkParserSettings, commonParserFields, timeType } from '../../shared/parser-settings.ts';

const settings = {
  expression: regexp({
    required: true,
    doc: "An expression in Ruby's dialect with named groups; flags i, m and x stand behind the closing slash.",
  }),
  ignorecase: bool({ fallback: false, doc: 'As the flag i.' }),
  multiline: bool({ fallback: false, doc: 'As the flag m: the dot takes line breaks.' }),
  time_key: string({ fallback: 'time', doc: 'Field with the time of the event.' }),
  time_type: timeType('string'),
  ...commonParserFields,
};

interface ExpressionSettings {
  readonly expression: string;
  readonly ignorecase: boolean;
  readonly multiline: boolean;
}

export const regexpParser: Definition<'parser', typeof settings> = defineParser({
  type: 'regexp',
  summary: 'Named groups of a regular expression; a group that took no part gives no field.',
  settings,
  check: (given) => [...checkParserSettings(given), ...checkExpression('expression', flagged(given))],
  create: (given, host) => expressionParser(given, flagged(given), host),
});

/** The expression with the flags that stand in parameters of their own. */
function flagged({ expression, ignorecase, multiline }: ExpressionSettings): string {
  const flags = `${ignorecase ? 'i' : ''}${multiline ? 'm' : ''}`;
  if (flags === '') return expression;
  return /^\/.*\/[a-z]*$/s.test(expression) ? expression + flags : `/${expression}/${flags}`;
}
