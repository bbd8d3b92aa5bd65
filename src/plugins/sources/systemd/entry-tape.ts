// Journal entries as a tape: values are copied once per tape where entries share them.
import type { Arena } from '../../../core/arena.ts';
import type { Keys } from '../../../core/event.ts';
import {
  D_OFFSET,
  D_SECONDS,
  HEAD_BYTES,
  KIND_JSON,
  LIVE,
  MAX_FIELDS,
  SPAN_BYTES,
  type Tape,
  W_CHECK,
  W_NANOS,
  W_ORIGIN,
  W_SIZE,
  W_SOURCE_BYTES,
  W_SPANS,
  W_STATUS,
  W_TIMED,
} from '../../../core/tape.ts';
import { jsonEncoder, jsonNameBytes } from '../../../formats/journal/encoders.ts';
import { headNumber } from '../../../formats/journal/entry.ts';
import { FieldFragments } from '../../../formats/journal/field-fragments.ts';
import { H_MONOTONIC, H_REALTIME } from '../../../formats/journal/layout.ts';
import type { Journal } from '../../../readers/journal/journal.ts';

/** A tape is full beyond this. */
const TAPE_BYTES = 512 << 10;
const VALUES_BYTES = 512 << 10;
const MICROS = 1_000_000;

/** Builds one tape at a time: `begin`, `add`…, `tape`. Everything lies on the arena's heap; the caller releases it. */
export class EntryTape {
  readonly #arena: Arena;
  readonly #keys: Keys;
  readonly #fragments = new FieldFragments(jsonEncoder({ all: true, binary: 'string', skipsBootId: false }));
  /** By number of a field's name: its key and the length of its fragment's name part. */
  #keyOf = new Int32Array(256);
  #nameBytes = new Int32Array(256);
  #known = 0;
  #epoch = -1;
  /** By id of a kept value: where it lies in the arena, if it was put there for this tape. */
  #addresses = new Int32Array(1024);
  #addressedIn = new Int32Array(1024);
  #tapes = 0;
  #fragmentsEpoch = -1;
  /** By number of a field's name: the span that holds it in the present record. */
  #spanOf = new Int32Array(256);
  #seenIn = new Int32Array(256);
  #records = 0;
  #start = 0;
  #end = 0;
  #limit = 0;
  #values = 0;
  #valuesLimit = 0;
  #count = 0;

  constructor(arena: Arena, keys: Keys) {
    this.#arena = arena;
    this.#keys = keys;
  }

  /** Values that could not be read so far. */
  get unreadable(): number {
    return this.#fragments.unreadable;
  }

  begin(): void {
    this.#tapes++;
    this.#count = 0;
    if (this.#epoch !== this.#keys.epoch) {
      this.#epoch = this.#keys.epoch;
      this.#known = 0;
    }
    this.#start = this.#arena.alloc(TAPE_BYTES);
    this.#end = this.#start;
    this.#limit = this.#start + TAPE_BYTES;
    this.#values = this.#arena.alloc(VALUES_BYTES);
    this.#valuesLimit = this.#values + VALUES_BYTES;
  }

  get count(): number {
    return this.#count;
  }

  /**
   * Adds the entry at which the journal stands.
   * @returns bytes of its values, or -1 where the tape has no room left for it.
   */
  add(journal: Journal, check: number): number {
    const fragments = this.#fragments;
    fragments.load(journal.entry.file, journal.items, journal.itemCount);
    if (fragments.epoch !== this.#fragmentsEpoch) this.#forgetAddresses();
    const fields = Math.min(fragments.count, MAX_FIELDS);
    if (!this.#hasRoom(fields, this.#valueBytes(fields))) return -1;
    this.#learnNames();
    const bytes = this.#writeSpans(fields);
    this.#writeHead(journal, check, bytes);
    return bytes;
  }

  tape(): Tape {
    return { start: this.#start, end: this.#end, count: this.#count };
  }

  #forgetAddresses(): void {
    this.#fragmentsEpoch = this.#fragments.epoch;
    this.#addressedIn.fill(0);
  }

  #valueBytes(fields: number): number {
    const { ids, start, end } = this.#fragments;
    let bytes = 0;
    for (let i = 0; i < fields; i++) bytes += (end[ids[i] as number] as number) - (start[ids[i] as number] as number);
    return bytes;
  }

  /** The first entry of a tape gets all the room that it needs. */
  #hasRoom(fields: number, bytes: number): boolean {
    const fits =
      this.#end + HEAD_BYTES + fields * SPAN_BYTES <= this.#limit && this.#values + bytes <= this.#valuesLimit;
    if (fits || this.#count > 0) return fits;
    this.#values = this.#arena.alloc(bytes);
    this.#valuesLimit = this.#values + bytes;
    return true;
  }

  #learnNames(): void {
    const { names } = this.#fragments.names;
    if (names.length === this.#known) return;
    while (names.length > this.#keyOf.length) {
      this.#keyOf = doubled(this.#keyOf);
      this.#nameBytes = doubled(this.#nameBytes);
      this.#spanOf = doubled(this.#spanOf);
      this.#seenIn = doubled(this.#seenIn);
    }
    for (; this.#known < names.length; this.#known++) {
      const name = names[this.#known] as string;
      this.#keyOf[this.#known] = this.#keys.id(name);
      this.#nameBytes[this.#known] = jsonNameBytes(name);
    }
  }

  #writeSpans(fields: number): number {
    const { ids, name, start, end, kept } = this.#fragments;
    const { i32 } = this.#arena;
    const record = ++this.#records;
    let span = (this.#end + HEAD_BYTES) >> 2;
    let bytes = 0;
    for (let i = 0; i < fields; i++) {
      const id = ids[i] as number;
      const named = name[id] as number;
      const from = (start[id] as number) + (this.#nameBytes[named] as number);
      const length = (end[id] as number) - from;
      const at = id < kept ? this.#keptAt(id, from, length) : this.#copied(from, length);
      let place = span;
      // A name that stands twice: the last value counts, at the place of the first.
      if (this.#seenIn[named] === record) place = this.#spanOf[named] as number;
      else span += SPAN_BYTES >> 2;
      this.#seenIn[named] = record;
      this.#spanOf[named] = place;
      i32[place] = this.#keyOf[named] as number;
      i32[place + 1] = KIND_JSON;
      i32[place + 2] = at;
      i32[place + 3] = at + length;
      bytes += length;
    }
    i32[(this.#end >> 2) + W_SPANS] = (span - ((this.#end + HEAD_BYTES) >> 2)) / (SPAN_BYTES >> 2);
    i32[(this.#end >> 2) + W_SIZE] = span * 4 - this.#end;
    return bytes;
  }

  #keptAt(id: number, from: number, length: number): number {
    while (id >= this.#addresses.length) {
      this.#addresses = doubled(this.#addresses);
      this.#addressedIn = doubled(this.#addressedIn);
    }
    if (this.#addressedIn[id] === this.#tapes) return this.#addresses[id] as number;
    const at = this.#copied(from, length);
    this.#addresses[id] = at;
    this.#addressedIn[id] = this.#tapes;
    return at;
  }

  #copied(from: number, length: number): number {
    const at = this.#values;
    this.#fragments.bytes.copy(this.#arena.u8, at, from, from + length);
    this.#values += length;
    return at;
  }

  #writeHead({ entry }: Journal, check: number, bytes: number): void {
    const { i32, f64 } = this.#arena;
    const at = this.#end;
    const word = at >> 2;
    const realtime = headNumber(entry.head, H_REALTIME);
    const [size, spans] = [i32[word + W_SIZE] as number, i32[word + W_SPANS] as number];
    i32.fill(0, word, word + (HEAD_BYTES >> 2));
    i32[word + W_SIZE] = size;
    i32[word + W_SPANS] = spans;
    i32[word + W_STATUS] = LIVE;
    i32[word + W_ORIGIN] = at;
    f64[(at >> 3) + D_OFFSET] = headNumber(entry.head, H_MONOTONIC);
    f64[(at >> 3) + D_SECONDS] = Math.floor(realtime / MICROS);
    i32[word + W_NANOS] = (realtime % MICROS) * 1000;
    i32[word + W_TIMED] = 1;
    i32[word + W_CHECK] = check;
    i32[word + W_SOURCE_BYTES] = bytes;
    this.#end += size;
    this.#count++;
  }
}

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
