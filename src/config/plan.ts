// A checked configuration: what runs, in which order. Made by planFrom from a tree and the catalog.

import type { LogLevel } from '../core/log-level.ts';
import type { Planned } from './planned.ts';
import type { TagPattern } from './tag-pattern.ts';

/** A filter or match with its pattern, in file order: the first match that fits ends the way of an event. */
export type Rule =
  | { readonly kind: 'filter'; readonly pattern: TagPattern; readonly plugin: Planned<'filter'> }
  | { readonly kind: 'match'; readonly pattern: TagPattern; readonly plugin: Planned<'output'> };

/** `<system>`: the parameters that mean something here; the rest is accepted with a notice. */
export interface SystemSettings {
  readonly log_level: LogLevel;
  readonly root_dir: string | undefined;
  readonly workers: number;
}

export interface Plan {
  /** Texts that no message may show. */
  readonly secrets: ReadonlySet<string>;
  readonly system: SystemSettings;
  readonly sources: readonly Planned<'source'>[];
  /** Rules outside any label. */
  readonly rules: readonly Rule[];
  /** Rules by label name, `@ERROR` for instance. */
  readonly labels: ReadonlyMap<string, readonly Rule[]>;
}
