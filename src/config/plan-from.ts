// From a tree to a plan: the structure of sources, filters, matches, labels and workers. Collects every problem.
import { type Outcome, type Place, type Problem, placeText, printable, quoted } from '../core/problem.ts';
import { Checker } from './check.ts';
import type { Catalog } from './define.ts';
import { didYouMean } from './did-you-mean.ts';
import { sectionTitle } from './legacy.ts';
import type { Plan, Rule, SystemSettings } from './plan.ts';
import { bool, type Fields, integer, oneOf, type Planned, section, size, string, time } from './settings.ts';
import { TagPattern } from './tag-pattern.ts';
import { paramText, type Section } from './tree.ts';
import { readBool } from './values.ts';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
const here = 'the process is one and is watched from outside';
const SYSTEM_FIELDS: Fields = {
  log_level: oneOf(LEVELS, { fallback: 'info', doc: 'Least level of messages on standard error.' }),
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
  config_include_dir: string({ support: 'accepted', doc: 'only @include includes' }),
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

/** Every problem of the tree, and the plan if none of them is an error. */
export function planFrom(root: Section, catalog: Catalog): Outcome<Plan> {
  const planner = new Planner(catalog, root);
  const plan = planner.plan(root);
  const problems = planner.checker.problems;
  if (problems.some(({ severity }) => severity === 'error')) return { ok: false, problems };
  return { ok: true, value: plan, problems };
}

interface LabelUse {
  readonly label: string;
  readonly place: Place;
}

class Planner {
  readonly checker: Checker;
  readonly #sources: Planned<'source'>[] = [];
  readonly #rules: Rule[] = [];
  readonly #labels = new Map<string, Rule[]>();
  readonly #ids = new Map<string, Place>();
  readonly #uses: LabelUse[] = [];
  #system: SystemSettings = { log_level: 'info', root_dir: undefined, workers: 1 };
  #hasSystem = false;

  constructor(catalog: Catalog, root: Section) {
    const system = root.sections.find(({ name }) => name === 'system');
    const strict = system && paramText(system, 'strict_config_value');
    this.checker = new Checker(catalog, strict !== undefined && readBool(strict).value === true);
  }

  plan(root: Section): Plan {
    for (const param of root.params) {
      this.checker.add(
        'warning',
        'config/unknown-parameter',
        `${quoted(param.name)} stands outside of every section and has no effect`,
        param.place,
      );
    }
    for (const child of root.sections) this.#topLevel(child);
    this.#checkLabels();
    return { system: this.#system, sources: this.#sources, rules: this.#rules, labels: this.#labels };
  }

  #topLevel(child: Section): void {
    switch (child.name) {
      case 'source':
        this.#source(child);
        break;
      case 'match':
      case 'filter':
        this.#rule(child, this.#rules);
        break;
      case 'label':
        this.#label(child);
        break;
      case 'worker':
        this.#worker(child);
        break;
      case 'system':
        this.#readSystem(child);
        break;
      default:
        this.checker.add(
          'warning',
          'config/unknown-section',
          `${sectionTitle(child)} is not known here`,
          child.place,
          didYouMean(child.name, ['source', 'match', 'filter', 'label', 'worker', 'system']),
        );
    }
  }

  #source(written: Section): void {
    const planned = this.checker.plugin('source', written);
    if (!planned) return;
    this.#register(planned);
    this.#sources.push(planned);
  }

  #rule(written: Section, rules: Rule[]): void {
    const pattern = TagPattern.parse(written.arg);
    if (!pattern.ok) {
      for (const problem of pattern.problems) this.checker.problems.push({ ...problem, place: written.place });
    }
    const kind = written.name === 'filter' ? 'filter' : 'output';
    const planned = this.checker.plugin(kind, written);
    if (!planned || !pattern.ok) return;
    this.#register(planned);
    if (planned.kind === 'filter')
      rules.push({ kind: 'filter', pattern: pattern.value, plugin: planned as Planned<'filter'> });
    else rules.push({ kind: 'match', pattern: pattern.value, plugin: planned as Planned<'output'> });
  }

  #label(written: Section): void {
    const name = written.arg;
    if (!/^@\S+$/.test(name)) {
      this.checker.add(
        'error',
        'config/label-name',
        `<label>: expected a name such as @KATA, got ${quoted(name)}`,
        written.place,
      );
      return;
    }
    if (name === '@ROOT')
      this.checker.add(
        'error',
        'config/label-name',
        '@ROOT is the name of what stands outside of every label',
        written.place,
      );
    if (this.#labels.has(name))
      this.checker.add('error', 'config/label-twice', `<label ${printableLabel(name)}> stands twice`, written.place);
    const rules: Rule[] = [];
    this.#labels.set(name, rules);
    for (const child of written.sections) {
      if (child.name === 'match' || child.name === 'filter') this.#rule(child, rules);
      else
        this.checker.add(
          'warning',
          'config/unknown-section',
          `${sectionTitle(child)} is not known inside of <label>`,
          child.place,
        );
    }
    if (!written.sections.some((child) => child.name === 'match')) {
      this.checker.add(
        'error',
        'config/label-without-match',
        `<label ${printableLabel(name)}>: expected at least one <match>`,
        written.place,
      );
    }
  }

  /** One process does the work of all workers: the bodies simply run. */
  #worker(written: Section): void {
    this.checker.add(
      'notice',
      'config/accepted',
      `${sectionTitle(written)} runs in the one process there is`,
      written.place,
    );
    for (const child of written.sections) {
      if (['source', 'match', 'filter', 'label'].includes(child.name)) this.#topLevel(child);
      else
        this.checker.add(
          'error',
          'config/unknown-section',
          `${sectionTitle(child)} may not stand inside of <worker>`,
          child.place,
        );
    }
  }

  #readSystem(written: Section): void {
    if (this.#hasSystem) this.checker.add('error', 'config/section-twice', '<system> may stand once', written.place);
    this.#hasSystem = true;
    this.#system = this.checker.settings(written, SYSTEM_FIELDS, '<system>') as unknown as SystemSettings;
  }

  /** Plugins inside of plugins have ids and labels too. */
  #register(planned: Planned): void {
    if (planned.label !== undefined) this.#uses.push({ label: planned.label, place: planned.place });
    if (planned.id !== undefined) this.#registerId(planned.id, planned.place);
    for (const inner of nestedPlugins(planned.settings)) this.#register(inner);
  }

  #registerId(id: string, place: Place): void {
    const first = this.#ids.get(id);
    if (first) {
      const hint = `first at ${placeText(first)}`;
      this.checker.add('error', 'config/id-twice', `@id ${quoted(id)} stands twice`, place, hint);
    }
    this.#ids.set(id, first ?? place);
  }

  #checkLabels(): void {
    for (const { label, place } of this.#uses) {
      if (this.#labels.has(label) || label === '@ROOT') continue;
      const known = [...this.#labels.keys()];
      const problem: Problem = {
        code: 'config/unknown-label',
        severity: 'error',
        message: `there is no <label ${printableLabel(label)}>`,
        place,
        hint: didYouMean(label, [...known, '@ROOT']) ?? `known labels: ${known.join(', ') || 'none'}`,
      };
      this.checker.problems.push(problem);
    }
  }
}

function printableLabel(label: string): string {
  return printable(label);
}

/** The plugins in values of settings, through sections and lists of sections. */
function nestedPlugins(value: unknown): Planned[] {
  if (Array.isArray(value)) return value.flatMap(nestedPlugins);
  if (typeof value !== 'object' || value === null) return [];
  if ('definition' in value && 'settings' in value) return [value as Planned];
  return Object.values(value).flatMap(nestedPlugins);
}
