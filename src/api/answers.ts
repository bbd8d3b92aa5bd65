// Between the words of the contract and those of the store.
import { parseQuery } from '../formats/kql/parse.ts';
import { timeBound, timeText } from '../formats/kql/time-bound.ts';
import type { Cursor, Filter, Damage as StoreDamage, StoredRecord } from '../store/log-store.ts';
import type { Damage, Row } from './contract.ts';
import { RequestRefusal } from './refusal.ts';

interface RangeParams {
  readonly query?: string;
  readonly from?: string;
  readonly to?: string;
}

/** @throws {RequestRefusal} 400 with every place of the query that is wrong. */
export function filterOf({ query = '', from, to }: RangeParams): Filter {
  const outcome = parseQuery(query);
  if (!outcome.ok) {
    const [first] = outcome.problems;
    const message = first?.message ?? 'the query cannot be read';
    throw new RequestRefusal(400, { code: 'query/syntax', message, at: [...outcome.problems] });
  }
  return { query: outcome.query, from: boundOf('from', from), to: boundOf('to', to) };
}

function boundOf(name: string, text: string | undefined): bigint | undefined {
  if (text === undefined || text === '') return undefined;
  const bound = timeBound(text);
  if (bound !== undefined) return bound;
  throw new RequestRefusal(400, {
    code: 'query/time',
    message: `${name}: this is no time`,
    hint: 'write 2026-03-02T10:00:00Z or now-15m',
  });
}

export function encodeCursor({ time, id }: Cursor): string {
  return Buffer.from(JSON.stringify([String(time), id])).toString('base64url');
}

/** @throws {RequestRefusal} 400 */
export function decodeCursor(text: string): Cursor {
  try {
    const [time, id] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as [unknown, unknown];
    if (typeof time === 'string' && /^-?\d{1,19}$/.test(time) && typeof id === 'string')
      return { time: BigInt(time), id };
  } catch {
    // Told below.
  }
  throw new RequestRefusal(400, { code: 'query/cursor', message: 'this is no cursor of an earlier answer' });
}

export function rowOf(record: StoredRecord): Row {
  return {
    id: record.id,
    time: timeText(record.time),
    cursor: encodeCursor(record),
    fields: Object.fromEntries(record.fields),
  };
}

export function damageOf(damaged: readonly StoreDamage[]): Damage[] {
  return damaged.map(({ segment, reason, rows, from, to }) => ({
    segment,
    reason,
    rows,
    from: timeText(from),
    to: timeText(to),
  }));
}

/** The names of a comma-separated list, at most `max` of them. @throws {RequestRefusal} 400 */
export function namesOf(list: string, max: number): readonly string[] {
  const names = list.split(',').filter((name) => name !== '');
  if (names.length <= max) return names;
  throw new RequestRefusal(400, {
    code: 'query/fields',
    message: `${names.length} fields, at most ${max} are answered at once`,
  });
}
