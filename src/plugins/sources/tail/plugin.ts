// Source `tail`: follows log files through every kind of rotation.
import { type Definition, defineSource } from '../../../config/define.ts';
import { array, bool, integer, nested, oneOf, sections, size, string, time } from '../../../config/settings.ts';
import type { Problem } from '../../../core/problem.ts';
import { quoted } from '../../../core/problem.ts';
import { zoneOf } from '../../../formats/time/zone.ts';
import { probeFiles } from './probe.ts';
import { patternsOf, Tail } from './tail.ts';

const settings = {
  path: string({
    required: true,
    doc: 'Files to read: paths and patterns, separated by `path_delimiter`, with strftime directives.',
  }),
  path_delimiter: string({ fallback: ',', doc: 'What separates paths.' }),
  glob_policy: oneOf(['backward_compatible', 'extended', 'always'], {
    fallback: 'backward_compatible',
    doc: 'What makes a path a pattern: `*`; also `?` and `[]`; also `{}`.',
  }),
  path_timezone: string({ doc: 'Zone of strftime directives; local time without it.' }),
  exclude_path: array({ fallback: [], doc: 'Patterns of files to leave out.' }),
  tag: string({ required: true, doc: 'Tag of the events; `*` stands for the path with dots.' }),
  path_key: string({ doc: 'Field that gets the path, unless the record has one of that name.' }),
  pos_file: string({
    doc: "Fluentd's position file: read when somebody else wrote it, kept up to date. Positions live in the state directory.",
  }),
  read_from_head: bool({ fallback: false, doc: 'Read files that are there at the first start from their beginning.' }),
  refresh_interval: time({
    fallback: 60,
    doc: 'Longest time until a new file is found where the kernel gives no notice.',
  }),
  limit_recently_modified: time({
    doc: 'Leave out files that a pattern finds and that were not written to for so long.',
  }),
  rotate_wait: time({
    fallback: 5,
    doc: 'Silence after which a rotated file counts as complete, and its last line as a line.',
  }),
  read_bytes_limit_per_second: size({ fallback: -1, doc: 'Most bytes a second from one file; -1 is no limit.' }),
  max_line_size: size({
    doc: 'Skip lines that are longer, line end included. Without it lines over 16 MiB are cut and marked.',
  }),
  emit_unmatched_lines: bool({ fallback: false, doc: 'Emit what the parser refuses as `unmatched_line`.' }),
  encoding: string({ support: 'accepted', doc: 'records are always UTF-8' }),
  from_encoding: string({ doc: 'Encoding of the files, by its WHATWG name, where it is not UTF-8.' }),
  enable_watch_timer: bool({
    fallback: true,
    doc: 'Look at the files every second, beside the notices of the kernel.',
  }),
  enable_stat_watcher: bool({ fallback: true, doc: 'Use the notices of the kernel (inotify).' }),
  follow_inodes: bool({ support: 'accepted', doc: 'files are always followed by their content' }),
  pos_file_compaction_interval: time({ support: 'accepted', doc: 'the position file is always written whole' }),
  read_lines_limit: integer({ support: 'accepted', doc: 'files are read in blocks of 256 KiB' }),
  open_on_every_update: bool({ support: 'accepted', doc: 'an open file does not hinder rotation' }),
  skip_refresh_on_startup: bool({ support: 'accepted', doc: 'looking for files takes no time worth saving' }),
  ignore_repeated_permission_error: bool({ support: 'accepted', doc: 'a file that cannot be read is named once' }),
  multiline_flush_interval: time({
    doc: 'With a parser of several lines: silence after which a record counts as complete.',
  }),
  group: sections({}, { support: 'accepted', doc: 'files are not throttled by group' }),
  parse: nested('parser', { required: true, doc: 'How a line is written.' }),
};

export const tailSource: Definition<'source', typeof settings> = defineSource({
  type: 'tail',
  summary:
    'Follows log files through rotation by rename, copy and truncate, gzip and reused inodes; nothing unread is dropped.',
  settings,
  legacy: ['parser'],
  check: (given) => checkTail(given),
  probe: (given, { root }) => Promise.resolve(probeFiles(patternsOf(given, root), given.pos_file)),
  create: (given, host) => new Tail(given, host.create(given.parse)),
});

function checkTail(given: {
  readonly path: string;
  readonly path_delimiter: string;
  readonly path_timezone: string | undefined;
  readonly from_encoding: string | undefined;
}): Omit<Problem, 'place'>[] {
  const problems: Omit<Problem, 'place'>[] = [];
  const error = (code: string, message: string, hint?: string): void => {
    problems.push({ code, severity: 'error', message, ...(hint !== undefined && { hint }) });
  };
  if (/[/*%]/.test(given.path_delimiter))
    error('config/bad-delimiter', 'path_delimiter: /, * and % may stand in paths');
  for (const path of given.path.split(given.path_delimiter)) {
    if (!path.trim().startsWith('/'))
      error('config/relative-path', `path: expected an absolute path, got ${quoted(path)}`);
  }
  const zone = given.path_timezone;
  if (zone !== undefined && !zoneOf(zone))
    error('config/unknown-zone', `path_timezone: there is no zone ${quoted(zone)}`);
  const encoding = given.from_encoding;
  if (encoding !== undefined && !isLineEncoding(encoding)) {
    error(
      'config/unknown-encoding',
      `from_encoding: ${quoted(encoding)} is not known, or its line ends are not those of ASCII`,
    );
  }
  return problems;
}

function isLineEncoding(name: string): boolean {
  try {
    return !new TextDecoder(name).encoding.startsWith('utf-16');
  } catch {
    // Not known.
    return false;
  }
}
