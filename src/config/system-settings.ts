// `<system>`: what means something here, and what is known and has no effect.
import { LOG_LEVELS } from '../core/log-level.ts';
import type { Fields } from './fields.ts';
import { bool, integer, oneOf, section, size, string, time } from './settings.ts';

const here = 'the process is one and is watched from outside';
export const SYSTEM_FIELDS: Fields = {
  log_level: oneOf(LOG_LEVELS, { fallback: 'info', doc: 'Least level of messages on standard error.' }),
  root_dir: string({ doc: 'Kept for plugins that ask for it.' }),
  workers: integer({
    fallback: 1,
    support: 'accepted',
    doc: 'one process does the work of all; bodies of <worker N> run in it',
  }),
  process_name: string({ support: 'accepted', doc: here }),
  suppress_repeated_stacktrace: bool({ support: 'accepted', doc: 'the same line is never repeated within 10 s' }),
  ignore_repeated_log_interval: time({ support: 'accepted', doc: 'the same line is never repeated within 10 s' }),
  ignore_same_log_interval: time({ support: 'accepted', doc: 'the same line is never repeated within 10 s' }),
  emit_error_log_interval: time({ support: 'accepted', doc: 'the same line is never repeated within 10 s' }),
  suppress_config_dump: bool({ support: 'accepted', doc: 'the configuration is never dumped' }),
  log_event_verbose: bool({ support: 'accepted', doc: 'messages are short' }),
  without_source: bool({ support: 'accepted', doc: here }),
  with_source_only: bool({ support: 'accepted', doc: here }),
  rpc_endpoint: string({ support: 'accepted', doc: 'signals do what the RPC did' }),
  enable_get_dump: bool({ support: 'accepted', doc: 'the configuration is never dumped' }),
  file_permission: string({ support: 'accepted', doc: 'files of the state are readable by their owner only' }),
  dir_permission: string({ support: 'accepted', doc: 'directories of the state are readable by their owner only' }),
  umask: string({ support: 'accepted', doc: here }),
  strict_config_value: bool({ fallback: false, doc: 'Refuse values that would be read in a surprising way.' }),
  enable_msgpack_time_support: bool({ support: 'accepted', doc: 'nothing is buffered as msgpack' }),
  disable_shared_socket: bool({ support: 'accepted', doc: here }),
  enable_input_metrics: bool({ support: 'accepted', doc: 'counters are always on' }),
  enable_size_metrics: bool({ support: 'accepted', doc: 'counters are always on' }),
  enable_jit: bool({ support: 'accepted', doc: 'there is no Ruby' }),
  restart_worker_interval: time({ support: 'accepted', doc: here }),
  config_include_dir: string({ doc: 'Directory whose `*.conf` files are read after the configuration.' }),
  log: section(
    {
      path: string({ support: 'accepted', doc: 'messages go to standard error' }),
      format: string({ support: 'accepted', doc: 'messages are text' }),
      time_format: string({ support: 'accepted', doc: 'times are RFC 3339' }),
      rotate_age: string({ support: 'accepted', doc: 'messages go to standard error' }),
      rotate_size: size({ support: 'accepted', doc: 'messages go to standard error' }),
      forced_stacktrace_level: string({ support: 'accepted', doc: 'there are no stack traces' }),
    },
    { doc: 'Where messages go.' },
  ),
};
