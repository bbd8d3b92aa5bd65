// A small writer of journal files, for tests: every variant, with all indexes, in memory.
import { jenkinsHash } from '../../src/formats/journal/jenkins.ts';
import { sipHash24 } from '../../src/formats/journal/siphash.ts';

export interface WrittenFields {
  readonly realtimeUs: number;
  readonly monotonicUs?: number;
  /** 32 hex digits. */
  readonly bootId?: string;
  readonly seqnum?: number;
  /** `NAME=value` each, in order. */
  readonly fields: readonly (string | Buffer)[];
}

export interface WriterOptions {
  readonly isCompact?: boolean;
  readonly isKeyed?: boolean;
  readonly state?: 0 | 1 | 2;
  readonly seqnumId?: string;
  readonly fileId?: string;
  /** Compression flag of an object and its bytes, or undefined to leave it plain. */
  readonly pack?: (payload: Buffer) => { readonly flag: number; readonly bytes: Buffer } | undefined;
  /** Entries that are in the file, but not listed under their values (the file was full). */
  readonly unlisted?: number;
  /** Only these many entries are finished: the others are what will be appended. */
  readonly visible?: number;
}

const HEADER_BYTES = 272;
const BUCKETS = 61;
const BOOT = 'b0'.repeat(16);

interface Value {
  readonly offset: number;
  readonly entries: number[];
}

/** The bytes of a journal file with these entries. */
export function writeJournal(entries: readonly WrittenFields[], options: WriterOptions = {}): Buffer {
  return new Writer(options).write(entries);
}

class Writer {
  readonly #options: WriterOptions;
  readonly #fileId: Buffer;
  #bytes = Buffer.alloc(1 << 16);
  #end = HEADER_BYTES;
  #objects = 0;
  readonly #values = new Map<string, Value>();
  readonly #fields = new Map<string, number>();
  #dataTable = 0;
  #fieldTable = 0;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#fileId = Buffer.from(options.fileId ?? 'f1'.repeat(16), 'hex');
  }

  write(entries: readonly WrittenFields[]): Buffer {
    this.#fieldTable = this.#object(5, 16 + BUCKETS * 16);
    this.#dataTable = this.#object(4, 16 + BUCKETS * 16);
    const offsets = entries.map((entry, i) => this.#entry(entry, entry.seqnum ?? i + 1));
    const { visible = entries.length, unlisted = 0 } = this.#options;
    const listed = offsets.slice(0, visible - unlisted);
    for (const { offset, entries: all } of this.#values.values()) {
      this.#set(offset + 40, all[0] ?? 0);
      this.#set(offset + 48, this.#arrays(all.slice(1)));
      this.#set(offset + 56, all.filter((entry) => listed.includes(entry)).length);
    }
    this.#header(entries.slice(0, visible), this.#arrays(offsets));
    return Buffer.from(this.#bytes.subarray(0, this.#end));
  }

  #object(type: number, size: number, flags = 0): number {
    const offset = this.#end;
    this.#end += Math.ceil(size / 8) * 8;
    while (this.#end > this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes, Buffer.alloc(this.#bytes.length)]);
    this.#bytes[offset] = type;
    this.#bytes[offset + 1] = flags;
    this.#set(offset + 8, size);
    this.#objects++;
    return offset;
  }

  #set(at: number, value: number): void {
    this.#bytes.writeBigUInt64LE(BigInt(value), at);
  }

  #get(at: number): number {
    return Number(this.#bytes.readBigUInt64LE(at));
  }

  #entry({ realtimeUs, monotonicUs = realtimeUs % 1e9, bootId = BOOT, fields }: WrittenFields, seqnum: number): number {
    const values = [...new Set([...fields, `_BOOT_ID=${bootId}`].map((field) => this.#value(Buffer.from(field))))];
    values.sort((a, b) => a.offset - b.offset);
    const itemBytes = this.#options.isCompact ? 4 : 16;
    const offset = this.#object(3, 64 + values.length * itemBytes);
    for (const [at, number] of [
      [16, seqnum],
      [24, realtimeUs],
      [32, monotonicUs],
    ] as const)
      this.#set(offset + at, number);
    this.#bytes.write(bootId, offset + 40, 'hex');
    let xor = 0n;
    for (const field of fields) {
      const { high, low } = jenkinsHash(Buffer.from(field));
      xor ^= (BigInt(high) << 32n) | BigInt(low);
    }
    this.#bytes.writeBigUInt64LE(xor, offset + 56);
    values.forEach((value, i) => {
      const at = offset + 64 + i * itemBytes;
      if (itemBytes === 4) this.#bytes.writeUInt32LE(value.offset, at);
      else this.#set(at, value.offset);
      value.entries.push(offset);
    });
    return offset;
  }

  #value(payload: Buffer): Value {
    const key = payload.toString('latin1');
    const known = this.#values.get(key);
    if (known) return known;
    const packed = this.#options.pack?.(payload);
    const head = this.#options.isCompact ? 72 : 64;
    const body = packed?.bytes ?? payload;
    const offset = this.#object(1, head + body.length, packed?.flag);
    body.copy(this.#bytes, offset + head);
    this.#link(this.#dataTable, offset, payload);
    const name = payload.subarray(0, payload.indexOf('='));
    const field = this.#field(name);
    this.#set(offset + 32, this.#get(field + 32));
    this.#set(field + 32, offset);
    const value = { offset, entries: [] };
    this.#values.set(key, value);
    return value;
  }

  #field(name: Buffer): number {
    const key = name.toString('latin1');
    const known = this.#fields.get(key);
    if (known !== undefined) return known;
    const offset = this.#object(2, 40 + name.length);
    name.copy(this.#bytes, offset + 40);
    this.#link(this.#fieldTable, offset, name);
    this.#fields.set(key, offset);
    return offset;
  }

  /** Appends an object to its hash chain. */
  #link(table: number, offset: number, payload: Buffer): void {
    const { high, low } = this.#options.isKeyed === false ? jenkinsHash(payload) : sipHash24(payload, this.#fileId);
    const hash = (BigInt(high) << 32n) | BigInt(low);
    this.#bytes.writeBigUInt64LE(hash, offset + 16);
    const bucket = table + 16 + Number(hash % BigInt(BUCKETS)) * 16;
    const tail = this.#get(bucket + 8);
    this.#set(tail === 0 ? bucket : tail + 24, offset);
    this.#set(bucket + 8, offset);
  }

  /** Entry arrays of 4, 8, 16… items; the offset of the first. */
  #arrays(offsets: readonly number[]): number {
    const itemBytes = this.#options.isCompact ? 4 : 8;
    let first = 0;
    let before = 0;
    let capacity = 4;
    for (let from = 0; from < offsets.length; from += capacity / 2) {
      const array = this.#object(6, 24 + capacity * itemBytes);
      offsets.slice(from, from + capacity).forEach((offset, i) => {
        const at = array + 24 + i * itemBytes;
        if (itemBytes === 4) this.#bytes.writeUInt32LE(offset, at);
        else this.#set(at, offset);
      });
      if (before === 0) first = array;
      else this.#set(before + 16, array);
      before = array;
      capacity *= 2;
    }
    return first;
  }

  #header(entries: readonly WrittenFields[], entryArray: number): void {
    const { isCompact, isKeyed, state = 0, seqnumId = 'a5'.repeat(16) } = this.#options;
    const bytes = this.#bytes;
    const first = entries[0];
    const last = entries.at(-1);
    bytes.write('LPKSHHRH', 0, 'latin1');
    bytes.writeUInt32LE((isKeyed === false ? 0 : 4) | (isCompact ? 16 : 0), 12);
    bytes[16] = state;
    this.#fileId.copy(bytes, 24);
    bytes.write('3a'.repeat(16), 40, 'hex');
    bytes.write(seqnumId, 72, 'hex');
    const numbers: readonly (readonly [number, number])[] = [
      [88, HEADER_BYTES],
      [96, this.#end - HEADER_BYTES],
      [104, this.#dataTable + 16],
      [112, BUCKETS * 16],
      [120, this.#fieldTable + 16],
      [128, BUCKETS * 16],
      [144, this.#objects],
      [152, entries.length],
      [160, last ? (last.seqnum ?? entries.length) : 0],
      [168, first ? (first.seqnum ?? 1) : 0],
      [176, entryArray],
      [184, first?.realtimeUs ?? 0],
      [192, last?.realtimeUs ?? 0],
      [208, this.#values.size],
      [216, this.#fields.size],
    ];
    for (const [at, number] of numbers) this.#set(at, number);
  }
}
