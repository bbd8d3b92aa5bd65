// Places in a journal as journalctl and Fluentd write them: `s=…;i=…;b=…;m=…;t=…;x=…`.
import { compareWords, type EntryHead, isSameFrom, newHead } from './entry.ts';
import { H_BOOT, H_MONOTONIC, H_REALTIME, H_SEQNUM, H_XOR } from './layout.ts';

/** What a cursor tells; at least s and i, or b and m, or t. */
export interface Cursor {
  readonly seqnumId: string | undefined;
  /** The numbers of the cursor; words of what it does not tell are 0. */
  readonly head: EntryHead;
  readonly hasSeqnum: boolean;
  readonly hasBoot: boolean;
  readonly hasMonotonic: boolean;
  readonly hasRealtime: boolean;
  readonly hasXor: boolean;
}

const HEX = /^[0-9a-fA-F]{1,16}$/;
const ID = /^[0-9a-fA-F]{32}$/;

/** Reads a cursor; undefined for a text that is none. */
export function parseCursor(text: string): Cursor | undefined {
  const parts = new Map<string, string>();
  for (const part of text.trim().split(';')) {
    if (part[1] !== '=') return undefined;
    parts.set(part[0] as string, part.slice(2));
  }
  const ids = ['s', 'b'].map((key) => parts.get(key)).filter((id) => id !== undefined);
  const numbers = ['i', 'm', 't', 'x'].map((key) => parts.get(key)).filter((number) => number !== undefined);
  if (!ids.every((id) => ID.test(id)) || !numbers.every((number) => HEX.test(number))) return undefined;
  const head = newHead();
  for (const [key, at] of [
    ['i', H_SEQNUM],
    ['t', H_REALTIME],
    ['m', H_MONOTONIC],
    ['x', H_XOR],
  ] as const) {
    setNumber(head, at, parts.get(key));
  }
  const boot = parts.get('b');
  if (boot !== undefined) setBoot(head, boot);
  const hasSeqnum = parts.has('s') && parts.has('i');
  const hasMonotonic = boot !== undefined && parts.has('m');
  const hasRealtime = parts.has('t');
  if (!hasSeqnum && !hasMonotonic && !hasRealtime) return undefined;
  return {
    seqnumId: parts.get('s')?.toLowerCase(),
    head,
    hasSeqnum,
    hasBoot: boot !== undefined,
    hasMonotonic,
    hasRealtime,
    hasXor: parts.has('x'),
  };
}

function setNumber(head: EntryHead, at: number, hex: string | undefined): void {
  if (hex === undefined) return;
  const whole = hex.padStart(16, '0');
  head[at] = Number.parseInt(whole.slice(8), 16);
  head[at + 1] = Number.parseInt(whole.slice(0, 8), 16);
}

function setBoot(head: EntryHead, boot: string): void {
  const bytes = Buffer.from(boot, 'hex');
  for (let i = 0; i < 4; i++) head[H_BOOT + i] = bytes.readInt32LE(i * 4);
}

/** The cursor of an entry, which tells everything. */
export function cursorOf(seqnumId: string, head: EntryHead): Cursor {
  const copy = newHead();
  copy.set(head);
  return { seqnumId, head: copy, hasSeqnum: true, hasBoot: true, hasMonotonic: true, hasRealtime: true, hasXor: true };
}

/** Whether an entry is the one of a cursor, by everything but the number, which the flush from /run to /var changes. */
export function isEntryOf(cursor: Cursor, seqnumId: string, head: EntryHead): boolean {
  const isSameNumber = cursor.seqnumId === seqnumId && compareWords(cursor.head, head, H_SEQNUM) === 0;
  if (cursor.hasSeqnum && cursor.seqnumId === seqnumId && !isSameNumber) return false;
  if (cursor.hasBoot && !isSameFrom(cursor.head, head, H_BOOT, H_XOR)) return false;
  if (cursor.hasMonotonic && compareWords(cursor.head, head, H_MONOTONIC) !== 0) return false;
  if (cursor.hasRealtime && compareWords(cursor.head, head, H_REALTIME) !== 0) return false;
  if (cursor.hasXor && compareWords(cursor.head, head, H_XOR) !== 0) return false;
  return isSameNumber || cursor.hasXor || !cursor.hasSeqnum;
}

function hexNumber(head: EntryHead, at: number): string {
  const low = ((head[at] as number) >>> 0).toString(16);
  const high = (head[at + 1] as number) >>> 0;
  return high === 0 ? low : high.toString(16) + low.padStart(8, '0');
}

/** 32 hex digits. */
export function bootIdText(head: EntryHead): string {
  const bytes = Buffer.alloc(16);
  for (let i = 0; i < 4; i++) bytes.writeInt32LE(head[H_BOOT + i] as number, i * 4);
  return bytes.toString('hex');
}

/** The cursor of an entry. */
export function formatCursor(seqnumId: string, head: EntryHead): string {
  const number = (at: number): string => hexNumber(head, at);
  const boot = bootIdText(head);
  return `s=${seqnumId};i=${number(H_SEQNUM)};b=${boot};m=${number(H_MONOTONIC)};t=${number(H_REALTIME)};x=${number(H_XOR)}`;
}
