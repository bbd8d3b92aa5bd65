// Blocks of journal files in memory, shared by all files that are read together.

/** Where the bytes of one file come from. */
export interface JournalBytes {
  /** Bytes of the file as it is now: read the header first, then this, and everything that the header tells is there. */
  size(): number;
  /** Fills `target` from its start; the bytes read, fewer than its length at the end of the file only. */
  read(target: Buffer, position: number): number;
}

/** Bytes between the starts of two blocks that are read one after the other. */
export const BLOCK_BYTES: number = 64 << 10;
/** The same for places that are looked up here and there: a copy of 64 KiB for one value would cost more than the value. */
const SMALL_BLOCK_BYTES = 8 << 10;
/** Bytes that a block holds beyond its end, so that most objects lie whole in the block that they start in. */
const OVERLAP_BYTES = 4 << 10;
const SETS = 16;
const WAYS = 4;
/** Places that are remembered to tell reads one after the other from reads here and there. */
const PLACES = 4;
/** Reads elsewhere until a place where reading went on is forgotten. */
const PLACE_STAYS = 64;

export class Block {
  readonly bytes: Buffer;
  readonly words: Int32Array;
  /** Bytes up to the start of the next one. */
  readonly span: number;
  /** Where it begins in the file, and how many of its bytes are valid. */
  start = 0;
  length = 0;
  owner = -1;
  index = -1;
  /** When it was last asked for. */
  tick = 0;

  constructor(span: number) {
    this.span = span;
    this.bytes = Buffer.allocUnsafeSlow(span + OVERLAP_BYTES);
    this.words = new Int32Array(this.bytes.buffer);
  }
}

/** Blocks of one size. */
class Blocks {
  readonly bytes: number;
  readonly #sets: readonly (readonly Block[])[];
  #tick = 0;

  constructor(bytes: number) {
    this.bytes = bytes;
    this.#sets = Array.from({ length: SETS }, () => Array.from({ length: WAYS }, () => new Block(bytes)));
  }

  /** The block with the byte at `offset`, if it is in memory. */
  find(owner: number, offset: number): Block | undefined {
    const index = Math.floor(offset / this.bytes);
    for (const block of this.#setOf(owner, index)) {
      if (block.owner !== owner || block.index !== index) continue;
      block.tick = ++this.#tick;
      return block;
    }
    return undefined;
  }

  /** Reads that block in place of the one that was asked for least lately. */
  read(owner: number, offset: number, source: JournalBytes): Block {
    const index = Math.floor(offset / this.bytes);
    const set = this.#setOf(owner, index);
    let oldest = set[0] as Block;
    for (const block of set) if (block.tick < oldest.tick) oldest = block;
    oldest.owner = -1;
    oldest.start = index * this.bytes;
    oldest.length = source.read(oldest.bytes, oldest.start);
    oldest.owner = owner;
    oldest.index = index;
    oldest.tick = ++this.#tick;
    return oldest;
  }

  forget(owner: number): void {
    for (const set of this.#sets) for (const block of set) if (block.owner === owner) block.owner = -1;
  }

  #setOf(owner: number, index: number): readonly Block[] {
    return this.#sets[(index + owner * 7) % SETS] as readonly Block[];
  }
}

/** Large blocks from which something was read, and for how many reads each is still remembered. */
class Places {
  readonly #owners = new Int32Array(PLACES).fill(-1);
  readonly #indexes = new Float64Array(PLACES);
  readonly #stays = new Int32Array(PLACES);

  /** Whether reading goes on at such a block or at the next one; notes the place. */
  goesOn(owner: number, index: number): boolean {
    let oldest = 0;
    for (let i = 0; i < PLACES; i++) {
      const step = index - (this.#indexes[i] as number);
      if (this.#owners[i] === owner && (step === 0 || step === 1)) {
        this.#indexes[i] = index;
        this.#stays[i] = PLACE_STAYS;
        return true;
      }
      if ((this.#stays[i] as number) < (this.#stays[oldest] as number)) oldest = i;
    }
    for (let i = 0; i < PLACES; i++) this.#stays[i] = Math.max(0, (this.#stays[i] as number) - 1);
    this.#owners[oldest] = owner;
    this.#indexes[oldest] = index;
    this.#stays[oldest] = 1;
    return false;
  }
}

export class BlockPool {
  readonly #large = new Blocks(BLOCK_BYTES);
  readonly #small = new Blocks(SMALL_BLOCK_BYTES);
  readonly #places = new Places();
  #owners = 0;

  /** A number for a file; blocks are kept under it. */
  owner(): number {
    return this.#owners++;
  }

  /** A block with the byte of a file at `offset`. It may be another's after the next call. */
  get(owner: number, offset: number, source: JournalBytes): Block {
    const known = this.#large.find(owner, offset) ?? this.#small.find(owner, offset);
    if (known) return known;
    const blocks = this.#places.goesOn(owner, Math.floor(offset / BLOCK_BYTES)) ? this.#large : this.#small;
    return blocks.read(owner, offset, source);
  }

  /** Drops the blocks of a file whose bytes changed or will not be read again. */
  forget(owner: number): void {
    this.#large.forget(owner);
    this.#small.forget(owner);
  }
}
