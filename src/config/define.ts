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
  Source,
} from '../core/plugin.ts';
import type { Fields, SettingsOf } from './fields.ts';
import type { Create, CreateOutput, Described } from './planned.ts';

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

export interface Definition<K extends PluginKind = PluginKind, F extends Fields = Fields>
  extends Described<K, F, SettingsOf<F>> {
  create(settings: SettingsOf<F>, host: HostOf[K]): InstanceOf[K];
}

/** Of an output that only hands records on. */
export interface RelayDefinition<F extends Fields = Fields> extends Described<'output', F, SettingsOf<F>> {
  readonly routes: true;
  create(settings: SettingsOf<F>, host: RelayHost & Create & CreateOutput): Relay;
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
export function defineRelay<const F extends Fields>(
  definition: Omit<RelayDefinition<F>, 'kind' | 'routes'>,
): RelayDefinition<F> {
  return { kind: 'output', routes: true, ...definition };
}
