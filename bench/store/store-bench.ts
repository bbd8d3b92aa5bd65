// Measures the embedded store: the whole road from JSON lines to sealed segments, their size, the queries of the page
// beside bare DuckDB, memory, and the same records in OpenSearch. Prints one table; exit code 1 when a budget is missed.
// Usage (through scripts/bench-store.js): store-bench RECORDS FILE DIRECTORY OPENSEARCH-RECORDS
import * as fs from 'node:fs';
import { systemClock } from '../../src/pipeline/system-clock.ts';
import { type OpenedStore, openForReading, openForWriting } from '../../src/store/open-store.ts';
import { Feed } from './ingest.ts';
import { measureOpenSearch } from './opensearch.ts';
import { measureFirst, measureQueries } from './queries.ts';
import { costOf, count, Report } from './report.ts';

const [records = 0, file = '', directory = '', others = 0] = process.argv
  .slice(2)
  .map((value, i) => (i % 3 === 0 ? Number(value) : value)) as [number, string, string, number];
const BUDGET = { cpuMicros: 8, sealedPerSecond: 250_000, bytesPerRecord: 20, rssMb: 600 };
/** Before the first file that is measured: which fields are common is known then. */
const WARM_RECORDS = 5000;
const FILE_RECORDS = 200_000;
const signal = new AbortController().signal;
const log = { debug: () => undefined, info: () => undefined, warn: console.warn, error: console.error };
const report = new Report();

/** Sealing alone: one write-ahead file of the usual size, several times. */
async function measureSealing(): Promise<void> {
  const writer = { rollRows: Number.MAX_SAFE_INTEGER, rollBytes: Number.MAX_SAFE_INTEGER };
  const opened = await openForWriting({ directory: `${directory}-sealing`, clock: systemClock, log, writer });
  const feed = new Feed(file);
  await feed.into(opened.writer, WARM_RECORDS);
  await opened.writer.seal();
  const rates: number[] = [];
  let micros = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 3; i++) {
    const fed = await feed.into(opened.writer, FILE_RECORDS);
    if (fed < FILE_RECORDS) break;
    const { ms, cpuMs } = await costOf(() => opened.writer.seal());
    rates.push(fed / (ms / 1000));
    micros = Math.min(micros, (cpuMs * 1000) / fed);
  }
  feed.close();
  await opened.close();
  if (rates.length === 0) return;
  const best = Math.max(...rates);
  const budget = `>= ${count(BUDGET.sealedPerSecond)}/s; best of ${rates.length}, ${micros.toFixed(2)} us CPU/record`;
  report.say({ what: 'sealing', value: `${count(best)}/s`, budget }, best >= BUDGET.sealedPerSecond);
}

async function measureIngest({ store, writer }: OpenedStore): Promise<void> {
  const feed = new Feed(file);
  const { ms, cpuMs } = await costOf(async () => {
    await feed.into(writer);
    await writer.seal();
  });
  feed.close();
  const { records: stored, bytes } = await store.overview(signal);
  report.say({ what: 'records', value: count(stored), budget: `= ${count(records)}` }, stored === records);
  report.tell('whole road', `${count(stored / (ms / 1000))}/s`, 'both cores, sealing beside ingest');
  const micros = (cpuMs * 1000) / stored;
  const road = {
    what: 'CPU of the whole road',
    value: `${micros.toFixed(2)} us/record`,
    budget: `<= ${BUDGET.cpuMicros}`,
  };
  report.say(road, micros <= BUDGET.cpuMicros);
  const each = bytes / stored;
  const disk = { what: 'disk', value: `${each.toFixed(1)} B/record`, budget: `<= ${BUDGET.bytesPerRecord}` };
  report.say(disk, each <= BUDGET.bytesPerRecord);
  report.tell('raw file', `${(fs.statSync(file).size / stored).toFixed(0)} B/record`);
}

for (const old of [directory, `${directory}-sealing`]) fs.rmSync(old, { recursive: true, force: true });
const opened = await openForWriting({ directory, clock: systemClock, log });
await measureIngest(opened);
await opened.close();
const store = openForReading(directory, systemClock);
await measureFirst(store, report);
await measureQueries(store, directory, report);
await store.close();
const rssMb = process.resourceUsage().maxRSS / 1024;
report.say(
  { what: 'peak RSS', value: `${rssMb.toFixed(0)} MB`, budget: `< ${BUDGET.rssMb} MB, bare DuckDB included` },
  rssMb < BUDGET.rssMb,
);
await measureSealing();
if (others > 0) await measureOpenSearch(file, Math.min(others, records), `${directory}-opensearch`, report);
process.exitCode = report.isGood ? 0 : 1;
