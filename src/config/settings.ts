// The kinds of settings that a plugin may declare. Names are Fluentd's, so that one word leads from the configuration to the
// code.
import type { PluginKind } from '../core/plugin.ts';
import type { Field, Fields, SettingsOf, Typed } from './fields.ts';
import type { Planned } from './planned.ts';

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
