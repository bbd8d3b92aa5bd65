// What the indices know of their fields, asked at run time: our own template, or whatever mapping somebody else made.
import type { IndexedField } from '../../formats/kql/dsl.ts';
import type { FieldType } from '../log-store.ts';
import type { Cluster } from './cluster.ts';

const REMEMBERED_MS = 30_000;

type Kind = IndexedField['kind'];

/** Types of mappings, those first that win where indices disagree. */
const KINDS: readonly (readonly [Kind, readonly string[]])[] = [
  ['text', ['text', 'match_only_text', 'annotated_text']],
  ['keyword', ['keyword', 'constant_keyword', 'wildcard', 'version', 'ip', 'flattened', 'flat_object']],
  ['number', ['long', 'integer', 'short', 'byte', 'double', 'float', 'half_float', 'scaled_float', 'unsigned_long']],
  ['time', ['date_nanos', 'date']],
  ['boolean', ['boolean']],
];
const BAGS: ReadonlySet<string> = new Set(['flattened', 'flat_object']);
/** Fields of the server's own that do not show it by their type. */
const META: ReadonlySet<string> = new Set(['_doc_count', '_tier', '_data_stream_timestamp']);
const INDEX_FIELD: IndexedField = { kind: 'keyword', whole: '_index' };

interface Capability {
  readonly type: string;
  readonly searchable: boolean;
  readonly aggregatable: boolean;
  readonly metadata_field?: boolean;
}

export interface NamedField {
  readonly name: string;
  readonly type: FieldType;
}

/** The fields at one moment. */
export class FieldMap {
  readonly #fields = new Map<string, IndexedField>();
  readonly #bags: string[] = [];

  constructor(capabilities: Readonly<Record<string, Readonly<Record<string, Capability>>>>) {
    for (const [name, byType] of Object.entries(capabilities)) {
      const types = Object.values(byType).filter((capability) => isOfRecords(name, capability));
      const field = fieldOf(name, types, capabilities);
      if (field) this.#fields.set(name, field);
      if (types.some(({ type }) => BAGS.has(type))) this.#bags.push(`${name}.`);
    }
  }

  readonly of = (name: string): IndexedField | undefined => {
    if (name === '_index') return INDEX_FIELD;
    const known = this.#fields.get(name);
    if (known) return known;
    return this.#bags.some((bag) => name.startsWith(bag)) ? { kind: 'keyword', whole: name } : undefined;
  };

  /** Fields of records; not those that repeat another one in a second way. */
  names(): readonly NamedField[] {
    return [...this.#fields].flatMap(([name, { kind }]) => {
      const parent = this.#fields.get(name.slice(0, Math.max(0, name.lastIndexOf('.'))));
      if (name === '@timestamp' || parent?.whole === name) return [];
      return [{ name, type: kind === 'number' || kind === 'boolean' ? kind : 'string' }];
    });
  }
}

export class IndexFields {
  readonly #cluster: Cluster;
  #known: { readonly fields: FieldMap; readonly atMs: number } | undefined;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  async read(signal: AbortSignal): Promise<FieldMap> {
    const nowMs = performance.now();
    if (this.#known && nowMs - this.#known.atMs < REMEMBERED_MS) return this.#known.fields;
    const answer = (await this.#cluster.fieldCapabilities(signal)) as {
      readonly fields?: Readonly<Record<string, Readonly<Record<string, Capability>>>>;
    };
    const fields = new FieldMap(answer.fields ?? {});
    this.#known = { fields, atMs: nowMs };
    return fields;
  }
}

function isOfRecords(name: string, { type, searchable, metadata_field: isMeta }: Capability): boolean {
  return searchable && !isMeta && !type.startsWith('_') && !META.has(name);
}

function fieldOf(
  name: string,
  types: readonly Capability[],
  all: Readonly<Record<string, Readonly<Record<string, Capability>>>>,
): IndexedField | undefined {
  if (types.length === 0 || types.every(({ type }) => type === 'object' || type === 'nested')) return undefined;
  const kind = KINDS.find(([, names]) => types.some(({ type }) => names.includes(type)))?.[0] ?? 'other';
  if (kind !== 'text') return { kind, whole: types.every(({ aggregatable }) => aggregatable) ? name : undefined };
  const whole = [`${name}.keyword`, `${name}.raw`].find((sub) => all[sub]?.['keyword']?.aggregatable === true);
  return { kind, whole };
}
