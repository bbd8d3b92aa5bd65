// Filter `concat`: puts records together whose text was cut into several.
import { type Definition, defineFilter } from '../../../config/define.ts';
import { bool, integer, oneOf, regexp, string, time } from '../../../config/settings.ts';
import type { Problem } from '../../../core/problem.ts';
import { checkAccessor } from '../../shared/field-reader.ts';
import { checkPattern } from '../../shared/matcher.ts';
import { Concat, type ConcatSettings } from './concat.ts';

const settings = {
  key: string({ doc: 'Field with the text; `message` with `use_partial_cri_logtag`, else `log`.' }),
  separator: string({ fallback: '\n', doc: 'Put between texts; nothing between parts of one line.' }),
  n_lines: integer({ doc: 'Join so many records.' }),
  multiline_start_regexp: regexp({ doc: 'Found in the first text of a record.' }),
  multiline_end_regexp: regexp({ doc: 'Found in the last text of a record.' }),
  continuous_line_regexp: regexp({ doc: 'Found in every text but the first; another text ends the record.' }),
  stream_identity_key: string({ doc: 'Field that tells streams apart that come under one tag.' }),
  flush_interval: time({ fallback: 60, doc: 'Silence after which a record counts as complete; 0: never.' }),
  use_first_timestamp: bool({
    fallback: false,
    doc: 'The joined record has the time of its first part, not of its last.',
  }),
  partial_key: string({ doc: 'Field that says whether more parts follow.' }),
  partial_value: string({ doc: 'Its value when more parts follow.' }),
  keep_partial_key: bool({ fallback: false, doc: 'Keep that field.' }),
  use_partial_metadata: bool({
    fallback: false,
    doc: "Join by the fields that Docker's log driver adds, `partial_message` and so on.",
  }),
  keep_partial_metadata: bool({ fallback: false, doc: 'Keep those fields.' }),
  partial_metadata_format: oneOf(['docker-fluentd', 'docker-journald', 'docker-journald-lowercase'], {
    fallback: 'docker-fluentd',
    doc: 'How those fields are named.',
  }),
  use_partial_cri_logtag: bool({ fallback: false, doc: 'Join the parts that the parser `cri` marks with P.' }),
  partial_cri_logtag_key: string({ fallback: 'logtag', doc: 'Field with P or F.' }),
  partial_cri_stream_key: string({ fallback: 'stream', doc: 'Field with stdout or stderr.' }),
  timeout_label: string({ support: 'accepted', doc: 'what is complete by silence goes the way of everything else' }),
};

export const concatFilter: Definition<'filter', typeof settings> = defineFilter({
  type: 'concat',
  summary: 'Puts records together whose text was cut into several; nothing is lost by a crash while it waits.',
  settings,
  check: (given) => checkConcat(given),
  create: (given, host) => new Concat(given, host),
});

function checkConcat(given: ConcatSettings): readonly Omit<Problem, 'place'>[] {
  const error = (message: string): Omit<Problem, 'place'> => ({ code: 'config/concat', severity: 'error', message });
  const patterns = ['multiline_start_regexp', 'multiline_end_regexp', 'continuous_line_regexp'] as const;
  const ways = [
    given.n_lines !== undefined,
    given.multiline_start_regexp !== undefined || given.multiline_end_regexp !== undefined,
    given.partial_key !== undefined,
    given.use_partial_metadata,
    given.use_partial_cri_logtag,
  ].filter(Boolean).length;
  return [
    ...(ways === 1
      ? []
      : [
          error(
            'expected one of n_lines, multiline_start_regexp or multiline_end_regexp, partial_key, use_partial_metadata, use_partial_cri_logtag',
          ),
        ]),
    ...(given.partial_key !== undefined && given.partial_value === undefined
      ? [error('partial_key: expected partial_value with it')]
      : []),
    ...patterns.flatMap((name) => (given[name] === undefined ? [] : checkPattern(name, given[name]))),
    ...[given.key, given.stream_identity_key].flatMap((name) => (name === undefined ? [] : checkAccessor('key', name))),
  ];
}
