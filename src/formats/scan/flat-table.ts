// The table by which the scanner module writes records flat (assembly/flat.ts): names of columns by key and type of value.
// It is written here from address 0 on and copied into the arena; all addresses in it count from its start, 0 = none.

export const T_KEYS = 0;
export const T_CONSTANT = 4;
export const T_CONSTANT_START = 8;
export const T_CONSTANT_END = 12;
export const T_STREAM_START = 16;
export const T_STREAM_END = 20;
export const T_FIELDS = 24;

export const F_STRING = 0;
export const F_NUMBER = 4;
export const F_BOOLEAN = 8;
export const F_JSON = 12;
export const F_GUESS = 16;
export const F_NEXT = 20;
export const F_TOKEN_BYTES = 24;
export const F_TOKEN = 32;

export const C_COUNT = 0;
export const C_ATTEMPT = 4;
export const C_HEAD_BYTES = 8;
export const C_HEAD = 16;

export const FLAT_FACTS_BYTES = 24;

/** Addresses of the columns of a field, by type of value; 0 = none. */
export interface FlatField {
  readonly string: number;
  readonly number: number;
  readonly boolean: number;
  readonly json: number;
}

const START_BYTES = 4096;

export class FlatTable {
  #bytes: Buffer;
  #end: number;

  /** @param keys ids below this may be given a field */
  constructor(keys: number) {
    const end = aligned(T_FIELDS + keys * 4);
    this.#bytes = Buffer.alloc(end + START_BYTES);
    this.#bytes.writeUInt32LE(keys, T_KEYS);
    this.#end = end;
  }

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#end);
  }

  /** @param head `,"name":"` as bytes; @returns its address */
  column(head: Buffer): number {
    const column = this.#take(C_HEAD + head.length);
    this.#bytes.writeUInt32LE(head.length, column + C_HEAD_BYTES);
    this.#bytes.set(head, column + C_HEAD);
    return column;
  }

  /** @param token the name within an object, as JSON text; empty for a field of the record; @returns its address */
  field(columns: FlatField, token: string): number {
    const text = Buffer.from(token);
    const field = this.#take(F_TOKEN + text.length);
    this.#bytes.writeUInt32LE(columns.string, field + F_STRING);
    this.#bytes.writeUInt32LE(columns.number, field + F_NUMBER);
    this.#bytes.writeUInt32LE(columns.boolean, field + F_BOOLEAN);
    this.#bytes.writeUInt32LE(columns.json, field + F_JSON);
    this.#bytes.writeUInt32LE(text.length, field + F_TOKEN_BYTES);
    this.#bytes.set(text, field + F_TOKEN);
    return field;
  }

  setKey(key: number, field: number): void {
    this.#bytes.writeUInt32LE(field, T_FIELDS + key * 4);
  }

  /** The fields below one whose value may be an object. */
  setBelow(parent: number, fields: readonly number[]): void {
    fields.forEach((field, i) => {
      this.#bytes.writeUInt32LE(fields[(i + 1) % fields.length] as number, field + F_NEXT);
    });
    this.#bytes.writeUInt32LE(fields[0] ?? 0, parent + F_GUESS);
  }

  /** The stream of the records, as JSON text. */
  setStream(json: string): void {
    this.#setText(T_STREAM_START, T_STREAM_END, Buffer.from(json));
  }

  /** @param text head and value of the column, as bytes */
  setConstant(column: number, text: Buffer): void {
    this.#bytes.writeUInt32LE(column, T_CONSTANT);
    this.#setText(T_CONSTANT_START, T_CONSTANT_END, text);
  }

  #setText(startAt: number, endAt: number, text: Buffer): void {
    const start = this.#take(text.length);
    this.#bytes.set(text, start);
    this.#bytes.writeUInt32LE(start, startAt);
    this.#bytes.writeUInt32LE(start + text.length, endAt);
  }

  /** Cleared bytes at the end. */
  #take(bytes: number): number {
    const start = this.#end;
    this.#end = aligned(start + bytes);
    if (this.#end > this.#bytes.length) {
      this.#bytes = Buffer.concat([this.#bytes], Math.max(this.#bytes.length * 2, this.#end));
    }
    return start;
  }
}

function aligned(address: number): number {
  return (address + 15) & ~15;
}
