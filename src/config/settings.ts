// How a plugin declares its settings: name, type, default, documentation, once. Checks, README tables,
// `katalog plugins` and the docs derive from it. Names are Fluentd's, so that one word leads from the
// configuration to the code.
import type { LogLevel } from '../core/log-level.ts';
import type { PluginKind } from '../core/plugin.ts';
import type { Place } from '../core/problem.ts';

interface Common {
  /** One or two sentences for the option table. */
  readonly doc: string;
  /** Never shown in messages, `config` or logs. */
  readonly secret?: true;
  /** Older spellings that still work, with one warning. */
  readonly aliases?: readonly string[];
  /**
   * How it is treated: `honoured` (default), or `accepted`: known to Fluentd, without effect here; `doc` says why, and
   * using it gives one notice.
   */
  readonly support?: 'honoured' | 'accepted';
}

/**
 * `required` refuses a configuration without it; otherwise `fallback` is the default, and without one the value may be
 * undefined.
 */
interface Typed<T> extends Common {
  readonly required?: true;
  readonly fallback?: T;
}

/** One declared setting. `type` is the word shown in option tables. */
export interface Field<T> extends Typed<unknown> {
  readonly type:
    | 'string'
    | 'integer'
    | 'float'
    | 'bool'
    | 'size'
    | 'time'
    | 'enum'
    | 'array'
    | 'hash'
    | 'regexp'
    | 'plugin'
    | 'plugins'
    | 'section'
    | 'sections'
    | 'numbered'
    | 'params';
  /** Words of an enum. */
  readonly values?: readonly string[];
  /** Kind of a nested plugin section. */
  readonly kind?: PluginKind;
  /** Fields of a nested section. */
  readonly fields?: Fields;
  /** Type-level only: what `create` receives. */
  readonly _value?: T;
}

export interface Fields {
  readonly [name: string]: Field<unknown>;
}

/** The checked values of declared fields, as `create` receives them. */
export type SettingsOf<F extends Fields> = { readonly [N in keyof F]: F[N] extends Field<infer T> ? T : never };

type Given<T, O extends Typed<unknown>> = O extends { required: true } | { fallback: {} } ? T : T | undefined;

export function string<const O extends Typed<string>>(options: O): Field<Given<string, O>> {
  return { type: 'string', ...options };
}
/** Whole number. */
export function integer<const O extends Typed<number>>(options: O): Field<Given<number, O>> {
  return { type: 'integer', ...options };
}
export function float<const O extends Typed<number>>(options: O): Field<Given<number, O>> {
  return { type: 'float', ...options };
}
export function bool<const O extends Typed<boolean>>(options: O): Field<Given<boolean, O>> {
  return { type: 'bool', ...options };
}
/** Bytes; written `8m`, `64k`. */
export function size<const O extends Typed<number>>(options: O): Field<Given<number, O>> {
  return { type: 'size', ...options };
}
/** Seconds; written `5s`, `1h`. */
export function time<const O extends Typed<number>>(options: O): Field<Given<number, O>> {
  return { type: 'time', ...options };
}
export function oneOf<const W extends readonly string[], const O extends Typed<W[number]>>(
  values: W,
  options: O,
): Field<Given<W[number], O>> {
  return { type: 'enum', values, ...options };
}
/** `a, b` or a JSON array of strings. */
export function array<const O extends Typed<readonly string[]>>(options: O): Field<Given<readonly string[], O>> {
  return { type: 'array', ...options };
}
/** `k:v,k2:v2` or a JSON object. */
export function hash<const O extends Typed<JsonObject>>(options: O): Field<Given<JsonObject, O>> {
  return { type: 'hash', ...options };
}
/** `/text/im`, or the bare text; Ruby's dialect, compiled by formats/regexp later. */
export function regexp<const O extends Typed<string>>(options: O): Field<Given<string, O>> {
  return { type: 'regexp', ...options };
}
/** A nested plugin section, e.g. `<parse>`: the value is built with `host.create`. */
export function nested<K extends PluginKind, const O extends Typed<never>>(
  kind: K,
  options: O,
): Field<Given<Planned<K>, O>> {
  return { type: 'plugin', kind, ...options };
}
/** Nested plugin sections of one name, in order, e.g. `<store>`. */
export function nestedList<K extends PluginKind>(kind: K, options: Typed<never>): Field<readonly Planned<K>[]> {
  return { type: 'plugins', kind, ...options };
}
/** A nested section that may stand at most once. */
export function section<F extends Fields>(fields: F, options: Typed<never>): Field<SettingsOf<F> | undefined> {
  return { type: 'section', fields, ...options };
}
/** A nested section that may stand any number of times, in order. */
export function sections<F extends Fields>(fields: F, options: Typed<never>): Field<readonly SettingsOf<F>[]> {
  return { type: 'sections', fields, ...options };
}

/** `name1`, `name2`… declared as `nameN`: the values in the order of their numbers. */
export function numbered(options: Typed<never>): Field<readonly Numbered[]> {
  return { type: 'numbered', ...options };
}
/** Nested sections whose parameters are data, not settings: all of them, in order, e.g. of `<record>`. */
export function params(options: Typed<never>): Field<readonly FreeParam[]> {
  return { type: 'params', ...options };
}

export interface Numbered {
  readonly number: number;
  readonly text: string;
}

/** Null where it was written as `"#{use_nil}"`. */
export interface FreeParam {
  readonly name: string;
  readonly value: string | null;
}

export type JsonObject = { readonly [key: string]: unknown };

/** A plugin section that was checked and can be created. */
export interface Planned<K extends PluginKind = PluginKind> {
  readonly kind: K;
  readonly type: string;
  readonly definition: unknown;
  readonly settings: { readonly [name: string]: unknown };
  /** What stands behind the name of the section: a pattern, or `ignore_error` of a `<store>`. */
  readonly arg: string;
  /** `@id`, if there is one. */
  readonly id: string | undefined;
  /** `@label`, if there is one. */
  readonly label: string | undefined;
  /** `@log_level`, if there is one: least level of its messages. */
  readonly logLevel: LogLevel | undefined;
  readonly place: Place;
  /** Of `@label` and `@id`, or of the section. */
  readonly labelPlace: Place;
  readonly idPlace: Place;
}
