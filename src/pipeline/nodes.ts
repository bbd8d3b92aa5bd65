// Running filters and outputs, with the counts that the pipeline takes around each.
import type { Batch } from '../core/event.ts';
import type { Filter, Held, Output, Sink } from '../core/plugin.ts';
import { countLive, D_OFFSET, DROPPED, LIVE, W_STATUS } from '../core/tape.ts';
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
  #rejected: Rejected[] = [];
  #rest: Rest | undefined;

  /** @param make creates the plugin; what it rejects and holds comes to this node. */
  constructor(name: string, counters: Counters, make: (node: FilterNode) => Filter) {
    this.name = name;
    this.#counters = counters;
    this.plugin = make(this);
  }

  /** Applies the filter and returns what it rejected. It may come here again meanwhile, by way of an output that re-emits. */
  apply(batch: Batch, rest: Rest): readonly Rejected[] {
    const [restBefore, rejectedBefore] = [this.#rest, this.#rejected];
    const rejected: Rejected[] = [];
    this.#rest = rest;
    this.#rejected = rejected;
    this.#counters.add(this.name, 'records_in', batch.tape.count);
    this.plugin.apply(batch);
    this.#counters.add(this.name, 'records_out', batch.tape.count);
    this.#rest = restBefore;
    this.#rejected = rejectedBefore;
    if (rejected.length > 0) this.#counters.add(this.name, 'rejected', rejected.length);
    return rejected;
  }

  reject(record: number, why: string): void {
    this.#rejected.push({ record, why });
  }

  hold({ tag, segment, arena }: Batch, offset: number): Held {
    const rest = this.#rest;
    if (!rest) throw new Error(`BUG: ${this.name} holds a record of no batch`);
    const part = (segment as TrackedSegment).partFrom(offset);
    return {
      segment: part,
      emit: (tape) => rest({ tag, segment: part, arena, tape }),
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
    const hidden = segment.hasPositions && segment.start < behind ? hideBelow(batch, behind) : NO_RECORDS;
    const live = countLive(batch.arena, batch.tape);
    if (live > 0) {
      this.#counters.add(this.name, 'records_in', live);
      this.#observer?.(batch);
      segment.hold(this.number, live);
      this.#unsettled += live;
      if (!this.#stopNow.aborted) this.plugin.write(batch);
    }
    for (const record of hidden) batch.arena.i32[(record >> 2) + W_STATUS] = LIVE;
  }
}

const NO_RECORDS: readonly number[] = [];

/** Takes the records that the output had settled before a restart out of the batch; returns them. */
function hideBelow(batch: Batch, position: number): readonly number[] {
  const { i32, f64 } = batch.arena;
  const hidden: number[] = [];
  for (let record = batch.tape.start; record < batch.tape.end; record += i32[record >> 2] as number) {
    const word = record >> 2;
    if (i32[word + W_STATUS] !== LIVE || (f64[(record >> 3) + D_OFFSET] as number) >= position) continue;
    i32[word + W_STATUS] = DROPPED;
    hidden.push(record);
  }
  return hidden;
}
