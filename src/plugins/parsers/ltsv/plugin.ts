// Parser `ltsv`: labelled tab-separated values.
import { type Definition, defineParser } from '../../../config/define.ts';
import { regexp, string } from '../../../config/settings.ts';
import { MAX_FIELDS, MAX_KEY_BYTES } from '../../../core/tape.ts';
import { checkPattern, Matcher } from '../../shared/matcher.ts';
import { checkParserSettings, commonParserFields, timeType } from '../../shared/parser-settings.ts';
import { ScanningParser } from '../../shared/scanning-parser.ts';
import { scanTexts } from '../../shared/text-scan.ts';

const settings = {
  delimiter: string({ fallback: '\t', doc: 'Between pairs.' }),
  delimiter_pattern: regexp({ doc: 'Found between pairs; wins over `delimiter`.' }),
  label_delimiter: string({ fallback: ':', doc: 'Between a name and its value.' }),
  time_key: string({ fallback: 'time', doc: 'Field with the time of the event.' }),
  time_type: timeType('string'),
  ...commonParserFields,
};

export const ltsvParser: Definition<'parser', typeof settings> = defineParser({
  type: 'ltsv',
  summary: 'Pairs `name:value` separated by tabs; a pair without a colon is passed over.',
  settings,
  check: (given) => [
    ...checkParserSettings(given),
    ...(given.delimiter_pattern === undefined ? [] : checkPattern('delimiter_pattern', given.delimiter_pattern)),
  ],
  create: (given, host) => {
    const pattern = given.delimiter_pattern === undefined ? undefined : new Matcher(given.delimiter_pattern, host);
    return new ScanningParser(given, host, (tape, key) =>
      scanTexts(host, tape, key, (text, fields) => {
        const pairs = pattern ? splitBy(text, pattern) : text.split(given.delimiter);
        const values = valuesOf(pairs, given.label_delimiter);
        const isRecord = values.size <= MAX_FIELDS && [...values.keys()].every(isName);
        if (isRecord) for (const [name, value] of values) fields.text(host.keys.id(name), value);
        return isRecord;
      }),
    );
  },
});

function valuesOf(pairs: readonly string[], label: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const pair of pairs) {
    const at = pair.indexOf(label);
    if (at >= 0) values.set(pair.slice(0, at), pair.slice(at + label.length));
  }
  return values;
}

function isName(name: string): boolean {
  return Buffer.byteLength(name) <= MAX_KEY_BYTES;
}

function splitBy(text: string, pattern: Matcher): string[] {
  const parts: string[] = [];
  let rest = text;
  for (let found = pattern.exec(rest)?.[0]; found; found = pattern.exec(rest)?.[0]) {
    const at = rest.indexOf(found);
    parts.push(rest.slice(0, at));
    rest = rest.slice(at + found.length);
  }
  return [...parts, rest];
}
