// A scanner's answers as plain values, for tests.
import { Arena } from '../../core/arena.ts';
import type { Bytes, LogfmtOptions, Scanner } from '../../core/scanner.ts';
import {
  D_OFFSET,
  D_SECONDS,
  LIVE,
  type Tape,
  W_CHECK,
  W_FLAGS,
  W_NANOS,
  W_RAW_END,
  W_RAW_START,
  W_REASON,
  W_SOURCE_BYTES,
  W_STATUS,
  W_TIMED,
} from '../../core/tape.ts';
import type { PlainParse } from './plain-json.ts';
import { plainJson } from './plain-json.ts';
import { createScanner } from './scanner.ts';

/** A record of `lines`. */
export interface PlainLine {
  readonly text: string;
  readonly raw: string;
  readonly offset: number;
  readonly check: number;
  readonly sourceBytes: number;
  readonly flags: number;
}

/** One scanner and what tests ask of it. Each call forgets what the former left on the heap. */
export class PlainView {
  readonly arena: Arena = new Arena();
  readonly scanner: Scanner = createScanner(this.arena);
  readonly message: number = this.scanner.keys.pin('message');
  readonly #mark = this.arena.mark();

  /** Puts bytes on the heap. */
  put(bytes: Uint8Array | string): Bytes {
    const data = Buffer.from(bytes as string);
    const start = this.arena.alloc(data.length);
    this.arena.u8.set(data, start);
    return { start, end: start + data.length };
  }

  reset(): void {
    this.arena.release(this.#mark);
  }

  text(bytes: Bytes): string {
    return this.arena.u8.toString('utf8', bytes.start, bytes.end);
  }

  word(record: number, index: number): number {
    return this.arena.i32[(record >> 2) + index] as number;
  }

  records(tape: Tape): number[] {
    const records: number[] = [];
    for (let record = tape.start; record < tape.end; record += this.word(record, 0)) records.push(record);
    return records;
  }

  /** The tape of the lines of `bytes`. */
  cut(bytes: Uint8Array | string, offset = 0): Tape {
    const block = this.put(bytes);
    const input = { ...block, offset, key: this.message, maxRecords: block.end - block.start };
    return this.scanner.lines(input).tape;
  }

  lines(bytes: Uint8Array | string, offset = 0): PlainLine[] {
    this.reset();
    return this.records(this.cut(bytes, offset)).map((record) => this.line(record));
  }

  line(record: number): PlainLine {
    const raw = { start: this.word(record, W_RAW_START), end: this.word(record, W_RAW_END) };
    const fields = this.fields(record);
    return {
      text: JSON.parse(fields.get('message') as string) as string,
      raw: this.arena.u8.toString('latin1', raw.start, raw.end),
      offset: this.arena.f64[(record >> 3) + D_OFFSET] as number,
      check: this.word(record, W_CHECK),
      sourceBytes: this.word(record, W_SOURCE_BYTES),
      flags: this.word(record, W_FLAGS),
    };
  }

  /** The fields of a record as encodeRecord writes them. */
  fields(record: number): ReadonlyMap<string, string> {
    const parsed = plainJson(this.text(this.scanner.encodeRecord(record)));
    if (!parsed.ok) throw new Error(`encodeRecord wrote no object: reason ${parsed.reason}`);
    return parsed.fields;
  }

  parsed(record: number): PlainParse {
    if (this.word(record, W_STATUS) !== LIVE) return { ok: false, reason: this.word(record, W_REASON) };
    return { ok: true, fields: this.fields(record) };
  }

  /** Each line of `bytes` parsed as JSON. */
  json(bytes: Uint8Array | string): PlainParse[] {
    this.reset();
    return this.records(this.scanner.json(this.cut(bytes), this.message)).map((record) => this.parsed(record));
  }

  /** Each line of `bytes` parsed as logfmt. */
  logfmt(bytes: Uint8Array | string, options: LogfmtOptions): PlainParse[] {
    this.reset();
    const tape = this.scanner.logfmt(this.cut(bytes), this.message, options);
    return this.records(tape).map((record) => this.parsed(record));
  }

  /** The record's time as `seconds.nanos`, or undefined. */
  time(record: number): string | undefined {
    if (this.word(record, W_TIMED) === 0) return undefined;
    const seconds = this.arena.f64[(record >> 3) + D_SECONDS] as number;
    return `${seconds}.${String(this.word(record, W_NANOS)).padStart(9, '0')}`;
  }
}
