// Parser `apache2`: Apache's access log with typed values.
import { type Definition, defineParser } from '../../../config/define.ts';
import { string } from '../../../config/settings.ts';
import type { Host } from '../../../core/plugin.ts';
import { Matcher } from '../../shared/matcher.ts';
import { checkParserSettings, commonParserFields, timeType } from '../../shared/parser-settings.ts';
import { ScanningParser } from '../../shared/scanning-parser.ts';
import { type ReadText, scanTexts } from '../../shared/text-scan.ts';

/** Inside of quotes, a backslash takes the next character along. */
const QUOTED = '(?:[^"\\\\]|\\\\.)*';
const EXPRESSION =
  `^(?<host>[^ ]*) [^ ]* (?<user>[^ ]*) \\[(?<time>[^\\]]*)\\] "(?<method>[^ "]+)(?: +(?<path>${QUOTED}?)(?: +[^ "]*)?)?" ` +
  `(?<code>[^ ]*) (?<size>[^ ]*)(?: "(?<referer>${QUOTED})" "(?<agent>${QUOTED})")?$`;

const settings = {
  ...commonParserFields,
  time_key: string({ fallback: 'time', doc: 'Field with the time of the event.' }),
  time_type: timeType('string'),
  time_format: string({ fallback: '%d/%b/%Y:%H:%M:%S %z', doc: 'strftime directives.' }),
};

export const apache2Parser: Definition<'parser', typeof settings> = defineParser({
  type: 'apache2',
  summary: 'A line of the access log of Apache httpd; code and size are numbers, and `-` is null.',
  settings,
  check: (given) => checkParserSettings(given),
  create: (given, host) => {
    const read = readApache(host);
    return new ScanningParser(given, host, (tape, key) => scanTexts(host, tape, key, read));
  },
});

const NAMES = ['time', 'host', 'user', 'method', 'path', 'code', 'size', 'referer', 'agent'];
const NUMBERS = new Set(['code', 'size']);
const DASHES = new Set(['host', 'user', 'referer', 'agent']);

function readApache(host: Host): ReadText {
  const matcher = new Matcher(EXPRESSION, host);
  const columns = NAMES.map((name) => ({
    name,
    key: host.keys.pin(name),
    group: matcher.groups.indexOf(name) + 1,
  }));
  return (text, fields) => {
    const found = matcher.exec(text);
    if (!found) return false;
    for (const { name, key, group } of columns) {
      const value = found[group];
      if (NUMBERS.has(name)) fields.json(key, numberJson(value ?? '', name === 'code'));
      else fields.text(key, DASHES.has(name) ? dashless(value) : (value ?? null));
    }
    return true;
  };
}

function dashless(value: string | undefined): string | null {
  return value === undefined || value === '-' ? null : value;
}

/** The whole number that the text begins with; a code of 0 is none. */
function numberJson(text: string, isCode: boolean): string {
  if (text === '-') return 'null';
  const digits = String(BigInt(/^\d+/.exec(text)?.[0] ?? '0'));
  return isCode && digits === '0' ? 'null' : digits;
}
