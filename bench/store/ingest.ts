// The road of the output `store` without its pipeline: blocks of a file of JSON lines → tape → write-ahead file → segments.
import * as fs from 'node:fs';
import { Arena } from '../../src/core/arena.ts';
import { createScanner } from '../../src/formats/scan/scanner.ts';
import { WalEncoder } from '../../src/store/wal-encoder.ts';
import type { StoreWriter } from '../../src/store/writer.ts';

const BLOCK_BYTES = 256 << 10;
/** Batches that are being stored at once. */
const APPENDS_MAX = 16;
const STREAM = 'aaaaaaaaaaa';
/** The synthetic records have a tag of their own. */
const ORIGIN = { field: 'origin', value: 'bench' };
const LF = 0x0a;

export class Feed {
  readonly #arena = new Arena();
  readonly #scanner = createScanner(this.#arena);
  readonly #line = this.#scanner.keys.pin('line');
  readonly #time = this.#scanner.keys.pin('@timestamp');
  readonly #encoder = new WalEncoder(this.#arena, this.#scanner.keys);
  readonly #mark = this.#arena.mark();
  readonly #fd: number;
  #offset = 0;

  constructor(file: string) {
    this.#fd = fs.openSync(file, 'r');
  }

  /** Stores records until there are `most` or the file ends; how many. */
  async into(writer: StoreWriter, most = Number.POSITIVE_INFINITY): Promise<number> {
    const pending = new Set<Promise<unknown>>();
    let records = 0;
    while (records < most) {
      const added = this.#block();
      if (added === 0) break;
      records += added;
      const appended = writer.append(this.#encoder.take()).finally(() => pending.delete(appended));
      pending.add(appended);
      if (pending.size >= APPENDS_MAX) await Promise.race(pending);
    }
    await Promise.all(pending);
    return records;
  }

  close(): void {
    fs.closeSync(this.#fd);
  }

  /** Encodes one block of whole lines; its records. */
  #block(): number {
    const start = this.#arena.alloc(BLOCK_BYTES);
    const read = fs.readSync(this.#fd, this.#arena.u8, start, BLOCK_BYTES, this.#offset);
    const end = start + this.#arena.u8.subarray(start, start + read).lastIndexOf(LF) + 1;
    const block = { start, end, offset: this.#offset, key: this.#line, maxRecords: BLOCK_BYTES };
    const parsed = this.#scanner.json(this.#scanner.lines(block).tape, this.#line);
    this.#scanner.time(parsed, this.#time, false);
    const { live, untimed } = this.#scanner.survey(parsed);
    if (live < parsed.count || untimed > 0) throw new Error('the synthetic records are sound');
    this.#encoder.addTape(this.#scanner, parsed, STREAM, ORIGIN);
    this.#offset += end - start;
    this.#arena.release(this.#mark);
    this.#scanner.tidy();
    return parsed.count;
  }
}
