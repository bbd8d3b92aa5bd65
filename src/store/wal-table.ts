// The columns of a write-ahead encoder as the table by which the scanner module writes lines: formats/scan/flat-table.ts.
import type { Arena } from '../core/arena.ts';
import { C_COUNT, FlatTable } from '../formats/scan/flat-table.ts';
import type { Column, Columns, FieldColumns } from './columns.ts';

/** Keys with larger ids are left to the encoder in TypeScript: so many come from hostile data only. */
const KEYS_MAX = 16_384;
/** And so are fields beyond this size of the table, and fields beyond the first of an object. */
const TABLE_MAX_BYTES = 256 << 10;
const BELOW_MAX = 64;

/** What all lines of a batch have. */
export interface LineFrame {
  readonly stream: string;
  /** Undefined where there is none. */
  readonly constant: { readonly column: Column; readonly text: Buffer } | undefined;
}

export class WalTable {
  readonly version: number;
  readonly #table: FlatTable;
  readonly #columns = new Map<Column, number>();
  readonly #at: number;

  /** Writes the table to the top of the arena's heap. */
  constructor(columns: Columns, frame: LineFrame, arena: Arena) {
    this.version = columns.version;
    const { byKey } = columns;
    const keys = Math.min(byKey.length, KEYS_MAX);
    this.#table = new FlatTable(keys);
    this.#table.setStream(JSON.stringify(frame.stream));
    if (frame.constant) this.#table.setConstant(this.#column(frame.constant.column), frame.constant.text);
    for (let key = 0; key < keys; key++) {
      const field = byKey[key];
      if (field) this.#table.setKey(key, this.#field(field, ''));
    }
    const { bytes } = this.#table;
    this.#at = arena.alloc(bytes.length);
    arena.u8.set(bytes, this.#at);
  }

  get address(): number {
    return this.#at;
  }

  /** Tells `columns` of the values that were written by the table. Once, at its end. */
  count(columns: Columns, arena: Arena): void {
    for (const [column, address] of this.#columns) {
      const values = arena.i32[(this.#at + address + C_COUNT) >> 2] as number;
      if (values > 0) columns.noteColumn(column, values);
    }
  }

  #field(field: FieldColumns, token: string): number {
    if (this.#table.bytes.length > TABLE_MAX_BYTES) return 0;
    const { string, number, boolean, json } = field.byType;
    const columns = {
      string: this.#column(string),
      number: this.#column(number),
      boolean: this.#column(boolean),
      json: this.#column(json),
    };
    const address = this.#table.field(columns, token);
    if (field.below.size > 0) this.#table.setBelow(address, this.#below(field));
    return address;
  }

  #below(field: FieldColumns): readonly number[] {
    return [...field.below]
      .slice(0, BELOW_MAX)
      .map(([name, below]) => this.#field(below, JSON.stringify(name)))
      .filter((address) => address !== 0);
  }

  /** The address of a column, 0 for values that go to the bag. */
  #column(column: Column | undefined): number {
    if (!column?.hasColumn) return 0;
    const known = this.#columns.get(column);
    if (known !== undefined) return known;
    const address = this.#table.column(Buffer.concat([Buffer.from(','), column.head, Buffer.from('"')]));
    this.#columns.set(column, address);
    return address;
  }
}
