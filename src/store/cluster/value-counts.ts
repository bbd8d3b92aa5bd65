// Counting values of a name that may stand for several fields (`level`: `kata.level`, else `kata_level`, else `level`):
// each field is counted where it is the first one that its record has, and the counts are put together here.
import { any, type Dsl, exists, firstOf, type IndexedField, type IndexedFields } from '../../formats/kql/dsl.ts';
import { isLevelField, levelOf } from '../../formats/kql/fields.ts';
import type { Scalar } from '../log-store.ts';
import type { Aggregation, Bucket } from './cluster.ts';

export interface ValueCount {
  readonly value: Scalar;
  readonly count: number;
}

/** The records that have any of the fields behind a name. */
export function presence(name: string, fields: IndexedFields): Dsl {
  return any(firstOf(name, fields).map(({ name: own }) => exists(own)));
}

/** Aggregations that count the values of a name, to be put beside others. */
export function valueAggregations(
  name: string,
  fields: IndexedFields,
  size: number,
  prefix = '',
): Readonly<Record<string, Dsl>> {
  const pattern = `${prefix.replace(/[^\p{L}\p{N}]/gu, '\\$&')}.*`;
  // By ordinals OpenSearch 2.19 fails at a pattern where an index has no value of the field.
  const include = prefix === '' ? {} : { include: pattern, execution_hint: 'map' };
  return Object.fromEntries(
    firstOf(name, fields).flatMap(({ field, without }, i) => {
      if (field.whole === undefined) return [];
      const terms = { field: field.whole, size, ...(field.kind === 'keyword' || field.kind === 'text' ? include : {}) };
      return [[`value${i}`, { filter: { bool: { filter: without } }, aggs: { values: { terms } } }]];
    }),
  );
}

export interface CountedValues {
  /** The most frequent first. */
  readonly values: readonly ValueCount[];
  /** Values that did not fit, counted together. */
  readonly others: number;
}

/** What the aggregations of `valueAggregations` answered. */
export function countedValues(
  answer: Readonly<Record<string, unknown>>,
  name: string,
  fields: IndexedFields,
): CountedValues {
  const counts = new Map<Scalar, number>();
  let others = 0;
  firstOf(name, fields).forEach(({ field }, i) => {
    const terms = (answer[`value${i}`] as { readonly values?: Aggregation } | undefined)?.values;
    others += terms?.sum_other_doc_count ?? 0;
    for (const bucket of terms?.buckets ?? []) {
      const value = scalarOf(bucket, field, name);
      counts.set(value, (counts.get(value) ?? 0) + bucket.doc_count);
    }
  });
  const values = [...counts].map(([value, count]) => ({ value, count }));
  return { values: values.sort((a, b) => b.count - a.count || compareText(String(a.value), String(b.value))), others };
}

function scalarOf({ key, key_as_string: text }: Bucket, { kind }: IndexedField, name: string): Scalar {
  if (kind === 'boolean') return text === 'true';
  if (kind === 'time') return text ?? key;
  return typeof key === 'string' && isLevelField(name) ? (levelOf(key) ?? key) : key;
}

function compareText(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
