// Running filters and outputs, with the counts that the pipeline takes around each.
import type { Batch, Segment } from '../core/event.ts';
import type { Filter, Held, Output, Sink } from '../core/plugin.ts';
import { countLive, D_OFFSET, DROPPED, LIVE, W_STATUS } from '../core/tape.ts';
import type { Beyond } from './beyond.ts';
import type { Counters } from './counters.ts';
import type { TrackedSegment } from './stream.ts';

/** A record that a filter handed to @ERROR: an address in a tape of the present batch. */
export interface Rejected {
  readonly record: number;
  readonly why: string;
}

/** The rest of the way of a batch, behind the filter that has it now. */
export type Rest = (batch: Batch) => void;

export class FilterNode {
  readonly name: string;
  readonly plugin: Filter;
  readonly #counters: Counters;
  /** What its records are called by in the state. */
  readonly #by: string;
  #rejected: Rejected[] = [];
  #rest: Rest | undefined;
  /** Of the present batch. */
  #source = '';

  /**
   * @param number of the filter in the plan.
   * @param make creates the plugin; what it rejects and holds comes to this node.
   */
  constructor(number: number, name: string, counters: Counters, make: (node: FilterNode) => Filter) {
    this.name = name;
    this.#counters = counters;
    this.#by = `${number}/`;
    this.plugin = make(this);
  }

  /** Applies the filter and returns what it rejected. It may come here again meanwhile, by way of an output that re-emits. */
  apply(batch: Batch, rest: Rest): readonly Rejected[] {
    const [restBefore, rejectedBefore, sourceBefore] = [this.#rest, this.#rejected, this.#source];
    const rejected: Rejected[] = [];
    this.#rest = rest;
    this.#rejected = rejected;
    this.#source = (batch.segment as TrackedSegment).stream.listener.source;
    this.#counters.add(this.name, 'records_in', batch.tape.count);
    this.plugin.apply(batch);
    this.#counters.add(this.name, 'records_out', batch.tape.count);
    if (rejected.length > 0) this.count('rejected', rejected.length);
    this.#rest = restBefore;
    this.#rejected = rejectedBefore;
    this.#source = sourceBefore;
    return rejected;
  }

  /** Adds to a counter of the filter, and of the source whose records it has. */
  count(name: string, by = 1): void {
    this.#countOf(this.#source, name, by);
  }

  #countOf(source: string, name: string, by: number): void {
    this.#counters.add(this.name, name, by);
    this.#counters.addFiltered(source, name, by);
  }

  reject(record: number, why: string): void {
    this.#rejected.push({ record, why });
  }

  joined({ segment }: Batch, offset: number, home: Segment, first: number): void {
    (segment as TrackedSegment).joined(offset, first, home as TrackedSegment, this.#by);
  }

  isJoined({ segment }: Batch, offset: number): boolean {
    return (segment as TrackedSegment).isJoined(offset, this.#by);
  }

  cutOf({ segment }: Batch, first: number): number | undefined {
    return (segment as TrackedSegment).cutOf(first, this.#by);
  }

  hold({ tag, segment, arena }: Batch, offset: number, further: readonly number[] = []): Held {
    const rest = this.#rest;
    if (!rest) throw new Error(`BUG: ${this.name} holds a record of no batch`);
    const part = (segment as TrackedSegment).partFrom(offset);
    part.held = [offset, ...further];
    let isCut = false;
    return {
      segment: part,
      get isAtEnd() {
        return part.stream.atEnd;
      },
      cut: (first, last) => {
        part.cut(first, last, this.#by);
        isCut = true;
      },
      count: (name, by = 1) => this.#countOf(part.stream.listener.source, name, by),
      emit: (tape) => {
        if (isCut) part.stream.listener.secure();
        rest({ tag, segment: part, arena, tape });
      },
      release: () => part.finishReading(),
    };
  }
}

/** What a match leads to. */
export interface SinkNode extends Sink {
  readonly name: string;
}

/** Sees every batch on its way into an output. */
export type Observer = (batch: Batch) => void;

export class OutputNode implements SinkNode {
  /** Index of the output in every segment's counts. */
  readonly number: number;
  readonly name: string;
  readonly plugin: Output;
  readonly #counters: Counters;
  readonly #observer: Observer | undefined;
  readonly #stopNow: AbortSignal;
  #unsettled = 0;

  /**
   * @param stopNow once it is aborted the plugin gets nothing more; what comes stays unsettled and is read again.
   * @param make creates the plugin; it settles through this node.
   */
  constructor(
    number: number,
    name: string,
    counters: Counters,
    observer: Observer | undefined,
    stopNow: AbortSignal,
    make: (node: OutputNode) => Output,
  ) {
    this.number = number;
    this.name = name;
    this.#counters = counters;
    this.#observer = observer;
    this.#stopNow = stopNow;
    this.plugin = make(this);
  }

  /** Whether records are on their way that the output took and has not settled. */
  get isBusy(): boolean {
    return this.#unsettled > 0;
  }

  settled(segment: TrackedSegment, count: number): void {
    this.#unsettled -= count;
    segment.settle(this.number, count);
  }

  write(batch: Batch): void {
    const segment = batch.segment as TrackedSegment;
    const behind = segment.stream.openedAt[this.number] as number;
    if (!segment.hasPositions && segment.end <= behind) return;
    const beyond = this.plugin.checkpoint && segment.stream.beyond(this.number, this.name);
    const hidden = [
      ...(segment.hasPositions && segment.start < behind ? hide(batch, (offset) => offset < behind) : NO_RECORDS),
      ...(beyond?.concerns(segment) ? hide(batch, (offset) => beyond.has(segment, offset)) : NO_RECORDS),
    ];
    this.#writeLive(batch, segment, beyond);
    for (const record of hidden) batch.arena.i32[(record >> 2) + W_STATUS] = LIVE;
  }

  #writeLive(batch: Batch, segment: TrackedSegment, beyond: Beyond | undefined): void {
    const live = countLive(batch.arena, batch.tape);
    if (live === 0) return;
    this.#counters.add(this.name, 'records_in', live);
    this.#observer?.(batch);
    segment.hold(this.number, live);
    this.#unsettled += live;
    if (this.#stopNow.aborted) return;
    if (beyond) {
      beyond.wrote(batch, segment);
      segment.stream.listener.advanced(segment.stream, 0);
    }
    this.plugin.write(batch);
  }
}

const NO_RECORDS: readonly number[] = [];

/** Takes the records that the output had settled before a restart out of the batch; returns them. */
function hide(batch: Batch, isSettled: (offset: number) => boolean): readonly number[] {
  const { i32, f64 } = batch.arena;
  const hidden: number[] = [];
  for (let record = batch.tape.start; record < batch.tape.end; record += i32[record >> 2] as number) {
    const word = record >> 2;
    if (i32[word + W_STATUS] !== LIVE || !isSettled(f64[(record >> 3) + D_OFFSET] as number)) continue;
    i32[word + W_STATUS] = DROPPED;
    hidden.push(record);
  }
  return hidden;
}
