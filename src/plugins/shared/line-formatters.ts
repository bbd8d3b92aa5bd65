// The formatters that outputs have without a section `<format>`.
import type { Formatter, Host } from '../../core/plugin.ts';
import { framedJson, newlineOf, TimeText, type ZoneSettings, zoneNameOf } from './formatting.ts';

/** As Fluentd prints times on its standard output. */
export const STDOUT_TIME_FORMAT = '%Y-%m-%d %H:%M:%S.%N %z';

export interface OutFileSettings extends ZoneSettings {
  readonly delimiter: string;
  readonly output_time: boolean;
  readonly output_tag: boolean;
  readonly time_format: string;
  readonly time_type: 'string' | 'unixtime' | 'float';
  readonly newline: 'lf' | 'crlf';
}

/** Words for delimiters. */
const DELIMITERS: Readonly<Record<string, string>> = { SPACE: ' ', COMMA: ',', TAB: '\t' };

export function createOutFile(given: OutFileSettings, host: Host): Formatter {
  const delimiter = DELIMITERS[given.delimiter] ?? given.delimiter;
  const tail = newlineOf(given);
  const texts = new TimeText(given.time_format, zoneNameOf(given));
  return {
    format(tag, record, time) {
      const number = given.time_type === 'float' ? String(time.seconds + time.nanos / 1e9) : String(time.seconds);
      const when = given.time_type === 'string' ? texts.at(time) : number;
      const head = `${given.output_time ? when + delimiter : ''}${given.output_tag ? tag + delimiter : ''}`;
      return framedJson(host, head, record, tail);
    },
  };
}

/** The formatter `out_file` with its defaults. */
export function defaultOutFile(host: Host, utc: boolean): Formatter {
  const defaults = { delimiter: '\t', output_time: true, output_tag: true, time_format: '%iso8601' } as const;
  return createOutFile(
    { ...defaults, time_type: 'string', newline: 'lf', localtime: !utc, utc, timezone: undefined },
    host,
  );
}

export function createStdout(given: ZoneSettings & { readonly time_format: string }, host: Host): Formatter {
  const texts = new TimeText(given.time_format, zoneNameOf(given));
  return { format: (tag, record, time) => framedJson(host, `${texts.at(time)} ${tag}: `, record, '\n') };
}

/** The formatter `stdout` with its defaults. */
export function defaultStdout(host: Host): Formatter {
  const zone = { localtime: true, utc: false, timezone: undefined };
  return createStdout({ time_format: STDOUT_TIME_FORMAT, ...zone }, host);
}
