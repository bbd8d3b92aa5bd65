// One object of a journal file at a time, checked before anybody looks at it.
import { BLOCK_BYTES, Block, BlockPool, type JournalBytes } from './block-pool.ts';
import { FIELD_MAX_BYTES } from './decompress.ts';
import { DATA, ENTRY, MIN_BYTES, OBJECT_HEADER_BYTES, u64 } from './layout.ts';

/** Objects of other types than DATA that are read whole are entries and fields: far below this. */
const OBJECT_MAX_BYTES = 1 << 20;
/** Head of a DATA object and some room, beyond its payload. */
const DATA_MAX_BYTES = FIELD_MAX_BYTES + 128;
/** A larger buffer for objects across blocks is given back once another object is read. */
const SCRATCH_KEPT_BYTES = 1 << 20;

const NO_BLOCK = new Block(0);

/**
 * Opens objects by offset. `bytes`, `words`, `at` and `size` describe the object that was opened last and are valid until
 * the next call; `at` is a multiple of 8.
 */
export class ObjectReader {
  readonly #source: JournalBytes;
  readonly #pool: BlockPool;
  readonly #owner: number;
  #block: Block;
  #scratch: Buffer = Buffer.alloc(0);
  #scratchWords: Int32Array = new Int32Array(0);
  bytes: Buffer;
  words: Int32Array;
  at = 0;
  size = 0;
  /** Offset of the whole object that was opened last; -1 since anything else was looked at. */
  #opened = -1;
  /** First byte that can be an object. */
  start = 0;
  /** End of what may be read. */
  end = 0;

  constructor(source: JournalBytes, pool: BlockPool = new BlockPool()) {
    this.#source = source;
    this.#pool = pool;
    this.#owner = pool.owner();
    // Nothing is read before the header is: what the header tells must be in every block.
    this.#block = NO_BLOCK;
    this.bytes = this.#block.bytes;
    this.words = this.#block.words;
  }

  /** Forgets what was read: the file changed, or will not be read for a while. */
  forget(): void {
    this.#pool.forget(this.#owner);
    this.#scratch = Buffer.alloc(0);
    this.#scratchWords = new Int32Array(0);
  }

  /**
   * Opens the whole object at `offset`.
   * @returns false where there is no such object of the type.
   */
  open(offset: number, type: number): boolean {
    if (!this.openHead(offset, type) || !this.#openWhole(offset, type)) return false;
    this.#opened = offset;
    return true;
  }

  /** Whether the object at `offset` still is open: another file may have taken its block meanwhile. */
  isOpen(offset: number): boolean {
    return this.#opened === offset && (this.bytes !== this.#block.bytes || this.#block.owner === this.#owner);
  }

  /** As `open`, for the first bytes of an object only: as many as its type has at least. */
  openHead(offset: number, type: number): boolean {
    const head = MIN_BYTES[type] as number;
    if (offset < this.start || offset + head > this.end || offset % 8 !== 0) return false;
    if (!this.peek(offset, head)) return false;
    const word = this.at >> 2;
    const { words } = this;
    if ((words[word] as number) << 24 !== type << 24) return false;
    this.size = u64(words, word + 2);
    return this.size >= head && offset + this.size <= this.end;
  }

  /** Whether there is the head of an entry at `offset`, whatever size it tells. */
  peekEntry(offset: number): boolean {
    if (offset < this.start || offset % 8 !== 0 || !this.peek(offset, MIN_BYTES[ENTRY] as number)) return false;
    return (this.words[this.at >> 2] as number) === ENTRY && this.words[(this.at >> 2) + 1] === 0;
  }

  #openWhole(offset: number, type: number): boolean {
    const { size } = this;
    return size <= (type === DATA ? DATA_MAX_BYTES : OBJECT_MAX_BYTES) && this.peek(offset, size);
  }

  /** Makes `length` bytes from `offset` on, a multiple of 4, readable at `at`; false beyond the end of the file. */
  peek(offset: number, length: number): boolean {
    this.#opened = -1;
    if (offset + length > this.end) return false;
    const block = this.#blockAt(offset);
    const at = offset - block.start;
    if (at + length <= block.length) {
      this.bytes = block.bytes;
      this.words = block.words;
      this.at = at;
      return true;
    }
    return this.#gather(offset, length);
  }

  #blockAt(offset: number): Block {
    const block = this.#block;
    const at = offset - block.start;
    if (at >= 0 && at < block.span && block.owner === this.#owner) return block;
    this.#block = this.#pool.get(this.#owner, offset, this.#source);
    return this.#block;
  }

  #gather(offset: number, length: number): boolean {
    if (length > DATA_MAX_BYTES) return false;
    this.#makeScratch(length);
    for (let done = 0; done < length; ) {
      const block = this.#blockAt(offset + done);
      const from = offset + done - block.start;
      const count = Math.min(length - done, block.length - from);
      if (count <= 0) return false;
      block.bytes.copy(this.#scratch, done, from, from + count);
      done += count;
    }
    this.bytes = this.#scratch;
    this.words = this.#scratchWords;
    this.at = 0;
    return true;
  }

  #makeScratch(length: number): void {
    const isFitting = length <= this.#scratch.length && this.#scratch.length <= Math.max(SCRATCH_KEPT_BYTES, length);
    if (isFitting) return;
    this.#scratch = Buffer.allocUnsafeSlow(Math.ceil(Math.max(length, BLOCK_BYTES) / 8) * 8);
    this.#scratchWords = new Int32Array(this.#scratch.buffer);
  }
}

/** Bytes from the start of one object to the start of the next. */
export function alignedSize(size: number): number {
  return Math.ceil(Math.max(size, OBJECT_HEADER_BYTES) / 8) * 8;
}
