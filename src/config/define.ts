// How a plugin is declared. The catalog is a list of these; nothing else registers anything.
import type {
  Filter,
  FilterHost,
  Formatter,
  Host,
  Output,
  OutputHost,
  Parser,
  PluginKind,
  Relay,
  RelayHost,
  Sink,
  Source,
} from '../core/plugin.ts';
import type { Problem } from '../core/problem.ts';
import type { Fields, Planned, SettingsOf } from './settings.ts';
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

interface HostOf {
  source: Host & Create;
  parser: Host & Create;
  filter: FilterHost & Create;
  formatter: Host & Create;
  output: OutputHost & Create;
}

interface InstanceOf {
  source: Source;
  parser: Parser;
  filter: Filter;
  formatter: Formatter;
  output: Output;
}

export interface Definition<K extends PluginKind = PluginKind, F extends Fields = Fields> {
  readonly kind: K;
  /** The word after `@type`, and the name of the plugin's folder. */
  readonly type: string;
  /** One sentence for lists. */
  readonly summary: string;
  readonly settings: F;
  /** Old flat parameters that are understood (`format json` → `<parse>`). */
  readonly legacy?: readonly LegacyGroup[];
  /** Further checks between settings, before anything is created; no I/O. */
  check?(settings: SettingsOf<F>): readonly Omit<Problem, 'place'>[];
  /** An output that hands its records on to other rules or outputs (`copy`, `relabel`): it sends nothing anywhere itself. */
  readonly routes?: true;
  /** Of an output that gives events tags of its own (`rewrite_tag_filter`): those it gives to events of `tag`. */
  retags?(settings: SettingsOf<F>, tag: Glob): readonly Retag[];
  /**
   * `check --live`: what stands in the way of running it now: files, rights, servers. Looks only, changes nothing.
   * @throws {EnvironmentError} never: what is broken is a problem.
   */
  probe?(settings: SettingsOf<F>, look: Look): Promise<readonly Omit<Problem, 'place'>[]>;
  /** Where an output without `@id` writes to; with the type its name in the state. */
  destination?(settings: SettingsOf<F>): string;
  create(settings: SettingsOf<F>, host: HostOf[K]): InstanceOf[K];
}

/** Typed inside, untyped in the catalog. */
export type AnyDefinition = { readonly [K in PluginKind]: Definition<K, never> }[PluginKind];

export interface Catalog {
  find(kind: PluginKind, type: string): AnyDefinition | undefined;
  readonly definitions: readonly AnyDefinition[];
}

export function defineSource<const F extends Fields>(
  definition: Omit<Definition<'source', F>, 'kind'>,
): Definition<'source', F> {
  return { kind: 'source', ...definition };
}
export function defineParser<const F extends Fields>(
  definition: Omit<Definition<'parser', F>, 'kind'>,
): Definition<'parser', F> {
  return { kind: 'parser', ...definition };
}
export function defineFilter<const F extends Fields>(
  definition: Omit<Definition<'filter', F>, 'kind'>,
): Definition<'filter', F> {
  return { kind: 'filter', ...definition };
}
export function defineFormatter<const F extends Fields>(
  definition: Omit<Definition<'formatter', F>, 'kind'>,
): Definition<'formatter', F> {
  return { kind: 'formatter', ...definition };
}
export function defineOutput<const F extends Fields>(
  definition: Omit<Definition<'output', F>, 'kind'>,
): Definition<'output', F> {
  return { kind: 'output', ...definition };
}
/** An output that only hands records on. */
export function defineRelay<const F extends Fields>(
  definition: Omit<Definition<'output', F>, 'kind' | 'routes' | 'destination' | 'create'> & {
    create(settings: SettingsOf<F>, host: RelayHost & Create & CreateOutput): Relay;
  },
): Definition<'output', F> {
  // What is created is used as what it is: see `routes` in pipeline/build.
  return { kind: 'output', ...definition, routes: true } as unknown as Definition<'output', F>;
}
