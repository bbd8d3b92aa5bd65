// Which of two entries comes first, over several files, boots and machines; the rules are those of systemd 257.
import { compareWords, type EntryHead, isSameFrom } from './entry.ts';
import { H_BOOT, H_MONOTONIC, H_REALTIME, H_SEQNUM, H_XOR } from './layout.ts';

/** An entry with its stream of sequence numbers. */
export interface Stamped {
  readonly seqnumId: string;
  readonly head: EntryHead;
}

/** Which of two boots was first, by their ids in the heads: less than 0, 0 (not known) or more. */
export type BootOrder = (a: EntryHead, b: EntryHead) => number;

/** Whether two entries are copies of one: the flush from /run to /var changes only their sequence numbers. */
export function isCopy(a: EntryHead, b: EntryHead): boolean {
  return isSameFrom(a, b, H_REALTIME);
}

/** Less than 0 where `a` comes first, 0 for copies of one entry, else more than 0. */
export function compareEntries(a: Stamped, b: Stamped, boots: BootOrder): number {
  if (a.seqnumId === b.seqnumId) {
    const order = compareWords(a.head, b.head, H_SEQNUM);
    if (order !== 0) return order;
  }
  const isSameBoot = isSameFrom(a.head, b.head, H_BOOT, H_XOR);
  const order = isSameBoot ? compareWords(a.head, b.head, H_MONOTONIC) : boots(a.head, b.head);
  if (order !== 0) return order;
  return compareWords(a.head, b.head, H_REALTIME) || compareWords(a.head, b.head, H_XOR);
}
