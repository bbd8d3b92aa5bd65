// Records with the object put in, and without their secrets.
import type { Host } from '../../../core/plugin.ts';
import type { Bytes } from '../../../core/scanner.ts';
import { KIND_JSON, numberPart, SPAN_BYTES, type Tape } from '../../../core/tape.ts';
import { TapeWriter } from '../../../core/tape-writer.ts';
import type { Redactor } from '../../../kata/redact.ts';
import { FieldRedaction } from '../../../kata/secret-fields.ts';

const OBJECT_BYTES = 12;
const NO_OBJECTS: Bytes = { start: 0, end: 0 };

/** What was understood of a record. */
export interface Marked {
  /** Absent: the record belongs to one before it. */
  readonly json?: string;
  /** Blacks out what the record's own fields hold. */
  readonly redactor?: Redactor | undefined;
  /** No part of its texts may stay: they hold a piece of one with secrets. */
  readonly isHidden?: boolean;
}

export class RecordMaker {
  readonly #host: Host;
  readonly #key: number;
  readonly #fields: FieldRedaction;

  /** @param prefix what a parser put in front of the names that Kata wrote. */
  constructor(host: Host, key: string, prefix: string) {
    this.#host = host;
    this.#key = host.keys.pin(key);
    this.#fields = new FieldRedaction(host, { except: this.#key, prefix });
  }

  /**
   * The tape with one record for each of a record's marks; records without one stay as they are.
   * @param objects a list of (record, start, end) words: the objects that lie in the arena already.
   * @param end address of the first record that is left out.
   */
  make(
    tape: Tape,
    marked: ReadonlyMap<number, readonly Marked[]>,
    objects: Bytes = NO_OBJECTS,
    end: number = tape.end,
  ): Tape {
    const { arena } = this.#host;
    const writer = new TapeWriter(arena, end - tape.start + this.#growth(marked, objects));
    let object = objects.start >> 2;
    for (let record = tape.start; record < end; record += arena.i32[record >> 2] as number) {
      if (object < objects.end >> 2 && arena.i32[object] === record) {
        writer.copy(record);
        const { i32 } = arena;
        writer.addSpan(this.#key, KIND_JSON, i32[object + 1] as number, i32[object + 2] as number);
        object += OBJECT_BYTES >> 2;
      } else this.#mark(writer, record, marked.get(record) ?? []);
    }
    return writer.tape();
  }

  /** How much longer the tape becomes. */
  #growth(marked: ReadonlyMap<number, readonly Marked[]>, objects: Bytes): number {
    let bytes = ((objects.end - objects.start) / OBJECT_BYTES) * SPAN_BYTES;
    for (const [record, marks] of marked)
      bytes += (marks.length - 1) * (this.#host.arena.i32[record >> 2] as number) + marks.length * SPAN_BYTES;
    return bytes;
  }

  #mark(writer: TapeWriter, record: number, marks: readonly Marked[]): void {
    const { arena } = this.#host;
    if (marks.length === 0) writer.copy(record);
    for (const [part, { json = '', redactor, isHidden }] of marks.entries()) {
      const text = arena.alloc(json.length * 3);
      const end = text + arena.u8.write(json, text, 'utf8');
      const copy = writer.copy(record);
      if (json !== '') writer.addSpan(this.#key, KIND_JSON, text, end);
      if (marks.length > 1 && !numberPart(arena.i32, copy, part)) {
        // More parts of parts than there are numbers: with the number of another it would be taken for that one.
        this.#host.log.error('a record was made of too many others to have an id; it is left out');
        writer.dropLast();
        continue;
      }
      if (isHidden) this.#fields.hide(copy);
      if (redactor) this.#fields.redact(copy, redactor);
    }
  }
}
