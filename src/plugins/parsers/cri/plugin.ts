// Parser `cri`: lines that containerd and CRI-O write for containers: time, stream, P or F, text.
import { type Definition, defineParser } from '../../../config/define.ts';
import { bool, nested, string } from '../../../config/settings.ts';
import type { Host, Parser } from '../../../core/plugin.ts';
import { checkParserSettings, commonParserFields, timeType } from '../../shared/parser-settings.ts';
import { ScanningParser } from '../../shared/scanning-parser.ts';
import { type ReadText, scanTexts } from '../../shared/text-scan.ts';
import { NestedMessage } from './nested-message.ts';

const settings = {
  ...commonParserFields,
  merge_cri_fields: bool({ fallback: true, doc: 'With `<parse>`: keep `stream`, `logtag` and `message`, too.' }),
  parse: nested('parser', { doc: 'How the text of a line is written; without it the text is `message`.' }),
  time_key: string({ fallback: 'time', doc: 'Field with the time of the event.' }),
  time_type: timeType('string'),
  time_format: string({ fallback: '%iso8601', doc: 'strftime directives, or `%iso8601`.' }),
};

export const criParser: Definition<'parser', typeof settings> = defineParser({
  type: 'cri',
  summary:
    'Lines of containers as containerd and CRI-O write them; `logtag` P marks a part of a line, see filter concat.',
  settings,
  check: (given) => checkParserSettings(given),
  create: (given, host) => {
    const lines: Parser = new ScanningParser(given, host, (tape, key) => scanTexts(host, tape, key, readCri(host)));
    return given.parse ? new NestedMessage(lines, host.create(given.parse), given.merge_cri_fields, host) : lines;
  },
});

/** `2020-02-21T10:31:27.810781647Z stdout F text` */
function readCri({ keys }: Host): ReadText {
  const [time, stream, logtag, message] = ['time', 'stream', 'logtag', 'message'].map((name) => keys.pin(name)) as [
    number,
    number,
    number,
    number,
  ];
  return (text, fields) => {
    const timeEnd = text.indexOf(' ');
    const streamEnd = text.indexOf(' ', timeEnd + 1);
    if (timeEnd < 1 || streamEnd < 0) return false;
    const name = text.slice(timeEnd + 1, streamEnd);
    const tag = /^(\S+)(?: |$)/.exec(text.slice(streamEnd + 1, streamEnd + 64))?.[1];
    if ((name !== 'stdout' && name !== 'stderr') || tag === undefined || !/^[PF](?::|$)/.test(tag)) return false;
    fields.text(time, text.slice(0, timeEnd));
    fields.text(stream, name);
    fields.text(logtag, tag);
    fields.text(message, text.slice(streamEnd + 1 + tag.length + 1));
    return true;
  };
}
