// The text to parse where it lies inside of a field: for the parser it becomes a field of its own.
import type { FieldPath } from '../../../core/field-path.ts';
import type { Host } from '../../../core/plugin.ts';
import { RecordView } from '../../../core/record-view.ts';
import { LIVE, NO_KEY, S_KEY, SPAN_BYTES, type Tape, W_ORIGIN, W_STATUS } from '../../../core/tape.ts';
import { TapeWriter } from '../../../core/tape-writer.ts';
import { FieldReader } from '../../shared/field-reader.ts';

export class NestedText {
  /** Key of the field that the text becomes. */
  readonly key: number;
  readonly #host: Host;
  readonly #path: FieldPath;
  readonly #reader: FieldReader;
  readonly #view: RecordView;

  constructor(accessor: string, path: FieldPath, host: Host) {
    this.#host = host;
    this.#path = path;
    this.#reader = new FieldReader(accessor, host);
    this.#view = new RecordView(host);
    // No field of a record has such a name.
    this.key = host.keys.pin(`\0${accessor}`);
  }

  /** Copies of the live records, with the text as their last field where they have it. */
  lifted({ start, end, count }: Tape): Tape {
    const { arena } = this.#host;
    const writer = new TapeWriter(arena, end - start + count * SPAN_BYTES);
    for (let record = start; record < end; record += arena.i32[record >> 2] as number) {
      if (arena.i32[(record >> 2) + W_STATUS] !== LIVE) continue;
      writer.copy(record);
      if (!this.#reader.find(record)) continue;
      const { kind, start: from, end: to } = this.#reader;
      writer.addSpan(this.key, kind, from, to);
    }
    return writer.tape();
  }

  /** Takes the field off the lifted records again; with `removes`, the text as well where it was parsed. */
  lowered(lifted: Tape, parsed: Tape, removes: boolean): void {
    const { i32 } = this.#host.arena;
    for (let record = lifted.start; record < lifted.end; record += i32[record >> 2] as number) {
      const last = (record + (i32[record >> 2] as number) - SPAN_BYTES) >> 2;
      if (i32[last + S_KEY] === this.key) i32[last + S_KEY] = NO_KEY;
    }
    if (!removes) return;
    for (let record = parsed.start; record < parsed.end; record += this.#host.arena.i32[record >> 2] as number) {
      const [status, origin] = [(record >> 2) + W_STATUS, (record >> 2) + W_ORIGIN];
      if (this.#host.arena.i32[status] === LIVE)
        this.#view.at(this.#host.arena.i32[origin] as number).remove(this.#path);
    }
  }
}
