// Parser `syslog`: lines of RFC 3164 and RFC 5424.
import { type Definition, defineParser } from '../../../config/define.ts';
import { bool, oneOf, string } from '../../../config/settings.ts';
import type { Host } from '../../../core/plugin.ts';
import { readExpression } from '../../shared/expression-parser.ts';
import { checkParserSettings, commonParserFields, timeType } from '../../shared/parser-settings.ts';
import { ScanningParser } from '../../shared/scanning-parser.ts';
import { type FieldWriter, type ReadText, scanTexts } from '../../shared/text-scan.ts';

const settings = {
  ...commonParserFields,
  message_format: oneOf(['rfc3164', 'rfc5424', 'auto'], {
    fallback: 'rfc3164',
    doc: 'How lines are written; `auto` looks at each.',
  }),
  with_priority: bool({ fallback: false, doc: 'Lines begin with `<N>`.' }),
  rfc5424_time_format: string({ fallback: '%iso8601', doc: 'Times of RFC 5424: strftime directives.' }),
  parser_engine: oneOf(['regexp', 'string'], { support: 'accepted', doc: 'there is one reading of syslog' }),
  parser_type: oneOf(['regexp', 'string'], { support: 'accepted', doc: 'there is one reading of syslog' }),
  support_colonless_ident: bool({
    fallback: true,
    doc: 'A first word without a colon is the name of the program, too.',
  }),
  time_key: string({ fallback: 'time', doc: 'Field with the time of the event.' }),
  time_type: timeType('string'),
  time_format: string({ fallback: '%b %d %H:%M:%S', doc: 'Times of RFC 3164: strftime directives.' }),
};

interface SyslogSettings {
  readonly message_format: 'rfc3164' | 'rfc5424' | 'auto';
  readonly with_priority: boolean;
  readonly support_colonless_ident: boolean;
  readonly time_format: string;
  readonly rfc5424_time_format: string;
}

export const syslogParser: Definition<'parser', typeof settings> = defineParser({
  type: 'syslog',
  summary: 'Lines of syslog in RFC 3164 and RFC 5424; a time without a year is of this year.',
  settings,
  check: (given) => checkParserSettings(timed(given)),
  create: (given, host) => {
    const read = readSyslog(given, host);
    return new ScanningParser(timed(given), host, (tape, key) => scanTexts(host, tape, key, read));
  },
});

/** Times as the lines have them; both forms where lines are mixed. */
function timed<S extends SyslogSettings>(given: S): S & { readonly time_format_fallbacks: readonly string[] } {
  const { message_format: format, time_format: old, rfc5424_time_format: modern } = given;
  if (format === 'auto') return { ...given, time_type: 'mixed', time_format: modern, time_format_fallbacks: [old] };
  return { ...given, time_format: format === 'rfc5424' ? modern : old, time_format_fallbacks: [] };
}

const WORD = '[^ ]*';
const MODERN =
  `(?<time>${WORD}) (?<host>${WORD}) (?<ident>${WORD}) (?<pid>${WORD}) (?<msgid>${WORD}) ` +
  '(?<extradata>-|(?:\\[(?:[^\\]\\\\]|\\\\.)*\\])+)(?: (?<message>.+))?\\z';

function readSyslog(given: SyslogSettings, host: Host): ReadText {
  const ident = given.support_colonless_ident ? '[^ :\\[]*' : '[^ :\\[]*(?=\\[|:)';
  // As many words as the format of the time has; days may be padded with a blank.
  const words = given.time_format
    .trim()
    .split(/\s+/)
    .map(() => WORD)
    .join(' +');
  const old = `(?<time>${words}) (?<host>${WORD}) (?<ident>${ident})(?:\\[(?<pid>[0-9]+)\\])?:? *(?<message>.*)$`;
  const readOld = withPriority(given.with_priority, readExpression(`/^${old}/m`, host), host);
  const readModern = withPriority(given.with_priority, readExpression(`/\\A${MODERN}/m`, host), host, true);
  if (given.message_format === 'rfc3164') return readOld;
  if (given.message_format === 'rfc5424') return readModern;
  const marks = given.with_priority ? /^<\d{1,3}>[1-9]\d{0,2} / : /^\d{4}-\d\d-\d\dT/;
  return (text, fields) => (marks.test(text) ? readModern : readOld)(text, fields);
}

/** Takes `<N>`, and the version behind it in RFC 5424, off the text. */
function withPriority(isThere: boolean, read: ReadText, host: Host, isModern = false): ReadText {
  if (!isThere) return read;
  const key = host.keys.pin('pri');
  const mark = isModern ? /^<(\d{1,3})>[1-9]\d{0,2} / : /^<(\d{1,3})>/;
  return (text: string, fields: FieldWriter) => {
    const found = mark.exec(text);
    if (!found) return false;
    fields.json(key, String(Number(found[1])));
    return read(text.slice(found[0].length), fields);
  };
}
