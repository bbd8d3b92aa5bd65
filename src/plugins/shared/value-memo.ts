// What was found out about a value, by its bytes: most fields of logs have few distinct values.
import { KIND_TEXT } from '../../core/tape.ts';

/** Longer values are hardly ever met twice. */
const VALUE_MAX_BYTES = 64;
const SLOTS = 2048;
/** Beyond it the memo begins anew. */
const ENTRIES_MAX = SLOTS / 2;

export class ValueMemo<T> {
  /** Hash table of entry numbers plus one. */
  readonly #slots = new Int32Array(SLOTS);
  readonly #bytes = Buffer.alloc(ENTRIES_MAX * VALUE_MAX_BYTES);
  /** Length of an entry's bytes, negative where they are JSON. */
  readonly #lengths = new Int32Array(ENTRIES_MAX);
  readonly #results: T[] = [];
  #slot = -1;

  /** What was put for these bytes of this kind (KIND_…), or undefined; then `put` is for them. */
  find(u8: Buffer, kind: number, start: number, end: number): T | undefined {
    const length = end - start;
    this.#slot = -1;
    if (length > VALUE_MAX_BYTES) return undefined;
    const signed = kind === KIND_TEXT ? length : ~length;
    let hash = signed;
    for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + (u8[i] as number)) | 0;
    let slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    for (let entry = this.#slots[slot] as number; entry !== 0; entry = this.#slots[slot] as number) {
      if (this.#lengths[entry - 1] === signed && this.#isSame(entry - 1, u8, start, length)) {
        return this.#results[entry - 1];
      }
      slot = (slot + 1) & (SLOTS - 1);
    }
    this.#slot = slot;
    return undefined;
  }

  /** Remembers a result for the bytes that were not found last; they must still be there. */
  put(u8: Buffer, kind: number, start: number, end: number, result: T): void {
    if (this.#slot < 0) return;
    if (this.#results.length >= ENTRIES_MAX) {
      this.clear();
      this.find(u8, kind, start, end);
    }
    const entry = this.#results.push(result) - 1;
    u8.copy(this.#bytes, entry * VALUE_MAX_BYTES, start, end);
    this.#lengths[entry] = kind === KIND_TEXT ? end - start : ~(end - start);
    this.#slots[this.#slot] = entry + 1;
  }

  clear(): void {
    this.#slots.fill(0);
    this.#results.length = 0;
  }

  #isSame(entry: number, u8: Buffer, start: number, length: number): boolean {
    const bytes = this.#bytes;
    const at = entry * VALUE_MAX_BYTES;
    for (let i = 0; i < length; i++) if (bytes[at + i] !== u8[start + i]) return false;
    return true;
  }
}
