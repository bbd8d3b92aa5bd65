// What a source sees of the pipeline: streams to open, room to wait for, segments to fill.
import type { Create } from '../config/planned.ts';
import type { Instant } from '../core/event.ts';
import type {
  Host,
  Intake,
  Json,
  KnownStream,
  Mark,
  OpenSegment,
  OpenStream,
  SegmentOptions,
  StreamFacts,
} from '../core/plugin.ts';
import type { Tape } from '../core/tape.ts';
import type { Committer } from './committer.ts';
import type { Counters } from './counters.ts';
import type { Flow } from './flow.ts';
import type { Health } from './health.ts';
import type { OutputNode } from './nodes.ts';
import type { Router } from './router.ts';
import type { Cut, StreamState } from './state/model.ts';
import type { State } from './state/state.ts';
import { type TrackedSegment, TrackedStream, type WatermarkListener } from './stream.ts';

/** The pipeline's parts that all intakes share. */
export interface IntakeParts {
  readonly state: State;
  readonly flow: Flow;
  readonly committer: Committer;
  readonly outputs: readonly OutputNode[];
  readonly counters: Counters;
  readonly health: Health;
  readonly once: boolean;
  readonly hostId: string;
  readonly root: string;
  /** There are filters that know what came before. */
  readonly remembers: boolean;
}

/** Makes the intake of the source `name`, whose events go to `router`. */
export function createIntake(name: string, host: Host & Create, router: Router, parts: IntakeParts): Intake {
  const { state, flow, committer } = parts;
  const streams = new SourceStreams(name, host, router, parts);
  return {
    ...host,
    once: parts.once,
    hostId: parts.hostId,
    root: parts.root,
    known: () => [...state.model.streams.values()].filter((s) => s.source === name).map((s) => streams.known(s)),
    open: (stream, startAt) => streams.open(stream, startAt),
    room: (signal) => flow.room(signal),
    trouble: (what, why) => parts.health.note(name, what, why),
    positionFile: (path, text) => committer.addPositionFile(path, text),
    wrotePositionFile: (path, text) => committer.wrotePositionFile(path, text),
  };
}

class SourceStreams implements WatermarkListener {
  readonly source: string;
  readonly #host: Host;
  readonly #router: Router;
  readonly #parts: IntakeParts;
  /** What `known` gave out, so that `open` can tell "go on with this one" from "a new one". */
  readonly #known = new WeakMap<StreamFacts, StreamState>();

  constructor(source: string, host: Host, router: Router, parts: IntakeParts) {
    this.source = source;
    this.#host = host;
    this.#router = router;
    this.#parts = parts;
  }

  known(state: StreamState): KnownStream {
    const positions = this.#startPositions(state, 0);
    const past = this.#parts.remembers ? state.past : undefined;
    const position = Math.min(...positions, past ?? Number.POSITIVE_INFINITY);
    const known: KnownStream = {
      key: state.key,
      facts: state.facts,
      position,
      mark: state.marks.get(position),
      ahead: aheadOf(state, position),
    };
    this.#known.set(known, state);
    return known;
  }

  open(stream: StreamFacts, startAt: number): OpenStream {
    const resumed = this.#known.get(stream);
    const state = resumed ?? this.#create(stream, startAt);
    const tracked = new TrackedStream(state, this.#startPositions(state, startAt), this, this.#parts.remembers);
    return new IntakeStream(this.source, tracked, this.#router, this.#parts);
  }

  advanced(stream: TrackedStream, bytes: number): void {
    this.#parts.flow.give(bytes);
    this.#parts.committer.advanced(stream, bytes);
  }

  stamped(stream: TrackedStream, start: number, end: number): Instant {
    const time = this.#host.clock.now();
    this.#parts.state.addTime(stream.state, start, end, time);
    return time;
  }

  cut(stream: TrackedStream, cut: Cut): void {
    this.#parts.state.addCut(stream.state, cut);
  }

  secure(): void {
    this.#parts.state.secure();
  }

  #create(stream: StreamFacts, startAt: number): StreamState {
    const positions = new Map(this.#parts.outputs.map((output) => [output.name, startAt]));
    return this.#parts.state.openStream(this.source, stream.key, stream.facts, positions);
  }

  /** An output that is new to the state starts where the furthest known one stands. */
  #startPositions(state: StreamState, startAt: number): number[] {
    const furthest = state.positions.size > 0 ? Math.max(...state.positions.values()) : startAt;
    return this.#parts.outputs.map((output) => state.positions.get(output.name) ?? furthest);
  }
}

/** Where outputs stand beyond a position. */
function aheadOf(state: StreamState, position: number): readonly Mark[] {
  return [...state.marks]
    .map(([at, mark]) => ({ position: at, mark }))
    .filter((each) => each.position > position)
    .sort((a, b) => a.position - b.position);
}

class IntakeStream implements OpenStream {
  readonly position: number;
  readonly ahead: readonly Mark[];
  readonly #source: string;
  readonly #tracked: TrackedStream;
  readonly #router: Router;
  readonly #parts: IntakeParts;

  constructor(source: string, tracked: TrackedStream, router: Router, parts: IntakeParts) {
    this.#source = source;
    this.#tracked = tracked;
    this.#router = router;
    this.#parts = parts;
    this.position = parts.remembers ? tracked.readingFrom : tracked.watermark;
    this.ahead = aheadOf(tracked.state, this.position);
  }

  get key(): string {
    return this.#tracked.state.key;
  }

  get facts(): StreamFacts['facts'] {
    return this.#tracked.state.facts;
  }

  get watermark(): number {
    return this.#tracked.watermark;
  }

  get mark(): Json | undefined {
    return this.#tracked.mark;
  }

  segment(start: number, end: number, options?: SegmentOptions): OpenSegment {
    this.#parts.counters.add(this.#source, 'bytes_in', end - start);
    this.#parts.flow.take(end - start);
    const counted = (records: number): void => this.#parts.counters.add(this.#source, 'records_out', records);
    return new IntakeSegment(this.#tracked.segment(start, end, options), this.#router, counted);
  }

  atEnd(is: boolean): void {
    this.#tracked.atEnd = is;
  }

  update(facts: StreamFacts['facts']): void {
    this.#parts.state.updateFacts(this.#tracked.state, facts);
  }

  finish(): void {
    this.#tracked.finished = true;
    this.#parts.committer.advanced(this.#tracked, 0);
  }
}

class IntakeSegment implements OpenSegment {
  readonly #segment: TrackedSegment;
  readonly #router: Router;
  readonly #counted: (records: number) => void;

  constructor(segment: TrackedSegment, router: Router, counted: (records: number) => void) {
    this.#segment = segment;
    this.#router = router;
    this.#counted = counted;
  }

  get streamKey(): string {
    return this.#segment.streamKey;
  }

  get start(): number {
    return this.#segment.start;
  }

  partFrom(offset: number): OpenSegment {
    return new IntakeSegment(this.#segment.partFrom(offset), this.#router, this.#counted);
  }

  timeAt(offset: number): Instant {
    return this.#segment.timeAt(offset);
  }

  cutOf(first: number): number | undefined {
    return this.#segment.cutOf(first);
  }

  isJoined(offset: number): boolean {
    return this.#segment.isJoined(offset);
  }

  joined(offset: number, first: number): void {
    this.#segment.joined(offset, first);
  }

  cut(first: number, last: number): void {
    this.#segment.cut(first, last);
    this.#segment.stream.listener.secure();
  }

  emit(tag: string, tape: Tape): void {
    this.#counted(tape.count);
    this.#segment.noteTime(this.#router.arena, tape);
    this.#router.emit(this.#segment, tag, tape);
  }

  end(): void {
    this.#segment.finishReading();
  }
}
