// Parsers that read a text as a text: fields with their values, written to a tape.
import { spanText } from '../../core/field.ts';
import type { Host } from '../../core/plugin.ts';
import {
  findSpan,
  HEAD_BYTES,
  KIND_JSON,
  KIND_TEXT,
  LIVE,
  NO_MATCH,
  REASON_NO_FIELD,
  REASON_NOT_TEXT,
  REASON_SYNTAX,
  SPAN_BYTES,
  setStatus,
  type Tape,
  W_REASON,
  W_STATUS,
} from '../../core/tape.ts';
import { TapeWriter } from '../../core/tape-writer.ts';

/** Takes the fields of the present record. */
export class FieldWriter {
  readonly #host: Host;
  readonly #writer: TapeWriter;

  constructor(host: Host, writer: TapeWriter) {
    this.#host = host;
    this.#writer = writer;
  }

  /** A field of the given key id; null becomes the JSON value null. */
  text(key: number, text: string | null): void {
    if (text === null) {
      this.json(key, 'null');
      return;
    }
    const { arena } = this.#host;
    const start = arena.alloc(Buffer.byteLength(text));
    this.#writer.addSpan(key, KIND_TEXT, start, start + arena.u8.write(text, start, 'utf8'));
  }

  json(key: number, json: string): void {
    const { arena } = this.#host;
    const start = arena.alloc(json.length);
    this.#writer.addSpan(key, KIND_JSON, start, start + arena.u8.write(json, start, 'utf8'));
  }
}

/** Writes the fields of a text, each key once; false where the text is no record, whatever was written. */
export type ReadText = (text: string, fields: FieldWriter) => boolean;

/** Calls `read` for the text of `key` of each LIVE record; the tape of what it made of them. */
export function scanTexts(host: Host, tape: Tape, key: number, read: ReadText): Tape {
  const { arena } = host;
  const writer = new TapeWriter(arena, tape.count * (HEAD_BYTES + 8 * SPAN_BYTES));
  const fields = new FieldWriter(host, writer);
  for (let record = tape.start; record < tape.end; record += arena.i32[record >> 2] as number) {
    if (arena.i32[(record >> 2) + W_STATUS] !== LIVE) continue;
    writer.beginFrom(record);
    const span = findSpan(arena.i32, record, key);
    const text = span < 0 ? undefined : spanText(arena, span);
    if (text !== undefined && read(text, fields)) continue;
    writer.dropLast();
    writer.beginFrom(record);
    const head = writer.last >> 2;
    setStatus(arena.i32, writer.last, NO_MATCH);
    arena.i32[head + W_REASON] = span < 0 ? REASON_NO_FIELD : text === undefined ? REASON_NOT_TEXT : REASON_SYNTAX;
  }
  return writer.tape();
}
