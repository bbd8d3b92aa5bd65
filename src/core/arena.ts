// One thread's memory for records: a WebAssembly memory shared by the scanners and the TypeScript around them.
//
//   0            STATICS        data of the scanner module
//   KEYS_HASH    key table      written by the scanner's interning only
//   KEYS_NODES   key id → node
//   KEYS_TEXT    key nodes
//   FACTS          what is known of texts that come again, written by the scanner module's users
//   CONSTANTS    bytes that stay for the life of the thread (headers, constant values)
//   HEAP         a stack: one block of input, its tapes, scratch and output; released as a whole when the block is done
//
// The regions are address space, not memory: pages cost nothing until they are touched.

const PAGE = 65_536;
const MIB = 1 << 20;

/** Most distinct keys between two resets of the key table. */
export const KEYS_MAX = 262_144;
/** Start of the open-addressing hash table: KEYS_HASH_SLOTS 32-bit key ids + 1 (0 = empty). */
export const KEYS_HASH: number = PAGE;
/** Slots of the hash table, a power of two, twice the keys. */
export const KEYS_HASH_SLOTS: number = KEYS_MAX * 2;
/** Start of the table of node pointers by key id (32 bit each). */
export const KEYS_NODES: number = KEYS_HASH + KEYS_HASH_SLOTS * 4;
/** Start of the key nodes. */
export const KEYS_TEXT: number = KEYS_NODES + KEYS_MAX * 4;
const KEYS_TEXT_BYTES = 96 * MIB;
/** End of the key nodes. */
export const KEYS_TEXT_END: number = KEYS_TEXT + KEYS_TEXT_BYTES;
const FACTS = KEYS_TEXT_END;
const FACTS_BYTES = 12 * MIB;
/** End of what is known of interned texts. */
export const FACTS_END: number = FACTS + FACTS_BYTES;
const CONSTANTS = FACTS_END;
const CONSTANTS_BYTES = 4 * MIB;
const HEAP = CONSTANTS + CONSTANTS_BYTES;
const HEAP_START_BYTES = 16 * MIB;
const GROW_STEP_BYTES = 8 * MIB;

/** Readable bytes behind every allocation, so that 16-byte loads and stores may run over its end. */
export const SLACK_BYTES = 128;

/**
 * Bump-allocated memory of one thread.
 *
 * `alloc` may grow the memory, which replaces `u8`, `i32` and `f64`: never keep those views across an allocation.
 */
export class Arena {
  readonly memory: WebAssembly.Memory;
  u8: Buffer;
  i32: Int32Array;
  f64: Float64Array;
  #top: number = HEAP;
  #constants: number = CONSTANTS;

  constructor() {
    this.memory = new WebAssembly.Memory({ initial: (HEAP + HEAP_START_BYTES) / PAGE, maximum: PAGE });
    this.u8 = Buffer.from(this.memory.buffer);
    this.i32 = new Int32Array(this.memory.buffer);
    this.f64 = new Float64Array(this.memory.buffer);
  }

  /** Takes `bytes` from the heap, aligned to 16, followed by SLACK_BYTES; the bytes are not cleared. */
  alloc(bytes: number): number {
    const start = this.#top;
    const end = (start + bytes + SLACK_BYTES + 15) & ~15;
    // Addresses of a wasm memory of up to 4 GiB do not fit `& ~15` above 2 GiB; no block comes near that.
    if (end < start) throw new RangeError(`BUG: arena allocation of ${bytes} bytes`);
    if (end > this.u8.length) this.#grow(end);
    this.#top = end;
    return start;
  }

  /** The present top of the heap, for {@link release}. */
  mark(): number {
    return this.#top;
  }

  /** Frees everything allocated since `mark` was taken. */
  release(mark: number): void {
    this.#top = mark;
  }

  /** Shrinks the newest allocation so that it ends at `end`. */
  trim(end: number): void {
    this.#top = (end + SLACK_BYTES + 15) & ~15;
  }

  /** Keeps a copy of `bytes` for the life of the thread. Only for settings, never for data: 4 MiB in all. */
  constant(bytes: Uint8Array): number {
    const start = this.#constants;
    const end = (start + bytes.length + SLACK_BYTES + 15) & ~15;
    if (end > HEAP) throw new RangeError('BUG: constants of the configuration exceed 4 MiB');
    this.u8.set(bytes, start);
    this.#constants = end;
    return start;
  }

  #grow(end: number): void {
    const missing = Math.max(end - this.u8.length, GROW_STEP_BYTES);
    this.memory.grow(Math.ceil(missing / PAGE));
    this.u8 = Buffer.from(this.memory.buffer);
    this.i32 = new Int32Array(this.memory.buffer);
    this.f64 = new Float64Array(this.memory.buffer);
  }
}
