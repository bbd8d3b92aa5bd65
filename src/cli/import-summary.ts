// What an import brought in: records by tag and by level as written, refused lines, speed.
import type { Batch, Keys } from '../core/event.ts';
import { printable } from '../core/problem.ts';
import { findSpan, KIND_JSON, LIVE, S_END, S_KIND, S_START, W_STATUS } from '../core/tape.ts';
import type { Counters } from '../pipeline/counters.ts';

/** Names under which Kata's level arrives, in the order in which they are looked for. */
const LEVEL_KEYS = ['kata_level', 'level'];
const NO_LEVEL = '(none)';
const OTHER = '(other)';
/** A level is a word. Anything longer, and anything beyond this many kinds, is counted as "other". */
const LEVEL_MAX_BYTES = 16;
const KINDS_MAX = 50;
const BYTES_PER_MB = 1e6;

export class ImportSummary {
  readonly #startedMs: number = performance.now();
  readonly #byTag = new Map<string, number>();
  readonly #byLevel = new Map<string, number>();
  #records = 0;

  /** Counts every batch on its way into an output. */
  observer(keys: Keys): (batch: Batch) => void {
    const levelKeys = LEVEL_KEYS.map((name) => keys.pin(name));
    return (batch) => this.#observe(batch, levelKeys);
  }

  /** Counts one record that does not come in a batch. `level` as it was written. */
  record(tag: string, level: string | undefined): void {
    this.#records++;
    add(this.#byTag, tag, 1);
    add(this.#byLevel, level === undefined ? NO_LEVEL : level.length > LEVEL_MAX_BYTES ? OTHER : level, 1);
  }

  /** The whole summary of a run, lines ended. */
  text(counters: Counters): string {
    return this.textOf(counters.total('bytes_in'), counters.total('refused') + counters.total('unmatched'));
  }

  /** The whole summary, lines ended. */
  textOf(bytes: number, refused: number): string {
    const { mb, perSecond, seconds } = this.#speed(bytes);
    return [
      `${this.#records.toLocaleString('en')} records from ${mb} MB in ${seconds} s (${perSecond} MB/s)`,
      `refused lines: ${refused}`,
      'by tag:',
      ...table(this.#byTag),
      'by level, as written:',
      ...table(this.#byLevel),
      '',
    ].join('\n');
  }

  #observe(batch: Batch, levelKeys: readonly number[]): void {
    const { arena, tape } = batch;
    let live = 0;
    for (let record = tape.start; record < tape.end; record += arena.i32[record >> 2] as number) {
      if (arena.i32[(record >> 2) + W_STATUS] !== LIVE) continue;
      live++;
      add(this.#byLevel, levelOf(batch, record, levelKeys), 1);
    }
    this.#records += live;
    add(this.#byTag, batch.tag, live);
  }

  #speed(bytes: number): { readonly mb: string; readonly perSecond: string; readonly seconds: string } {
    const seconds = (performance.now() - this.#startedMs) / 1000;
    const mb = bytes / BYTES_PER_MB;
    return { mb: mb.toFixed(1), perSecond: (mb / seconds).toFixed(0), seconds: seconds.toFixed(2) };
  }
}

function levelOf({ arena }: Batch, record: number, levelKeys: readonly number[]): string {
  const { i32, u8 } = arena;
  for (const key of levelKeys) {
    const span = findSpan(i32, record, key);
    if (span < 0) continue;
    const quote = i32[span + S_KIND] === KIND_JSON ? 1 : 0;
    const start = (i32[span + S_START] as number) + quote;
    const end = (i32[span + S_END] as number) - quote;
    return end - start > LEVEL_MAX_BYTES ? OTHER : u8.toString('latin1', start, Math.max(start, end));
  }
  return NO_LEVEL;
}

function add(counts: Map<string, number>, name: string, by: number): void {
  const slot = counts.has(name) || counts.size < KINDS_MAX ? name : OTHER;
  counts.set(slot, (counts.get(slot) ?? 0) + by);
}

function table(counts: ReadonlyMap<string, number>): string[] {
  const rows = [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => [printable(name), count.toLocaleString('en')] as const);
  const nameWidth = Math.max(0, ...rows.map(([name]) => name.length));
  const countWidth = Math.max(0, ...rows.map(([, count]) => count.length));
  return rows.map(([name, count]) => `  ${name.padEnd(nameWidth)}  ${count.padStart(countWidth)}`);
}
