// Blocks of journal files in memory, shared by all files that are read together.

/** Where the bytes of one file come from. */
export interface JournalBytes {
  /** Bytes of the file as it is now: read the header first, then this, and everything that the header tells is there. */
  size(): number;
  /** Fills `target` from its start; the bytes read, fewer than its length at the end of the file only. */
  read(target: Buffer, position: number): number;
}

/** Bytes between the starts of two blocks. */
export const BLOCK_BYTES: number = 64 << 10;
/** Bytes that a block holds beyond its end, so that most objects lie whole in the block that they start in. */
const OVERLAP_BYTES = 4 << 10;
const SETS = 16;
const WAYS = 4;

export class Block {
  readonly bytes: Buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES + OVERLAP_BYTES);
  readonly words: Int32Array = new Int32Array(this.bytes.buffer);
  /** Valid bytes. */
  length = 0;
  owner = -1;
  index = -1;
  /** When it was last asked for. */
  tick = 0;
}

export class BlockPool {
  readonly #sets: readonly (readonly Block[])[] = Array.from({ length: SETS }, () =>
    Array.from({ length: WAYS }, () => new Block()),
  );
  #tick = 0;
  #owners = 0;

  /** A number for a file; blocks are kept under it. */
  owner(): number {
    return this.#owners++;
  }

  /** Block `index` of a file: bytes from `index` × BLOCK_BYTES on. It may be another's after the next call. */
  get(owner: number, index: number, source: JournalBytes): Block {
    const set = this.#sets[(index + owner * 7) % SETS] as readonly Block[];
    this.#tick++;
    let oldest = set[0] as Block;
    for (const block of set) {
      if (block.owner === owner && block.index === index) {
        block.tick = this.#tick;
        return block;
      }
      if (block.tick < oldest.tick) oldest = block;
    }
    oldest.owner = -1;
    oldest.length = source.read(oldest.bytes, index * BLOCK_BYTES);
    oldest.owner = owner;
    oldest.index = index;
    oldest.tick = this.#tick;
    return oldest;
  }

  /** Drops the blocks of a file whose bytes changed or will not be read again. */
  forget(owner: number): void {
    for (const set of this.#sets) for (const block of set) if (block.owner === owner) block.owner = -1;
  }
}
