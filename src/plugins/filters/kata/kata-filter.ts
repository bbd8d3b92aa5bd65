// The filter at work: each record's text or pairs through the road of room kata, and what comes out into the record.
import type { Arena } from '../../../core/arena.ts';
import type { Batch, Instant } from '../../../core/event.ts';
import { spanText } from '../../../core/field.ts';
import type { Filter, FilterHost, Held } from '../../../core/plugin.ts';
import { D_OFFSET, D_SECONDS, DROPPED, findSpan, setStatus, W_NANOS, W_TIMED } from '../../../core/tape.ts';
import { FastRecords } from '../../../kata/fast/fast-records.ts';
import { KataMemory } from '../../../kata/memory.ts';
import { kataJson } from '../../../kata/ndjson.ts';
import { KataReader } from '../../../kata/reader.ts';
import type { Source, Understood } from '../../../kata/record.ts';
import { isPieced, Redactor } from '../../../kata/redact.ts';
import { TEXT_FIELDS } from '../../../kata/secret-fields.ts';
import { Doubles } from './doubles.ts';
import { type Kept, Lane } from './lane.ts';
import { type Marked, RecordMaker } from './record-maker.ts';
import { RecordPairs } from './record-pairs.ts';
import { RecordStore } from './record-store.ts';

export interface KataFilterSettings {
  readonly prefix: string;
  readonly key: string;
  readonly redact: boolean;
  readonly keep_doubles: boolean;
}

/** Streams remembered at once. */
const LANES_MAX = 1024;
/** Calls that the half minute remembered after a restart holds whole. */
const CALL_MAX_MS = 30_000;
/** A writer that pauses so long, behind the end of what there is, has finished its record. */
const SILENCE_MS = 2000;
const TICK_MS = 500;

export class KataFilter implements Filter {
  readonly state = 'stream';
  readonly remembers = true;
  readonly #host: FilterHost;
  readonly #settings: KataFilterSettings;
  readonly #textKeys: readonly number[];
  readonly #journalKey: number;
  readonly #memory = new KataMemory(CALL_MAX_MS);
  readonly #pairs: RecordPairs;
  readonly #maker: RecordMaker;
  readonly #store: RecordStore;
  readonly #doubles: Doubles | undefined;
  readonly #fast: FastRecords;
  readonly #lanes = new Map<string, Lane>();
  #timer: NodeJS.Timeout | undefined;

  constructor(settings: KataFilterSettings, host: FilterHost) {
    this.#host = host;
    this.#settings = settings;
    this.#textKeys = TEXT_FIELDS.map((name) => host.keys.pin(name));
    this.#journalKey = this.#textKeys[0] as number;
    this.#pairs = new RecordPairs(host, settings.prefix);
    this.#maker = new RecordMaker(host, settings.key, settings.prefix);
    this.#store = new RecordStore(host, settings.key);
    this.#doubles = settings.keep_doubles ? undefined : new Doubles();
    const { arena, keys, scanner } = host;
    const { prefix, redact: redacts } = settings;
    this.#fast = new FastRecords({ arena, keys, kata: scanner.kata }, { memory: this.#memory, prefix, redacts });
  }

  apply(batch: Batch): void {
    const { tape, segment, tag } = batch;
    const lane = this.#laneOf(`${segment.streamKey}\n${tag}`);
    const before = lane.last;
    // Those that the fast road leaves; while anything is held, that is all that come.
    const records: number[] = [];
    const objects = this.#fast.understand(tape, lane.reader, (record) => {
      records.push(record);
      this.#read(lane.reader, batch, record, lane.next());
    });
    if (objects.repaired > 0) this.#host.count('repaired', objects.repaired);
    lane.atMs = this.#host.clock.monotonicMs();
    const undecided = lane.undecided();
    this.#sendDecided(lane, undecided);
    const decided = Math.max(0, Math.min(records.length, undecided - before - 1));
    const end = decided < records.length ? (records[decided] as number) : tape.end;
    const marked = new Map<number, readonly Marked[]>();
    for (let index = 0; index < decided; index++) {
      const record = records[index] as number;
      const marks = this.#marksOf(lane, before + 1 + index, record, this.#host);
      if (marks) marked.set(record, marks);
    }
    if (decided < records.length) this.#keep(batch, lane, records.slice(decided), before + 1 + decided);
    batch.tape = this.#maker.make(tape, marked, objects, end);
    this.#count();
  }

  flush(): void {
    for (const lane of this.#lanes.values()) this.#sendAll(lane);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #laneOf(name: string): Lane {
    const known = this.#lanes.get(name);
    if (known) return known;
    if (this.#lanes.size >= LANES_MAX) this.#forgetOne();
    const lane: Lane = new Lane(
      new KataReader({
        memory: this.#memory,
        emit: (record, isJoined) => this.#note(lane, record, isJoined),
        redacts: this.#settings.redact,
        unwraps: true,
      }),
    );
    this.#lanes.set(name, lane);
    return lane;
  }

  #forgetOne(): void {
    for (const [name, lane] of this.#lanes) {
      if (lane.waiting.length > 0) continue;
      this.#lanes.delete(name);
      return;
    }
  }

  /** `line` is the number of the record in its stream: it comes back in what was understood. */
  #read(reader: KataReader, { arena, segment }: Batch, record: number, line: number): void {
    const source: Source = {
      path: segment.streamKey,
      line,
      offset: arena.f64[(record >> 3) + D_OFFSET] as number,
      bytes: 0,
    };
    for (const key of this.#textKeys) {
      const span = findSpan(arena.i32, record, key);
      if (span < 0) continue;
      if (key === this.#journalKey) reader.entry(this.#pairs.journal(arena, record), source);
      else reader.line(spanText(arena, span) ?? '', source);
      return;
    }
    reader.pairs(this.#pairs.own(arena, record), source, timeOf(arena, record) ?? segment.timeAt(source.offset));
  }

  #note(lane: Lane, found: Understood, isJoined: boolean): void {
    const meaning = lane.meaning(found.source.line);
    if (isJoined && found.kata.redacted !== undefined) meaning.hidesRest = true;
    if (this.#doubles?.isDouble(found)) meaning.isDouble = true;
    else {
      if (found.kata.repairs !== undefined) meaning.repaired++;
      const redactor = this.#settings.redact ? new Redactor(isPieced(found), found.secrets) : undefined;
      meaning.marks.push({ json: kataJson(found.kata), redactor });
    }
  }

  /** What goes into a record; a double is dropped. */
  #marksOf(lane: Lane, number: number, record: number, counted: Counted): readonly Marked[] | undefined {
    const meaning = lane.take(number);
    if (!meaning) return this.#settings.redact ? [this.#markOfRest(lane, number)] : undefined;
    if (meaning.isDouble) {
      setStatus(this.#host.arena.i32, record, DROPPED);
      counted.count('doubles');
    }
    if (meaning.repaired > 0) counted.count('repaired', meaning.repaired);
    return meaning.marks;
  }

  /** Of a record that belongs to one before it, which was looked through as a whole. */
  #markOfRest(lane: Lane, number: number): Marked {
    return { isHidden: lane.isHidden(number), redactor: new Redactor() };
  }

  #keep(batch: Batch, lane: Lane, records: readonly number[], number: number): void {
    const { arena } = this.#host;
    const [offset = 0, ...further] = records.map((record) => arena.f64[(record >> 3) + D_OFFSET] as number);
    const kept = records.map((record, index): Kept => ({ number: number + index, ...this.#store.copy(record) }));
    lane.waiting.push({ held: this.#host.hold(batch, offset, further), records: kept });
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref();
  }

  /** Sends on what waited and is decided now, in its order. */
  #sendDecided(lane: Lane, undecided: number): void {
    for (let first = lane.waiting[0]; first; first = lane.waiting[0]) {
      const { held, records } = first;
      const count = records.findIndex(({ number }) => number >= undecided);
      const decided = records.splice(0, count < 0 ? records.length : count);
      if (decided.length > 0) {
        const tape = this.#store.restored(decided);
        const marked = new Map<number, readonly Marked[]>();
        let record = tape.start;
        for (const { number } of decided) {
          const marks = this.#marksOf(lane, number, record, held);
          if (marks) marked.set(record, marks);
          record += this.#host.arena.i32[record >> 2] as number;
        }
        held.emit(this.#maker.make(tape, marked));
      }
      if (records.length > 0) return;
      lane.waiting.shift();
      held.release();
    }
  }

  #sendAll(lane: Lane): void {
    const { arena } = this.#host;
    const mark = arena.mark();
    lane.reader.end();
    this.#sendDecided(lane, Number.POSITIVE_INFINITY);
    arena.release(mark);
    this.#count();
  }

  #tick(): void {
    const before = this.#host.clock.monotonicMs() - SILENCE_MS;
    let waits = false;
    for (const lane of this.#lanes.values()) {
      if (lane.atMs <= before && lane.waiting[0]?.held.isAtEnd) this.#sendAll(lane);
      waits ||= lane.waiting.length > 0;
    }
    if (!waits) this.close();
  }

  #count(): void {
    for (const [name, count] of this.#memory.counts) this.#host.count(name.toLowerCase(), count);
    this.#memory.counts.clear();
  }
}

/** Where it is counted what became of a record. */
type Counted = Pick<Held, 'count'>;

function timeOf(arena: Arena, record: number): Instant | undefined {
  if (arena.i32[(record >> 2) + W_TIMED] === 0) return undefined;
  return {
    seconds: arena.f64[(record >> 3) + D_SECONDS] as number,
    nanos: arena.i32[(record >> 2) + W_NANOS] as number,
  };
}
