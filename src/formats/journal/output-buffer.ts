// Bytes that grow at their end and are handed on when there are enough.
import type { EntryHead } from './entry.ts';

const BUFFER_BYTES = 1 << 20;
/** Most bytes of an entry's head in any form. */
export const HEAD_MAX_BYTES = 1024;
const HEX = Buffer.from('0123456789abcdef');
const EXACT_HIGH = 1 << 21;

/** `words` are the same bytes. */
export class OutputBuffer {
  bytes: Buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES + HEAD_MAX_BYTES);
  words: Int32Array = new Int32Array(this.bytes.buffer);
  length = 0;

  /** There is enough to hand on. */
  get isFull(): boolean {
    return this.length >= BUFFER_BYTES;
  }

  /** Makes room for `more` bytes and an entry's head. */
  room(more: number): void {
    const needed = this.length + more + HEAD_MAX_BYTES;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.ceil(Math.max(needed, this.bytes.length * 2) / 8) * 8);
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
    this.words = new Int32Array(larger.buffer);
  }

  /** What was written; valid until the next write. */
  take(): Buffer {
    const taken = this.bytes.subarray(0, this.length);
    this.length = 0;
    return taken;
  }

  /** Blanks up to a multiple of 4. */
  pad(): void {
    while ((this.length & 3) !== 0) this.bytes[this.length++] = 0x20;
  }

  text(text: Buffer): void {
    for (let i = 0; i < text.length; i++) this.bytes[this.length++] = text[i] as number;
  }

  /** 64 bits as hex digits without leading zeros. */
  hexNumber(head: EntryHead, at: number): void {
    const high = head[at + 1] as number;
    if (high !== 0) {
      this.#hexDigits(high, digitsOf(high));
      this.#hexDigits(head[at] as number, 8);
    } else this.#hexDigits(head[at] as number, digitsOf(head[at] as number));
  }

  /** 64 bits in decimal. */
  decimal(head: EntryHead, at: number): void {
    const high = (head[at + 1] as number) >>> 0;
    const low = (head[at] as number) >>> 0;
    if (high >= EXACT_HIGH)
      this.length += this.bytes.write(String((BigInt(high) << 32n) | BigInt(low)), this.length, 'latin1');
    else if (high === 0) this.#decimalDigits(low);
    else {
      const number = high * 2 ** 32 + low;
      const billions = Math.floor(number / 1e9);
      this.#decimalDigits(billions);
      this.#fixedDigits(number - billions * 1e9, 9);
    }
  }

  #hexDigits(word: number, count: number): void {
    for (let shift = (count - 1) * 4; shift >= 0; shift -= 4)
      this.bytes[this.length++] = HEX[(word >>> shift) & 15] as number;
  }

  #decimalDigits(number: number): void {
    let count = 1;
    for (let limit = 10; limit <= number; limit *= 10) count++;
    this.#fixedDigits(number, count);
  }

  #fixedDigits(number: number, count: number): void {
    let rest = number;
    for (let at = this.length + count - 1; at >= this.length; at--) {
      const tenth = Math.floor(rest / 10);
      this.bytes[at] = 0x30 + rest - tenth * 10;
      rest = tenth;
    }
    this.length += count;
  }
}

function digitsOf(word: number): number {
  return Math.max(1, 8 - (Math.clz32(word) >> 2));
}
