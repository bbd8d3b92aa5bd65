// The section `<inject>`: time, tag and host as fields of the record.
import * as os from 'node:os';
import { oneOf, section, string } from '../../config/settings.ts';
import { eachLive } from '../../core/each-live.ts';
import type { Batch, Instant } from '../../core/event.ts';
import type { Host } from '../../core/plugin.ts';
import { editRecords, RecordView } from '../../core/record-view.ts';
import { formatTime } from '../../formats/time/format.ts';
import { type ZoneSettings, zoneFields, zoneNameOf } from './formatting.ts';

const fields = {
  hostname_key: string({ doc: 'Field for the name of the host.' }),
  hostname: string({ doc: 'Another name for the host.' }),
  worker_id_key: string({ doc: 'Field for the number of the worker, which is 0.' }),
  tag_key: string({ doc: 'Field for the tag.' }),
  time_key: string({ doc: 'Field for the time of the event.' }),
  time_type: oneOf(['float', 'unixtime', 'unixtime_millis', 'unixtime_micros', 'unixtime_nanos', 'string'], {
    fallback: 'float',
    doc: 'How the time is written.',
  }),
  time_format: string({ doc: 'strftime directives, with `time_type string`; else ISO 8601.' }),
  ...zoneFields,
};

export const injectSection = section(fields, { doc: 'Fields that every record gets.' });

interface InjectSettings extends ZoneSettings {
  readonly hostname_key: string | undefined;
  readonly hostname: string | undefined;
  readonly worker_id_key: string | undefined;
  readonly tag_key: string | undefined;
  readonly time_key: string | undefined;
  readonly time_type: 'float' | 'unixtime' | 'unixtime_millis' | 'unixtime_micros' | 'unixtime_nanos' | 'string';
  readonly time_format: string | undefined;
}

/** Gives a batch a tape with the fields; undefined where there is nothing to inject. */
export function createInject(given: InjectSettings | undefined, host: Host): ((batch: Batch) => void) | undefined {
  if (!given) return undefined;
  const view = new RecordView(host);
  const hostname = given.hostname ?? os.hostname();
  const zone = zoneNameOf(given);
  return (batch) => {
    // Every record has its time then.
    eachLive(batch, () => undefined);
    editRecords(batch, view, (record) => {
      if (given.hostname_key !== undefined) record.setText(given.hostname_key, hostname);
      if (given.worker_id_key !== undefined) record.setJson(given.worker_id_key, '0');
      if (given.tag_key !== undefined) record.setText(given.tag_key, batch.tag);
      if (given.time_key !== undefined) record.setJson(given.time_key, timeJson(given, record.time ?? 0n, zone));
      return undefined;
    });
  };
}

const NANOS = 1_000_000_000n;

function timeJson({ time_type: type, time_format: format }: InjectSettings, time: bigint, zone: string): string {
  const nanos = ((time % NANOS) + NANOS) % NANOS;
  const seconds = (time - nanos) / NANOS;
  switch (type) {
    case 'unixtime':
      return String(seconds);
    case 'unixtime_millis':
      return String(seconds * 1000n + nanos / 1_000_000n);
    case 'unixtime_micros':
      return String(seconds * 1_000_000n + nanos / 1000n);
    case 'unixtime_nanos':
      return String(time);
    case 'string':
      return JSON.stringify(timeText({ seconds: Number(seconds), nanos: Number(nanos) }, format, zone));
    default:
      return floatText(seconds, nanos);
  }
}

function timeText(time: Instant, format: string | undefined, zone: string): string {
  return formatTime(time, format ?? '%iso8601', zone);
}

/** Seconds and as many digits behind the point as there are, at least one. */
function floatText(seconds: bigint, nanos: bigint): string {
  const digits = String(nanos)
    .padStart(9, '0')
    .replace(/0{1,8}$/, '');
  if (seconds >= 0n || nanos === 0n) return `${seconds}.${digits}`;
  return `-${-(seconds + 1n)}.${String(NANOS - nanos)
    .padStart(9, '0')
    .replace(/0{1,8}$/, '')}`;
}
