// The interned key names of one thread, as the rest of the program sees them.
import type { Arena } from '../../core/arena.ts';
import type { Keys } from '../../core/event.ts';
import type { ScannerModule } from './module.ts';

/** Longest name that settings may derive from a scanned one (prefix + MAX_KEY_BYTES), in bytes of UTF-8. */
const MAX_NAME_BYTES = 8192;

export class KeyTable implements Keys {
  readonly #arena: Arena;
  readonly #module: ScannerModule;
  #epoch = 0;

  constructor(arena: Arena, module: ScannerModule) {
    this.#arena = arena;
    this.#module = module;
    module.seedKeys(crypto.getRandomValues(new BigUint64Array(1))[0] as bigint);
  }

  get epoch(): number {
    return this.#epoch;
  }

  get size(): number {
    return this.#module.keyCount();
  }

  id(name: string): number {
    // The way through JSON keeps surrogates without a partner, which UTF-8 cannot say and a JSON key may hold.
    const json = Buffer.from(JSON.stringify(name));
    const mark = this.#arena.mark();
    const source = this.#arena.alloc(json.length);
    const text = this.#arena.alloc(json.length);
    this.#arena.u8.set(json, source);
    const end = this.#module.writeUnescaped(source + 1, source + json.length - 1, text, 1);
    if (end - text > MAX_NAME_BYTES) throw new RangeError(`BUG: key name of ${end - text} bytes`);
    const id = this.#module.internKey(text, end - text);
    this.#arena.release(mark);
    if (id < 0) throw new RangeError('BUG: the key table is full within one block');
    return id;
  }

  pin(name: string): number {
    const id = this.id(name);
    this.#module.pinKeys();
    return id;
  }

  name(id: number): string {
    if (id < 0 || id >= this.size) throw new RangeError(`BUG: no key ${id}`);
    const { N_TOKEN, N_TOKEN_BYTES, nodeOf } = this.#module;
    const node = nodeOf(id);
    const token = node + N_TOKEN.value;
    const bytes = this.#arena.i32[(node + N_TOKEN_BYTES.value) >> 2] as number;
    // The token is `"name":`.
    return JSON.parse(this.#arena.u8.toString('utf8', token, token + bytes - 1)) as string;
  }

  /** Forgets every key that is not pinned if the table is more than half full. */
  tidy(): void {
    if (this.#module.keysCrowded() === 0) return;
    this.#module.resetKeys();
    this.#epoch++;
  }
}
