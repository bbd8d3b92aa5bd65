// One journal file: its header, its objects, its entries in order, its values by hash. Bytes in, values out.
import type { BlockPool, JournalBytes } from './block-pool.ts';
import { decompress, FIELD_MAX_BYTES } from './decompress.ts';
import { copyHead, type EntryHead, entryFault, headNumber, newHead } from './entry.ts';
import { EntryChain, type EntryList, OffsetList } from './entry-list.ts';
import { type HeaderReading, isBlank, type JournalHeader, readHeader } from './header.ts';
import {
  COMPACT_DATA_HEAD_BYTES,
  DATA,
  DATA_HEAD_BYTES,
  ENTRY,
  ENTRY_HEADER_BYTES,
  ENTRY_ITEMS_MAX,
  H_SEQNUM,
  HEADER_MAX_BYTES,
  HEADER_MIN_BYTES,
  PACKED_MASK,
  u64,
} from './layout.ts';
import { ObjectReader } from './object-reader.ts';
import { looksCompact, salvageEntries } from './salvage.ts';

/** Entries at the end of a file that is written to: they may not be complete yet. */
const UNSETTLED_ENTRIES = 2;

/** What a look at the header told. */
export type Look = 'same' | 'changed' | 'blank';

/** What there was of damage; grows only. */
export interface Damage {
  /** Fields that could not be read, or not as what they should be. */
  fields: number;
  /** Places in lists of entries where there was no entry. */
  entries: number;
}

export class JournalFile {
  readonly #source: JournalBytes;
  readonly #isFinal: boolean;
  readonly objects: ObjectReader;
  readonly damage: Damage = { fields: 0, entries: 0 };
  #reading: HeaderReading;
  #headerBytes: Buffer;
  #chain: EntryChain;
  #salvaged: OffsetList | undefined;
  #fault: string | undefined;
  #isCompact: boolean;
  /** Payload of the DATA object that {@link openData} opened: `NAME=value` in `[payloadFrom, payloadUntil)`. */
  payload: Buffer = Buffer.alloc(0);
  payloadFrom = 0;
  payloadUntil = 0;

  /** @param isFinal nobody waits for entries that are being written: what cannot be read is damage at once. */
  constructor(source: JournalBytes, pool?: BlockPool, isFinal = false) {
    this.#source = source;
    this.#isFinal = isFinal;
    this.objects = new ObjectReader(source, pool);
    this.#headerBytes = this.#readHeaderBytes();
    const reading = readHeader(this.#headerBytes, source.size());
    this.#reading = reading;
    this.#isCompact = reading.header.isCompact;
    this.#bound();
    this.#chain = new EntryChain(this.objects, this.#isCompact, this.header.entryArray, this.header.entries);
    this.#check();
  }

  get header(): JournalHeader {
    return this.#reading.header;
  }

  /** Flags of the header that this program does not know: whoever reads on must say so loudly. */
  get unknownFlags(): number {
    return this.#reading.unknownFlags;
  }

  get isCompact(): boolean {
    return this.#isCompact;
  }

  /** Why the entries were found by a walk over the whole file; undefined while its own lists are good. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** Entries in order. It is another list after {@link salvage}. */
  get entries(): EntryList {
    return this.#salvaged ?? this.#chain;
  }

  /** Whether the entry at `index` may be one that its writer has not finished. */
  isUnsettled(index: number): boolean {
    return this.header.isOnline && !this.#isFinal && index >= this.entries.length - UNSETTLED_ENTRIES;
  }

  /** Reads the header again; `blank` once the file was vacuumed while it is open, or replaced by nothing. */
  refresh(): Look {
    const bytes = this.#readHeaderBytes();
    if (bytes.equals(this.#headerBytes)) return 'same';
    if (isBlank(bytes)) return 'blank';
    const before = this.header.entries;
    this.#headerBytes = bytes;
    this.#reading = readHeader(bytes, this.#source.size());
    this.objects.forget();
    this.#bound();
    const { entries, entryArray } = this.header;
    if (this.#salvaged) {
      if (entries !== before)
        this.#salvaged = new OffsetList(salvageEntries(this.objects, this.#isCompact, this.header));
      return 'changed';
    }
    this.#chain.grow(entryArray, entries);
    if (!this.header.isOnline) this.#check();
    return 'changed';
  }

  /** Forgets everything that was read but the header: for a second try before something counts as damage. */
  reread(): void {
    this.objects.forget();
    this.#chain.forget();
  }

  /** Opens the entry at `offset` in `objects` and copies its head; false where there is no valid entry. */
  openEntry(offset: number, head: EntryHead): boolean {
    const isWhole = this.objects.open(offset, ENTRY) && entryFault(this.objects, this.#isCompact) === undefined;
    if (!isWhole && !this.#openClipped(offset)) return false;
    copyHead(this.objects, head);
    return true;
  }

  /** Opens an entry whose size is damaged, with the items that can be ones. Of a file that is written to it may be unfinished. */
  #openClipped(offset: number): boolean {
    const { objects } = this;
    if ((this.header.isOnline && !this.#isFinal) || !objects.peekEntry(offset)) return false;
    const itemBytes = this.#isCompact ? 4 : 16;
    let count = 0;
    for (let before = 0; count < ENTRY_ITEMS_MAX; count++) {
      const at = offset + ENTRY_HEADER_BYTES + count * itemBytes;
      if (!objects.peek(at, itemBytes)) break;
      const { words, at: place } = objects;
      const item = this.#isCompact ? (words[place >> 2] as number) >>> 0 : u64(words, place >> 2);
      if (item < before || item >= offset || !objects.openHead(item, DATA)) break;
      before = item;
    }
    const size = ENTRY_HEADER_BYTES + count * itemBytes;
    if (count === 0 || !objects.peek(offset, size)) return false;
    objects.size = size;
    return entryFault(objects, this.#isCompact) === undefined;
  }

  /**
   * Writes where the DATA objects of the entry lie that `objects` has open: eighths of offsets, see {@link itemOffset}.
   * @param items room for ENTRY_ITEMS_MAX of them.
   * @returns how many.
   */
  readItems(items: Int32Array): number {
    const { words, at, size } = this.objects;
    let word = (at + ENTRY_HEADER_BYTES) >> 2;
    const end = (at + size) >> 2;
    let count = 0;
    if (this.#isCompact) for (; word < end; word++) items[count++] = (words[word] as number) >>> 3;
    else {
      for (; word < end; word += 4)
        items[count++] = ((words[word] as number) >>> 3) | ((words[word + 1] as number) << 29);
    }
    return count;
  }

  /** Opens the DATA object at `offset`, uncompressed; false where there is none that can be read. */
  openData(offset: number): boolean {
    const { objects } = this;
    const head = this.#isCompact ? COMPACT_DATA_HEAD_BYTES : DATA_HEAD_BYTES;
    if (!objects.open(offset, DATA) || objects.size <= head || objects.size - head > FIELD_MAX_BYTES) return false;
    const flag = ((objects.words[objects.at >> 2] as number) >> 8) & 255;
    this.payload = objects.bytes;
    this.payloadFrom = objects.at + head;
    this.payloadUntil = objects.at + objects.size;
    return flag === 0 || this.#unpack(flag);
  }

  /** Finds the entries by a walk over the whole file, beside those that its own list still leads to. */
  salvage(why: string): void {
    if (this.#salvaged) return;
    this.#fault = why;
    this.#trustLayout();
    const offsets = new Set(salvageEntries(this.objects, this.#isCompact, this.header));
    const head = newHead();
    for (let i = 0; i < this.#chain.length; i++) {
      const offset = this.#chain.at(i);
      // A list that is broken here may be millions of items too long.
      if (offset === 0 && !this.objects.peek(offset, 8)) break;
      if (offset === 0) break;
      if (!offsets.has(offset) && this.openEntry(offset, head)) offsets.add(offset);
    }
    this.#salvaged = new OffsetList(Float64Array.from(offsets).sort());
  }

  /** The flag that tells how objects are laid out may be what is damaged. */
  #trustLayout(): void {
    const isCompact = looksCompact(this.objects) ?? this.#isCompact;
    if (isCompact === this.#isCompact) return;
    this.#isCompact = isCompact;
    this.#chain = new EntryChain(this.objects, isCompact, this.header.entryArray, this.header.entries);
  }

  #unpack(flag: number): boolean {
    if ((flag & ~PACKED_MASK) !== 0) return false;
    const content = decompress(flag, this.payload.subarray(this.payloadFrom, this.payloadUntil));
    if (!content) return false;
    this.payload = content;
    this.payloadFrom = 0;
    this.payloadUntil = content.length;
    return true;
  }

  #readHeaderBytes(): Buffer {
    const bytes = Buffer.alloc(HEADER_MAX_BYTES);
    return bytes.subarray(0, this.#source.read(bytes, 0));
  }

  #bound(): void {
    const { header, faults } = this.#reading;
    const bytes = this.#source.size();
    this.objects.start = faults.length === 0 ? header.headerBytes : HEADER_MIN_BYTES;
    this.objects.end = faults.length === 0 ? Math.min(bytes, header.arenaEnd) : bytes;
  }

  /** Looks whether header and list of entries agree with each other, and salvages where they do not. */
  #check(): void {
    if (this.#source.size() === 0) return;
    const [fault] = this.#reading.faults;
    const why = fault ?? this.#listFault();
    if (why !== undefined) this.salvage(why);
  }

  #listFault(): string | undefined {
    const { entries, tailArray, isOnline, tailSeqnum } = this.header;
    if (!this.#chain.isWhole()) return 'the chain of entry arrays is broken';
    if (entries === 0) return undefined;
    if (tailArray && tailArray.offset !== 0) {
      const start = this.#chain.startOf(tailArray.offset);
      const isAgreed = start !== undefined && Math.abs(start + tailArray.entries - entries) <= 1;
      if (!isAgreed && !isOnline) return 'the number of entries and their last array do not agree';
    }
    if (isOnline) return undefined;
    const head = newHead();
    const isLast = this.openEntry(this.#chain.at(entries - 1), head) && headNumber(head, H_SEQNUM) === tailSeqnum;
    return isLast ? undefined : 'the last entry is not the one that the header names';
  }
}

/** Offset of an item in bytes. Objects begin at multiples of 8, so 32 bits reach 32 GiB; journald's files end long before. */
export function itemOffset(item: number): number {
  return (item >>> 0) * 8;
}
