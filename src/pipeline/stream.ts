// Segments and watermarks. A segment is one read of a stream; it counts, for every output, the records that are not yet
// settled there. A stream's watermark at an output is the end of the longest prefix of segments with nothing unsettled.
import type { Arena } from '../core/arena.ts';
import type { Instant, Segment } from '../core/event.ts';
import type { Json, SegmentOptions } from '../core/plugin.ts';
import { D_SECONDS, type Tape, W_TIMED } from '../core/tape.ts';
import { Beyond } from './beyond.ts';
import { Past } from './past.ts';
import type { Cut, StreamState } from './state/model.ts';

/** What a stream tells the committer. */
export interface WatermarkListener {
  /** The source of the stream, by the name that its counters have. */
  readonly source: string;
  /** The watermark of a stream rose; `bytes` of raw input are settled at every output. */
  advanced(stream: TrackedStream, bytes: number): void;
  /** The first-read time of a segment must be remembered before any of its records is sent. */
  stamped(stream: TrackedStream, start: number, end: number): Instant;
  /** A record that is put together ends where the lines do not say so: that must be remembered before it is sent. */
  cut(stream: TrackedStream, cut: Cut): void;
  /** Whatever is to be remembered is on disk when it returns. */
  secure(): void;
}

export class TrackedStream {
  readonly state: StreamState;
  /** By output number: end of the settled prefix. */
  readonly settledTo: number[];
  /** By output number: what the segment that ended at `settledTo` said. */
  readonly settledMarks: (Json | undefined)[];
  /** By output number: where the output stood when the stream was opened; records below are not given to it again. */
  readonly openedAt: readonly number[];
  readonly listener: WatermarkListener;
  /** Kept where filters remember. */
  readonly #past: Past | undefined;
  finished = false;
  /** Everything that is there now was read. */
  atEnd = false;
  /** End of what was read, and what its segment said. */
  readTo = 0;
  readMark: Json | undefined;
  /** By output number, made for those that save a checkpoint with their positions. */
  readonly #beyond: (Beyond | undefined)[] = [];
  /** Records that were added to others, by name. */
  readonly #joined = new Map<string, { readonly from: number; readonly end: number }>();
  readonly #cursors: number[];
  #queue: TrackedSegment[] = [];
  #dropped = 0;

  /** @param remembers there are filters that know what came before. */
  constructor(state: StreamState, openedAt: readonly number[], listener: WatermarkListener, remembers = false) {
    this.state = state;
    this.openedAt = openedAt;
    this.settledTo = [...openedAt];
    this.settledMarks = openedAt.map((position) => state.marks.get(position));
    this.#cursors = openedAt.map(() => 0);
    this.listener = listener;
    if (remembers) this.#past = new Past(state.marks.get(this.readingFrom));
  }

  /** There are filters that know what came before. */
  get remembers(): boolean {
    return this.#past !== undefined;
  }

  /** Where reading starts: at the watermark, or before it for the filters that remember. */
  get readingFrom(): number {
    return Math.min(this.watermark, this.state.past ?? this.watermark);
  }

  /** Where reading is to start after a restart, for the filters that remember. */
  get past(): { readonly position: number; readonly mark: Json | undefined } | undefined {
    const position = this.#past?.position;
    return position === undefined ? undefined : { position, mark: this.#past?.mark };
  }

  /** What the output of this number and name has beyond its watermark. */
  beyond(output: number, name: string): Beyond {
    const known = this.#beyond[output] ?? new Beyond(this, output, this.state.skips.get(name));
    this.#beyond[output] = known;
    return known;
  }

  /** @param from position of the record that it was added to. @param end behind this position it is not read again. */
  noteJoined(id: string, from: number, end: number): void {
    this.#joined.set(id, { from, end });
  }

  /** Records that would be read again without the beginning of what they were added to, and until where they matter. */
  joinedToSave(): ReadonlyMap<string, number> {
    const { watermark } = this;
    const saved = new Map([...this.state.joined].filter(([, end]) => end > watermark));
    for (const [id, { from, end }] of this.#joined) {
      if (end <= watermark) this.#joined.delete(id);
      else if (from < watermark) saved.set(id, end);
    }
    return saved;
  }

  /** Records that wait for later ones. */
  heldRecords(): { readonly segment: TrackedSegment; readonly offset: number }[] {
    return this.#queue.flatMap((segment) => (segment.ended ? [] : segment.held.map((offset) => ({ segment, offset }))));
  }

  /** The lowest watermark: reading starts there after a restart. */
  get watermark(): number {
    return Math.min(...this.settledTo);
  }

  /** The mark of the watermark. */
  get mark(): Json | undefined {
    return this.settledMarks[this.settledTo.indexOf(this.watermark)];
  }

  get isIdle(): boolean {
    return this.#queue.length === 0;
  }

  /**
   * Cuts a segment that is still open in two; the second part is open until it is ended itself, whatever becomes of the
   * first.
   */
  split(segment: TrackedSegment, at: number): TrackedSegment {
    const part = segment.restFrom(at);
    this.#queue.splice(this.#queue.indexOf(segment) + 1, 0, part);
    return part;
  }

  segment(start: number, end: number, options?: SegmentOptions): TrackedSegment {
    const segment = new TrackedSegment(this, start, end, options);
    this.#queue.push(segment);
    if (end >= this.readTo) {
      this.readTo = end;
      this.readMark = options?.mark;
    }
    return segment;
  }

  /** Raises the watermarks of the outputs as far as settled segments reach, all before anybody is told. */
  advance(outputs: readonly number[]): void {
    let moved = false;
    for (const output of outputs) moved = this.#advanceOne(output) || moved;
    if (moved) this.listener.advanced(this, this.#dropSettledHead());
  }

  #advanceOne(output: number): boolean {
    const queue = this.#queue;
    let cursor = (this.#cursors[output] as number) - this.#dropped;
    const before = cursor;
    while (cursor < queue.length) {
      const segment = queue[cursor] as TrackedSegment;
      if (!segment.ended || segment.pending[output] !== 0) break;
      // A segment that was read again lies below an output's own watermark, which never falls.
      if (segment.end > (this.settledTo[output] as number)) {
        this.settledTo[output] = segment.end;
        this.settledMarks[output] = segment.mark;
      }
      cursor++;
    }
    this.#cursors[output] = cursor + this.#dropped;
    return cursor !== before;
  }

  #dropSettledHead(): number {
    const done = Math.min(...this.#cursors) - this.#dropped;
    let bytes = 0;
    for (let i = 0; i < done; i++) {
      const { start, end, seconds, mark, bytes: own } = this.#queue[i] as TrackedSegment;
      bytes += own;
      this.#past?.settled(start, end, seconds, mark);
    }
    if (done > 0) this.#queue.splice(0, done);
    this.#dropped += done;
    return bytes;
  }
}

export class TrackedSegment implements Segment {
  readonly stream: TrackedStream;
  readonly start: number;
  /** Moves when the segment is cut in two. */
  end: number;
  readonly streamKey: string;
  /** Says where `end` is; gone when the segment is cut in two. */
  mark: Json | undefined;
  /** Offsets of its records are positions in the stream. */
  readonly hasPositions: boolean;
  /** By output number: records that the output took and has not settled. */
  readonly pending: Int32Array;
  ended = false;
  /** Offsets of the records for which this part was cut off. */
  held: readonly number[] = [];
  /** Event time of its first record, once it was emitted and has one. */
  seconds: number | undefined;
  /** The part that was cut off last. */
  #rest: TrackedSegment | undefined;

  constructor(stream: TrackedStream, start: number, end: number, options: SegmentOptions = {}) {
    this.stream = stream;
    this.start = start;
    this.end = end;
    this.streamKey = options.streamKey ?? stream.state.key;
    this.hasPositions = options.streamKey === undefined;
    this.mark = options.mark;
    this.pending = new Int32Array(stream.settledTo.length);
  }

  get bytes(): number {
    return this.end - this.start;
  }

  timeAt(offset: number): Instant {
    for (const range of this.stream.state.times) {
      if (offset >= range.start && offset < range.end) return range.time;
    }
    return this.stream.listener.stamped(this.stream, this.start, this.end);
  }

  /** Notes the time of the first record, of tapes that are emitted in their order. */
  noteTime(arena: Arena, tape: Tape): void {
    if (this.seconds !== undefined || !this.stream.remembers || tape.count === 0) return;
    if (arena.i32[(tape.start >> 2) + W_TIMED] === 1) this.seconds = arena.f64[(tape.start >> 3) + D_SECONDS];
  }

  /** The part from `offset` on, which is open until its own `finishReading`: something of it waits for later records. */
  partFrom(offset: number): TrackedSegment {
    if (this.#rest && (offset >= this.#rest.start || !this.hasPositions)) return this.#rest.partFrom(offset);
    // Where an offset says nothing of the position, all of the segment waits.
    const at = this.hasPositions ? Math.min(Math.max(offset, this.start), this.end) : this.start;
    const part = this.stream.split(this, at);
    part.#rest = this.#rest;
    part.held = [offset];
    this.#rest = part;
    return part;
  }

  /** Names a record of the stream. */
  recordId(offset: number): string {
    return this.hasPositions ? String(offset) : `${this.streamKey}:${offset}`;
  }

  /** @param by the filter that asks; empty for the source. */
  cutOf(first: number, by = ''): number | undefined {
    const { cuts } = this.stream.state;
    return cuts.size === 0 ? undefined : cuts.get(by + this.recordId(first))?.last;
  }

  /** Remembers that the record which begins at `first` ends with what stands at `last`. */
  cut(first: number, last: number, by = ''): void {
    this.stream.listener.cut(this.stream, { first: by + this.recordId(first), last, end: this.end });
  }

  isJoined(offset: number, by = ''): boolean {
    const { joined } = this.stream.state;
    return joined.size > 0 && joined.has(by + this.recordId(offset));
  }

  /** The record at `offset` was added to the one at `first` of `home`. */
  joined(offset: number, first: number, home: TrackedSegment = this, by = ''): void {
    const from = home.hasPositions ? first : home.start;
    this.stream.noteJoined(by + this.recordId(offset), from, this.hasPositions ? offset + 1 : this.end);
  }

  /** Ends this segment at `at`; what stood behind it as a segment of its own. */
  restFrom(at: number): TrackedSegment {
    const { streamKey, mark, hasPositions } = this;
    const options = { ...(mark !== undefined && { mark }), ...(!hasPositions && { streamKey }) };
    const part = new TrackedSegment(this.stream, at, this.end, options);
    part.seconds = this.seconds;
    this.end = at;
    this.mark = undefined;
    return part;
  }

  hold(output: number, records: number): void {
    this.pending[output] = (this.pending[output] as number) + records;
  }

  settle(output: number, records: number): void {
    const left = (this.pending[output] as number) - records;
    if (left < 0) throw new Error(`BUG: output ${output} settled ${-left} records too many`);
    this.pending[output] = left;
    if (left === 0 && this.ended) this.stream.advance([output]);
  }

  /** Every record of the segment was handed to the outputs that want it. */
  finishReading(): void {
    this.ended = true;
    const settled: number[] = [];
    for (let output = 0; output < this.pending.length; output++) if (this.pending[output] === 0) settled.push(output);
    this.stream.advance(settled);
  }
}
