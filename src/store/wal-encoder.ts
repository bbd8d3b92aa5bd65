// Records on the tape → lines of the write-ahead file. One line is one JSON object whose values are all texts (numbers
// would be rewritten by DuckDB's reader), but for our own columns; see names.ts for its keys:
//   {"_t":1700000000123456789,"_s":"…","_o":123,"_c":456,"kata_level":"error","kata_pid#n":"42","_x":{"rare":"…"}}
import type { Arena } from '../core/arena.ts';
import type { Instant, Keys } from '../core/event.ts';
import {
  D_OFFSET,
  firstSpan,
  KIND_TEXT,
  S_END,
  S_KEY,
  S_KIND,
  S_START,
  SPAN_BYTES,
  W_CHECK,
  W_FANOUT,
  W_SPANS,
} from '../core/tape.ts';
import { type Column, Columns, type FieldColumns } from './columns.ts';
import type { ValueType } from './names.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const LF = 0x0a;
const HEX = Buffer.from('0123456789abcdef');
/** Objects nested deeper stay JSON text. */
const FLATTEN_DEPTH_MAX = 6;
/** And so do objects behind names longer than this. */
const FLATTEN_NAME_MAX = 512;
const START_BYTES = 256 << 10;
/** A byte of text takes at most this many as part of a JSON string. */
const ESCAPED_MAX = 6;
/** Room for the fixed part of a line: `_t`, `_s`, `_o`, `_c` and brackets. */
const HEAD_ROOM = 256;

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
    const nanos = BigInt(time.seconds) * 1_000_000_000n + BigInt(time.nanos);
    this.#columns.nextRecord();
    this.#bagAt = 0;
    this.#head(origin, nanos, index);
    const spans = this.#arena.i32[(record >> 2) + W_SPANS] as number;
    let span = firstSpan(record);
    for (let i = 0; i < spans; i++, span += SPAN_BYTES >> 2) this.#span(span);
    if (constant) this.#text(this.#columns.field(constant.field), constant.value);
    this.#finishLine();
    if (this.#ends.length === 0 || nanos < this.#minTime) this.#minTime = nanos;
    if (this.#ends.length === 0 || nanos > this.#maxTime) this.#maxTime = nanos;
    this.#ends.push(this.#at);
    this.#origins.push(origin);
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

function grown(buffer: Buffer, used: number, bytes: number): Buffer {
  if (used + bytes <= buffer.length) return buffer;
  const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, used + bytes));
  buffer.copy(larger, 0, 0, used);
  return larger;
}

/** Writes `,"name":"value"`; returns where it ends. */
function putValue(
  out: Buffer,
  from: number,
  column: Column,
  source: Buffer,
  start: number,
  end: number,
  how: string,
): number {
  let at = from;
  out[at++] = COMMA;
  const { head } = column;
  for (let i = 0; i < head.length; i++) out[at++] = head[i] as number;
  out[at++] = QUOTE;
  at = how === 'copy' ? putCopied(out, at, source, start, end) : putEscaped(out, at, source, start, end);
  out[at++] = QUOTE;
  return at;
}

const LOWER_U = 0x75;
const SURROGATE = /^[dD][89a-fA-F]/;
const SURROGATE_PAIR = /^[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F]/;

/** Copies the inside of a JSON string. DuckDB refuses a record with half a surrogate pair: it becomes U+FFFD. */
function putCopied(out: Buffer, from: number, source: Buffer, start: number, end: number): number {
  let at = from;
  for (let i = start; i < end; i++) {
    const byte = source[i] as number;
    out[at++] = byte;
    if (byte !== BACKSLASH) continue;
    const escaped = source[++i] as number;
    out[at++] = escaped;
    if (escaped !== LOWER_U) continue;
    const hex = source.toString('latin1', i + 1, Math.min(i + 11, end));
    if (!SURROGATE.test(hex)) continue;
    const isPair = SURROGATE_PAIR.test(hex);
    at += out.write(isPair ? hex : 'fffd', at, 'latin1');
    i += isPair ? 10 : 4;
  }
  return at;
}

function putEscaped(out: Buffer, from: number, source: Buffer, start: number, end: number): number {
  let at = from;
  for (let i = start; i < end; i++) {
    const byte = source[i] as number;
    if (byte < 0x20) {
      at += out.write('\\u00', at, 'latin1');
      out[at++] = HEX[byte >> 4] as number;
      out[at++] = HEX[byte & 15] as number;
      continue;
    }
    if (byte === QUOTE || byte === BACKSLASH) out[at++] = BACKSLASH;
    out[at++] = byte;
  }
  return at;
}

function skipBlanks(source: Buffer, from: number): number {
  let at = from;
  while (source[at] === 0x20 || source[at] === 0x09 || source[at] === 0x0a || source[at] === 0x0d) at++;
  return at;
}

/** End of the JSON value at `from`, which is valid. */
function skipValue(source: Buffer, from: number): number {
  const first = source[from];
  if (first === QUOTE) return skipString(source, from);
  if (first !== OPEN_BRACE && first !== OPEN_BRACKET) return skipScalar(source, from);
  let depth = 0;
  for (let at = from; ; at++) {
    const byte = source[at];
    if (byte === QUOTE) at = skipString(source, at) - 1;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
    else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth === 0) return at + 1;
    else if (byte === undefined) throw new Error('BUG: a JSON span has no end');
  }
}

function skipString(source: Buffer, from: number): number {
  let at = from + 1;
  while (source[at] !== QUOTE) at += source[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

function skipScalar(source: Buffer, from: number): number {
  let at = from;
  for (;;) {
    const byte = source[at];
    if (byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || byte === undefined || byte <= 0x20)
      return at;
    at++;
  }
}

function keyText(source: Buffer, start: number, end: number): string {
  const text = source.toString('utf8', start + 1, end - 1);
  return text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text;
}
