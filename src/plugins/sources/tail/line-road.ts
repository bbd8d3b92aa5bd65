// From a tape of lines to events: decoded, parsed, with the path, and what did not match set aside.
import { TextDecoder } from 'node:util';
import type { Arena } from '../../../core/arena.ts';
import type { Intake, OpenSegment, Parser } from '../../../core/plugin.ts';
import { quoted } from '../../../core/problem.ts';
import {
  BAD_TIME,
  DROPPED,
  findSpan,
  firstSpan,
  HEAD_BYTES,
  KIND_JSON,
  LIVE,
  NO_MATCH,
  S_END,
  S_KEY,
  S_START,
  SPAN_BYTES,
  setStatus,
  type Tape,
  W_ORIGIN,
  W_RAW_END,
  W_RAW_START,
  W_SOURCE_BYTES,
  W_STATUS,
  W_TIMED,
} from '../../../core/tape.ts';
import { TapeWriter } from '../../../core/tape-writer.ts';
import { whyRefused } from '../../shared/refusal.ts';
import { type Joined, LineJoiner } from './line-joiner.ts';

export interface LineRoadSettings {
  readonly path_key: string | undefined;
  readonly emit_unmatched_lines: boolean;
  readonly max_line_size: number | undefined;
  readonly from_encoding: string | undefined;
}

/** Where lines come from. */
export interface LineOrigin {
  readonly path: string;
  readonly tag: string;
}

export class LineRoad {
  /** Key under which the lines' texts come in. */
  readonly textKey: number;
  readonly #settings: LineRoadSettings;
  readonly #parser: Parser;
  readonly #intake: Intake;
  readonly #pathKey: number | undefined;
  readonly #unmatchedKey: number;
  readonly #decoder: TextDecoder | undefined;
  readonly #joiner: LineJoiner | undefined;
  /** By source of waiting lines. */
  readonly #origins = new WeakMap<object, LineOrigin>();

  constructor(settings: LineRoadSettings, parser: Parser, intake: Intake) {
    const { path_key: pathKey, from_encoding: encoding } = settings;
    this.#settings = settings;
    this.#parser = parser;
    this.#intake = intake;
    this.textKey = parser.textKey ?? intake.keys.pin('message');
    this.#pathKey = pathKey === undefined ? undefined : intake.keys.pin(pathKey);
    this.#unmatchedKey = intake.keys.pin('unmatched_line');
    this.#joiner = parser.lines && new LineJoiner(parser.lines, this.textKey, intake);
    this.#decoder = encoding === undefined ? undefined : new TextDecoder(encoding);
  }

  /**
   * Emits what the lines become.
   * @param source whose lines they are: lines that wait for further ones wait by source.
   * @param cut of the one line: where it stands, if it is the beginning of a longer one.
   */
  emit(segment: OpenSegment, lines: Tape, origin: LineOrigin, source: object, cut?: CutLine): void {
    const { arena } = this.#intake;
    if (this.#settings.max_line_size !== undefined) this.#dropLong(lines, this.#settings.max_line_size, origin);
    if (this.#decoder) decodeTexts(arena, lines, this.#decoder);
    if (!this.#joiner) {
      this.#emitRecords(segment, lines, origin, cut);
      return;
    }
    this.#origins.set(source, origin);
    const joinable = cut ? markPartial(this.#intake, lines, cut) : lines;
    const { carried, tape, strays } = this.#joiner.join(source, segment, joinable);
    if (carried) this.#emitCarried(carried, origin);
    if (strays.count > 0) this.#emitParsed(segment, strays, origin);
    if (tape.count > 0) this.#emitRecords(segment, tape, origin);
  }

  /** Emits the record of a source that waits for further lines: no more come. */
  flush(source: object): void {
    const { arena } = this.#intake;
    const mark = arena.mark();
    const carried = this.#joiner?.take(source);
    const origin = this.#origins.get(source);
    if (carried && origin) this.#emitCarried(carried, origin);
    arena.release(mark);
  }

  /** Emits the records that have waited for so long. */
  flushIdle(idleMs: number): void {
    const beforeMs = this.#intake.clock.monotonicMs() - idleMs;
    for (const source of this.#joiner?.waitingSince(beforeMs) ?? []) this.flush(source);
  }

  #emitCarried({ part, tape }: NonNullable<Joined['carried']>, origin: LineOrigin): void {
    this.#emitRecords(part, tape, origin);
    part.end();
  }

  #emitRecords(segment: OpenSegment, records: Tape, origin: LineOrigin, cut?: CutLine): void {
    const isText = this.#parser.textKey !== undefined;
    const parsed = isText ? records : this.#parser.parse(records, this.textKey);
    // A parser leaves of a line what it reads in it: the marks come behind that.
    this.#emitParsed(segment, cut && parsed.count > 0 ? markPartial(this.#intake, parsed, cut) : parsed, origin);
  }

  #emitParsed(segment: OpenSegment, parsed: Tape, origin: LineOrigin): void {
    const { arena } = this.#intake;
    let tape = parsed;
    if (!this.#parser.estimatesTime) refuseUntimed(arena, tape);
    const refused = this.#countRefused(tape, origin);
    if (refused > 0 && this.#settings.emit_unmatched_lines) tape = this.#withUnmatched(tape);
    if (this.#pathKey !== undefined) tape = withField(arena, tape, this.#pathKey, origin.path);
    segment.emit(origin.tag, tape);
  }

  #dropLong(tape: Tape, maxBytes: number, { path }: LineOrigin): void {
    const { i32 } = this.#intake.arena;
    for (let record = tape.start; record < tape.end; record += i32[record >> 2] as number) {
      const bytes = i32[(record >> 2) + W_SOURCE_BYTES] as number;
      if (bytes <= maxBytes) continue;
      setStatus(i32, record, DROPPED);
      this.#intake.count('skipped_lines');
      this.#intake.log.warn(`skipped a line of ${bytes} bytes of ${quoted(path)}: max_line_size is ${maxBytes}`);
    }
  }

  #countRefused(tape: Tape, { path }: LineOrigin): number {
    const { arena, scanner } = this.#intake;
    if (scanner.survey(tape).refused === 0) return 0;
    let refused = 0;
    for (let record = tape.start; record < tape.end; record += arena.i32[record >> 2] as number) {
      const status = arena.i32[(record >> 2) + W_STATUS];
      if (status === LIVE || status === DROPPED) continue;
      if (refused === 0) this.#intake.log.warn(`${quoted(path)}: ${whyRefused(arena, record)}`);
      refused++;
    }
    if (refused > 0) this.#intake.count('unmatched', refused);
    return refused;
  }

  /** Puts the text of refused lines into a field of their own. */
  #withUnmatched(tape: Tape): Tape {
    const { arena } = this.#intake;
    const writer = new TapeWriter(arena, tape.end - tape.start + tape.count * SPAN_BYTES);
    for (let record = tape.start; record < tape.end; record += arena.i32[record >> 2] as number) {
      const status = arena.i32[(record >> 2) + W_STATUS];
      if (status === LIVE || status === DROPPED) {
        writer.copy(record);
        continue;
      }
      if (status === BAD_TIME) {
        // The record is there, and so is the text of its time.
        setStatus(arena.i32, writer.copy(record), LIVE);
        continue;
      }
      const line = arena.i32[(record >> 2) + W_ORIGIN] as number;
      const copy = writer.copyHead(record);
      writer.copySpan(firstSpan(line));
      arena.i32[firstSpan(copy) + S_KEY] = this.#unmatchedKey;
      arena.i32[(copy >> 2) + W_TIMED] = 0;
      setStatus(arena.i32, copy, LIVE);
    }
    return writer.tape();
  }
}

function refuseUntimed(arena: Arena, tape: Tape): void {
  const { i32 } = arena;
  for (let record = tape.start; record < tape.end; record += i32[record >> 2] as number) {
    const head = record >> 2;
    if (i32[head + W_STATUS] === LIVE && i32[head + W_TIMED] === 0) setStatus(i32, record, NO_MATCH);
  }
}

/** Replaces each text by its bytes in the source, decoded. */
function decodeTexts(arena: Arena, tape: Tape, decoder: TextDecoder): void {
  for (let record = tape.start; record < tape.end; record += arena.i32[record >> 2] as number) {
    const head = record >> 2;
    const raw = arena.u8.subarray(arena.i32[head + W_RAW_START] as number, arena.i32[head + W_RAW_END] as number);
    const text = decoder.decode(raw);
    const start = arena.alloc(Buffer.byteLength(text));
    const end = start + arena.u8.write(text, start, 'utf8');
    const span = firstSpan(record);
    arena.i32[span + S_START] = start;
    arena.i32[span + S_END] = end;
  }
}

/** Adds a text to every record that has no field of that name. */
function withField(arena: Arena, tape: Tape, key: number, text: string): Tape {
  const json = JSON.stringify(text);
  const start = arena.alloc(Buffer.byteLength(json));
  const end = start + arena.u8.write(json, start, 'utf8');
  const writer = new TapeWriter(arena, tape.end - tape.start + tape.count * SPAN_BYTES);
  for (let record = tape.start; record < tape.end; record += arena.i32[record >> 2] as number) {
    writer.copy(record);
    if (findSpan(arena.i32, record, key) < 0) writer.addSpan(key, KIND_JSON, start, end);
  }
  return writer.tape();
}

/** Where a line stands of which only the beginning was read. */
export interface CutLine {
  readonly offset: number;
  readonly bytes: number;
}

/** The fields that mark the cut head of a record, and a tape with them. */
function markPartial(intake: Intake, tape: Tape, { offset, bytes }: CutLine): Tape {
  const { arena, keys } = intake;
  const marks = [
    ['partial', 'true'],
    ['original_bytes', String(bytes)],
    ['original_offset', String(offset)],
  ] as const;
  const written = marks.map(([name, json]) => {
    const start = arena.alloc(json.length);
    return { key: keys.id(name), start, end: start + arena.u8.write(json, start, 'latin1') };
  });
  const writer = new TapeWriter(arena, HEAD_BYTES + SPAN_BYTES * (written.length + 1));
  writer.copy(tape.start);
  for (const { key, start, end } of written) writer.addSpan(key, KIND_JSON, start, end);
  return writer.tape();
}
