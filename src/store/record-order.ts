// The order of records, the same in every store.
import type { Cursor, Order } from './log-store.ts';
import { originOfId } from './record-id.ts';

/** By time, then as ids of our own sort: by stream and place in it. */
export function compareRecords(a: Cursor, b: Cursor, order: Order): number {
  const sign = order === 'desc' ? -1 : 1;
  if (a.time !== b.time) return a.time < b.time ? -sign : sign;
  const [left, right] = [originOfId(a.id), originOfId(b.id)];
  const byStream = Buffer.compare(Buffer.from(left.stream), Buffer.from(right.stream));
  return sign * (byStream || left.offset - right.offset || left.check - right.check);
}

export function earlier(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

export function later(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
