// Parsers over a regular expression: each named group that took part is a field.
import type { Host, Parser } from '../../core/plugin.ts';
import type { Problem } from '../../core/problem.ts';
import { compilePattern } from '../../formats/regexp/pattern.ts';
import { checkPattern, Matcher } from './matcher.ts';
import type { CommonParserSettings } from './parser-settings.ts';
import { ScanningParser } from './scanning-parser.ts';
import { type ReadText, scanTexts } from './text-scan.ts';

/** @param expression a checked pattern, see {@link checkExpression}. */
export function expressionParser(settings: CommonParserSettings, expression: string, host: Host): Parser {
  const read = readExpression(expression, host);
  return new ScanningParser(settings, host, (tape, key) => scanTexts(host, tape, key, read));
}

export function readExpression(expression: string, host: Host): ReadText {
  const matcher = new Matcher(expression, host);
  const groups = matcher.groups.flatMap((name, index) =>
    name === undefined ? [] : [{ key: host.keys.pin(name), group: index + 1 }],
  );
  const isTwice = new Set(groups.map(({ key }) => key)).size < groups.length;
  return (text, fields) => {
    const found = matcher.exec(text);
    if (!found) return false;
    const written = new Set<number>();
    // The last of several groups of one name that took part is the field.
    const order = isTwice ? groups.toReversed() : groups;
    for (const { key, group } of order) {
      const value = found[group];
      if (value === undefined || (isTwice && written.has(key))) continue;
      if (isTwice) written.add(key);
      fields.text(key, value);
    }
    return true;
  };
}

/** What is wrong with the expression of a parser, without a place. */
export function checkExpression(setting: string, expression: string): readonly Omit<Problem, 'place'>[] {
  const problems = checkPattern(setting, expression);
  const compiled = compilePattern(expression);
  if (!compiled.ok || compiled.value.groups.some((name) => name !== undefined)) return problems;
  const message = `${setting}: expected at least one named group, as in (?<level>\\w+)`;
  return [...problems, { code: 'config/no-named-group', severity: 'error', message }];
}
