// From a tree to a plan: the structure of sources, filters, matches, labels and workers. Collects every problem.
import { type Outcome, type Place, type Problem, placeText, printable, quoted } from '../core/problem.ts';
import { Checker } from './check.ts';
import { comingBack } from './coming-back.ts';
import { didYouMean } from './did-you-mean.ts';
import { knownTags } from './known-tags.ts';
import { sectionTitle } from './legacy.ts';
import type { Plan, Rule, SystemSettings } from './plan.ts';
import type { Catalog, Planned } from './planned.ts';
import { directPlugins } from './planned-plugins.ts';
import { secretTexts } from './secrets.ts';
import { SYSTEM_FIELDS } from './system-settings.ts';
import { TagPattern } from './tag-pattern.ts';
import { hasLostPart, paramText, type Section } from './tree.ts';
import { shadowedRules, unknownTags } from './unreachable.ts';
import { readBool } from './values.ts';

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
  readonly #catalog: Catalog;
  readonly #sources: Planned<'source'>[] = [];
  readonly #rules: Rule[] = [];
  readonly #labels = new Map<string, Rule[]>();
  readonly #ids = new Map<string, Place>();
  readonly #uses: LabelUse[] = [];
  #system: SystemSettings = { log_level: 'info', root_dir: undefined, workers: 1 };
  #hasSystem = false;

  constructor(catalog: Catalog, root: Section) {
    this.#catalog = catalog;
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
    this.#checkReach();
    this.#checkPositionFiles();
    const secrets = secretTexts(root, this.#catalog);
    return { secrets, system: this.#system, sources: this.#sources, rules: this.#rules, labels: this.#labels };
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
    const mayBeEmpty = name.startsWith('@ROOT/') || hasLostPart(written);
    if (!mayBeEmpty && !written.sections.some((child) => child.name === 'match')) {
      this.checker.add(
        'error',
        'config/label-without-match',
        `<label ${printableLabel(name)}>: expected at least one <match>`,
        written.place,
      );
    }
  }

  /** One process does the work of all workers: the body for worker 0 simply runs, the others are labels by now. */
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
    if (planned.label !== undefined) this.#uses.push({ label: planned.label, place: planned.labelPlace });
    if (planned.id !== undefined) this.#registerId(planned.id, planned.idPlace);
    for (const inner of directPlugins(planned.settings)) this.#register(inner);
  }

  #registerId(id: string, place: Place): void {
    const first = this.#ids.get(id);
    if (first) {
      const hint = `first at ${placeText(first)}`;
      this.checker.add('error', 'config/id-twice', `@id ${quoted(id)} stands twice`, place, hint);
    }
    this.#ids.set(id, first ?? place);
  }

  /** Own messages come to @FLUENT_LOG and refused records to @ERROR: under tags that no source gives. */
  #checkReach(): void {
    const tags = knownTags(this.#sources, [this.#rules, ...this.#labels.values()].flat());
    for (const [label, rules] of [['', this.#rules] as const, ...this.#labels]) {
      const shadowed = shadowedRules(rules);
      this.checker.problems.push(...shadowed);
      if (!tags || label === '@FLUENT_LOG') continue;
      const others = rules.filter(({ plugin }) => !shadowed.some(({ place }) => place === plugin.place));
      this.checker.problems.push(...unknownTags(others, tags));
    }
    this.checker.problems.push(...comingBack({ rules: this.#rules, labels: this.#labels }));
  }

  /** Each writes the whole file: two would take turns in losing the other's positions. */
  #checkPositionFiles(): void {
    const first = new Map<unknown, Planned<'source'>>();
    for (const source of this.#sources) {
      const file = source.settings['pos_file'];
      const other = typeof file === 'string' ? first.get(file) : undefined;
      // The body of a <worker N-M> is there once for each number.
      if (other && placeText(other.place) !== placeText(source.place)) {
        const message = `pos_file: ${quoted(file as string)} is the file of another source, too`;
        const hint = `that source stands at ${placeText(other.place)}; give each one its own`;
        this.checker.add('error', 'config/position-file-twice', message, source.place, hint);
      } else if (typeof file === 'string') first.set(file, source);
    }
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
