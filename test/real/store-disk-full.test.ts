// The embedded store on a disk that fills up: a clear refusal, nothing acknowledged lost, and on when there is room.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EnvironmentError } from '../../src/core/failure.ts';
import { systemClock } from '../../src/pipeline/system-clock.ts';
import { documentId } from '../../src/search/id.ts';
import type { NewRecord } from '../../src/store/log-store.ts';
import { openForReading, openForWriting } from '../../src/store/open-store.ts';
import { BATCH_RECORDS, recordOf } from '../support/store-records.ts';

const DISK_MB = 24;
const BALLAST_BYTES = 12 << 20;
const BATCHES_MAX = 5000;
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const signal = new AbortController().signal;
let disk = '';

beforeAll(() => {
  disk = fs.mkdtempSync(path.join(os.tmpdir(), 'katalog-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'tmpfs', disk]);
});

afterAll(() => {
  execFileSync('umount', ['-l', disk]);
  fs.rmSync(disk, { recursive: true, force: true });
});

/** Text that does not compress. */
function noisy(n: number): NewRecord {
  const record = recordOf(n, documentId);
  const noise = Array.from({ length: 20 }, (_, i) =>
    Math.abs(Math.sin(n * 31 + i))
      .toString(36)
      .slice(2),
  ).join('');
  return { ...record, document: JSON.stringify({ message: noise }) };
}

test('a full disk stops ingest with a clear error; it goes on when there is room', async () => {
  const ballast = path.join(disk, 'ballast');
  fs.writeFileSync(ballast, Buffer.alloc(BALLAST_BYTES));
  const directory = path.join(disk, 'store');
  const { store, close } = await openForWriting({
    directory,
    clock: systemClock,
    log: silent,
    writer: { rollBytes: 2 << 20 },
  });
  const batchOf = (batch: number): NewRecord[] =>
    Array.from({ length: BATCH_RECORDS }, (_, i) => noisy(batch * BATCH_RECORDS + i));
  let acknowledged = 0;
  let refusal: unknown;
  while (refusal === undefined && acknowledged < BATCHES_MAX) {
    try {
      await store.append(batchOf(acknowledged), signal);
      acknowledged++;
    } catch (thrown) {
      refusal = thrown;
    }
  }
  expect(refusal).toBeInstanceOf(EnvironmentError);
  expect((refusal as EnvironmentError).code).toMatch(/^store\/(disk-low|write)$/);
  const reader = openForReading(directory, systemClock);
  expect(await reader.count({ query: { kind: 'all' } }, signal)).toBe(acknowledged * BATCH_RECORDS);
  await reader.close();
  fs.rmSync(ballast);
  expect(await store.append(batchOf(acknowledged), signal)).toEqual(Array(BATCH_RECORDS).fill(true));
  expect(await store.count({ query: { kind: 'all' } }, signal)).toBe((acknowledged + 1) * BATCH_RECORDS);
  console.log(`stopped behind ${acknowledged * BATCH_RECORDS} records: ${(refusal as Error).message}`);
  await close();
});
