// The fast scanners and emitters: allocation here, the work in the module (assembly/).
import type { Arena } from '../../core/arena.ts';
import type {
  BulkForm,
  Bytes,
  FlatLines,
  KataFunctions,
  LinesInput,
  LogfmtOptions,
  Scanner,
  Survey,
} from '../../core/scanner.ts';
import { HEAD_BYTES, MAX_FIELDS, NO_KEY, SPAN_BYTES, type Tape } from '../../core/tape.ts';
import { encodePhrases, KATA_BLANK_KEYS } from './blank-keys.ts';
import { FLAT_FACTS_BYTES } from './flat-table.ts';
import { KeyTable } from './key-table.ts';
import { instantiate, type ScannerModule } from './module.ts';
import { replaceInvalidLines } from './utf8-lines.ts';

/** First guess for a bulk body; it grows in place when the guess was low. */
const BULK_ROOM_BYTES = 1 << 20;
/** Room for flat lines; what does not fit is asked for again. */
const FLAT_ROOM_BYTES = 1 << 20;

class ModuleScanner implements Scanner {
  readonly arena: Arena;
  readonly keys: KeyTable;
  readonly kata: KataFunctions;
  readonly #module: ScannerModule;
  readonly #phrases: number;
  #scratch = 0;

  constructor(arena: Arena) {
    this.arena = arena;
    this.#module = instantiate(arena.memory);
    this.keys = new KeyTable(arena, this.#module);
    this.kata = this.#module;
    this.#phrases = arena.constant(encodePhrases(KATA_BLANK_KEYS));
  }

  tidy(): void {
    this.keys.tidy();
  }

  lines(input: LinesInput): { readonly tape: Tape; readonly next: number } {
    const { arena } = this;
    const { start, end, offset, key } = input;
    const module = this.#module;
    // Every record takes at least one byte of input.
    const maxRecords = Math.min(input.maxRecords, end - start);
    const tapeStart = arena.alloc(maxRecords * (HEAD_BYTES + SPAN_BYTES));
    const tapeEnd = module.lines(start, end, offset, key, maxRecords, tapeStart);
    arena.trim(tapeEnd);
    const next = module.linesNext();
    const tape = { start: tapeStart, end: tapeEnd, count: module.linesCount() };
    replaceInvalidLines(arena, tape, start, next);
    return { tape, next };
  }

  json(tape: Tape, key: number): Tape {
    const module = this.#module;
    const bytes = module.fieldBytes(tape.start, tape.end, key);
    // A member takes at least five bytes, `"":1,`; a text may be unescaped, and each of its values copied.
    const start = this.#parserRoom(tape.count, bytes / 5, bytes * 2);
    const end = module.json(tape.start, tape.end, key, start);
    return this.#parsed(start, end, module.jsonCount());
  }

  logfmt(tape: Tape, key: number, options: LogfmtOptions): Tape {
    const module = this.#module;
    const bytes = module.fieldBytes(tape.start, tape.end, key);
    // A key takes at least two bytes; a text may be unescaped, and each of its values decoded and repaired.
    const start = this.#parserRoom(tape.count, bytes / 2, bytes * 3);
    const end = module.logfmt(tape.start, tape.end, key, start, options.blankKeys ? this.#phrases : 0);
    return this.#parsed(start, end, module.logfmtCount());
  }

  time(tape: Tape, key: number, keep: boolean): number {
    return this.#module.time(tape.start, tape.end, key, keep ? 1 : 0);
  }

  mapKeys(from: number, until: number, ids: Int32Array): number {
    const { arena } = this;
    const mark = arena.mark();
    const mapped = Math.min(ids.length, this.keys.size);
    const map = arena.alloc(mapped * 4);
    arena.i32.set(ids.subarray(0, mapped), map >> 2);
    const record = this.#module.mapKeys(from, until, map, mapped);
    arena.release(mark);
    return record;
  }

  survey(tape: Tape): Survey {
    const at = this.#module.survey(tape.start, tape.end);
    const { i32, f64 } = this.arena;
    return {
      earliest: f64[at >> 3] as number,
      latest: f64[(at >> 3) + 1] as number,
      live: i32[(at >> 2) + 4] as number,
      refused: i32[(at >> 2) + 5] as number,
      untimed: i32[(at >> 2) + 6] as number,
    };
  }

  encodeRecord(record: number): Bytes {
    const module = this.#module;
    this.#setForm(undefined);
    const room = module.encodedBytes(record);
    const start = this.arena.alloc(room);
    const end = module.encodeRecord(record, start, start + room);
    this.arena.trim(end);
    return { start, end };
  }

  encodeFlat(from: number, until: number, count: number, table: number): FlatLines {
    const module = this.#module;
    const facts = this.arena.alloc(count * FLAT_FACTS_BYTES);
    const start = this.arena.alloc(FLAT_ROOM_BYTES);
    const end = module.flat(from, until, table, facts, start, start + FLAT_ROOM_BYTES);
    this.arena.trim(end);
    return {
      start,
      end,
      facts,
      count: module.flatLines(),
      earliest: module.flatEarliest(),
      latest: module.flatLatest(),
      next: module.flatResume(),
      needsRoom: module.flatNeedsRoom() !== 0,
    };
  }

  encodeBulk(from: number, until: number, form: BulkForm): Bytes {
    const module = this.#module;
    this.#setForm(form);
    const start = this.arena.alloc(BULK_ROOM_BYTES);
    let limit = start + BULK_ROOM_BYTES;
    let end = start;
    let record = from;
    while (true) {
      end = module.encodeBulk(record, until, end, limit);
      record = module.bulkResume();
      if (record >= until) break;
      // Nothing was allocated in between: the new room lies right behind the old one.
      const room = Math.max(limit - start, module.encodedBytes(record) * 2);
      limit = this.arena.alloc(room) + room;
    }
    this.arena.trim(end);
    return { start, end };
  }

  #setForm(form: BulkForm | undefined): void {
    const none = { start: 0, end: 0 };
    const { head, middle, tail, timestampKey } = form ?? { head: none, middle: none, tail: none, timestampKey: NO_KEY };
    this.#module.setHead(head.start, head.end);
    this.#module.setMiddle(middle.start, middle.end);
    this.#module.setTail(tail.start, tail.end);
    this.#module.setTimestampKey(timestampKey);
  }

  /** Allocates a tape for `count` records with `fields` more spans than one each, and scratch behind it. */
  #parserRoom(count: number, fields: number, scratchBytes: number): number {
    const spans = Math.min(Math.ceil(fields) + count, count * MAX_FIELDS);
    const tapeBytes = count * HEAD_BYTES + spans * SPAN_BYTES;
    const start = this.arena.alloc(tapeBytes + scratchBytes + count * 16);
    this.#scratch = start + tapeBytes;
    this.#module.setScratch(this.#scratch);
    return start;
  }

  #parsed(start: number, end: number, count: number): Tape {
    const top = this.#module.scratchTop();
    this.arena.trim(top === this.#scratch ? end : top);
    return { start, end, count };
  }
}

/**
 * The scanner of one thread, over its arena. Its module keeps the key table in the arena's first regions: one scanner
 * per arena.
 */
export function createScanner(arena: Arena): Scanner {
  return new ModuleScanner(arena);
}
