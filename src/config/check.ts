// Checks a section against the declared settings of its plugin: everything that is wrong with it, each with its place.
import { LOG_LEVELS, type LogLevel } from '../core/log-level.ts';
import type { PluginKind } from '../core/plugin.ts';
import { type Place, type Problem, quoted } from '../core/problem.ts';
import { didYouMean } from './did-you-mean.ts';
import type { Field, Fields } from './fields.ts';
import { formatAsType, modernNames, pluginType, sectionsFromFlat, sectionTitle } from './legacy.ts';
import type { AnyDefinition, Catalog, Planned } from './planned.ts';
import type { FreeParam, Numbered } from './settings.ts';
import { hasLostPart, lastParam, type Param, paramText, type Section, UNREADABLE, USE_DEFAULT } from './tree.ts';
import {
  type Reading,
  readArray,
  readBool,
  readEnum,
  readFloat,
  readHash,
  readInteger,
  readRegexp,
  readSize,
  readTime,
} from './values.ts';

/** Parameters of every plugin section; not declared by plugins. */
const COMMON = new Set(['@type', '@id', '@label', '@log_level']);

/** Where the sections stand whose settings were read. */
const PLACES = new WeakMap<object, Place>();

/** The place of the section that these settings were read from. */
export function sectionPlace(settings: object): Place | undefined {
  return PLACES.get(settings);
}

const TOP_LEVEL = new Set(['source', 'match', 'filter', 'label', 'system', 'worker']);
const TOP_LEVEL_HINT = 'it stands beside the other sections, not inside of one: does an end tag stand too late?';

/** Sections and checks need the catalog for nested plugins, and one list of problems. */
export class Checker {
  readonly #catalog: Catalog;
  readonly #strictValues: boolean;
  readonly problems: Problem[] = [];

  /** @param strictValues refuse a value that Fluentd reads in a surprising way. */
  constructor(catalog: Catalog, strictValues: boolean) {
    this.#catalog = catalog;
    this.#strictValues = strictValues;
  }

  add(severity: Problem['severity'], code: string, message: string, place: Place, hint?: string): void {
    this.problems.push({ code, severity, message, place, ...(hint !== undefined && { hint }) });
  }

  /** The plugin of a section with `@type`, ready to be created, or undefined where there is none. */
  plugin<K extends PluginKind>(kind: K, written: Section): Planned<K> | undefined {
    const { section: named, problems } = modernNames(written);
    this.problems.push(...problems);
    const type = pluginType(named);
    if (type === undefined) {
      if (lastParam(named, '@type')?.value === UNREADABLE || hasLostPart(named)) return undefined;
      const hint = `known ${kind}s: ${this.#types(kind).join(', ')}`;
      this.add('error', 'config/missing-type', `${sectionTitle(named)}: expected a parameter @type`, named.place, hint);
      return undefined;
    }
    const definition = this.#catalog.find(kind, type);
    if (!definition) {
      this.#unknownPlugin(kind, type, named);
      return undefined;
    }
    return this.#planned(kind, definition, named);
  }

  #planned<K extends PluginKind>(kind: K, definition: AnyDefinition, named: Section): Planned<K> {
    const fields = definition.settings;
    const flat = sectionsFromFlat(named, definition.legacy ?? [], ownParams(fields));
    this.problems.push(...flat.problems);
    const before = this.problems.length;
    const settings = this.settings(flat.section, fields, definition.type);
    const isSound = !this.problems.slice(before).some(({ severity }) => severity === 'error');
    if (isSound && !hasGaps(flat.section)) {
      for (const problem of definition.check?.(settings) ?? []) {
        this.problems.push({ ...problem, place: placeOf(problem.message, flat.section) });
      }
    }
    const { type } = definition;
    return {
      kind,
      type,
      definition,
      settings,
      arg: named.arg,
      id: paramText(named, '@id'),
      label: paramText(named, '@label'),
      logLevel: this.#logLevel(named),
      labelPlace: lastParam(named, '@label')?.valuePlace ?? named.place,
      idPlace: lastParam(named, '@id')?.valuePlace ?? named.place,
      place: named.place,
    };
  }

  #logLevel(named: Section): LogLevel | undefined {
    const param = lastParam(named, '@log_level');
    if (typeof param?.value !== 'string') return undefined;
    const { value, problem } = readEnum(param.value, LOG_LEVELS);
    if (problem) this.add('error', problem.code, `@log_level: ${problem.message}`, param.valuePlace);
    return value as LogLevel | undefined;
  }

  /** Values of `fields` as written in `section`, defaults filled in. */
  settings(section: Section, fields: Fields, plugin: string): { readonly [name: string]: unknown } {
    const names = nameTable(fields);
    const values: { [name: string]: unknown } = {};
    for (const [name, field] of Object.entries(fields)) {
      if (field.type === 'numbered') values[name] = numberedParams(section, name);
      else if (isSection(field)) values[name] = this.#nested(section, name, field);
      else values[name] = this.#value(section, name, field, names);
    }
    this.#reportUnknown(section, fields, names, plugin);
    PLACES.set(values, section.place);
    return values;
  }

  #value(section: Section, name: string, field: Field<unknown>, names: ReadonlyMap<string, string>): unknown {
    const param = section.params.findLast((candidate) => names.get(candidate.name) === name);
    if (!param) {
      if (field.required && !hasLostPart(section)) {
        this.add(
          'error',
          'config/missing-parameter',
          `${sectionTitle(section)}: expected a parameter ${name}`,
          section.place,
          field.doc,
        );
      }
      return field.fallback;
    }
    if (param.name !== name) {
      this.add('warning', 'config/old-style', `${param.name} is an older name`, param.place, `write ${name}`);
    }
    if (field.support === 'accepted') {
      this.add('notice', 'config/accepted', `${name} is known and has no effect: ${field.doc}`, param.place);
    }
    return this.#given(param, field);
  }

  #given(param: Param, field: Field<unknown>): unknown {
    switch (param.value) {
      case UNREADABLE:
        return field.fallback;
      case USE_DEFAULT:
        return field.required ? this.#refuseNil(param, 'a default') : field.fallback;
      case null: {
        // A plugin relies on a setting that has a default to be there.
        const isNeeded = field.required || field.fallback !== undefined;
        return isNeeded ? this.#refuseNil(param, 'nil') : undefined;
      }
      default:
        return this.#read(param, param.value, field);
    }
  }

  #read(param: Param, text: string, field: Field<unknown>): unknown {
    const { value, problem } = readField(text, field);
    if (problem) {
      // A secret's text must not be shown, not even in part.
      const hidden = `the value (not shown, it is a secret) ${value === undefined ? 'cannot be read' : 'is not as expected'}`;
      const shown = field.secret ? hidden : problem.message;
      const severity = this.#severity(problem, field);
      const hint = field.secret ? undefined : problem.hint;
      this.add(severity, problem.code, `${param.name}: ${shown}`, param.valuePlace, hint);
    }
    return value ?? field.fallback;
  }

  #severity(problem: Pick<Problem, 'severity'>, field: Field<unknown>): Problem['severity'] {
    if (field.support === 'accepted') return 'warning';
    return this.#strictValues && problem.severity === 'warning' ? 'error' : problem.severity;
  }

  #refuseNil(param: Param, got: string): undefined {
    this.add('error', 'config/missing-parameter', `${param.name}: expected a value, got ${got}`, param.valuePlace);
    return undefined;
  }

  #nested(section: Section, name: string, field: Field<unknown>): unknown {
    const written = section.sections.filter((child) => child.name === name);
    const isList = ['sections', 'plugins', 'params'].includes(field.type);
    if (!isList && written.length > 1) {
      this.add('error', 'config/section-twice', `<${name}> may stand once`, (written[1] as Section).place);
    }
    const child = written[0];
    if (!child && field.required && !hasLostPart(section)) {
      const message = `${sectionTitle(section)}: expected a section <${name}>`;
      this.add('error', 'config/missing-section', message, section.place, field.doc);
    }
    if (child && field.support === 'accepted') {
      this.add('notice', 'config/accepted', `<${name}> is known and has no effect: ${field.doc}`, child.place);
      return isList ? [] : undefined;
    }
    return isList ? this.#listed(written, name, field) : child && this.#single(child, name, field);
  }

  #listed(written: readonly Section[], name: string, field: Field<unknown>): readonly unknown[] {
    if (field.type === 'params') return written.flatMap(freeParams);
    if (field.type === 'plugins') {
      const named = field.kind === 'parser' ? written.map(formatAsType) : written;
      return named.map((each) => this.plugin(field.kind as PluginKind, each)).filter((plugin) => plugin !== undefined);
    }
    return written.map((each) => this.settings(each, field.fields ?? {}, `<${name}>`));
  }

  #single(child: Section, name: string, field: Field<unknown>): unknown {
    if (field.type === 'plugin') return this.plugin(field.kind as PluginKind, child);
    return this.settings(child, field.fields ?? {}, `<${name}>`);
  }

  #reportUnknown(section: Section, fields: Fields, names: ReadonlyMap<string, string>, plugin: string): void {
    for (const param of section.params) {
      if (COMMON.has(param.name) || names.has(param.name) || isNumbered(param.name, fields)) continue;
      const hint = didYouMean(param.name, names.keys());
      this.add(
        'warning',
        'config/unknown-parameter',
        `${plugin} has no parameter ${quoted(param.name)}`,
        param.place,
        hint,
      );
    }
    for (const child of section.sections) {
      const field = Object.hasOwn(fields, child.name) ? fields[child.name] : undefined;
      if (field && isSection(field)) continue;
      const known = Object.keys(fields).filter((name) => isSection(fields[name] as Field<unknown>));
      this.add(
        'warning',
        'config/unknown-section',
        `${plugin} has no section <${child.name}>`,
        child.place,
        didYouMean(child.name, known) ?? (TOP_LEVEL.has(child.name) ? TOP_LEVEL_HINT : undefined),
      );
    }
  }

  #unknownPlugin(kind: PluginKind, type: string, section: Section): void {
    const place = lastParam(section, '@type')?.valuePlace ?? section.place;
    const types = this.#types(kind);
    const hint = didYouMean(type, types) ?? `known ${kind}s: ${types.join(', ')}`;
    this.add('error', 'config/unknown-plugin', `there is no ${kind} ${quoted(type)}`, place, hint);
  }

  #types(kind: PluginKind): string[] {
    return this.#catalog.definitions.filter((definition) => definition.kind === kind).map(({ type }) => type);
  }
}

/** A plugin's problem begins with the name of its parameter, where it is about one: `path: expected …`. */
function placeOf(message: string, section: Section): Place {
  const name = /^(\S+): /.exec(message)?.[1] ?? '';
  const own = lastParam(section, name);
  if (own) return own.valuePlace;
  // In a section inside: where there are several of that name, the one whose text is shown.
  const nested = paramsInside(section).filter((param) => param.name === name);
  const shown = nested.find(({ value }) => typeof value === 'string' && message.includes(value));
  return (shown ?? nested[0])?.valuePlace ?? section.place;
}

function paramsInside({ sections }: Section): Param[] {
  return sections.flatMap((child) => [...child.params, ...paramsInside(child)]);
}

/** Whether a value could not be read: its setting may be missing although it is required. */
function hasGaps({ params, sections }: Section): boolean {
  return params.some(({ value }) => value === UNREADABLE) || sections.some(hasGaps);
}

function isSection(field: Field<unknown>): boolean {
  return ['plugin', 'plugins', 'section', 'sections', 'params'].includes(field.type);
}

/** Names of parameters, not of sections: `format json` is no section `<format>`. */
function ownParams(fields: Fields): ReadonlySet<string> {
  const names = Object.entries(fields).filter(([, field]) => !isSection(field));
  return new Set(names.map(([name]) => name));
}

const NUMBERED = /^(.*?)([1-9]\d*)$/;

function isNumbered(name: string, fields: Fields): boolean {
  const field = `${NUMBERED.exec(name)?.[1] ?? ''}N`;
  return Object.hasOwn(fields, field) && fields[field]?.type === 'numbered';
}

function numberedParams(section: Section, name: string): readonly Numbered[] {
  const byNumber = new Map<number, Numbered>();
  for (const { name: written, value } of section.params) {
    const [, base, digits] = NUMBERED.exec(written) ?? [];
    if (`${base}N` === name && typeof value === 'string')
      byNumber.set(Number(digits), { number: Number(digits), text: value });
  }
  return [...byNumber.values()].sort((a, b) => a.number - b.number);
}

/** The last of several of one name counts, at the place of the first, as in a Ruby hash. */
function freeParams({ params }: Section): readonly FreeParam[] {
  const values = new Map<string, string | null>();
  for (const { name, value } of params) {
    if (typeof value === 'string' || value === null) values.set(name, value);
  }
  return [...values].map(([name, value]) => ({ name, value }));
}

/** Every accepted spelling of a parameter → its name. */
function nameTable(fields: Fields): Map<string, string> {
  const names = new Map<string, string>();
  for (const [name, field] of Object.entries(fields)) {
    if (isSection(field) || field.type === 'numbered') continue;
    names.set(name, name);
    for (const alias of field.aliases ?? []) names.set(alias, name);
  }
  return names;
}

function readField(text: string, field: Field<unknown>): Reading<unknown> {
  switch (field.type) {
    case 'string':
      return { value: text };
    case 'integer':
      return readInteger(text);
    case 'float':
      return readFloat(text);
    case 'bool':
      return readBool(text);
    case 'size':
      return readSize(text);
    case 'time':
      return readTime(text);
    case 'enum':
      return readEnum(text, field.values ?? []);
    case 'array':
      return readArray(text);
    case 'hash':
      return readHash(text);
    case 'regexp':
      return readRegexp(text);
    default:
      throw new Error(`BUG: ${field.type} is no parameter`);
  }
}
