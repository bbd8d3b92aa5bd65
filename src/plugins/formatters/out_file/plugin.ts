// Formatter `out_file`: time, tag and record, as Fluentd's files have them.
import { type Definition, defineFormatter } from '../../../config/define.ts';
import { bool, oneOf, string } from '../../../config/settings.ts';
import { newlineFields, zoneFields } from '../../shared/formatting.ts';
import { createOutFile } from '../../shared/line-formatters.ts';

const settings = {
  delimiter: string({ fallback: '\t', doc: 'Between time, tag and record: a text, or one of SPACE, COMMA and TAB.' }),
  output_time: bool({ fallback: true, doc: 'Write the time.' }),
  output_tag: bool({ fallback: true, doc: 'Write the tag.' }),
  time_format: string({ fallback: '%iso8601', doc: 'strftime directives, or `%iso8601`.' }),
  time_type: oneOf(['string', 'unixtime', 'float'], { fallback: 'string', doc: 'How the time is written.' }),
  json_parser: string({ support: 'accepted', doc: 'records are copied, not serialised' }),
  newline: newlineFields.newline,
  ...zoneFields,
};

export const outFileFormatter: Definition<'formatter', typeof settings> = defineFormatter({
  type: 'out_file',
  summary: 'Time, tag and the record as JSON, one record a line.',
  settings,
  create: (given, host) => createOutFile(given, host),
});
