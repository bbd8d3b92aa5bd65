// Records by number, the same in every process.
import type { documentId } from '../../src/search/id.ts';
import type { NewRecord } from '../../src/store/log-store.ts';

export const BATCH_RECORDS = 200;
const START = 1_772_409_600_000_000_000n;
/** Now and then a record of another day. */
const DAY = 86_400_000_000_000n;

export function recordOf(n: number, idOf: typeof documentId): NewRecord {
  const document = {
    message: `record ${n}`,
    kata: { level: n % 9 === 0 ? 'error' : 'info', sandbox: `s${n % 50}`, pid: n },
  };
  const time = START + BigInt(n) * 1_000_000n + (n % 1000 === 7 ? DAY : 0n);
  return { id: idOf('aaaaaaaaaaa', n * 100, n % 2 ** 30, 0), time, document: JSON.stringify(document) };
}
