// How a setting is declared: name, type, default, documentation, once. Checks, README tables, `katalog plugins` and the docs
// derive from it.
import type { PluginKind } from '../core/plugin.ts';

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
export interface Typed<T> extends Common {
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
