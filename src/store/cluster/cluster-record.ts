// Documents of an index → records. Nested objects are flattened, lists are JSON text.
import { timeBound } from '../../formats/kql/time-bound.ts';
import type { Scalar, StoredRecord } from '../log-store.ts';
import type { Hit } from './cluster.ts';

/** As deep as the embedded store flattens. */
const DEPTH_MAX = 6;

/** Asks for the time as the index has it: in ns, or in ms where the mapping keeps no more. */
export const TIME_FIELDS = [{ field: '@timestamp', format: 'strict_date_optional_time_nanos' }];

export function recordOfHit(hit: Hit): StoredRecord {
  const fields = new Map<string, Scalar>();
  flatten(hit._source ?? {}, '', 0, fields);
  fields.delete('@timestamp');
  return { id: hit._id, time: timeOfHit(hit), fields };
}

export function timeOfHit({ fields }: Hit): bigint {
  return timeBound(String(fields?.['@timestamp']?.[0])) ?? 0n;
}

function flatten(
  object: Readonly<Record<string, unknown>>,
  prefix: string,
  depth: number,
  into: Map<string, Scalar>,
): void {
  for (const [key, value] of Object.entries(object)) {
    const name = `${prefix}${key}`;
    if (isScalar(value)) into.set(name, value);
    else if (Array.isArray(value) || depth >= DEPTH_MAX) into.set(name, JSON.stringify(value));
    else flatten(value as Readonly<Record<string, unknown>>, `${name}.`, depth + 1, into);
  }
}

function isScalar(value: unknown): value is Scalar {
  return value === null || typeof value !== 'object';
}
