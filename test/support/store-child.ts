// A process that writes a store until it is killed: batches 0, 1, 2…, each said on standard output once it is acknowledged.
// Usage: store-child DIRECTORY FIRST-BATCH [KEPT-BYTES]
import { systemClock } from '../../src/pipeline/system-clock.ts';
import { documentId } from '../../src/search/id.ts';
import { openForWriting } from '../../src/store/open-store.ts';
import { BATCH_RECORDS, recordOf } from './store-records.ts';

const [directory = '', first = '0', keptBytes = String(2 ** 40)] = process.argv.slice(2);
const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (text: string) => process.stderr.write(`${text}\n`),
};
const signal = new AbortController().signal;

/** Small segments are merged meanwhile. */
const TIDY_EVERY_BATCHES = 8;

// Small files, so that something is being sealed nearly always.
const { store, writer } = await openForWriting({
  directory,
  clock: systemClock,
  log: silent,
  writer: { rollRows: BATCH_RECORDS * 7, retention: { maxAgeSeconds: 86_400, maxBytes: Number(keptBytes) } },
});
let tidied = Promise.resolve();
for (let batch = Number(first); ; batch++) {
  if (batch % TIDY_EVERY_BATCHES === 0) {
    await tidied;
    tidied = writer.tidy();
  }
  const records = Array.from({ length: BATCH_RECORDS }, (_, i) => recordOf(batch * BATCH_RECORDS + i, documentId));
  await store.append(records, signal);
  process.stdout.write(`${batch}\n`);
}
