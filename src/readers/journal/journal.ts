// A journal: all entries of its files in one order, each once.
import { type Cursor, cursorOf, isEntryOf } from '../../formats/journal/cursor.ts';
import { headNumber, newHead } from '../../formats/journal/entry.ts';
import type { JournalFile } from '../../formats/journal/journal-file.ts';
import { ENTRY_ITEMS_MAX, H_REALTIME } from '../../formats/journal/layout.ts';
import type { Match } from '../../formats/journal/match.ts';
import type { Stamped } from '../../formats/journal/order.ts';
import { loadZstd } from '../../formats/journal/zstd.ts';
import type { Direction, FileCursor } from './file-cursor.ts';
import { FileSet, type JournalPlace } from './file-set.ts';
import { findLosses } from './losses.ts';
import { Merge } from './merge.ts';
import type { JournalProblem, Loss } from './problems.ts';
import { Progress } from './progress.ts';

export interface JournalOptions extends JournalPlace {
  /** Only entries that match. */
  readonly match?: Match | undefined;
  /** Drop the doubles that journald writes when a file is full in the middle of an entry. */
  readonly dedup?: boolean;
  /** Called while files are looked for and read; the same problem may come again. */
  readonly onProblem: (problem: JournalProblem) => void;
}

/** The entry that {@link Journal.next} stands at; valid until the next call. */
export interface JournalEntry extends Stamped {
  readonly file: JournalFile;
  readonly path: string;
  readonly offset: number;
}

/** What to resume from: the last number of each stream of numbers that is dealt with, and the last entry of all. */
export interface JournalPosition {
  readonly seqnums: ReadonlyMap<string, number>;
  readonly last: Cursor | undefined;
}

export class Journal {
  readonly #files: FileSet;
  readonly #progress = new Progress();
  readonly #merge: Merge;
  #losses: Loss[] = [];
  #last: Cursor | undefined;
  #entry: { -readonly [K in keyof JournalEntry]: JournalEntry[K] } | undefined;
  /** The DATA objects of the entry, `itemCount` of them; see JournalFile.readItems. */
  readonly items: Int32Array = new Int32Array(ENTRY_ITEMS_MAX);
  itemCount = 0;

  private constructor(options: JournalOptions) {
    this.#files = new FileSet(options, options.match, options.onProblem);
    this.#merge = new Merge(this.#progress, options.dedup ?? false);
  }

  /** Opens a journal at its head. Files that cannot be read are told to `onProblem`; no file at all is no error. */
  static async open(options: JournalOptions): Promise<Journal> {
    await loadZstd();
    const journal = new Journal(options);
    journal.#merge.add(journal.#files.look().appeared);
    return journal;
  }

  /** Files that are read. */
  get cursors(): readonly FileCursor[] {
    return this.#merge.cursors;
  }

  /** Directories that hold its files. */
  get directories(): readonly string[] {
    return this.#files.directories;
  }

  /** The entry that the last `next` or `previous` came to. */
  get entry(): JournalEntry {
    if (!this.#entry) throw new Error('BUG: the journal stands at no entry');
    return this.#entry;
  }

  seekHead(): void {
    this.#merge.seek({ kind: 'head' });
  }

  /** Behind the last entry: `previous` gives it, `next` what is written from now on. */
  seekTail(): void {
    this.#merge.seek({ kind: 'tail' });
  }

  /** In front of the entry of the cursor, or of the one that follows its place. */
  seekCursor(cursor: Cursor): void {
    this.#merge.seek({ kind: 'cursor', cursor });
  }

  /** In front of the first entry at or after a time, in microseconds since the epoch. */
  seekRealtime(realtimeUs: number): void {
    const head = newHead();
    head[H_REALTIME] = (realtimeUs % 2 ** 32) | 0;
    head[H_REALTIME + 1] = Math.floor(realtimeUs / 2 ** 32);
    this.seekCursor({ ...cursorOf('', head), hasSeqnum: false, hasMonotonic: false, hasXor: false, hasBoot: false });
  }

  /** Behind everything that was dealt with at that position. What was deleted since then is a loss. */
  resume(position: JournalPosition): void {
    for (const [seqnumId, seqnum] of position.seqnums) this.#progress.reach(seqnumId, seqnum);
    this.#last = position.last;
    if (position.last) this.#progress.since(headNumber(position.last.head, H_REALTIME));
    this.#merge.seek({ kind: 'position', last: position.last });
    this.#losses.push(...findLosses(this.#merge.cursors, this.#progress));
  }

  /** Everything that was delivered so far, or passed over. */
  position(): JournalPosition {
    return {
      seqnums: new Map(this.#progress.seqnums),
      last: this.#merge.last ? cursorOf(this.#merge.last.seqnumId, this.#merge.last.head) : this.#last,
    };
  }

  next(): boolean {
    return this.#step(1);
  }

  previous(): boolean {
    return this.#step(-1);
  }

  /** About how many entries `next` (or `previous`) will still give, the present one counted; for people who wait. */
  get left(): number {
    return this.#merge.left;
  }

  /** Whether the entry is the one of the cursor, by everything that the cursor tells; under another number it still is. */
  isAt(cursor: Cursor): boolean {
    return isEntryOf(cursor, this.entry.seqnumId, this.entry.head);
  }

  /**
   * Looks at the files for what was written, renamed, added and deleted.
   * @returns whether `next` may have something.
   */
  update(): boolean {
    const hasNews = this.#merge.refresh();
    const isStale = this.#files.isStale();
    if (!hasNews && !isStale && !this.#merge.hasHeld) return false;
    this.#merge.holdAtTails();
    if (isStale) this.#look();
    this.#merge.refresh();
    return true;
  }

  /** Losses that were found since the last call. */
  takeLosses(): readonly Loss[] {
    const losses = this.#losses;
    this.#losses = [];
    return losses;
  }

  close(): void {
    this.#files.close();
  }

  #look(): void {
    const { appeared, vanished } = this.#files.look();
    this.#merge.vanish(vanished);
    this.#merge.add(appeared);
    if (appeared.length > 0 || vanished.length > 0) {
      this.#losses.push(...findLosses(this.#merge.cursors, this.#progress));
    }
  }

  #step(direction: Direction): boolean {
    const cursor = this.#merge.step(direction);
    if (!cursor) return false;
    const { file, offset, seqnumId, head, disk } = cursor;
    if (!file.objects.isOpen(offset)) file.openEntry(offset, head);
    this.itemCount = file.readItems(this.items);
    if (this.#entry) {
      this.#entry.file = file;
      this.#entry.path = disk.path;
      this.#entry.offset = offset;
      this.#entry.seqnumId = seqnumId;
      this.#entry.head = head;
    } else this.#entry = { file, path: disk.path, offset, seqnumId, head };
    return true;
  }
}
