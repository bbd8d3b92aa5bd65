// Records of a batch as bytes that stay when the batch is gone, and as records again.
import type { Host } from '../../../core/plugin.ts';
import { HEAD_BYTES, KIND_TEXT, SPAN_BYTES, type Tape } from '../../../core/tape.ts';
import { TapeWriter } from '../../../core/tape-writer.ts';

export interface StoredRecord {
  readonly head: Buffer;
  readonly json: Buffer;
}

export class RecordStore {
  readonly #host: Host;
  /** Any key: it names the text while that is read. */
  readonly #key: number;

  constructor(host: Host, key: string) {
    this.#host = host;
    this.#key = host.keys.pin(key);
  }

  copy(record: number): StoredRecord {
    const { arena, scanner } = this.#host;
    const mark = arena.mark();
    const json = scanner.encodeRecord(record);
    const stored = {
      head: Buffer.from(arena.u8.subarray(record, record + HEAD_BYTES)),
      json: Buffer.from(arena.u8.subarray(json.start, json.end)),
    };
    arena.release(mark);
    return stored;
  }

  /** The records as they were, in a new tape. */
  restored(records: readonly StoredRecord[]): Tape {
    const { arena, scanner } = this.#host;
    const bytes = records.reduce((sum, { json }) => sum + json.length, 0);
    let text = arena.alloc(bytes);
    const head = arena.alloc(HEAD_BYTES);
    const writer = new TapeWriter(arena, records.length * (HEAD_BYTES + SPAN_BYTES));
    for (const stored of records) {
      arena.u8.set(stored.head, head);
      arena.u8.set(stored.json, text);
      writer.copyHead(head);
      writer.addSpan(this.#key, KIND_TEXT, text, text + stored.json.length);
      text += stored.json.length;
    }
    return scanner.json(writer.tape(), this.#key);
  }
}
