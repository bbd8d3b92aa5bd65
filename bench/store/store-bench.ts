// Measures the embedded store: the whole road from NDJSON bytes to sealed segments, their size, the queries of the page
// beside bare DuckDB with SQL written by hand, and memory. Prints one table; exit code 1 when a budget is missed.
// Usage (through scripts/bench-store.js): store-bench RECORDS FILE DIRECTORY
import * as fs from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { Arena } from '../../src/core/arena.ts';
import { parseQuery } from '../../src/formats/kql/parse.ts';
import type { Query } from '../../src/formats/kql/query.ts';
import { timeBound } from '../../src/formats/kql/time-bound.ts';
import { createScanner } from '../../src/formats/scan/scanner.ts';
import { systemClock } from '../../src/pipeline/system-clock.ts';
import { type OpenedStore, openForWriting } from '../../src/store/open-store.ts';
import { WalEncoder } from '../../src/store/wal-encoder.ts';

const [records = 0, file = '', directory = ''] = process.argv
  .slice(2)
  .map((value, i) => (i === 0 ? Number(value) : value)) as [number, string, string];
const BLOCK_BYTES = 256 << 10;
const APPENDS_MAX = 16;
const QUERY_RUNS = 7;
const BUDGET = { cpuMicros: 8, bytesPerRecord: 20, queryMs: 500, overBare: 1.25, rssMb: 600 };
const STREAM = 'aaaaaaaaaaa';
/** The synthetic records have a tag of their own. */
const ORIGIN = { field: 'origin', value: 'bench' };
const LF = 0x0a;
const signal = new AbortController().signal;
const log = { debug: () => undefined, info: () => undefined, warn: console.warn, error: console.error };

interface Line {
  readonly what: string;
  readonly value: string;
  readonly budget: string;
  readonly isMet: boolean;
}
const report: Line[] = [];
const say = (what: string, value: string, budget: string, isMet: boolean): void => {
  report.push({ what, value, budget, isMet });
  console.log(`${isMet ? 'ok    ' : 'MISSED'} ${what.padEnd(44)} ${value.padStart(24)}   ${budget}`);
};
/** A figure that has no budget: it is told, and judges nothing. */
const tell = (what: string, value: string, note: string): void => {
  console.log(`       ${what.padEnd(44)} ${value.padStart(24)}   ${note}`);
};

async function ingest({ writer }: OpenedStore): Promise<void> {
  const arena = new Arena();
  const scanner = createScanner(arena);
  const [lineKey, timeKey] = [scanner.keys.pin('line'), scanner.keys.pin('@timestamp')];
  const encoder = new WalEncoder(arena, scanner.keys);
  const mark = arena.mark();
  const fd = fs.openSync(file, 'r');
  const pending = new Set<Promise<unknown>>();
  let offset = 0;
  for (;;) {
    const start = arena.alloc(BLOCK_BYTES);
    const read = fs.readSync(fd, arena.u8, start, BLOCK_BYTES, offset);
    const end = start + arena.u8.subarray(start, start + read).lastIndexOf(LF) + 1;
    if (end <= start) break;
    const { tape } = scanner.lines({ start, end, offset, key: lineKey, maxRecords: BLOCK_BYTES });
    const parsed = scanner.json(tape, lineKey);
    scanner.time(parsed, timeKey, false);
    if (scanner.survey(parsed).live < parsed.count) throw new Error('the synthetic records are sound');
    encoder.addTape(scanner, parsed, STREAM, ORIGIN);
    offset += end - start;
    arena.release(mark);
    scanner.tidy();
    const appended = writer.append(encoder.take()).finally(() => pending.delete(appended));
    pending.add(appended);
    if (pending.size >= APPENDS_MAX) await Promise.race(pending);
  }
  fs.closeSync(fd);
  await Promise.all(pending);
  await writer.seal();
}

function kql(text: string): Query {
  const outcome = parseQuery(text);
  if (!outcome.ok) throw new Error(text);
  return outcome.query;
}

async function median(run: () => Promise<unknown>): Promise<number> {
  await run();
  const times: number[] = [];
  for (let i = 0; i < QUERY_RUNS; i++) {
    const startMs = performance.now();
    await run();
    times.push(performance.now() - startMs);
  }
  return times.sort((a, b) => a - b)[QUERY_RUNS >> 1] as number;
}

async function queries({ store }: OpenedStore): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '512MB', threads: '2' });
  const bare = await instance.connect();
  await bare.run('SET parquet_metadata_cache = true');
  const parquet = `read_parquet('${directory}/seg/*/*.parquet', union_by_name = true)`;
  const day = { from: timeBound('2026-03-02'), to: timeBound('2026-03-03') };
  const all = { query: kql(''), ...day };
  const pairs: readonly [string, () => Promise<unknown>, string][] = [
    [
      'histogram of 24 h by level',
      () => store.histogram({ ...all, buckets: 60, by: 'kata_level' }, signal),
      `SELECT _t // 1800000000000 AS b, kata_level, count(*) FROM ${parquet} GROUP BY ALL`,
    ],
    [
      'errors of 24 h, counted',
      () => store.count({ ...all, query: kql('kata_level:error') }, signal),
      `SELECT count(*) FROM ${parquet} WHERE kata_level = 'error'`,
    ],
    [
      'top 10 of kata_sandbox',
      () => store.top({ ...all, fields: ['kata_sandbox'], limit: 10 }, signal),
      `SELECT kata_sandbox, count(*) c FROM ${parquet} GROUP BY 1 ORDER BY c DESC LIMIT 10`,
    ],
    [
      'top 10 of kata_name',
      () => store.top({ ...all, fields: ['kata_name'], limit: 10 }, signal),
      `SELECT kata_name, count(*) c FROM ${parquet} GROUP BY 1 ORDER BY c DESC LIMIT 10`,
    ],
    [
      'text hotplug, counted',
      () => store.count({ ...all, query: kql('kata_msg:hotplug') }, signal),
      `SELECT count(*) FROM ${parquet} WHERE contains(lower(kata_msg), 'hotplug')`,
    ],
    ['latest 100', () => store.search({ ...all, order: 'desc', limit: 100 }, signal), ''],
    [
      'latest 100 errors',
      () => store.search({ ...all, query: kql('kata_level:error'), order: 'desc', limit: 100 }, signal),
      '',
    ],
    ['fields', () => store.fields(day, signal), ''],
  ];
  for (const [what, ours, sql] of pairs) {
    const ms = await median(ours);
    say(what, `${ms.toFixed(0)} ms`, `< ${BUDGET.queryMs} ms`, ms < BUDGET.queryMs);
    if (sql === '') continue;
    const bareMs = await median(() => bare.runAndReadAll(sql));
    say(
      `  against bare DuckDB`,
      `${(ms / bareMs).toFixed(2)} x ${bareMs.toFixed(0)} ms`,
      `<= ${BUDGET.overBare} x`,
      ms / bareMs <= BUDGET.overBare,
    );
  }
  bare.closeSync();
}

fs.rmSync(directory, { recursive: true, force: true });
const opened = await openForWriting({ directory, clock: systemClock, log });
const [startMs, startCpu] = [performance.now(), process.cpuUsage()];
await ingest(opened);
const seconds = (performance.now() - startMs) / 1000;
const cpu = process.cpuUsage(startCpu);
const { records: stored, bytes } = await opened.store.overview(signal);
const micros = (cpu.user + cpu.system) / stored;
say('records', stored.toLocaleString('en'), `= ${records.toLocaleString('en')}`, stored === records);
tell(
  'whole road',
  `${Math.round(stored / seconds).toLocaleString('en')}/s`,
  'sealing alone, which has a budget, is not measured',
);
say('CPU of the whole road', `${micros.toFixed(2)} us/record`, `<= ${BUDGET.cpuMicros}`, micros <= BUDGET.cpuMicros);
say(
  'disk',
  `${(bytes / stored).toFixed(1)} B/record`,
  `<= ${BUDGET.bytesPerRecord}`,
  bytes / stored <= BUDGET.bytesPerRecord,
);
tell('raw file', `${(fs.statSync(file).size / stored).toFixed(0)} B/record`, '');
await queries(opened);
await opened.close();
const rssMb = process.resourceUsage().maxRSS / 1024;
say('peak RSS', `${rssMb.toFixed(0)} MB`, `< ${BUDGET.rssMb} MB`, rssMb < BUDGET.rssMb);
process.exitCode = report.every(({ isMet }) => isMet) ? 0 : 1;
