// Walks a journal as a query says and prints its entries.

import { rawEncoder } from '../formats/journal/encoders.ts';
import { headNumber } from '../formats/journal/entry.ts';
import { FieldFragments } from '../formats/journal/field-fragments.ts';
import { H_REALTIME } from '../formats/journal/layout.ts';
import { systemClock } from '../pipeline/system-clock.ts';
import { JournalFollower } from '../readers/journal/follower.ts';
import type { Journal } from '../readers/journal/journal.ts';
import { ImportProgress } from './import-progress.ts';
import type { EntryPrinter } from './journal-forms.ts';
import type { Query } from './journal-query.ts';
import type { JournalSink } from './journal-sink.ts';
import { cursorLine } from './journal-text.ts';
import type { ProgressLine } from './progress-line.ts';

export interface PrintOptions {
  readonly printer: EntryPrinter;
  readonly sink: JournalSink;
  readonly signal: AbortSignal;
  readonly follow: boolean;
  readonly showCursor: boolean;
  /** Shown while a history is printed to somewhere else. */
  readonly progress: ProgressLine;
}

/** @returns how many entries were printed. */
export async function printEntries(journal: Journal, query: Query, options: PrintOptions): Promise<number> {
  const walk = new Walk(journal, query);
  const progress = new PrintProgress(journal, query, options);
  let shown = await printAll(walk, query.lines, options, progress);
  progress.stop();
  if (options.follow) shown += await follow(walk, options);
  if (options.showCursor && shown > 0) await options.sink.write(Buffer.from(cursorLine(journal.entry)));
  return shown;
}

/** How far printing is. */
class PrintProgress {
  readonly #line: ProgressLine;
  readonly #journal: Journal;
  /** Entries that may be printed at most; undefined where a pattern or a time decides, which shows at the end only. */
  readonly #most: number | undefined;
  /** 0 until the first page is out. */
  #expected = 0;
  #count = 0;
  #bytes = 0;

  constructor(journal: Journal, { lines, pattern, untilUs }: Query, { progress }: PrintOptions) {
    this.#line = progress;
    this.#journal = journal;
    this.#most = pattern || untilUs !== undefined ? undefined : (lines ?? Number.POSITIVE_INFINITY);
    const imported = new ImportProgress(() => systemClock.monotonicMs());
    progress.start(() =>
      imported.text({
        count: this.#count,
        unit: 'entries',
        bytes: this.#bytes,
        share: this.#expected > 0 ? Math.min(1, this.#count / this.#expected) : undefined,
      }),
    );
  }

  printed(count: number, bytes: number): void {
    this.#count = count;
    this.#bytes += bytes;
    if (this.#expected === 0 && this.#most !== undefined)
      this.#expected = Math.min(this.#most, count - 1 + this.#journal.left);
    this.#line.tick();
  }

  stop(): void {
    this.#line.stop();
  }
}

async function printAll(
  walk: Walk,
  limit: number | undefined,
  { printer, sink, signal }: PrintOptions,
  progress?: PrintProgress,
): Promise<number> {
  let shown = 0;
  while (shown !== limit && !signal.aborted && walk.next()) {
    printer.print(walk.journal);
    shown++;
    if (!printer.out.isFull) continue;
    const bytes = printer.out.take();
    await sink.write(bytes);
    progress?.printed(shown, bytes.length);
  }
  await sink.write(printer.out.take());
  return shown;
}

async function follow(walk: Walk, options: PrintOptions): Promise<number> {
  const follower = new JournalFollower(walk.journal, systemClock);
  let shown = 0;
  try {
    while (!options.signal.aborted) {
      shown += await printAll(walk, undefined, options);
      for (const { from, to } of walk.journal.takeLosses()) {
        options.sink.remark(`-- entries ${from} to ${to} were deleted before they could be read`);
      }
      await follower.wait(options.signal);
    }
  } catch (thrown) {
    if (!options.signal.aborted) throw thrown;
  } finally {
    follower.close();
  }
  return shown;
}

/** The entries that a query wants, one after the other. */
class Walk {
  readonly journal: Journal;
  readonly #query: Query;
  readonly #messages = new FieldFragments(rawEncoder);
  /** The journal stands at an entry that `next` has to give. */
  #isPending = false;

  constructor(journal: Journal, query: Query) {
    this.journal = journal;
    this.#query = query;
    this.#start();
  }

  next(): boolean {
    const { journal } = this;
    for (;;) {
      if (this.#isPending) this.#isPending = false;
      else if (!(this.#query.isReverse ? journal.previous() : journal.next())) return false;
      if (this.#isBeyond()) return false;
      if (this.#isWanted()) return true;
    }
  }

  #start(): void {
    const { journal } = this;
    const { cursor, sinceUs, untilUs, isReverse, lines, isFirst } = this.#query;
    const countsBack = lines !== undefined && !isFirst && !isReverse;
    if (cursor) this.#startAt();
    else if (isReverse || countsBack) {
      if (untilUs !== undefined) journal.seekRealtime(untilUs);
      else journal.seekTail();
      if (countsBack) this.#goBack(lines);
    } else if (sinceUs !== undefined) journal.seekRealtime(sinceUs);
    else journal.seekHead();
  }

  /** Behind the entry of the cursor, if it is still there; else the one that follows its place is the first. */
  #startAt(): void {
    const { journal } = this;
    const { cursor, isAfterCursor, isReverse } = this.#query;
    if (!cursor) return;
    journal.seekCursor(cursor);
    if (!isAfterCursor) return;
    const isThere = isReverse ? journal.previous() : journal.next();
    this.#isPending = isThere && !journal.isAt(cursor);
  }

  /** To the first of the last `count` wanted entries. */
  #goBack(count: number): void {
    const { journal } = this;
    const { sinceUs } = this.#query;
    for (let found = 0; found < count; ) {
      if (!journal.previous()) break;
      if (sinceUs !== undefined && this.#realtimeUs() < sinceUs) return;
      this.#isPending = true;
      if (this.#isWanted()) found++;
    }
  }

  #realtimeUs(): number {
    return headNumber(this.journal.entry.head, H_REALTIME);
  }

  #isBeyond(): boolean {
    const { sinceUs, untilUs, isReverse } = this.#query;
    if (isReverse) return sinceUs !== undefined && this.#realtimeUs() < sinceUs;
    return untilUs !== undefined && this.#realtimeUs() > untilUs;
  }

  #isWanted(): boolean {
    const { pattern } = this.#query;
    if (!pattern) return true;
    const { journal } = this;
    const fields = this.#messages;
    fields.load(journal.entry.file, journal.items, journal.itemCount);
    const message = fields.names.idOf('MESSAGE');
    return fields.ids.subarray(0, fields.count).some((id) => {
      const text = fields.bytes.toString('utf8', (fields.start[id] as number) + 'MESSAGE='.length, fields.end[id]);
      return fields.name[id] === message && pattern.test(text);
    });
  }
}
