// The place in one journal file from which the next entry would come.
import type { Cursor } from '../../formats/journal/cursor.ts';
import { compareWords, type EntryHead, headNumber, newHead } from '../../formats/journal/entry.ts';
import { type EntryList, firstIndex, lowerBound } from '../../formats/journal/entry-list.ts';
import { HashIndex } from '../../formats/journal/hash-index.ts';
import type { JournalFile } from '../../formats/journal/journal-file.ts';
import { H_MONOTONIC, H_REALTIME, H_SEQNUM } from '../../formats/journal/layout.ts';
import { type Match, MatchedEntries } from '../../formats/journal/match.ts';
import type { DiskFile } from './disk-file.ts';

export type Direction = 1 | -1;

export class FileCursor {
  readonly disk: DiskFile;
  readonly file: JournalFile;
  readonly index: HashIndex;
  readonly seqnumId: string;
  readonly #match: Match | undefined;
  #matched: MatchedEntries | undefined;
  /** Index of the candidate in the list, if `offset` is not 0; else where to look for it. */
  #place = 0;
  #direction: Direction = 1;
  /** The list whose end was looked up, how long it was then, and the offset at its end. */
  #tailOf: EntryList | undefined;
  #tailLength = 0;
  #tail = 0;
  /** The last number when the file was let go. */
  #restedAt: number | undefined;
  /** The candidate: the next entry of this file. 0: not looked for, or none. */
  offset = 0;
  readonly head: EntryHead = newHead();

  constructor(disk: DiskFile, file: JournalFile, match: Match | undefined) {
    this.disk = disk;
    this.file = file;
    this.index = new HashIndex(file);
    this.seqnumId = file.header.seqnumId;
    this.#match = match;
  }

  /** Entries that are wanted of this file. */
  get list(): EntryList {
    if (!this.#match) return this.file.entries;
    this.#matched ??= new MatchedEntries(this.file, this.#match);
    return this.#matched;
  }

  /** The file grew. */
  update(): void {
    this.#matched?.update();
  }

  /** Stands so that the candidate is at `place` or beyond it in `direction`. */
  stand(place: number, direction: Direction): void {
    this.#place = place;
    this.#direction = direction;
    this.offset = 0;
  }

  /** Looks for the candidate; false where there is none (yet). */
  load(): boolean {
    while (this.offset === 0) {
      const { list } = this;
      if (this.#place < 0 || this.#place >= list.length) return false;
      const offset = list.at(this.#place);
      if (this.#isInOrder(list, offset) && this.file.openEntry(offset, this.head)) this.offset = offset;
      else if (!this.#passOver(list)) return false;
    }
    return true;
  }

  /** Wanted entries from the candidate on, in the direction of reading; those that come meanwhile are among them. */
  get left(): number {
    return this.#direction > 0 ? Math.max(0, this.list.length - this.#place) : this.#place + 1;
  }

  /** Moves on from the candidate. */
  advance(): void {
    this.#place += this.#direction;
    this.offset = 0;
  }

  /** Number of the last entry that is complete, or 0. The header names one that may not be. */
  lastSeqnum(): number {
    // A file that rests does not grow, and may be deleted by now.
    if (!this.disk.isOpen && this.#restedAt !== undefined) return this.#restedAt;
    const { entries } = this.file;
    const head = newHead();
    if (entries.length === 0 || !this.file.openEntry(entries.at(entries.length - 1), head)) return 0;
    return headNumber(head, H_SEQNUM);
  }

  /** The candidate is the last entry that the file has. */
  isLast(): boolean {
    const { entries } = this.file;
    // Asked at every entry: looking the end up each time would throw the piece at hand out of the list's cache.
    if (this.#tailOf !== entries || this.#tailLength !== entries.length) {
      this.#tailOf = entries;
      this.#tailLength = entries.length;
      this.#tail = entries.length > 0 ? entries.at(entries.length - 1) : 0;
    }
    return this.#tailLength > 0 && this.#tail === this.offset;
  }

  /** Whether the list ascends around the place; where it does not, entries would be missed or come twice. */
  #isInOrder(list: EntryList, offset: number): boolean {
    const place = this.#place;
    const { file } = this;
    if (this.#matched || file.fault !== undefined) return true;
    if (place > 0 && list.at(place - 1) >= offset) return false;
    return place + 1 >= list.length || list.at(place + 1) > offset || file.isUnsettled(place + 1);
  }

  /** There is no entry at the place: not yet, or because of damage. */
  #passOver(list: EntryList): boolean {
    const { file } = this;
    if (!this.#matched && file.fault === undefined) {
      if (file.isUnsettled(this.#place)) return false;
      file.reread();
      if (this.#isInOrder(list, list.at(this.#place)) && file.openEntry(list.at(this.#place), this.head)) return true;
      const before = this.#neighbour(list);
      file.damage.entries++;
      file.salvage('there is no entry where one should be');
      const bound = lowerBound(file.entries, before);
      this.#place = this.#direction > 0 ? (before > 0 ? bound + 1 : 0) : bound - 1;
      return true;
    }
    file.damage.entries++;
    this.#place += this.#direction;
    return true;
  }

  /** Offset of the entry that was passed last, or where there would be one. */
  #neighbour(list: EntryList): number {
    const place = this.#place - this.#direction;
    if (place < 0) return 0;
    return place >= list.length ? Number.POSITIVE_INFINITY : list.at(place);
  }

  /**
   * Index of the first wanted entry at a place (or behind it: `isBehind`), by the best of what the cursor tells: number,
   * time since boot, time.
   */
  find(cursor: Cursor, isBehind = false): number {
    const least = isBehind ? 1 : 0;
    if (cursor.hasSeqnum && cursor.seqnumId === this.seqnumId) return this.#findBy(cursor.head, H_SEQNUM, least);
    if (cursor.hasMonotonic) {
      const found = this.#findInBoot(cursor, least);
      if (found !== undefined) return found;
    }
    if (cursor.hasRealtime) return this.#findBy(cursor.head, H_REALTIME, least);
    return 0;
  }

  #findBy(wanted: EntryHead, at: number, least: number): number {
    const head = newHead();
    const { list } = this;
    return firstIndex(list.length, (index) => {
      if (!this.file.openEntry(list.at(index), head)) return false;
      return compareWords(head, wanted, at) >= least;
    });
  }

  /** By the list of the boot's entries; undefined where the file has none at or behind the time. */
  #findInBoot(cursor: Cursor, least: number): number | undefined {
    const boot = this.index.find(Buffer.from(`_BOOT_ID=${bootText(cursor)}`));
    if (!boot) return undefined;
    const entries = this.index.entriesOf(boot);
    const head = newHead();
    const place = firstIndex(entries.length, (index) => {
      if (!this.file.openEntry(entries.at(index), head)) return false;
      return compareWords(head, cursor.head, H_MONOTONIC) >= least;
    });
    return place < entries.length ? lowerBound(this.list, entries.at(place)) : undefined;
  }

  /** Lets go of memory and descriptor; reading takes them up again. */
  rest(): void {
    if (this.disk.isOpen) this.#restedAt = this.lastSeqnum();
    this.file.objects.forget();
    this.disk.close();
  }
}

function bootText({ head }: Cursor): string {
  return Buffer.from(head.buffer, head.byteOffset + 24, 16).toString('hex');
}
