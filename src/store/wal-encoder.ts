// Records on the tape → lines of the write-ahead file. One line is one JSON object whose values are all texts (numbers
// would be rewritten by DuckDB's reader), but for our own columns; see names.ts for its keys:
//   {"_t":1700000000123456789,"_s":"…","_o":123,"_c":456,"kata_level":"error","kata_pid#n":"42","_x":{"rare":"…"}}
import type { Arena } from '../core/arena.ts';
import type { Instant, Keys } from '../core/event.ts';
import type { FlatLines, Scanner } from '../core/scanner.ts';
import {
  D_OFFSET,
  D_SECONDS,
  firstSpan,
  KIND_TEXT,
  LIVE,
  S_END,
  S_KEY,
  S_KIND,
  S_START,
  SPAN_BYTES,
  type Tape,
  W_CHECK,
  W_FANOUT,
  W_NANOS,
  W_SPANS,
  W_STATUS,
} from '../core/tape.ts';
import { Columns, type FieldColumns } from './columns.ts';
import type { ValueType } from './names.ts';
import { ESCAPED_MAX, keyText, putValue, skipBlanks, skipValue } from './wal-bytes.ts';
import { type LineFrame, WalTable } from './wal-table.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const LF = 0x0a;
/** Objects nested deeper stay JSON text. */
const FLATTEN_DEPTH_MAX = 6;
/** And so do objects behind names longer than this. */
const FLATTEN_NAME_MAX = 512;
const START_BYTES = 256 << 10;
/** Room for the fixed part of a line: `_t`, `_s`, `_o`, `_c` and brackets. */
const HEAD_ROOM = 256;
/** Tables made for one tape, at most; a tape that needs more has new fields in every record. */
const TABLES_MAX = 8;
/** Times have 64 bits of nanoseconds: from 1677 to 2262. What lies beyond is stored at the end. */
const NANOS_MAX = 2n ** 63n - 1n;

/** Where a record comes from: the parts of its id (search/id). A document with an id of its own has `#` + id as stream. */
export interface Origin {
  readonly stream: string;
  readonly offset: number;
  /** Check + fan-out · 2^30. */
  readonly check: number;
}

/** Lines that are appended together. */
export interface WalBatch {
  readonly bytes: Buffer;
  /** End of each line in `bytes`. */
  readonly ends: readonly number[];
  readonly origins: readonly Origin[];
  readonly minTime: bigint;
  readonly maxTime: bigint;
  /** Names of the columns used, and of those in the bag. */
  readonly columns: readonly string[];
  readonly bagged: readonly string[];
}

/** What one further document of a record adds to its check, which has 30 bits. */
export const FANOUT_UNIT: number = 2 ** 30;

/** The origin of a record on the tape. */
export function originOf(arena: Arena, record: number, stream: string): Origin {
  const word = record >> 2;
  const check = arena.i32[word + W_CHECK] as number;
  return {
    stream,
    offset: arena.f64[(record >> 3) + D_OFFSET] as number,
    check: check + (arena.i32[word + W_FANOUT] as number) * FANOUT_UNIT,
  };
}

/** Columns that every record of a batch gets. */
export interface Constant {
  readonly field: string;
  readonly value: string;
}

export class WalEncoder {
  readonly #columns: Columns;
  readonly #arena: Arena;
  #out: Buffer = Buffer.allocUnsafe(START_BYTES);
  #at = 0;
  #bag: Buffer = Buffer.allocUnsafe(4096);
  #bagAt = 0;
  #ends: number[] = [];
  #origins: Origin[] = [];
  #minTime = 0n;
  #maxTime = 0n;

  constructor(arena: Arena, keys: Keys) {
    this.#arena = arena;
    this.#columns = new Columns(keys);
  }

  get records(): number {
    return this.#ends.length;
  }

  get bytes(): number {
    return this.#at;
  }

  /** Appends a record; `index` is the name that a bulk request gave, if any. */
  add(record: number, origin: Origin, time: Instant, constant: Constant | undefined, index?: string): void {
    const nanos = nanosOf(time);
    this.#columns.nextRecord();
    this.#bagAt = 0;
    this.#head(origin, nanos, index);
    const spans = this.#arena.i32[(record >> 2) + W_SPANS] as number;
    let span = firstSpan(record);
    for (let i = 0; i < spans; i++, span += SPAN_BYTES >> 2) this.#span(span);
    if (constant) this.#text(this.#columns.field(constant.field), constant.value);
    this.#finishLine();
    this.#noteTimes(nanos, nanos);
    this.#ends.push(this.#at);
    this.#origins.push(origin);
  }

  /** Appends the LIVE records of a tape, each of which has a time: what `add` does one by one, in a fraction of its time. */
  addTape(scanner: Scanner, tape: Tape, stream: string, constant: Constant): void {
    const arena = this.#arena;
    const mark = arena.mark();
    let table: WalTable | undefined;
    let tables = 0;
    for (let record = tape.start; record < tape.end; ) {
      if (table?.version !== this.#columns.version) {
        table?.count(this.#columns, arena);
        arena.release(mark);
        const frame = tables++ < TABLES_MAX ? this.#frame(stream, constant) : undefined;
        table = frame && new WalTable(this.#columns, frame, arena);
      }
      if (table) record = this.#addLines(scanner, record, tape, stream, table);
      if (record < tape.end) record = this.#addNext(record, stream, constant);
    }
    table?.count(this.#columns, arena);
    arena.release(mark);
  }

  /** What all lines of a tape have; undefined while the constant has no column yet. */
  #frame(stream: string, { field, value }: Constant): LineFrame | undefined {
    const column = this.#columns.field(field).byType.string;
    if (!column?.hasColumn) return undefined;
    const bytes = Buffer.from(value);
    const text = Buffer.allocUnsafe(column.head.length + bytes.length * ESCAPED_MAX + 4);
    const end = putValue(text, 0, column, bytes, 0, bytes.length, 'escape');
    return { stream, constant: { column, text: text.subarray(0, end) } };
  }

  /** Appends records from `record` on as far as the table covers them; the first one left. */
  #addLines(scanner: Scanner, record: number, tape: Tape, stream: string, table: WalTable): number {
    const arena = this.#arena;
    for (let from = record; ; ) {
      const mark = arena.mark();
      const lines = scanner.encodeFlat(from, tape.end, tape.count, table.address);
      this.#take(lines, stream);
      arena.release(mark);
      from = lines.next;
      if (!lines.needsRoom || lines.count === 0) return from;
    }
  }

  #take(lines: FlatLines, stream: string): void {
    if (lines.count === 0) return;
    const { f64, u8 } = this.#arena;
    this.#reserve(lines.end - lines.start);
    u8.copy(this.#out, this.#at, lines.start, lines.end);
    this.#noteTimes(lines.earliest, lines.latest);
    for (let i = 0, at = lines.facts >> 3; i < lines.count; i++, at += 3) {
      this.#at += f64[at + 2] as number;
      this.#ends.push(this.#at);
      this.#origins.push({ stream, offset: f64[at] as number, check: f64[at + 1] as number });
    }
    this.#columns.noteRecords(lines.count);
  }

  /** Appends a record if it is LIVE; the next one. */
  #addNext(record: number, stream: string, constant: Constant): number {
    const { i32, f64 } = this.#arena;
    const word = record >> 2;
    if (i32[word + W_STATUS] === LIVE) {
      const time = { seconds: f64[(record >> 3) + D_SECONDS] as number, nanos: i32[word + W_NANOS] as number };
      this.add(record, originOf(this.#arena, record, stream), time, constant);
    }
    return record + (i32[word] as number);
  }

  #noteTimes(least: bigint, greatest: bigint): void {
    if (this.#ends.length === 0 || least < this.#minTime) this.#minTime = least;
    if (this.#ends.length === 0 || greatest > this.#maxTime) this.#maxTime = greatest;
  }

  /** What was added, as a copy; the encoder is empty again. */
  take(): WalBatch {
    const batch: WalBatch = {
      bytes: Buffer.from(this.#out.subarray(0, this.#at)),
      ends: this.#ends,
      origins: this.#origins,
      minTime: this.#minTime,
      maxTime: this.#maxTime,
      ...this.#columns.takeNames(),
    };
    this.#at = 0;
    this.#ends = [];
    this.#origins = [];
    return batch;
  }

  #head(origin: Origin, nanos: bigint, index: string | undefined): void {
    const { stream } = origin;
    const isForeign = stream.startsWith('#');
    this.#reserve(HEAD_ROOM + (isForeign ? stream.length * ESCAPED_MAX : 0) + (index?.length ?? 0) * ESCAPED_MAX);
    const name = isForeign ? JSON.stringify(stream) : `"${stream}"`;
    const place = isForeign ? '' : `,"_o":${origin.offset},"_c":${origin.check}`;
    const to = index === undefined ? '' : `,"_i":${JSON.stringify(index)}`;
    this.#at += this.#out.write(`{"_t":${nanos},"_s":${name}${place}${to}`, this.#at, 'utf8');
  }

  #span(span: number): void {
    const { i32, u8 } = this.#arena;
    const key = i32[span + S_KEY] as number;
    if (key < 0) return;
    const field = this.#columns.ofKey(key);
    const start = i32[span + S_START] as number;
    const end = i32[span + S_END] as number;
    if (i32[span + S_KIND] === KIND_TEXT) this.#value(field, 'string', u8, start, end, 'escape');
    else this.#json(field, u8, start, end, 0);
  }

  #json(field: FieldColumns, source: Buffer, start: number, end: number, depth: number): void {
    switch (source[start]) {
      case QUOTE:
        this.#value(field, 'string', source, start + 1, end - 1, 'copy');
        return;
      case OPEN_BRACE:
        if (
          depth < FLATTEN_DEPTH_MAX &&
          field.field.length < FLATTEN_NAME_MAX &&
          this.#object(field, source, start, depth)
        )
          return;
        this.#value(field, 'json', source, start, end, 'escape');
        return;
      case OPEN_BRACKET:
      case 0x6e: // null
        this.#value(field, 'json', source, start, end, 'escape');
        return;
      case 0x74: // true
      case 0x66: // false
        this.#value(field, 'boolean', source, start, end, 'copy');
        return;
      default:
        this.#value(field, 'number', source, start, end, 'copy');
    }
  }

  /** Flattens a JSON object; false for an empty one, which has no leaves to stand for it. */
  #object(field: FieldColumns, source: Buffer, start: number, depth: number): boolean {
    let at = skipBlanks(source, start + 1);
    if (source[at] === CLOSE_BRACE) return false;
    for (;;) {
      const keyEnd = skipValue(source, at);
      const below = this.#columns.below(field, keyText(source, at, keyEnd));
      // Behind the key: blanks, a colon, blanks.
      at = skipBlanks(source, skipBlanks(source, keyEnd) + 1);
      const end = skipValue(source, at);
      this.#json(below, source, at, end, depth + 1);
      at = skipBlanks(source, end);
      if (source[at] !== COMMA) return true;
      at = skipBlanks(source, at + 1);
    }
  }

  #text(field: FieldColumns, text: string): void {
    const bytes = Buffer.from(text);
    this.#value(field, 'string', bytes, 0, bytes.length, 'escape');
  }

  #value(
    field: FieldColumns,
    type: ValueType,
    source: Buffer,
    start: number,
    end: number,
    how: 'copy' | 'escape',
  ): void {
    const column = this.#columns.take(field, type);
    if (!column) return;
    const room = column.head.length + (how === 'copy' ? end - start : (end - start) * ESCAPED_MAX) + 4;
    if (column.hasColumn) {
      this.#reserve(room);
      this.#at = putValue(this.#out, this.#at, column, source, start, end, how);
      return;
    }
    this.#bag = grown(this.#bag, this.#bagAt, room);
    this.#bagAt = putValue(this.#bag, this.#bagAt, column, source, start, end, how);
  }

  #finishLine(): void {
    this.#reserve(this.#bagAt + 16);
    if (this.#bagAt > 0) {
      // The bag begins with a comma, where its brace goes.
      this.#at += this.#out.write(',"_x":{', this.#at, 'latin1');
      this.#bag.copy(this.#out, this.#at, 1, this.#bagAt);
      this.#at += this.#bagAt - 1;
      this.#out[this.#at++] = CLOSE_BRACE;
    }
    this.#out[this.#at++] = CLOSE_BRACE;
    this.#out[this.#at++] = LF;
  }

  #reserve(bytes: number): void {
    this.#out = grown(this.#out, this.#at, bytes);
  }
}

/** Nanoseconds since the epoch. */
export function nanosOf({ seconds, nanos }: Instant): bigint {
  const exact = BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
  if (exact > NANOS_MAX) return NANOS_MAX;
  return exact < -NANOS_MAX ? -NANOS_MAX : exact;
}

function grown(buffer: Buffer, used: number, bytes: number): Buffer {
  if (used + bytes <= buffer.length) return buffer;
  const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, used + bytes));
  buffer.copy(larger, 0, 0, used);
  return larger;
}
