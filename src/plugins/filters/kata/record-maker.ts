// Records with the object put in, and without their secrets.
import type { Arena } from '../../../core/arena.ts';
import { setSpanJson, spanText } from '../../../core/field.ts';
import type { Host } from '../../../core/plugin.ts';
import { firstSpan, KIND_JSON, NO_KEY, S_KEY, SPAN_BYTES, type Tape, W_FANOUT, W_SPANS } from '../../../core/tape.ts';
import { TapeWriter } from '../../../core/tape-writer.ts';
import { Redactor } from '../../../kata/redact.ts';

/** What was understood of a record. */
export interface Marked {
  readonly json: string;
  /** The record's own fields hold secrets, too. */
  readonly redacts: boolean;
}

const SPAN_WORDS = SPAN_BYTES >> 2;

/** Calls `visit`, which may allocate, for each field of a record. */
export function eachSpan(arena: Arena, record: number, visit: (key: number, span: number) => void): void {
  const first = firstSpan(record);
  const end = first + (arena.i32[(record >> 2) + W_SPANS] as number) * SPAN_WORDS;
  for (let span = first; span < end; span += SPAN_WORDS) {
    const key = arena.i32[span + S_KEY] as number;
    if (key !== NO_KEY) visit(key, span);
  }
}

export class RecordMaker {
  readonly #host: Host;
  readonly #key: number;

  constructor(host: Host, key: string) {
    this.#host = host;
    this.#key = host.keys.pin(key);
  }

  /** The tape with one record for each of a record's marks; records without one stay as they are. */
  make(tape: Tape, marked: ReadonlyMap<number, readonly Marked[]>): Tape {
    const { arena } = this.#host;
    let jsonBytes = 0;
    let copies = 0;
    for (const [record, marks] of marked) {
      for (const { json } of marks) jsonBytes += json.length * 3;
      copies += (marks.length - 1) * (arena.i32[record >> 2] as number) + marks.length * SPAN_BYTES;
    }
    let text = arena.alloc(jsonBytes);
    const writer = new TapeWriter(arena, tape.end - tape.start + copies);
    for (let record = tape.start; record < tape.end; record += arena.i32[record >> 2] as number) {
      const marks = marked.get(record) ?? [];
      if (marks.length === 0) writer.copy(record);
      for (const [part, { json, redacts }] of marks.entries()) {
        const copy = writer.copy(record);
        const end = text + arena.u8.write(json, text, 'utf8');
        writer.addSpan(this.#key, KIND_JSON, text, end);
        text = end;
        if (part > 0) arena.i32[(copy >> 2) + W_FANOUT] = part;
        if (redacts) this.#redact(copy);
      }
    }
    return writer.tape();
  }

  #redact(record: number): void {
    const { arena, keys } = this.#host;
    const redactor = new Redactor();
    eachSpan(arena, record, (key, span) => {
      const text = key === this.#key ? undefined : spanText(arena, span);
      if (text === undefined) return;
      const kept = redactor.value(keys.name(key), text);
      if (kept !== text) setSpanJson(arena, span, JSON.stringify(kept));
    });
  }
}
