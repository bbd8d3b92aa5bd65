// A plugin as the configuration plans it: its definition and its checked settings.

import type { LogLevel } from '../core/log-level.ts';
import type { Formatter, Host, Parser, PluginKind, Sink } from '../core/plugin.ts';
import type { Place, Problem } from '../core/problem.ts';
import type { Fields } from './fields.ts';
import type { Glob } from './tag-glob.ts';

/** Groups of flat old-style parameters that Fluentd turns into a section for plugins that opt in. */
export type LegacyGroup = 'parser' | 'buffer' | 'inject' | 'formatter';

/** A tag that an output gives. */
export interface Retag {
  /** As it is written, with its placeholders. */
  readonly written: string;
  /** What it may become; a wildcard stands for what comes from the record. */
  readonly tag: Glob;
  readonly label: string | undefined;
  /** The settings of the section that says so. */
  readonly section: object;
}

export interface Look {
  /** Prefix of every absolute path of the configuration, or empty. */
  readonly root: string;
  /** Aborted when an answer has been waited for long enough. */
  readonly signal: AbortSignal;
}

/** Values by the names of a plugin's fields. */
export type Settings = { readonly [name: string]: unknown };

/** What the definition of a plugin says: `S` are the checked values of its fields `F`. */
export interface Described<K extends PluginKind, F extends Fields, S> {
  readonly kind: K;
  /** The word after `@type`, and the name of the plugin's folder. */
  readonly type: string;
  /** One sentence for lists. */
  readonly summary: string;
  readonly settings: F;
  /** Old flat parameters that are understood (`format json` → `<parse>`). */
  readonly legacy?: readonly LegacyGroup[];
  /** Further checks between settings, before anything is created; no I/O. */
  check?(settings: S): readonly Omit<Problem, 'place'>[];
  /** An output that hands its records on to other rules or outputs (`copy`, `relabel`): it sends nothing anywhere itself. */
  readonly routes?: true;
  /** Of an output that gives events tags of its own (`rewrite_tag_filter`): those it gives to events of `tag`. */
  retags?(settings: S, tag: Glob): readonly Retag[];
  /**
   * `check --live`: what stands in the way of running it now: files, rights, servers. Looks only, changes nothing.
   * @throws {EnvironmentError} never: what is broken is a problem.
   */
  probe?(settings: S, look: Look): Promise<readonly Omit<Problem, 'place'>[]>;
  /** Where an output without `@id` writes to; with the type its name in the state. */
  destination?(settings: S): string;
}

/** A definition as the catalog holds it: typed inside (see Definition), untyped here. */
export interface AnyDefinition extends Described<PluginKind, Fields, Settings> {
  create(settings: Settings, host: Host & Create): unknown;
}

/** Lets a plugin create the plugins nested in its settings. */
export interface Create {
  create(planned: Planned<'parser'>): Parser;
  create(planned: Planned<'formatter'>): Formatter;
}

/** Lets an output create the outputs nested in its settings. */
export interface CreateOutput {
  /**
   * A nested output. Where an earlier one of the same plugin may write to the same place, its records get a fan-out
   * number of their own, so that both are stored.
   */
  store(planned: Planned<'output'>): Sink;
}

export interface Catalog {
  find(kind: PluginKind, type: string): AnyDefinition | undefined;
  readonly definitions: readonly AnyDefinition[];
}

/** A plugin section that was checked and can be created. */
export interface Planned<K extends PluginKind = PluginKind> {
  readonly kind: K;
  readonly type: string;
  readonly definition: AnyDefinition;
  readonly settings: Settings;
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
