// What each kind of plugin promises. Signatures first; who calls what and when is in the comments.
import type { Arena } from './arena.ts';
import type { Batch, Instant, Keys, Segment } from './event.ts';
import type { Place } from './problem.ts';
import type { Bytes, Scanner } from './scanner.ts';
import type { Tape } from './tape.ts';

export type PluginKind = 'source' | 'parser' | 'filter' | 'formatter' | 'output';

/** A JSON value that a plugin keeps in the state. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** `warn` = surprising, nothing lost; `error` = data lost or a person must act. The same line at most once per 10 s. */
export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export interface Clock {
  /** Wall clock. Never part of an id or an index name. */
  now(): Instant;
  /** Monotonic milliseconds. */
  monotonicMs(): number;
  /** Resolves after `ms`, or rejects with the signal's reason. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** All that a plugin may use of the outside; nothing is global. */
export interface Host {
  /** How messages name the plugin: `@id`, else its type. */
  readonly name: string;
  readonly place: Place;
  readonly log: Log;
  readonly clock: Clock;
  readonly arena: Arena;
  readonly keys: Keys;
  readonly scanner: Scanner;
  /** Adds to a counter of this plugin; the name is one word, `_` between parts. */
  count(name: string, by?: number): void;
}

export interface Parser {
  /**
   * Parses the text of field `key` of each LIVE record of `tape`, and the event's time where the settings name one.
   * For each LIVE record in, in order, one or more records out (status LIVE, NO_MATCH or BAD_TIME) whose W_ORIGIN
   * points at it; more than one only if they carry W_FANOUT 0, 1, 2…. A record without a time of its own stays untimed.
   */
  parse(tape: Tape, key: number): Tape;
  /** Whether a record without a time gets one from the pipeline; else such a record is refused, or keeps its former time. */
  readonly estimatesTime: boolean;
  /** Set by a parser that takes a text as it is, as this field: who has the text already need not call it. */
  readonly textKey?: number;
  /** Set by a parser whose records take several lines: how a source that reads lines puts them together. */
  readonly lines?: LineJoin;
}

/** A record begins with a line that is first, or it ends with the line that makes its text whole. */
export type LineJoin =
  | { isFirst(line: string): boolean; readonly isWhole?: undefined }
  | { isWhole(text: string): boolean; readonly isFirst?: undefined };

/** Records that wait for later ones. Until `release` nothing from the first of them on counts as settled. */
export interface Held {
  /** The segment in whose name the records go on, for their times. */
  readonly segment: Segment;
  /** Everything that the source has now was read: only then does silence say that no later record comes. */
  readonly isAtEnd: boolean;
  /**
   * What is held ends here for want of later records (time, room, the end): the first of them at offset `first`, the
   * last at `last`. Call before `emit`; after a restart `cutOf` says so again.
   */
  cut(first: number, last: number): void;
  /** Adds to a counter of the filter, for the source whose records were held; outside of `apply` too. */
  count(name: string, by?: number): void;
  /** Sends records on behind the filter that held them. Any number of times, outside of `apply` too. */
  emit(tape: Tape): void;
  /** Nothing of it is held any more. Exactly once, after the last `emit`. */
  release(): void;
}

export interface FilterHost extends Host {
  /** Hands a record (of any tape of the present batch) to the label @ERROR, or counts and logs it where there is none. */
  reject(record: number, why: string): void;
  /**
   * Keeps records of the batch that is being applied for later: those at `offset` of its stream, and maybe further ones.
   * The filter copies the bytes it needs; an address is void when `apply` returns.
   * @param further offsets of all others of the batch that wait, too.
   */
  hold(batch: Batch, offset: number, further?: readonly number[]): Held;
  /**
   * The record of the batch at `offset` was added to the one that begins at `first` in `home`. What stands behind it may
   * be settled later than the whole: it is then read again, and `isJoined`.
   */
  joined(batch: Batch, offset: number, home: Segment, first: number): void;
  /** As {@link Segment.isJoined} and {@link Segment.cutOf}, for this filter. */
  isJoined(batch: Batch, offset: number): boolean;
  cutOf(batch: Batch, first: number): number | undefined;
}

export interface Filter {
  /** What it remembers between batches: nothing, one stream's past, or all streams' (pins the pipeline to one thread). */
  readonly state: 'none' | 'stream' | 'all';
  /**
   * What it does with a record depends on those of the half minute before. After a restart the sources read that stretch
   * again; the outputs, which have it, get nothing of it.
   */
  readonly remembers?: true;
  /** Replaces `batch.tape` or marks its records DROPPED. Synchronous; never throws on data. */
  apply(batch: Batch): void;
  /** Sends on what it holds: no further record comes, or too much waits behind what it holds. */
  flush?(): void;
  /** Ends timers. Called once, after everything is settled or given up. */
  close?(): void;
}

/** Writes a record as a text of its own. */
export interface Formatter {
  /**
   * The record at address `record`, with its line end if the format has one; newly allocated in the arena.
   * Never throws on data: what a format cannot say it leaves out.
   */
  format(tag: string, record: number, time: Instant): Bytes;
}

/** How a record was settled by an output. */
export type Settled = 'stored' | 'duplicate' | 'rescued' | 'dead-lettered';

/** A record that no retry can store, with all that is needed to look at it and to send it again. */
export interface DeadLetter {
  /** UTC index or path that refused it. */
  readonly destination: string;
  readonly id: string;
  /** HTTP status of the item, 0 where there was none. */
  readonly status: number;
  readonly type: string;
  readonly reason: string;
  readonly attempts: number;
  /** The document, as it was sent. */
  readonly document: string;
}

export interface OutputHost extends Host {
  /** Aborted when the program must end now, whatever is in flight. */
  readonly signal: AbortSignal;
  /** `count` records of `segment`, taken by an earlier `write`, are settled. */
  settle(segment: Segment, count: number, how: Settled): void;
  /** Appends to the dead-letter file; resolves once it is on disk. Only then settle. Waits while the file is full. */
  deadLetter(letter: DeadLetter): Promise<void>;
  /** Saves a checkpoint at once, without positions: before bytes go where the last checkpoint knows nothing of. */
  saveCheckpoint(checkpoint: Json): void;
}

/**
 * `write` takes every LIVE record of a batch: it copies the bytes it needs, never waits, and settles each record later
 * through the host, exactly once. Back-pressure is the pipeline's: it stops reading while too many bytes are unsettled.
 */
export interface Output {
  /** `exactly-once` in effect (replays meet 409, or the file is cut back), or `at-least-once`. */
  readonly delivery: 'exactly-once' | 'at-least-once';
  write(batch: Batch): void;
  /** Sends at once what would wait for company. */
  flush(): void;
  /** Ends connections and files. Called once, after everything is settled or `host.signal` was aborted. */
  close(): Promise<void>;
  /** What must be saved together with the positions of everything settled so far (the length of a file). */
  checkpoint?(): Json;
  /** Called once before the first `write` with the last saved checkpoint, if there is one. */
  restore?(checkpoint: Json): void;
}

/** Where a batch goes: an output, or what stands for one. It may change the batch's tape. */
export interface Sink {
  write(batch: Batch): void;
}

export interface RelayHost extends Host {
  /** Routes records of the batch under `tag` through the rules of `label`; without one, of the plugin's own `@label` or place. */
  emit(batch: Batch, tag: string, tape: Tape, label?: string): void;
  /** Hands a record (of any tape of the present batch) to the label @ERROR, or counts and logs it where there is none. */
  reject(record: number, why: string): void;
}

/** An output that stores nothing itself: every record has gone on when `relay` returns, or is dropped. */
export interface Relay {
  relay(batch: Batch): void;
}

/** What the state remembers of a stream, in the reader's own words; enough to find it again. */
export interface StreamFacts {
  /** 11 characters, from the identity of the content; see search/id. */
  readonly key: string;
  readonly facts: { readonly [name: string]: Json };
}

/** A position together with what its source needs to find it again, where the number does not tell. */
export interface Mark {
  readonly position: number;
  readonly mark: Json;
}

export interface KnownStream extends StreamFacts {
  /** Lowest position that all outputs have behind them: reading starts here. */
  readonly position: number;
  /** What was said with the segment that ended at `position`. */
  readonly mark: Json | undefined;
  /** Positions of outputs that are further, ascending. */
  readonly ahead: readonly Mark[];
}

/** What a segment may say beyond its range. */
export interface SegmentOptions {
  /** Identity of its records where the stream's own is not theirs (the boots of a journal). Their offsets are then not
   * positions in the stream, and an output that is ahead is spared whole segments only: end one at each `ahead`. */
  readonly streamKey?: string;
  /** Saved with the position once everything up to the segment's end is settled. */
  readonly mark?: Json;
}

export interface OpenSegment extends Segment {
  /**
   * The part from `offset` on as a segment of its own: lines from there on wait for later ones. Whatever becomes of this
   * segment, the part is open until its own `end`.
   */
  partFrom(offset: number): OpenSegment;
  /** As {@link Held.cut}. */
  cut(first: number, last: number): void;
  /** The line at `offset` was added to the record that begins at `first`: see {@link FilterHost.joined}. */
  joined(offset: number, first: number): void;
  /** Routes a tape of records of this segment under `tag`. Synchronous: filters and outputs have taken it on return. */
  emit(tag: string, tape: Tape): void;
  /** The whole segment was emitted. Call exactly once. */
  end(): void;
}

export interface OpenStream extends KnownStream {
  /** End of the longest settled prefix, for the slowest output; `mark` is what its segment said. */
  readonly watermark: number;
  /** Begins the segment `[start, end)`; segments of a stream follow each other without a gap. */
  segment(start: number, end: number, options?: SegmentOptions): OpenSegment;
  /** Whether everything that is there now has been read. Until it is said, there may be more. */
  atEnd(is: boolean): void;
  /** Saves changed facts (a new path after a rename). */
  update(facts: { readonly [name: string]: Json }): void;
  /** The stream can never be read again (deleted, overwritten): forgets it once everything is settled. */
  finish(): void;
}

export interface Intake extends Host {
  /** Read everything to its present end, then return from `run`. */
  readonly once: boolean;
  /** Identity of the host whose logs these are. */
  readonly hostId: string;
  /** Prefix of every absolute path of the configuration (`--root`), or empty. */
  readonly root: string;
  /** Streams of this source that the state knows. */
  known(): readonly KnownStream[];
  open(stream: StreamFacts, startAt: number): OpenStream;
  /** Resolves when there is room for another block of bytes in flight; rejects when the signal aborts. */
  room(signal: AbortSignal): Promise<void>;
  /** Registers a Fluentd position file to be kept up to date; the text is asked for after each commit (undefined: none yet). */
  positionFile(path: string, text: () => string | undefined): void;
  /** Notes that something of the input (a file) needs a person; without `why` that is over. The run is unhealthy meanwhile. */
  trouble(what: string, why: string | undefined): void;
  /** Whether the text found in a position file was last written by this program (of this state). */
  wrotePositionFile(path: string, text: string): boolean;
}

export interface Source {
  /** Reads until the signal aborts (then resolves), or to the present end with `intake.once`. */
  run(intake: Intake, signal: AbortSignal): Promise<void>;
  /** Bytes that are there and not read yet, those of packed files apart. Asked from outside, now and then. */
  lagBytes?(): number;
}
