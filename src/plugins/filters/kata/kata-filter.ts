// The filter at work: each record's text or pairs through the road of room kata, and what comes out into the record.
import type { Arena } from '../../../core/arena.ts';
import type { Batch, Instant } from '../../../core/event.ts';
import { spanText } from '../../../core/field.ts';
import type { Filter, FilterHost } from '../../../core/plugin.ts';
import { D_OFFSET, D_SECONDS, DROPPED, findSpan, setStatus, W_NANOS } from '../../../core/tape.ts';
import { FastRecords } from '../../../kata/fast/fast-records.ts';
import { KataMemory } from '../../../kata/memory.ts';
import { kataJson } from '../../../kata/ndjson.ts';
import { KataReader } from '../../../kata/reader.ts';
import type { Source, Understood } from '../../../kata/record.ts';
import { Doubles } from './doubles.ts';
import { type Marked, RecordMaker } from './record-maker.ts';
import { RecordPairs } from './record-pairs.ts';

export interface KataFilterSettings {
  readonly prefix: string;
  readonly key: string;
  readonly redact: boolean;
  readonly keep_doubles: boolean;
}

/** Fields whose text is a record, in the order in which they are looked for. */
const TEXT_FIELDS = ['MESSAGE', 'message', 'log'];

export class KataFilter implements Filter {
  readonly state = 'stream';
  readonly #host: FilterHost;
  readonly #settings: KataFilterSettings;
  readonly #textKeys: readonly number[];
  readonly #journalKey: number;
  readonly #memory = new KataMemory();
  readonly #pairs: RecordPairs;
  readonly #maker: RecordMaker;
  readonly #doubles: Doubles | undefined;
  readonly #fast: FastRecords;
  /** What came out of the batch at hand. */
  #found: Understood[] = [];

  constructor(settings: KataFilterSettings, host: FilterHost) {
    this.#host = host;
    this.#settings = settings;
    this.#textKeys = TEXT_FIELDS.map((name) => host.keys.pin(name));
    this.#journalKey = this.#textKeys[0] as number;
    this.#pairs = new RecordPairs(host, settings.prefix);
    this.#maker = new RecordMaker(host, settings.key);
    this.#doubles = settings.keep_doubles ? undefined : new Doubles();
    const { arena, keys, scanner } = host;
    const { prefix, redact: redacts } = settings;
    this.#fast = new FastRecords({ arena, keys, kata: scanner.kata }, { memory: this.#memory, prefix, redacts });
  }

  apply(batch: Batch): void {
    const { arena, tape, segment } = batch;
    const records: number[] = [];
    const reader = new KataReader({
      memory: this.#memory,
      emit: (record) => this.#found.push(record),
      redacts: this.#settings.redact,
      unwraps: true,
    });
    const objects = this.#fast.understand(tape, reader, (record) => {
      records.push(record);
      this.#read(reader, arena, record, segment.streamKey, records.length);
    });
    reader.end();
    batch.tape = this.#maker.make(tape, this.#assigned(arena, records), objects);
    this.#found = [];
    this.#count();
  }

  /** `line` is the number of the record among those of its batch that come here: it comes back in what was understood. */
  #read(reader: KataReader, arena: Arena, record: number, stream: string, line: number): void {
    const source: Source = { path: stream, line, offset: arena.f64[(record >> 3) + D_OFFSET] as number, bytes: 0 };
    for (const key of this.#textKeys) {
      const span = findSpan(arena.i32, record, key);
      if (span < 0) continue;
      if (key === this.#journalKey) reader.entry(this.#pairs.journal(arena, record), source);
      else reader.line(spanText(arena, span) ?? '', source);
      return;
    }
    reader.pairs(this.#pairs.own(arena, record), source, timeOf(arena, record));
  }

  /** What goes into which record; doubles are dropped. */
  #assigned(arena: Arena, records: readonly number[]): Map<number, Marked[]> {
    const marked = new Map<number, Marked[]>();
    for (const found of this.#found) {
      const record = records[found.source.line - 1] as number;
      if (this.#doubles?.isDouble(found)) {
        setStatus(arena.i32, record, DROPPED);
        this.#host.count('doubles');
        continue;
      }
      const list = marked.get(record) ?? [];
      marked.set(record, list);
      if (found.kata.repairs !== undefined) this.#host.count('repaired');
      list.push({ json: kataJson(found.kata), redacts: found.kata.redacted !== undefined });
    }
    return marked;
  }

  #count(): void {
    for (const [name, count] of this.#memory.counts) this.#host.count(name.toLowerCase(), count);
    this.#memory.counts.clear();
  }
}

function timeOf(arena: Arena, record: number): Instant {
  return {
    seconds: arena.f64[(record >> 3) + D_SECONDS] as number,
    nanos: arena.i32[(record >> 2) + W_NANOS] as number,
  };
}
