// Where reading goes on, as the state remembers it, and as Fluentd writes it.
import type { Json } from '../../../core/plugin.ts';
import { formatCursor, parseCursor } from '../../../formats/journal/cursor.ts';
import { type EntryHead, headNumber } from '../../../formats/journal/entry.ts';
import { H_SEQNUM } from '../../../formats/journal/layout.ts';
import type { JournalPosition } from '../../../readers/journal/journal.ts';

/** A place behind an entry. */
export interface JournalMark {
  readonly position: JournalPosition;
  /** Which one the last entry was of those that agree with it in boot, times and content. */
  readonly occurrence: number;
}

type MarkJson = {
  readonly seqnums: { readonly [id: string]: number };
  readonly cursor: string;
  readonly occurrence: number;
};

export function markJson({ position, occurrence }: JournalMark): Json {
  const { seqnums, last } = position;
  const cursor = last?.seqnumId === undefined ? '' : formatCursor(last.seqnumId, last.head);
  return { seqnums: Object.fromEntries(seqnums), cursor, occurrence } satisfies MarkJson;
}

export function readMark(json: Json): JournalMark {
  // Our own state wrote it; it was checked byte for byte when it was read.
  const { seqnums, cursor, occurrence } = json as MarkJson;
  return { position: { seqnums: new Map(Object.entries(seqnums)), last: parseCursor(cursor) }, occurrence };
}

/** Behind the entry of a cursor; undefined for a text that is no cursor. */
export function markOfCursor(text: string): JournalMark | undefined {
  const last = parseCursor(text);
  if (!last) return undefined;
  const seqnums = new Map<string, number>();
  if (last.hasSeqnum && last.seqnumId !== undefined) seqnums.set(last.seqnumId, headNumber(last.head, H_SEQNUM));
  return { position: { seqnums, last }, occurrence: 0 };
}

/** The cursor that a mark stands for, or an empty text. */
export function cursorText(json: Json | undefined): string {
  return json === undefined ? '' : (json as MarkJson).cursor;
}

/** Whether an entry lies at or before the mark. */
export function covers({ position }: JournalMark, seqnumId: string, head: EntryHead): boolean {
  return headNumber(head, H_SEQNUM) <= (position.seqnums.get(seqnumId) ?? -1);
}
