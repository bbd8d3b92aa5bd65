// Parser `multiline`: a regular expression over several lines.
import { type Definition, defineParser } from '../../../config/define.ts';
import type { Numbered } from '../../../config/settings.ts';
import { numbered, regexp, string } from '../../../config/settings.ts';
import type { Host, Parser } from '../../../core/plugin.ts';
import type { Problem } from '../../../core/problem.ts';
import { checkExpression, expressionParser } from '../../shared/expression-parser.ts';
import { checkPattern, Matcher } from '../../shared/matcher.ts';
import {
  type CommonParserSettings,
  checkParserSettings,
  commonParserFields,
  timeType,
} from '../../shared/parser-settings.ts';

const settings = {
  format_firstline: regexp({
    doc: 'Found in the first line of a record; without it a record ends with the line that completes the expression.',
  }),
  formatN: numbered({
    doc: 'Pieces of the expression, from `format1` on, each between slashes; the dot takes line breaks.',
  }),
  time_key: string({ fallback: 'time', doc: 'Field with the time of the event.' }),
  time_type: timeType('string'),
  ...commonParserFields,
};

interface MultilineSettings extends CommonParserSettings {
  readonly format_firstline: string | undefined;
  readonly formatN: readonly Numbered[];
}

export const multilineParser: Definition<'parser', typeof settings> = defineParser({
  type: 'multiline',
  summary: 'Named groups of a regular expression over several lines.',
  settings,
  check: (given) => checkMultiline(given),
  create: (given, host) => createMultiline(given, host),
});

function expressionOf(formats: readonly Numbered[]): string {
  return `/${formats.map(({ text }) => text.slice(1, -1)).join('')}/m`;
}

function checkMultiline(given: MultilineSettings): readonly Omit<Problem, 'place'>[] {
  const error = (message: string): Omit<Problem, 'place'> => ({ code: 'config/multiline', severity: 'error', message });
  const { formatN: formats, format_firstline: first } = given;
  const gap = formats.findIndex(({ number }, index) => number !== index + 1);
  const bare = formats.find(({ text }) => !/^\/.*\/$/s.test(text));
  const problems = [
    ...(formats.length === 0 ? [error('expected a parameter format1')] : []),
    ...(gap >= 0 ? [error(`expected format${gap + 1} before format${formats[gap]?.number}`)] : []),
    ...(bare ? [error(`format${bare.number}: expected an expression between slashes`)] : []),
  ];
  return [
    ...checkParserSettings(given),
    ...(first === undefined ? [] : checkPattern('format_firstline', first)),
    ...(problems.length > 0 ? problems : checkExpression('format1', expressionOf(formats))),
  ];
}

function createMultiline(given: MultilineSettings, host: Host): Parser {
  const expression = expressionOf(given.formatN);
  const parser = expressionParser(given, expression, host);
  const whole = new Matcher(expression, host);
  const first = given.format_firstline === undefined ? undefined : new Matcher(given.format_firstline, host);
  return {
    estimatesTime: parser.estimatesTime,
    parse: (tape, key) => parser.parse(tape, key),
    lines: first ? { isFirst: (line) => first.test(line) } : { isWhole: (text) => whole.test(text) },
  };
}
