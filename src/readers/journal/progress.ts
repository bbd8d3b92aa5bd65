// What was read so far, of every stream of sequence numbers, and which entries may still come as copies.
import { type EntryHead, headNumber } from '../../formats/journal/entry.ts';
import { H_MONOTONIC, H_REALTIME, H_XOR } from '../../formats/journal/layout.ts';

/** Entries that are remembered one by one; a power of two. */
const REMEMBERED = 1 << 14;
const WORDS = 4;

export class Progress {
  readonly #seqnums = new Map<string, number>();
  /** The number that was delivered last, not yet in the map. */
  #seqnumId = '';
  #seqnum = 0;
  /** Everything older was read before, or was not wanted. */
  #sinceUs = Number.POSITIVE_INFINITY;
  readonly #recent = new Int32Array(REMEMBERED * WORDS);

  /** Notes that the numbers of a stream up to `seqnum` are dealt with. */
  reach(seqnumId: string, seqnum: number): void {
    if (seqnum > (this.#seqnums.get(seqnumId) ?? 0)) this.#seqnums.set(seqnumId, seqnum);
  }

  /** As `reach`, for one entry after the other. */
  deliver(seqnumId: string, seqnum: number): void {
    if (seqnumId !== this.#seqnumId) this.#settle();
    this.#seqnumId = seqnumId;
    this.#seqnum = seqnum;
  }

  /** By seqnum id: the highest number that was delivered or passed over. */
  get seqnums(): ReadonlyMap<string, number> {
    this.#settle();
    return this.#seqnums;
  }

  #settle(): void {
    if (this.#seqnum > 0) this.reach(this.#seqnumId, this.#seqnum);
    this.#seqnum = 0;
  }

  /** Notes that everything before this time is dealt with. */
  since(realtimeUs: number): void {
    if (this.#sinceUs === Number.POSITIVE_INFINITY) this.#sinceUs = realtimeUs;
  }

  /** Remembers an entry that is delivered. */
  remember(head: EntryHead): void {
    const slot = slotOf(head);
    this.#recent[slot] = head[H_MONOTONIC] as number;
    this.#recent[slot + 1] = head[H_REALTIME] as number;
    this.#recent[slot + 2] = head[H_XOR] as number;
    this.#recent[slot + 3] = head[H_XOR + 1] as number;
    if (this.#sinceUs === Number.POSITIVE_INFINITY) this.#sinceUs = headNumber(head, H_REALTIME);
  }

  /** Whether an entry of a stream of numbers that is new was dealt with under another number. */
  isKnown(head: EntryHead): boolean {
    if (headNumber(head, H_REALTIME) < this.#sinceUs) return true;
    const slot = slotOf(head);
    return (
      this.#recent[slot] === head[H_MONOTONIC] &&
      this.#recent[slot + 1] === head[H_REALTIME] &&
      this.#recent[slot + 2] === head[H_XOR] &&
      this.#recent[slot + 3] === head[H_XOR + 1]
    );
  }
}

function slotOf(head: EntryHead): number {
  return (((head[H_MONOTONIC] as number) ^ (head[H_XOR] as number)) & (REMEMBERED - 1)) * WORDS;
}
