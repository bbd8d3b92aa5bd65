// Which fields have a column of their own, and which are rare and share the bag `_x`, so that no burst of odd fields makes
// every segment wide. A field may stand in both: it is promoted when it turns out to be common.
import type { Keys } from '../core/event.ts';
import { columnName, type ValueType } from './names.ts';

/** Columns that are given at once, before anything is known of the fields. */
const EAGER_MAX = 48;
const COLUMNS_MAX = 128;
/** Records after which it is asked anew which fields are common: soon at first, as each column costs sealing time. */
const FIRST_REVIEW_ROWS = 4000;
const REVIEW_ROWS = 200_000;
/** A field gets a column after this many values, when at least this share of the records has it. */
const COMMON_COUNT = 64;
const COMMON_SHARE = 0.005;
/** Names remembered; more come from hostile data and are not worth remembering. */
const NAMES_MAX = 20_000;

/** Values of one type of one field. */
export interface Column {
  /** `"name":` as bytes. */
  readonly head: Buffer;
  readonly name: string;
  /** Values since the last review. */
  count: number;
  hasColumn: boolean;
  /** Numbers of the last batches that had a value in the column and in the bag. */
  inColumn: number;
  inBag: number;
  /** Number of the last record that had a value: a second one in the same record is dropped. */
  record: number;
}

/** A field: its columns by type, and the fields below it where it is an object. */
export interface FieldColumns {
  readonly field: string;
  readonly byType: Partial<Record<ValueType, Column>>;
  readonly below: Map<string, FieldColumns>;
}

export class Columns {
  /** Records since the last review. */
  #rows = 0;
  #record = 0;
  #batch = 1;
  #used: string[] = [];
  #bagged: string[] = [];
  readonly #keys: Keys;
  readonly #fields = new Map<string, FieldColumns>();
  readonly #all: Column[] = [];
  #byKey: (FieldColumns | undefined)[] = [];
  #epoch = -1;
  #columns = 0;
  #isFirst = true;
  #version = 0;

  constructor(keys: Keys) {
    this.#keys = keys;
  }

  /** Changes whenever a field or column comes or goes. */
  get version(): number {
    return this.#version;
  }

  /** Fields by key id of the thread's key table, as far as they are known. */
  get byKey(): readonly (FieldColumns | undefined)[] {
    this.#followKeys();
    return this.#byKey;
  }

  /** The field with a key id of the thread's key table. */
  ofKey(key: number): FieldColumns {
    this.#followKeys();
    const known = this.#byKey[key];
    if (known) return known;
    const field = this.field(this.#keys.name(key));
    this.#byKey[key] = field;
    this.#version++;
    return field;
  }

  field(name: string): FieldColumns {
    const known = this.#fields.get(name);
    if (known) return known;
    const field: FieldColumns = { field: name, byType: {}, below: new Map() };
    if (this.#fields.size < NAMES_MAX) this.#fields.set(name, field);
    return field;
  }

  below(parent: FieldColumns, name: string): FieldColumns {
    const known = parent.below.get(name);
    if (known) return known;
    const field = this.field(`${parent.field}.${name}`);
    if (parent.below.size < NAMES_MAX) parent.below.set(name, field);
    this.#version++;
    return field;
  }

  /** A record begins. */
  nextRecord(): void {
    this.#record++;
    this.#rows++;
  }

  /** The column for a value of `type`, counted; undefined when this record has one already. */
  take(field: FieldColumns, type: ValueType): Column | undefined {
    const column = field.byType[type] ?? this.#create(field, type);
    if (column.record === this.#record) return undefined;
    column.record = this.#record;
    column.count++;
    if (column.hasColumn || this.#promote(column)) {
      this.#use(column);
    } else {
      if (column.inBag !== this.#batch) this.#bagged.push(column.name);
      column.inBag = this.#batch;
    }
    return column;
  }

  /** Values were written to a column without a `take` each. */
  noteColumn(column: Column, values: number): void {
    column.count += values;
    this.#use(column);
  }

  #use(column: Column): void {
    if (column.inColumn !== this.#batch) this.#used.push(column.name);
    column.inColumn = this.#batch;
  }

  /** Records that were written without a `nextRecord` each. */
  noteRecords(records: number): void {
    this.#rows += records;
  }

  /** The names used since the last call: those of columns, and those in the bag. */
  takeNames(): { readonly columns: readonly string[]; readonly bagged: readonly string[] } {
    const names = { columns: this.#used, bagged: this.#bagged };
    this.#used = [];
    this.#bagged = [];
    this.#batch++;
    if (this.#rows >= (this.#isFirst ? FIRST_REVIEW_ROWS : REVIEW_ROWS)) this.#review();
    return names;
  }

  /** Fields that were common keep their columns, the others lose them. */
  #review(): void {
    const kept = new Set(
      this.#all
        .filter(({ name, count }) => isOwn(name) || count >= this.#rows * COMMON_SHARE)
        .sort((a, b) => b.count - a.count)
        .slice(0, COLUMNS_MAX - 8),
    );
    for (const column of this.#all) {
      column.hasColumn = kept.has(column);
      column.count = 0;
    }
    this.#version++;
    this.#columns = kept.size;
    this.#isFirst = false;
    this.#rows = 0;
  }

  #followKeys(): void {
    if (this.#keys.epoch === this.#epoch) return;
    this.#byKey = [];
    this.#epoch = this.#keys.epoch;
    this.#version++;
  }

  #create(field: FieldColumns, type: ValueType): Column {
    const name = columnName(field.field, type);
    const head = Buffer.from(`${JSON.stringify(name)}:`);
    const column: Column = { head, name, count: 0, hasColumn: false, inColumn: 0, inBag: 0, record: -1 };
    field.byType[type] = column;
    if (this.#all.length < NAMES_MAX) this.#all.push(column);
    return column;
  }

  #promote(column: Column): boolean {
    if (this.#columns >= COLUMNS_MAX) return false;
    const isEager = isOwn(column.name) || (this.#isFirst && this.#columns < EAGER_MAX);
    const isCommon = column.count >= COMMON_COUNT && column.count >= this.#rows * COMMON_SHARE;
    if (!isEager && !isCommon) return false;
    column.hasColumn = true;
    this.#version++;
    this.#columns++;
    return true;
  }
}

/** What Katalog understood is asked for most. */
function isOwn(name: string): boolean {
  return name.startsWith('kata.') || name === 'tag';
}
