// Formatter `stdout`: what Fluentd prints on its standard output.
import { type Definition, defineFormatter } from '../../../config/define.ts';
import { string } from '../../../config/settings.ts';
import { zoneFields } from '../../shared/formatting.ts';
import { createStdout, STDOUT_TIME_FORMAT } from '../../shared/line-formatters.ts';

const settings = {
  output_type: string({ support: 'accepted', doc: 'the record is written as JSON' }),
  time_format: string({ fallback: STDOUT_TIME_FORMAT, doc: 'strftime directives.' }),
  ...zoneFields,
};

export const stdoutFormatter: Definition<'formatter', typeof settings> = defineFormatter({
  type: 'stdout',
  summary: 'Time, tag, a colon and the record as JSON, one record a line.',
  settings,
  create: (given, host) => createStdout(given, host),
});
