// The work of `katalog query`.
import { styleText } from 'node:util';
import { printable } from '../core/problem.ts';
import { parseQuery } from '../formats/kql/parse.ts';
import type { QueryProblem } from '../formats/kql/query.ts';
import { timeBound, timeText } from '../formats/kql/time-bound.ts';
import { allRecords } from '../store/all-records.ts';
import type { Filter, LogStore, StoredRecord } from '../store/log-store.ts';
import { type TextForm, textWriter } from '../store/text-forms.ts';
import { EXIT } from './exit-codes.ts';
import { type LogPlace, openLogs } from './open-logs.ts';
import { forStdout } from './print.ts';
import { stopSignal } from './run-parts.ts';

/** Options as commander reads them. */
export interface QueryFlags extends LogPlace {
  readonly since?: string;
  readonly until?: string;
  readonly output: 'table' | TextForm;
  readonly limit: number;
  readonly all?: true;
  readonly fields?: string;
  readonly histogram?: true;
  readonly top?: string;
  readonly follow?: true;
}

const COLUMNS_MAX = 200;
const HISTOGRAM_BUCKETS = 40;
const BAR_CHARS = 50;
const TEXT_NAMES = ['kata.msg', 'kata_msg', 'MESSAGE', 'message', 'log', 'msg'] as const;
const LEVEL_NAMES = ['kata.level', 'kata_level', 'level'] as const;
const WHO_NAMES = ['kata.component', 'kata_name', 'SYSLOG_IDENTIFIER', 'tag'] as const;

/** @returns the exit code. @throws {EnvironmentError} `store/…` */
export async function query(text: string, flags: QueryFlags): Promise<number> {
  const filter = filterOf(text, flags);
  if (!filter) return EXIT.usage;
  const stop = stopSignal();
  const store = await openLogs(flags);
  try {
    if (flags.histogram) await printHistogram(store, filter, stop);
    else if (flags.top !== undefined) await printTop(store, filter, flags.top, flags.limit, stop);
    else await printRecords(store, filter, flags, stop);
    return EXIT.fine;
  } finally {
    await store.close();
  }
}

function filterOf(text: string, { since, until }: QueryFlags): Filter | undefined {
  const outcome = parseQuery(text);
  if (!outcome.ok) {
    for (const problem of outcome.problems) process.stderr.write(pointed(text, problem));
    return undefined;
  }
  const [from, to] = [since, until].map((bound) => (bound === undefined ? undefined : boundOf(bound)));
  if ((since !== undefined && from === undefined) || (until !== undefined && to === undefined)) {
    process.stderr.write('katalog: a time is 15m, 1h, 7d or 2026-03-02T10:00:00Z\n');
    return undefined;
  }
  return { query: outcome.query, from, to };
}

function boundOf(text: string): bigint | undefined {
  return timeBound(/^\d+[smhdw]$/.test(text) ? `now-${text}` : text);
}

/** The query with the place underlined. */
function pointed(text: string, { message, from, to }: QueryProblem): string {
  const line = printable(text.replace(/[\r\n\t]/g, ' '));
  return `katalog: ${printable(message)}\n  ${line}\n  ${' '.repeat(from)}${'^'.repeat(Math.max(1, to - from))}\n`;
}

async function printRecords(store: LogStore, filter: Filter, flags: QueryFlags, signal: AbortSignal): Promise<void> {
  const line = await lineWriter(store, filter, flags, signal);
  if (flags.all)
    for await (const page of allRecords(store, filter, 'asc', signal)) await print(page.map(line).join(''));
  else {
    const { records, damaged } = await store.search({ ...filter, order: 'desc', limit: flags.limit }, signal);
    for (const { segment, reason, rows } of damaged)
      process.stderr.write(`warning: ${segment} ${reason}: ${rows} records are missing\n`);
    await print([...records].reverse().map(line).join(''));
  }
  if (flags.follow) await follow(store, filter, line, signal);
}

async function follow(
  store: LogStore,
  { query: wanted }: Filter,
  line: (record: StoredRecord) => string,
  signal: AbortSignal,
): Promise<void> {
  for await (const { records, missed } of store.tail({ query: wanted }, signal)) {
    if (missed > 0) process.stderr.write(`warning: ${missed} records came too fast to be shown\n`);
    await print(records.map(line).join(''));
  }
}

async function lineWriter(
  store: LogStore,
  { from, to }: Filter,
  flags: QueryFlags,
  signal: AbortSignal,
): Promise<(record: StoredRecord) => string> {
  if (flags.output === 'table') return process.stdout.isTTY ? colouredLine : plainLine;
  const columns =
    flags.fields?.split(',') ??
    (await store.fields({ from, to }, signal)).fields.slice(0, COLUMNS_MAX).map(({ name }) => name);
  const writer = textWriter(flags.output, columns);
  const way = flags.output === 'csv' ? 'plain' : 'json';
  await print(forStdout(writer.head, way));
  return (record) => forStdout(writer.line(record), way);
}

function plainLine(record: StoredRecord): string {
  const { time, level, who, text } = cells(record);
  return `${time}  ${level.padEnd(8)}  ${who.padEnd(14)}  ${text}\n`;
}

function colouredLine(record: StoredRecord): string {
  const { time, level, who, text } = cells(record);
  const colour =
    level === 'error' || level === 'critical' ? 'red' : level === 'warning' || level === 'warn' ? 'yellow' : 'dim';
  return `${styleText('dim', time)}  ${styleText(colour, level.padEnd(8))}  ${styleText('cyan', who.padEnd(14))}  ${text}\n`;
}

interface Cells {
  readonly time: string;
  readonly level: string;
  readonly who: string;
  readonly text: string;
}

function cells({ time, fields }: StoredRecord): Cells {
  const first = (names: readonly string[]): string => {
    const name = names.find((one) => fields.has(one));
    return name === undefined ? '' : printable(String(fields.get(name)));
  };
  return { time: timeText(time), level: first(LEVEL_NAMES), who: first(WHO_NAMES), text: first(TEXT_NAMES) };
}

async function printHistogram(store: LogStore, filter: Filter, signal: AbortSignal): Promise<void> {
  const { counts } = await store.histogram({ ...filter, buckets: HISTOGRAM_BUCKETS, by: 'level' }, signal);
  const buckets = new Map<bigint, Map<string, number>>();
  for (const { start, value, count } of counts) {
    const bucket = buckets.get(start) ?? new Map<string, number>();
    bucket.set(value, count);
    buckets.set(start, bucket);
  }
  const totals = [...buckets].map(([start, levels]) => ({ start, levels, total: sum(levels) }));
  const most = Math.max(1, ...totals.map(({ total }) => total));
  for (const { start, levels, total } of totals) {
    const bar = '█'.repeat(Math.ceil((total / most) * BAR_CHARS)).padEnd(BAR_CHARS);
    const bad = ['critical', 'error', 'warning'].flatMap((level) =>
      levels.has(level) ? [`${level} ${levels.get(level)}`] : [],
    );
    await print(`${timeText(start)}  ${bar}  ${String(total).padStart(9)}  ${bad.join(' ')}\n`);
  }
}

function sum(levels: ReadonlyMap<string, number>): number {
  return [...levels.values()].reduce((total, count) => total + count, 0);
}

async function printTop(
  store: LogStore,
  filter: Filter,
  field: string,
  limit: number,
  signal: AbortSignal,
): Promise<void> {
  const { total, fields } = await store.top({ ...filter, fields: [field], limit }, signal);
  const [top] = fields;
  for (const { value, count } of top?.values ?? [])
    await print(`${String(count).padStart(10)}  ${printable(String(value))}\n`);
  process.stderr.write(`${top?.present ?? 0} of ${total} records have ${printable(field)}\n`);
}

/** Resolves when there is room for more. */
async function print(text: string): Promise<void> {
  if (process.stdout.write(text)) return;
  await new Promise<void>((resolve) => {
    process.stdout.once('drain', resolve);
  });
}
