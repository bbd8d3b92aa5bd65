// Old-style configurations: the v1 grammar with the parameter names of v0.12. They are turned into today's form before
// they are checked, with a warning each that gives the new spelling.
import { type Problem, printable, quoted } from '../core/problem.ts';
import type { LegacyGroup } from './planned.ts';
import { lastParam, type Param, paramText, type Section } from './tree.ts';
import { readBool } from './values.ts';

const AT_NAMES = new Map([
  ['type', '@type'],
  ['id', '@id'],
  ['log_level', '@log_level'],
]);

interface Group {
  readonly section: string;
  /** Flat parameter → name inside the section that it belongs to. */
  readonly names: ReadonlyMap<string, string>;
  /** What a change of names alone does not do. */
  readonly adapt: (params: readonly Param[]) => readonly Param[];
}

const PARSER_NAMES =
  'format types types_delimiter types_label_delimiter keys time_key time_format localtime utc delimiter ' +
  'keep_time_key null_empty_string null_value_pattern json_parser label_delimiter format_firstline message_key ' +
  'with_priority message_format rfc5424_time_format';
const INJECT_NAMES =
  'include_time_key include_tag_key time_as_epoch time_key time_format timezone tag_key localtime utc';
const FORMATTER_NAMES =
  'delimiter force_quotes keys fields json_parser label_delimiter output_time output_tag localtime utc timezone ' +
  'message_key add_newline output_type';

const GROUPS: { readonly [G in LegacyGroup]: Group } = {
  parser: { section: 'parse', names: same(PARSER_NAMES), adapt: adaptParser },
  buffer: {
    section: 'buffer',
    names: new Map([
      ...same('flush_interval flush_at_shutdown time_slice_format'),
      ['buffer_type', '@type'],
      ['buffer_path', 'path'],
      ['num_threads', 'flush_thread_count'],
      ['try_flush_interval', 'flush_thread_interval'],
      ['queued_chunk_flush_interval', 'flush_thread_burst_interval'],
      ['disable_retry_limit', 'retry_forever'],
      ['retry_limit', 'retry_max_times'],
      ['max_retry_wait', 'retry_max_interval'],
      // Lost in Fluentd, where it is not in the list.
      ['retry_wait', 'retry_wait'],
      ['buffer_chunk_limit', 'chunk_limit_size'],
      ['buffer_queue_limit', 'queue_limit_length'],
      ['buffer_queue_full_action', 'overflow_action'],
      ['time_slice_wait', 'timekey_wait'],
      ['timezone', 'timekey_zone'],
    ]),
    adapt: adaptBuffer,
  },
  inject: { section: 'inject', names: same(INJECT_NAMES), adapt: adaptInject },
  formatter: {
    section: 'format',
    names: new Map([...same(FORMATTER_NAMES), ['format', '@type']]),
    adapt: (params) => params,
  },
};

function same(words: string): Map<string, string> {
  return new Map(words.split(' ').map((word) => [word, word] as const));
}

export interface Modernised {
  readonly section: Section;
  readonly problems: readonly Problem[];
}

/** `type` → `@type` and so on, in a plugin section. A section that says both keeps the new one. */
export function modernNames(section: Section): Modernised {
  const problems: Problem[] = [];
  const params = section.params.map((param) => {
    const modern = AT_NAMES.get(param.name);
    if (modern === undefined || lastParam(section, modern)) return param;
    problems.push(oldStyle(param, `${param.name} is the old spelling`, `write ${modern} ${printable(textOf(param))}`));
    return { ...param, name: modern };
  });
  return { section: { ...section, params }, problems };
}

/**
 * Flat parameters → sections, for the groups that the plugin understands. Where the section is written out the flat
 * ones stay, and are reported as unknown.
 * @param own names that the plugin declares itself: they stay flat.
 */
export function sectionsFromFlat(
  section: Section,
  groups: readonly LegacyGroup[],
  own: ReadonlySet<string>,
): Modernised {
  const problems: Problem[] = [];
  let result = section;
  for (const group of groups) {
    const converted = convertGroup(result, group, own);
    problems.push(...converted.problems);
    result = converted.section;
  }
  return { section: result, problems };
}

function convertGroup(section: Section, group: LegacyGroup, own: ReadonlySet<string>): Modernised {
  const { section: name, names, adapt } = GROUPS[group];
  const unchanged = { section, problems: [] };
  if (section.sections.some((child) => child.name === name)) return unchanged;
  const moved = section.params.filter((param) => isMoved(param, group, own));
  const first = moved[0];
  if (!first) return unchanged;
  if (group === 'parser' && !moved.some((param) => param.name === 'format')) return unchanged;
  const params = adapt(moved.map((param) => ({ ...param, name: names.get(param.name) ?? param.name })));
  const arg = moved.some((param) => param.name === 'time_slice_format') ? 'time' : '';
  // The parsers of `format multi_format` stand beside it.
  const isInside = (section: Section): boolean => group === 'parser' && section.name === 'pattern';
  const child: Section = { name, arg, params, sections: section.sections.filter(isInside), place: first.place };
  const problem = oldStyle(
    first,
    `${moved.map((param) => param.name).join(', ')} outside of <${name}> ${moved.length > 1 ? 'are' : 'is'} old style`,
    `write <${name}> ${params.map((param) => `${param.name} ${printable(textOf(param))}`).join('; ')} </${name}>`,
  );
  const rest = section.params.filter((param) => !moved.includes(param));
  return {
    section: { ...section, params: rest, sections: [...section.sections.filter((one) => !isInside(one)), child] },
    problems: [problem, ...bothZones(moved)],
  };
}

function isMoved(param: Param, group: LegacyGroup, own: ReadonlySet<string>): boolean {
  if (own.has(param.name)) return false;
  if (group === 'parser' && /^format(?:[1-9]|1\d|20)$/.test(param.name)) return true;
  return GROUPS[group].names.has(param.name);
}

function bothZones(params: readonly Param[]): Problem[] {
  const utc = params.findLast((param) => param.name === 'utc');
  if (!utc || !params.some((param) => param.name === 'localtime')) return [];
  const message = 'expected either localtime or utc, found both';
  return [{ code: 'config/localtime-and-utc', severity: 'error', message, place: utc.place }];
}

function adaptParser(params: readonly Param[]): readonly Param[] {
  const delimiter = lastText(params, 'types_delimiter') ?? ',';
  const labelDelimiter = lastText(params, 'types_label_delimiter') ?? ':';
  const typesJson = (text: string): string => {
    const pairs = text.split(delimiter).map((pair) => {
      const [field = '', ...type] = pair.split(labelDelimiter);
      return [field, type.join(labelDelimiter)];
    });
    return JSON.stringify(Object.fromEntries(pairs));
  };
  const isPlain = delimiter === ',' && labelDelimiter === ':';
  return params
    .filter((param) => !param.name.startsWith('types_'))
    .flatMap((param) => {
      if (param.name === 'format') return formatParams(param);
      const isOdd = param.name === 'types' && typeof param.value === 'string' && !isPlain;
      return isOdd ? [{ ...param, value: typesJson(param.value) }] : [param];
    });
}

/** `format json` → `@type json`; `format /re/` → a regexp parser with the text between the slashes. */
function formatParams(param: Param): Param[] {
  if (typeof param.value !== 'string' || !/^\/.*\/$/s.test(param.value)) return [{ ...param, name: '@type' }];
  return [
    { ...param, name: '@type', value: 'regexp' },
    { ...param, name: 'expression' },
  ];
}

/** `format` in a list of parsers is another word for `@type`; an expression between slashes is the parser regexp. */
export function formatAsType(section: Section): Section {
  if (lastParam(section, '@type')) return section;
  return {
    ...section,
    params: section.params.flatMap((param) => (param.name === 'format' ? formatParams(param) : [param])),
  };
}

/** Finest directive of a time_slice_format → seconds. */
const SLICES = [
  ['%S', '1'],
  ['%M', '60'],
  ['%H', '3600'],
  ['%d', '86400'],
] as const;

function adaptBuffer(params: readonly Param[]): readonly Param[] {
  return params.map((param) => {
    if (param.name === 'overflow_action' && param.value === 'exception') return { ...param, value: 'throw_exception' };
    if (param.name !== 'time_slice_format') return param;
    const format = textOf(param);
    const seconds = SLICES.find(([directive]) => format.includes(directive))?.[1];
    // A coarser format stays as it is, so that the check of the section refuses it.
    return { ...param, name: 'timekey', value: seconds ?? param.value };
  });
}

const SWITCHES = new Set(['include_time_key', 'include_tag_key', 'time_as_epoch']);

/** The switches of v0.12 become the names of the fields that they switched on. */
function adaptInject(params: readonly Param[]): readonly Param[] {
  const result = params.filter((param) => !SWITCHES.has(param.name));
  const supply = (from: Param, name: string, value: string): void => {
    if (!result.some((param) => param.name === name)) result.push({ ...from, name, value });
  };
  for (const param of params) {
    if (!SWITCHES.has(param.name) || readBool(textOf(param)).value !== true) continue;
    if (param.name === 'include_tag_key') supply(param, 'tag_key', 'tag');
    else supply(param, 'time_key', 'time');
    if (param.name === 'time_as_epoch') result.push({ ...param, name: 'time_type', value: 'unixtime' });
    if (param.name === 'include_time_key') supply(param, 'time_type', 'string');
  }
  return result;
}

function lastText(params: readonly Param[], name: string): string | undefined {
  const param = params.findLast((candidate) => candidate.name === name);
  return param && textOf(param);
}

function oldStyle(param: Param, message: string, hint: string): Problem {
  return { code: 'config/old-style', severity: 'warning', message, place: param.place, hint };
}

function textOf(param: Param): string {
  return typeof param.value === 'string' ? param.value : '';
}

/** `@type` of a plugin section after modernNames. */
export function pluginType(section: Section): string | undefined {
  const text = paramText(section, '@type');
  return text === '' ? undefined : text;
}

/** For messages about a plugin that has no type. */
export function sectionTitle(section: Section): string {
  return section.arg === '' ? `<${section.name}>` : `<${section.name} ${quoted(section.arg).slice(1, -1)}>`;
}
