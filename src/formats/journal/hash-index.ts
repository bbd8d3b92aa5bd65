// Values of a file by their hash: the way from `FIELD=value` to its entries.
import { EntryChain, type EntryList } from './entry-list.ts';
import { jenkinsHash } from './jenkins.ts';
import type { JournalFile } from './journal-file.ts';
import {
  DATA,
  FIELD,
  FIELD_NAME_AT,
  u64,
  W_ENTRY_ARRAY,
  W_ENTRY_COUNT,
  W_FIRST_ENTRY,
  W_HASH,
  W_HEAD_DATA,
  W_NEXT_IN_FIELD,
  W_NEXT_IN_HASH,
} from './layout.ts';
import { type Hash64, sipHash24 } from './siphash.ts';

/** A value of a file and where its entries are listed. */
export interface ValueIndex {
  readonly offset: number;
  readonly firstEntry: number;
  readonly entryArray: number;
  /** Entries that have the value, the first one included. */
  readonly count: number;
}

const BUCKET_BYTES = 16;

export class HashIndex {
  readonly #file: JournalFile;

  constructor(file: JournalFile) {
    this.#file = file;
  }

  /** The DATA object with this payload, `NAME=value`; undefined where no entry of the file has it. */
  find(payload: Buffer): ValueIndex | undefined {
    const { dataTable } = this.#file.header;
    return this.#walk(dataTable, this.#hash(payload), DATA, (offset) => {
      const value = this.#valueAt(offset);
      return value && this.#file.openData(offset) && this.#isPayload(payload) ? value : undefined;
    });
  }

  /** Offsets of all DATA objects of a field, the newest first. */
  *values(name: string): Generator<number> {
    const payload = Buffer.from(name);
    const { fieldTable } = this.#file.header;
    const { objects } = this.#file;
    const head = this.#walk(fieldTable, this.#hash(payload), FIELD, (offset) => {
      if (!objects.open(offset, FIELD)) return undefined;
      const text = objects.bytes.subarray(objects.at + FIELD_NAME_AT, objects.at + objects.size);
      return text.equals(payload) ? u64(objects.words, (objects.at >> 2) + W_HEAD_DATA) : undefined;
    });
    // Newer objects lie behind older ones; anything else would be damage, and could be a loop.
    let before = Number.POSITIVE_INFINITY;
    for (let offset = head ?? 0; offset !== 0 && offset < before; ) {
      if (!objects.openHead(offset, DATA)) return;
      const next = u64(objects.words, (objects.at >> 2) + W_NEXT_IN_FIELD);
      yield offset;
      before = offset;
      offset = next;
    }
  }

  /** Names of all fields of the file, in no order. */
  *fieldNames(): Generator<string> {
    const { objects, header } = this.#file;
    for (let bucket = 0; bucket < header.fieldTable.buckets; bucket++) {
      if (!objects.peek(header.fieldTable.offset + bucket * BUCKET_BYTES, BUCKET_BYTES)) return;
      let before = 0;
      for (let offset = u64(objects.words, objects.at >> 2); offset > before && objects.open(offset, FIELD); ) {
        const next = u64(objects.words, (objects.at >> 2) + W_NEXT_IN_HASH);
        yield objects.bytes.toString('latin1', objects.at + FIELD_NAME_AT, objects.at + objects.size);
        before = offset;
        offset = next;
      }
    }
  }

  /** The value whose DATA object lies at `offset`. */
  valueAt(offset: number): ValueIndex | undefined {
    return this.#valueAt(offset);
  }

  /** Entries that have the value, by its own list. */
  entriesOf({ firstEntry, entryArray, count }: ValueIndex): EntryList {
    const rest = new EntryChain(this.#file.objects, this.#file.isCompact, entryArray, Math.max(0, count - 1));
    return { length: count, at: (index) => (index === 0 ? firstEntry : rest.at(index - 1)) };
  }

  #valueAt(offset: number): ValueIndex | undefined {
    const { objects } = this.#file;
    if (!objects.openHead(offset, DATA)) return undefined;
    const { words } = objects;
    const word = objects.at >> 2;
    return {
      offset,
      firstEntry: u64(words, word + W_FIRST_ENTRY),
      entryArray: u64(words, word + W_ENTRY_ARRAY),
      count: u64(words, word + W_ENTRY_COUNT),
    };
  }

  #isPayload(wanted: Buffer): boolean {
    const { payload, payloadFrom, payloadUntil } = this.#file;
    return payload.compare(wanted, 0, wanted.length, payloadFrom, payloadUntil) === 0;
  }

  #hash(payload: Buffer): Hash64 {
    const { isKeyed, fileIdBytes } = this.#file.header;
    return isKeyed ? sipHash24(payload, fileIdBytes) : jenkinsHash(payload);
  }

  /** Tries the objects of a hash chain with this hash until `accept` gives something. */
  #walk<T>(
    table: { readonly offset: number; readonly buckets: number },
    { high, low }: Hash64,
    type: number,
    accept: (offset: number) => T | undefined,
  ): T | undefined {
    const { objects } = this.#file;
    if (table.buckets < 1) return undefined;
    const bucket = Number(((BigInt(high) << 32n) | BigInt(low)) % BigInt(table.buckets));
    if (!objects.peek(table.offset + bucket * BUCKET_BYTES, BUCKET_BYTES)) return undefined;
    let before = 0;
    let offset = u64(objects.words, objects.at >> 2);
    while (offset > before && objects.openHead(offset, type)) {
      const word = objects.at >> 2;
      const next = u64(objects.words, word + W_NEXT_IN_HASH);
      const isHash =
        (objects.words[word + W_HASH] as number) >>> 0 === low &&
        (objects.words[word + W_HASH + 1] as number) >>> 0 === high;
      const accepted = isHash ? accept(offset) : undefined;
      if (accepted !== undefined) return accepted;
      before = offset;
      offset = next;
    }
    return undefined;
  }
}
