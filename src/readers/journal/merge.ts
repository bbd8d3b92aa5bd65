// The entries of several files in one order, each once.
//
// Every file has a candidate; the first one of all is delivered. Staying with a file while its next entry comes before the
// best of the others makes long runs cheap. Copies (the flush from /run to /var) are dropped, nothing else is.
import { type Cursor, cursorOf } from '../../formats/journal/cursor.ts';
import { compareWords, copyWords, type EntryHead, headNumber, newHead } from '../../formats/journal/entry.ts';
import { H_SEQNUM } from '../../formats/journal/layout.ts';
import { compareEntries, isCopy, type Stamped } from '../../formats/journal/order.ts';
import { BootOrder } from './boot-order.ts';
import { isFullyListed } from './double.ts';
import type { Direction, FileCursor } from './file-cursor.ts';
import type { Progress } from './progress.ts';

/** Where reading starts. */
export type Seat =
  | { readonly kind: 'head' }
  | { readonly kind: 'tail' }
  | { readonly kind: 'cursor'; readonly cursor: Cursor }
  | { readonly kind: 'position'; readonly last: Cursor | undefined };

export class Merge {
  readonly #progress: Progress;
  readonly #dedup: boolean;
  #cursors: FileCursor[] = [];
  #seat: Seat = { kind: 'head' };
  #isSeated = false;
  #direction: Direction = 1;
  /** The file of the entry that was delivered last, and the best candidate of the other files if it is known. */
  #current: FileCursor | undefined;
  #second: FileCursor | undefined;
  #isSecondKnown = false;
  #boots: BootOrder | undefined;
  readonly #compareBoots = (a: EntryHead, b: EntryHead): number => {
    this.#boots ??= new BootOrder(this.#cursors);
    return this.#boots.compare(a, b);
  };
  /** By seqnum id: entries with higher numbers wait, because lower ones may lie in files that were not looked at yet. */
  #limits: ReadonlyMap<string, number> = new Map();
  /** Files that appeared while reading, of a stream of numbers that was not known. */
  readonly #newcomers = new Set<FileCursor>();
  /** Files that had no candidate when they were asked last. */
  readonly #ended = new Set<FileCursor>();
  /** Files without a name that have unread entries. */
  readonly #orphans = new Set<FileCursor>();
  /** An entry waits behind a limit. */
  hasHeld = false;
  /** The entry that was delivered last. */
  #last: { seqnumId: string; readonly head: EntryHead } | undefined;

  constructor(progress: Progress, dedup: boolean) {
    this.#progress = progress;
    this.#dedup = dedup;
  }

  get cursors(): readonly FileCursor[] {
    return this.#cursors;
  }

  get last(): Stamped | undefined {
    return this.#last;
  }

  /** Entries that are still to come, copies counted. Known once reading has begun. */
  get left(): number {
    return this.#cursors.reduce((sum, cursor) => sum + cursor.left, 0);
  }

  seek(seat: Seat): void {
    this.#seat = seat;
    this.#isSeated = false;
    this.#last = undefined;
    this.#limits = new Map();
    if (seat.kind === 'tail') this.#reachTails();
  }

  /** Takes files that appeared. */
  add(appeared: readonly FileCursor[]): void {
    if (appeared.length === 0) return;
    this.#cursors.push(...appeared);
    this.#unsettle();
    if (!this.#isSeated) return;
    for (const cursor of appeared) {
      const read = this.#progress.seqnums.get(cursor.seqnumId);
      if (read === undefined) this.#newcomers.add(cursor);
      cursor.stand(read === undefined ? 0 : cursor.find(behindSeqnum(cursor.seqnumId, read)), 1);
    }
  }

  /** Lets files go that have no name any more; what can still be read of them is read. */
  vanish(vanished: readonly FileCursor[]): void {
    for (const cursor of vanished) {
      if (isReadable(cursor)) this.#orphans.add(cursor);
      else this.#drop(cursor);
    }
    this.#unsettle();
  }

  /** Reads the headers of files that are written to; whether any changed. */
  refresh(): boolean {
    let hasChanged = false;
    for (const cursor of [...this.#cursors]) {
      const { header } = cursor.file;
      if (!header.isOnline && !this.#orphans.has(cursor)) continue;
      const look = lookAt(cursor);
      if (look === 'same') continue;
      hasChanged = true;
      if (look === 'blank') this.#drop(cursor);
      else cursor.update();
    }
    if (hasChanged) this.#unsettle();
    return hasChanged;
  }

  /** From now on holds back entries that were written after this moment, until it is called again. */
  holdAtTails(): void {
    const limits = new Map<string, number>();
    for (const { seqnumId, file } of this.#cursors) {
      limits.set(seqnumId, Math.max(limits.get(seqnumId) ?? 0, file.header.tailSeqnum));
    }
    this.#limits = limits;
    this.hasHeld = false;
    this.#unsettle();
  }

  /** Moves on by one entry; the file whose candidate it is, or undefined where there is none. */
  step(direction: Direction): FileCursor | undefined {
    if (!this.#isSeated || direction !== this.#direction) this.#seatAll(direction);
    else this.#current?.advance();
    for (;;) {
      const best = this.#choose();
      if (!best) {
        this.#current = undefined;
        return undefined;
      }
      this.#current = best;
      if (!this.#dedup || direction < 0 || !this.#isDouble(best)) {
        this.#deliver(best);
        return best;
      }
      this.#progress.reach(best.seqnumId, headNumber(best.head, H_SEQNUM));
      best.advance();
    }
  }

  #deliver({ seqnumId, head }: FileCursor): void {
    this.#last ??= { seqnumId, head: newHead() };
    this.#last.seqnumId = seqnumId;
    copyWords(head, this.#last.head);
    if (this.#direction < 0) return;
    this.#progress.remember(head);
    this.#progress.deliver(seqnumId, headNumber(head, H_SEQNUM));
  }

  #unsettle(): void {
    this.#current?.advance();
    this.#current = undefined;
    this.#isSecondKnown = false;
    this.#ended.clear();
    this.#boots = undefined;
  }

  #drop(cursor: FileCursor): void {
    cursor.rest();
    this.#cursors = this.#cursors.filter((other) => other !== cursor);
    this.#orphans.delete(cursor);
    this.#isSecondKnown = false;
    this.#newcomers.delete(cursor);
  }

  /** The file with the first candidate. */
  #choose(): FileCursor | undefined {
    const current = this.#current;
    if (current && this.#isSecondKnown && this.#isReady(current)) {
      if (!this.#second || this.#compare(current, this.#second) * this.#direction < 0) return current;
    }
    return this.#chooseOfAll();
  }

  #chooseOfAll(): FileCursor | undefined {
    let best: FileCursor | undefined;
    let second: FileCursor | undefined;
    for (const cursor of this.#cursors) {
      if (!this.#pass(cursor)) continue;
      if (!best || this.#compare(cursor, best) * this.#direction < 0) {
        second = best;
        best = cursor;
      } else if (!second || this.#compare(cursor, second) * this.#direction < 0) second = cursor;
    }
    this.#second = second;
    this.#isSecondKnown = true;
    return best;
  }

  #isReady(cursor: FileCursor): boolean {
    if (!cursor.load()) {
      if (!this.#ended.has(cursor)) this.#reachEnd(cursor);
      return false;
    }
    if (this.#limits.size === 0) return true;
    const limit = this.#limits.get(cursor.seqnumId);
    if (limit === undefined || headNumber(cursor.head, H_SEQNUM) <= limit) return true;
    this.hasHeld = true;
    return false;
  }

  /** Moves a file past what was delivered already; whether it has a candidate. */
  #pass(cursor: FileCursor): boolean {
    while (this.#isReady(cursor)) {
      if (!this.#last || !this.#isPast(cursor, this.#last)) return true;
      cursor.advance();
    }
    return false;
  }

  #isPast(cursor: FileCursor, last: Stamped): boolean {
    const isSameStream = cursor.seqnumId === last.seqnumId;
    // Lines of one read share times and hash; within a stream only the number tells them apart.
    if (isSameStream && compareWords(cursor.head, last.head, H_SEQNUM) !== 0) return false;
    if (isCopy(cursor.head, last.head)) return true;
    return !isSameStream && this.#newcomers.has(cursor) && this.#progress.isKnown(cursor.head);
  }

  /** Everything that the file has was read: what it does not hold of its numbers is no loss. */
  #reachEnd(cursor: FileCursor): void {
    this.#ended.add(cursor);
    if (this.#direction < 0) return;
    this.#progress.reach(cursor.seqnumId, cursor.lastSeqnum());
    if (this.#orphans.has(cursor)) this.#drop(cursor);
    else if (!cursor.file.header.isOnline && cursor.disk.isOpen) cursor.rest();
  }

  #reachTails(): void {
    let newestUs = 0;
    for (const cursor of this.#cursors) {
      this.#progress.reach(cursor.seqnumId, cursor.lastSeqnum());
      newestUs = Math.max(newestUs, cursor.file.header.tailRealtimeUs);
    }
    if (newestUs > 0) this.#progress.since(newestUs);
  }

  #compare(a: FileCursor, b: Stamped): number {
    return compareEntries(a, b, this.#compareBoots);
  }

  /** One of the two entries that journald makes when a file is full in the middle of one: the first, if both are here. */
  #isDouble(cursor: FileCursor): boolean {
    if (cursor.isLast() && !cursor.file.header.isOnline) {
      const isRepeated = this.#cursors.some((other) => other !== cursor && other.load() && isRepeatOf(other, cursor));
      return isRepeated && !isFullyListed(cursor.file, cursor.offset);
    }
    const last = this.#last;
    if (!last || !isRepeatOf(cursor, last)) return false;
    const before = this.#cursors.find(
      (other) => other !== cursor && other.seqnumId === cursor.seqnumId && endsWith(other, last.head),
    );
    return before !== undefined && !isFullyListed(before.file, before.file.entries.at(before.file.entries.length - 1));
  }

  #seatAll(direction: Direction): void {
    const last = this.#isSeated ? this.#last : undefined;
    this.#isSeated = true;
    this.#direction = direction;
    this.#current = undefined;
    this.#isSecondKnown = false;
    this.#ended.clear();
    for (const cursor of this.#cursors) {
      if (last) this.#standBeyond(cursor, last, direction);
      else this.#standAt(cursor, this.#seat, direction);
    }
  }

  /** On the far side of an entry, in either direction. */
  #standBeyond(cursor: FileCursor, last: Stamped, direction: Direction): void {
    const place = cursor.find(cursorOf(last.seqnumId, last.head));
    cursor.stand(direction > 0 ? place : place - 1, direction);
    while (cursor.load() && this.#compare(cursor, last) * direction <= 0) cursor.advance();
  }

  #standAt(cursor: FileCursor, seat: Seat, direction: Direction): void {
    const end = direction > 0 ? 0 : cursor.list.length - 1;
    if (seat.kind === 'head') cursor.stand(direction > 0 ? 0 : -1, direction);
    else if (seat.kind === 'tail') cursor.stand(direction > 0 ? cursor.list.length : end, direction);
    else if (seat.kind === 'position') this.#standBehind(cursor, seat.last);
    else if (direction > 0) cursor.stand(cursor.find(seat.cursor), 1);
    else cursor.stand(cursor.find(seat.cursor, true) - 1, -1);
  }

  /** Behind what was dealt with: by number where the stream is known, else by the last entry. */
  #standBehind(cursor: FileCursor, last: Cursor | undefined): void {
    const read = this.#progress.seqnums.get(cursor.seqnumId);
    if (read !== undefined) cursor.stand(cursor.find(behindSeqnum(cursor.seqnumId, read)), 1);
    else if (!last) cursor.stand(0, 1);
    else {
      const stamped: Stamped = { seqnumId: last.seqnumId ?? '', head: last.head };
      cursor.stand(cursor.find(last), 1);
      while (cursor.load() && this.#compare(cursor, stamped) <= 0) cursor.advance();
    }
  }
}

function behindSeqnum(seqnumId: string, seqnum: number): Cursor {
  const head = newHead();
  head[H_SEQNUM] = (seqnum + 1) | 0;
  head[H_SEQNUM + 1] = Math.floor((seqnum + 1) / 2 ** 32);
  return { ...cursorOf(seqnumId, head), hasMonotonic: false, hasRealtime: false };
}

/** Whether `later` repeats `earlier` under the next number. */
function isRepeatOf(later: Stamped, earlier: Stamped): boolean {
  return (
    later.seqnumId === earlier.seqnumId &&
    headNumber(later.head, H_SEQNUM) === headNumber(earlier.head, H_SEQNUM) + 1 &&
    isCopy(later.head, earlier.head)
  );
}

function endsWith({ file }: FileCursor, head: EntryHead): boolean {
  const { length } = file.entries;
  const last = newHead();
  return (
    length > 0 &&
    file.openEntry(file.entries.at(length - 1), last) &&
    compareWords(last, head, H_SEQNUM) === 0 &&
    isCopy(last, head)
  );
}

function lookAt(cursor: FileCursor): 'same' | 'changed' | 'blank' {
  try {
    return cursor.file.refresh();
  } catch {
    // Deleted while its descriptor was not held.
    return 'blank';
  }
}

function isReadable(cursor: FileCursor): boolean {
  return cursor.disk.isOpen && lookAt(cursor) !== 'blank';
}
