// Lines put together to records of several lines. What is not complete at the end of a block waits for the next one; the
// position stays in front of it.
import type { Arena } from '../../../core/arena.ts';
import { spanText } from '../../../core/field.ts';
import type { Intake, LineJoin, OpenSegment } from '../../../core/plugin.ts';
import {
  D_OFFSET,
  firstSpan,
  HEAD_BYTES,
  KIND_TEXT,
  LIVE,
  NO_MATCH,
  S_END,
  S_START,
  SPAN_BYTES,
  setStatus,
  type Tape,
  W_ORIGIN,
  W_RAW_END,
  W_RAW_START,
  W_STATUS,
} from '../../../core/tape.ts';
import { TapeWriter } from '../../../core/tape-writer.ts';

/** A record that is longer is taken as complete. */
const TEXT_MAX_CHARS = 16 << 20;
/** Without a first line each further line is tried with all before it. */
const TRIED_LINES_MAX = 500;

/** A record that waits for its next line, and what is needed to write it when the block of its first line is gone. */
interface Waiting {
  readonly head: Buffer;
  readonly part: OpenSegment;
  text: string;
  lines: number;
  atMs: number;
  /** Offsets of its first and its last line. */
  readonly begin: number;
  end: number;
  /** Where it ended before a restart. */
  readonly cut: number | undefined;
}

/** What becomes of the lines of one block. */
export interface Joined {
  /** The record that waited, complete now, in its own segment. */
  readonly carried: { readonly part: OpenSegment; readonly tape: Tape } | undefined;
  readonly tape: Tape;
  /** Lines in front of the first of any record, as NO_MATCH. */
  readonly strays: Tape;
}

/** A record of which the first line lies in the present block. */
interface Draft {
  readonly first: number;
  lines: number;
  /** Offset of its last line. */
  lastAt: number;
  /** Where it ended before a restart. */
  readonly cut: number | undefined;
  /** The text as one piece of the block, as long as it is one. */
  end: number;
  /** Else the text itself. */
  text: string | undefined;
}

export class LineJoiner {
  readonly #join: LineJoin;
  readonly #intake: Intake;
  readonly #textKey: number;
  readonly #waiting = new Map<object, Waiting>();

  /** @param textKey key of the lines' texts. */
  constructor(join: LineJoin, textKey: number, intake: Intake) {
    this.#join = join;
    this.#textKey = textKey;
    this.#intake = intake;
  }

  /** @param source whose lines they are: what waits, waits by source. */
  join(source: object, segment: OpenSegment, lines: Tape): Joined {
    const { arena } = this.#intake;
    const run = new JoinRun(this.#join, arena, lines, segment);
    const waiting = this.#waiting.get(source);
    let carried: Joined['carried'];
    let isCarried = waiting !== undefined;
    for (let record = lines.start; record < lines.end; record += arena.i32[record >> 2] as number) {
      if (arena.i32[(record >> 2) + W_STATUS] !== LIVE) continue;
      if (segment.isJoined(arena.f64[(record >> 3) + D_OFFSET] as number)) continue;
      if (waiting && isCarried) {
        const step = this.#continue(waiting, record);
        isCarried = step === 'more';
        if (!isCarried) carried = this.#finish(source, waiting);
        if (step !== 'before') continue;
      }
      run.add(record);
    }
    const draft = run.draft;
    if (draft) this.#keep(source, segment, draft);
    return { carried, tape: run.records.tape(), strays: run.strays.tape() };
  }

  /** Sources whose record has waited since before `beforeMs`. */
  waitingSince(beforeMs: number): object[] {
    return [...this.#waiting].filter(([, { atMs }]) => atMs <= beforeMs).map(([source]) => source);
  }

  /** Takes the record of a source as complete, although no line says so; undefined where none waits. */
  take(source: object): Joined['carried'] {
    const waiting = this.#waiting.get(source);
    if (!waiting) return undefined;
    waiting.part.cut(waiting.begin, waiting.end);
    return this.#finish(source, waiting);
  }

  /** Adds a line to the record that waits, which may be complete `with` it; or it was complete `before`. */
  #continue(waiting: Waiting, record: number): 'more' | 'with' | 'before' {
    const { arena } = this.#intake;
    const line = textOf(arena, record);
    const offset = arena.f64[(record >> 3) + D_OFFSET] as number;
    const isFull = waiting.text.length > TEXT_MAX_CHARS && !this.#join.isWhole;
    const isCut = waiting.cut !== undefined && offset > waiting.cut;
    if (isFull || isCut || this.#join.isFirst?.(line)) return 'before';
    waiting.text += `\n${line}`;
    waiting.lines++;
    waiting.part.joined(offset, waiting.begin);
    waiting.end = offset;
    waiting.atMs = this.#intake.clock.monotonicMs();
    const isWhole = this.#join.isWhole?.(waiting.text) || (this.#join.isWhole && waiting.lines >= TRIED_LINES_MAX);
    return isWhole ? 'with' : 'more';
  }

  #keep(source: object, segment: OpenSegment, { first, text, end, lastAt, cut }: Draft): void {
    const { arena, clock } = this.#intake;
    const { i32, u8, f64 } = arena;
    const begin = f64[(first >> 3) + D_OFFSET] as number;
    this.#waiting.set(source, {
      head: Buffer.from(u8.subarray(first, first + HEAD_BYTES)),
      part: segment.partFrom(begin),
      text: text ?? u8.toString('utf8', i32[firstSpan(first) + S_START] as number, end),
      lines: 1,
      atMs: clock.monotonicMs(),
      begin,
      end: lastAt,
      cut,
    });
  }

  #finish(source: object, { head, text, part }: Waiting): NonNullable<Joined['carried']> {
    const { arena } = this.#intake;
    this.#waiting.delete(source);
    const place = arena.alloc(HEAD_BYTES);
    arena.u8.set(head, place);
    const start = arena.alloc(Buffer.byteLength(text));
    const end = start + arena.u8.write(text, start, 'utf8');
    const writer = new TapeWriter(arena, HEAD_BYTES + SPAN_BYTES);
    const record = writer.copyHead(place);
    writer.addSpan(this.#textKey, KIND_TEXT, start, end);
    arena.i32[(record >> 2) + W_RAW_START] = start;
    arena.i32[(record >> 2) + W_RAW_END] = end;
    return { part, tape: writer.tape() };
  }
}

/** One block's lines. */
class JoinRun {
  readonly records: TapeWriter;
  readonly strays: TapeWriter;
  draft: Draft | undefined;
  readonly #join: LineJoin;
  readonly #arena: Arena;
  readonly #segment: OpenSegment;

  constructor(join: LineJoin, arena: Arena, lines: Tape, segment: OpenSegment) {
    this.#join = join;
    this.#segment = segment;
    this.#arena = arena;
    this.records = new TapeWriter(arena, lines.end - lines.start);
    this.strays = new TapeWriter(arena, HEAD_BYTES);
  }

  add(record: number): void {
    const { isFirst, isWhole } = this.#join;
    const line = textOf(this.#arena, record);
    const cut = this.draft?.cut;
    if (cut !== undefined && this.#offset(record) > cut) this.#complete();
    if (isWhole) this.#addTried(record, line, isWhole);
    else if (isFirst(line)) {
      this.#complete();
      this.draft = this.#begun(record);
    } else if (this.draft) this.#extend(this.draft, record, line);
    else this.#stray(record);
  }

  #addTried(record: number, line: string, isWhole: (text: string) => boolean): void {
    if (this.draft) this.#extend(this.draft, record, line);
    else this.draft = this.#begun(record);
    if (isWhole(this.#text(this.draft)) || this.draft.lines >= TRIED_LINES_MAX) this.#complete();
  }

  #begun(record: number): Draft {
    const end = this.#arena.i32[firstSpan(record) + S_END] as number;
    const lastAt = this.#offset(record);
    return { first: record, lines: 1, lastAt, cut: this.#segment.cutOf(lastAt), end, text: undefined };
  }

  #offset(record: number): number {
    return this.#arena.f64[(record >> 3) + D_OFFSET] as number;
  }

  #extend(draft: Draft, record: number, line: string): void {
    const { i32 } = this.#arena;
    const span = firstSpan(record);
    const start = i32[span + S_START] as number;
    // Lines that are shown as they are, one line feed apart, are one text already.
    const isNext = draft.text === undefined && start === draft.end + 1 && this.#arena.u8[draft.end] === 0x0a;
    if (isNext) draft.end = i32[span + S_END] as number;
    else draft.text = `${this.#text(draft)}\n${line}`;
    draft.lines++;
    draft.lastAt = this.#offset(record);
    this.#segment.joined(draft.lastAt, this.#offset(draft.first));
    if ((draft.text?.length ?? draft.end - start) > TEXT_MAX_CHARS) this.#complete();
  }

  #text({ first, end, text }: Draft): string {
    return text ?? this.#arena.u8.toString('utf8', this.#arena.i32[firstSpan(first) + S_START] as number, end);
  }

  #complete(): void {
    const { draft } = this;
    this.draft = undefined;
    if (!draft) return;
    const { first, text } = draft;
    let start = this.#arena.i32[firstSpan(first) + S_START] as number;
    let { end } = draft;
    if (text !== undefined) {
      start = this.#arena.alloc(Buffer.byteLength(text));
      end = start + this.#arena.u8.write(text, start, 'utf8');
    }
    const record = this.records.copyHead(first);
    this.records.addSpan(this.#arena.i32[firstSpan(first)] as number, KIND_TEXT, start, end);
    this.#arena.i32[(record >> 2) + W_RAW_START] = start;
    this.#arena.i32[(record >> 2) + W_RAW_END] = end;
  }

  #stray(record: number): void {
    const stray = this.strays.copyHead(record);
    setStatus(this.#arena.i32, stray, NO_MATCH);
    this.#arena.i32[(stray >> 2) + W_ORIGIN] = record;
  }
}

function textOf(arena: Arena, record: number): string {
  return spanText(arena, firstSpan(record)) ?? '';
}
