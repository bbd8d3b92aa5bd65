// What a text means for the record that is being put together.
import type { Host } from '../../../core/plugin.ts';
import { FieldReader } from '../../shared/field-reader.ts';
import { Matcher } from '../../shared/matcher.ts';

export interface ModeSettings {
  readonly n_lines: number | undefined;
  readonly multiline_start_regexp: string | undefined;
  readonly multiline_end_regexp: string | undefined;
  readonly continuous_line_regexp: string | undefined;
  readonly partial_key: string | undefined;
  readonly partial_value: string | undefined;
  readonly use_partial_metadata: boolean;
  readonly partial_metadata_format: string;
  readonly use_partial_cri_logtag: boolean;
  readonly partial_cri_logtag_key: string;
}

/**
 * `alone`: it is a record of its own; what waits is complete in front of it. `begin`: what waits is complete, and a new
 * record begins. `add`: it belongs to what waits, or begins a record. `end`: as `add`, and the record is complete.
 * `begin-end`: a new record, complete with it.
 */
export type Step = 'alone' | 'begin' | 'add' | 'end' | 'begin-end';

/** @param waiting texts of the record so far, 0 where none waits. */
export type Mode = (record: number, text: string, waiting: number) => Step;

export function createMode(settings: ModeSettings, host: Host): Mode {
  const { n_lines: count } = settings;
  if (count !== undefined) return (_record, _text, waiting) => (waiting + 1 >= count ? 'end' : 'add');
  if (settings.use_partial_cri_logtag) {
    return flagged(settings.partial_cri_logtag_key, (tag) => tag === 'P' || tag.startsWith('P:'), host);
  }
  if (settings.partial_key !== undefined) {
    const { partial_value: value } = settings;
    return flagged(settings.partial_key, (found) => found === value, host);
  }
  return settings.use_partial_metadata ? docker(settings.partial_metadata_format, host) : patterns(settings, host);
}

/** A field says whether more parts follow. */
function flagged(key: string, isPartial: (value: string) => boolean, host: Host): Mode {
  const reader = new FieldReader(key, host);
  return (record, _text, waiting) => {
    const hasMore = reader.find(record) && isPartial(reader.text());
    if (hasMore) return 'add';
    return waiting > 0 ? 'end' : 'alone';
  };
}

export interface DockerFields {
  readonly message: string;
  readonly id: string;
  readonly ordinal: string;
  readonly last: string;
}

export function dockerFields(format: string): DockerFields {
  const prefix = format === 'docker-fluentd' ? 'partial_' : 'CONTAINER_PARTIAL_';
  const names = { message: 'message', id: 'id', ordinal: 'ordinal', last: 'last' };
  const cased = (name: string): string =>
    format === 'docker-journald' ? prefix + name.toUpperCase() : (prefix + name).toLowerCase();
  return { message: cased(names.message), id: cased(names.id), ordinal: cased(names.ordinal), last: cased(names.last) };
}

function docker(format: string, host: Host): Mode {
  const fields = dockerFields(format);
  const message = new FieldReader(fields.message, host);
  const last = new FieldReader(fields.last, host);
  return (record) => {
    if (!message.find(record)) return 'alone';
    return last.find(record) && last.text() === 'true' ? 'end' : 'add';
  };
}

function patterns(settings: ModeSettings, host: Host): Mode {
  const compiled = (written: string | undefined): Matcher | undefined =>
    written === undefined ? undefined : new Matcher(written, host);
  const first = compiled(settings.multiline_start_regexp);
  const last = compiled(settings.multiline_end_regexp);
  const middle = compiled(settings.continuous_line_regexp);
  return (_record, text, waiting) => {
    if (first?.test(text)) return last?.test(text) ? 'begin-end' : 'begin';
    if (last?.test(text)) return 'end';
    if (waiting === 0) return first ? 'alone' : 'add';
    return middle && !middle.test(text) ? 'alone' : 'add';
  };
}
