// Running filters and outputs, with the counts that the pipeline takes around each.
import type { Batch } from '../core/event.ts';
import type { Filter, Output } from '../core/plugin.ts';
import { countLive, D_OFFSET, DROPPED, LIVE, W_STATUS } from '../core/tape.ts';
import type { Counters } from './counters.ts';
import type { TrackedSegment } from './stream.ts';

/** A record that a filter handed to @ERROR: an address in a tape of the present batch. */
export interface Rejected {
  readonly record: number;
  readonly why: string;
}

export class FilterNode {
  readonly name: string;
  readonly plugin: Filter;
  readonly #counters: Counters;
  readonly #rejected: Rejected[];

  /** @param rejected the list that the plugin's host appends to. */
  constructor(name: string, plugin: Filter, counters: Counters, rejected: Rejected[]) {
    this.name = name;
    this.plugin = plugin;
    this.#counters = counters;
    this.#rejected = rejected;
  }

  /** Applies the filter and returns what it rejected. */
  apply(batch: Batch): readonly Rejected[] {
    this.#counters.add(this.name, 'records_in', batch.tape.count);
    this.plugin.apply(batch);
    this.#counters.add(this.name, 'records_out', batch.tape.count);
    if (this.#rejected.length === 0) return NOTHING;
    this.#counters.add(this.name, 'rejected', this.#rejected.length);
    return this.#rejected.splice(0);
  }
}

const NOTHING: readonly Rejected[] = [];

/** Sees every batch on its way into an output. */
export type Observer = (batch: Batch) => void;

export class OutputNode {
  /** Index of the output in every segment's counts. */
  readonly number: number;
  readonly name: string;
  readonly plugin: Output;
  readonly #counters: Counters;
  readonly #observer: Observer | undefined;

  constructor(number: number, name: string, plugin: Output, counters: Counters, observer: Observer | undefined) {
    this.number = number;
    this.name = name;
    this.plugin = plugin;
    this.#counters = counters;
    this.#observer = observer;
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
      this.plugin.write(batch);
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
