// Fields as ready-made bytes. A journal keeps each `NAME=value` once per file, and nearly all fields of an entry are values
// that other entries have too: those are encoded once and kept, by the offset of their DATA object.
import { endOfName, NameTable } from './field-name.ts';
import { itemOffset, type JournalFile } from './journal-file.ts';
import { DATA, ENTRY_ITEMS_MAX, u64, W_ENTRY_COUNT } from './layout.ts';

/** Kept bytes; beyond this everything kept is thrown away. Real journals need some 20 KiB per file. */
const KEPT_MAX_BYTES = 16 << 20;
const ROOM_MIN_BYTES = 1 << 20;
/** A pool that a giant value made larger shrinks back to this with the next clean-up. */
const POOL_MAX_BYTES = 64 << 20;

/** How a field becomes bytes. */
export interface FieldEncoder {
  /** Most bytes that a field with a payload of `bytes` bytes takes. */
  room(bytes: number): number;
  /**
   * Writes the field `[from, until)` = `NAME=value`, with `equals` at the `=`, to `out` at `at`, a multiple of 4.
   * @returns the address behind it; `at` itself for a field that is left out.
   */
  write(payload: Buffer, from: number, equals: number, until: number, out: Buffer, at: number): number;
}

/** 2^32 divided by the golden ratio: spreads neighbouring keys. */
const GOLDEN = 0x9e3779b1;

/** Ids of a file's kept values by the eighth of their offset: open addressing, 0 is free. */
class OffsetMap {
  /** Key and id of each slot, side by side. */
  #slots = new Int32Array(1024);
  #count = 0;

  get(key: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let at = ((Math.imul(key, GOLDEN) >>> 12) << 1) & mask; ; at = (at + 2) & mask) {
      const found = slots[at];
      if (found === key) return slots[at + 1] as number;
      if (found === 0) return -1;
    }
  }

  set(key: number, id: number): void {
    if (++this.#count * 4 > this.#slots.length) this.#grow();
    this.#insert(key, id);
  }

  #insert(key: number, id: number): void {
    const mask = this.#slots.length - 1;
    let at = ((Math.imul(key, GOLDEN) >>> 12) << 1) & mask;
    while (this.#slots[at] !== 0) at = (at + 2) & mask;
    this.#slots[at] = key;
    this.#slots[at + 1] = id;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Int32Array(before.length * 2);
    for (let at = 0; at < before.length; at += 2)
      if (before[at] !== 0) this.#insert(before[at] as number, before[at + 1] as number);
  }
}

/**
 * The fields of one entry at a time.
 *
 * After `load`, `ids[0 … count)` are the entry's fields in stored order; `start`, `end`, `value` (behind the encoder's name
 * part) and `name` of an id describe its bytes in `bytes`. A kept id stays until `epoch` changes; ids from `kept` on are of
 * this entry only.
 */
export class FieldFragments {
  readonly #encoder: FieldEncoder;
  readonly names: NameTable = new NameTable();
  bytes: Buffer = Buffer.allocUnsafeSlow(ROOM_MIN_BYTES);
  words: Int32Array = new Int32Array(this.bytes.buffer);
  start: Int32Array = new Int32Array(1024);
  end: Int32Array = new Int32Array(1024);
  name: Int32Array = new Int32Array(1024);
  readonly ids: Int32Array = new Int32Array(ENTRY_ITEMS_MAX);
  count = 0;
  /** Ids below it are kept. */
  kept = 0;
  /** Grows whenever kept ids become void. */
  epoch = 0;
  #keptBytes = 0;
  #maps = new WeakMap<JournalFile, OffsetMap>();
  #mapFile: JournalFile | undefined;
  #map = new OffsetMap();
  readonly #later = new Int32Array(ENTRY_ITEMS_MAX);
  #next = 0;
  #top = 0;

  constructor(encoder: FieldEncoder) {
    this.#encoder = encoder;
  }

  /** Fetches the fields of an entry with these items (JournalFile.readItems). What cannot be read is counted. */
  load(file: JournalFile, items: Int32Array, count: number): void {
    if (this.#keptBytes > KEPT_MAX_BYTES || this.bytes.length > POOL_MAX_BYTES) this.#clear();
    if (file !== this.#mapFile) this.#use(file);
    this.#next = this.kept;
    this.#top = this.#keptBytes;
    let later = 0;
    for (let i = 0; i < count; i++) {
      const id = this.#map.get(items[i] as number);
      this.ids[i] = id;
      if (id < 0 && !this.#keep(file, items[i] as number, i)) this.#later[later++] = i;
    }
    // Values of this entry only lie behind everything that is kept.
    let isWhole = true;
    for (let i = 0; i < later; i++) {
      const place = this.#later[i] as number;
      const id = this.#encode(file, itemOffset(items[place] as number));
      this.ids[place] = id;
      if (id < 0) isWhole = false;
    }
    this.count = count;
    if (!isWhole) this.#dropUnreadable();
  }

  #use(file: JournalFile): void {
    this.#map = this.#maps.get(file) ?? new OffsetMap();
    this.#maps.set(file, this.#map);
    this.#mapFile = file;
  }

  /** Keeps the value of an item if more than one entry has it. */
  #keep(file: JournalFile, item: number, place: number): boolean {
    const { objects } = file;
    const offset = itemOffset(item);
    if (!objects.openHead(offset, DATA) || u64(objects.words, (objects.at >> 2) + W_ENTRY_COUNT) < 2) return false;
    const id = this.#encode(file, offset);
    if (id < 0) return false;
    this.kept = this.#next;
    this.#keptBytes = this.#top;
    this.#map.set(item, id);
    this.ids[place] = id;
    return true;
  }

  /** The id of the value at `offset`, encoded; -1 where it cannot be read. */
  #encode(file: JournalFile, offset: number): number {
    if (!file.openData(offset)) return -1;
    const { payload, payloadFrom: from, payloadUntil: until } = file;
    const equals = endOfName(payload, from, until);
    if (equals < 0) return -1;
    this.#makeRoom(this.#encoder.room(until - from) + 8);
    const id = this.#next++;
    const start = this.#top;
    const end = this.#encoder.write(payload, from, equals, until, this.bytes, start);
    this.start[id] = start;
    this.end[id] = end;
    this.name[id] = this.names.id(payload, from, equals);
    this.#top = this.#pad(end);
    return id;
  }

  /** Blanks up to the next word: the bytes can be copied as words. */
  #pad(end: number): number {
    let at = end;
    while ((at & 3) !== 0) this.bytes[at++] = 0x20;
    return at;
  }

  #dropUnreadable(): void {
    let count = 0;
    for (let i = 0; i < this.count; i++) {
      const id = this.ids[i] as number;
      if (id >= 0) this.ids[count++] = id;
      else this.unreadable++;
    }
    this.count = count;
  }

  /** Fields that could not be read so far. */
  unreadable = 0;

  #makeRoom(bytes: number): void {
    if (this.#top + bytes > this.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.ceil(Math.max(this.bytes.length * 2, this.#top + bytes) / 8) * 8);
      this.bytes.copy(larger, 0, 0, this.#top);
      this.bytes = larger;
      this.words = new Int32Array(larger.buffer);
    }
    if (this.#next < this.start.length) return;
    this.start = doubled(this.start);
    this.end = doubled(this.end);
    this.name = doubled(this.name);
  }

  #clear(): void {
    this.epoch++;
    this.kept = 0;
    this.#keptBytes = 0;
    this.#maps = new WeakMap();
    this.#mapFile = undefined;
    if (this.bytes.length <= POOL_MAX_BYTES) return;
    this.bytes = Buffer.allocUnsafeSlow(ROOM_MIN_BYTES);
    this.words = new Int32Array(this.bytes.buffer);
  }
}

function doubled(array: Int32Array): Int32Array {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
