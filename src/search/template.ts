// The index template: a fixed mapping. What is not named here is stored and shown, but never becomes a field of the
// index, so that no log line can make the mapping grow.
import { EnvironmentError } from '../core/failure.ts';
import type { Log } from '../core/plugin.ts';
import { printable } from '../core/problem.ts';
import type { HttpAnswer, HttpClient } from './http-client.ts';

/** Lower than what people write themselves. */
const PRIORITY = 5;
const VERSION = 2;
const EXCERPT_CHARS = 500;

const KEYWORD = { type: 'keyword', ignore_above: 1024 };
const WORDS = { type: 'text', analyzer: 'katalog_words' };
const TEXT = { ...WORDS, fields: { keyword: { type: 'keyword', ignore_above: 256 } } };
const LONG = { type: 'long', ignore_malformed: true };
const DOUBLE = { type: 'double', ignore_malformed: true };
const TIME = { type: 'date_nanos', ignore_malformed: true };

/** Cuts where formats/kql/words does. Longer words are cut: one of 32 KiB would have its record refused. */
const ANALYSIS = {
  tokenizer: { katalog_words: { type: 'pattern', pattern: '[^\\p{L}\\p{N}_]+' } },
  filter: { katalog_length: { type: 'truncate', length: 512 } },
  analyzer: {
    katalog_words: { type: 'custom', tokenizer: 'katalog_words', filter: ['lowercase', 'katalog_length'] },
  },
};

/** What Kata and its wrappers write, by type; the first list also stands with `kata_` in front. */
const KATA_KEYWORDS = [
  'level',
  'name',
  'source',
  'subsystem',
  'sandbox',
  'container',
  'exec',
  'arch',
  'command',
  'version',
  'commit',
  'hypervisor',
  'id',
  'sandbox-id',
  'container-id',
  'exec-id',
  'service',
  'file',
  'function',
  'component',
  'rpc',
  'status',
  'type',
  'path',
  'url',
];
const KATA_TEXTS = ['msg', 'error', 'vmconsole', 'message'];
const KATA_LONGS = ['pid', 'vm_pid', 'qemuPid', 'exit_code', 'exit-code'];
const KEYWORDS = [
  'tag',
  'host',
  'hostname',
  'stream',
  'SYSLOG_IDENTIFIER',
  'PRIORITY',
  '_HOSTNAME',
  '_SYSTEMD_UNIT',
  '_COMM',
  '_EXE',
  '_BOOT_ID',
  '_MACHINE_ID',
  '_PID',
  '_UID',
  '_TRANSPORT',
  'tags',
  'rescue_reason',
  'log_path',
];
const TEXTS = ['MESSAGE', 'log', 'unmatched_line'];

/** What Katalog understood: the object `kata`. */
const UNDERSTOOD: readonly (readonly [object, readonly string[]])[] = [
  [
    KEYWORD,
    [
      'component',
      'level',
      'sandbox',
      'container',
      'exec',
      'subsystem',
      'hypervisor',
      'era',
      'phase',
      'event',
      'rpc',
      'rpc_edge',
      'template',
      'pod',
      'namespace',
      'repairs',
    ],
  ],
  [TEXT, ['msg', 'error']],
  [LONG, ['pid', 'vm_pid', 'exit_code', 'dup', 'redacted']],
  [DOUBLE, ['kernel_time', 'duration_ms']],
  [{ type: 'boolean' }, ['problem', 'partial', 'gap']],
  [TIME, ['time', 'guest_time']],
];

/** Every field of the mapping but `overflow`. Fewer than 150, sub-fields included. */
export function mappedFields(): Record<string, object> {
  const fields: Record<string, object> = { '@timestamp': { type: 'date_nanos' } };
  const add = (names: readonly string[], mapping: object): void => {
    for (const name of names) fields[name] = mapping;
  };
  const withPrefix = (names: readonly string[]): readonly string[] => names.flatMap((name) => [name, `kata_${name}`]);
  add(withPrefix(KATA_KEYWORDS), KEYWORD);
  add(withPrefix(KATA_TEXTS), TEXT);
  add(withPrefix(KATA_LONGS), LONG);
  add(KEYWORDS, KEYWORD);
  add(TEXTS, WORDS);
  const understood = UNDERSTOOD.flatMap(([mapping, names]) => names.map((name) => [name, mapping] as const));
  fields['kata'] = { properties: Object.fromEntries(understood) };
  return fields;
}

/** Types that hold any object as one field, best first; what a server does not know it refuses. */
const BAGS = [{ type: 'flat_object' }, { type: 'flattened', ignore_above: 1024 }, { type: 'object', enabled: false }];

/**
 * Puts the template where it is not refused. A server that forbids it is used without one, with a warning.
 * @throws {EnvironmentError} `search/transport` when there is no answer.
 */
export async function putTemplate(
  client: HttpClient,
  name: string,
  pattern: string,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  let refusal = '';
  for (const bag of BAGS) {
    const answer = await put(
      client,
      `/_index_template/${encodeURIComponent(name)}`,
      templateBody(pattern, bag),
      signal,
    );
    if (answer.status < 300) return;
    if (answer.status >= 500 || answer.status === 429) throw busy(answer);
    refusal = `${answer.status} ${reasonOf(answer)}`;
    if (answer.status !== 400) break;
  }
  log.warn(`the index template ${name} was refused, the server maps fields by itself: ${refusal}`);
}

/** Puts a template as a person wrote it, unless there is one of that name. */
export async function putOwnTemplate(
  client: HttpClient,
  template: { readonly name: string; readonly body: string; readonly isLegacy: boolean; readonly overwrite: boolean },
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const path = `/${template.isLegacy ? '_template' : '_index_template'}/${encodeURIComponent(template.name)}`;
  if (!template.overwrite) {
    const present = await client.request({ method: 'GET', path, headers: {} }, signal);
    if (present.status === 200) return;
  }
  const answer = await put(client, path, template.body, signal);
  if (answer.status >= 500 || answer.status === 429) throw busy(answer);
  if (answer.status >= 300) log.error(`the template ${template.name} was refused: ${reasonOf(answer)}`);
}

interface ServerError {
  readonly reason?: string;
  readonly caused_by?: ServerError;
}

/** The innermost reason that a server gives for a refusal, else the beginning of what it answered. */
export function reasonOf({ body }: Pick<HttpAnswer, 'body'>): string {
  const text = body.toString('utf8');
  try {
    let error: ServerError | undefined = (JSON.parse(text) as { readonly error?: ServerError }).error;
    while (error?.caused_by) error = error.caused_by;
    if (error?.reason) return printable(error.reason.slice(0, EXCERPT_CHARS));
  } catch {
    // No JSON: shown as it is.
  }
  return printable(text.slice(0, EXCERPT_CHARS));
}

function busy(answer: HttpAnswer): EnvironmentError {
  return new EnvironmentError('search/transport', `HTTP ${answer.status} to a template`);
}

function put(client: HttpClient, path: string, body: string, signal: AbortSignal): Promise<HttpAnswer> {
  return client.request({ method: 'PUT', path, body, headers: { 'content-type': 'application/json' } }, signal);
}

export function templateBody(pattern: string, bag: object): string {
  return JSON.stringify({
    index_patterns: [pattern],
    priority: PRIORITY,
    version: VERSION,
    _meta: { managed_by: 'katalog' },
    template: {
      settings: {
        index: { number_of_shards: 1, auto_expand_replicas: '0-1', codec: 'best_compression', refresh_interval: '5s' },
        analysis: ANALYSIS,
      },
      mappings: { dynamic: false, date_detection: false, properties: { ...mappedFields(), overflow: bag } },
    },
  });
}
