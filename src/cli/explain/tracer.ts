// Watches records on their way: what each plugin was given and what it made of it.
import type { Planned } from '../../config/planned.ts';
import { eachLive } from '../../core/each-live.ts';
import type { Batch } from '../../core/event.ts';
import type { Filter, Host, Intake, OpenSegment, OpenStream, Output, OutputHost, Source } from '../../core/plugin.ts';
import { countLive, D_OFFSET, type Tape } from '../../core/tape.ts';
import type { Around } from '../../pipeline/build.ts';

export interface Step {
  readonly plugin: Planned;
  readonly tag: string;
  /** `<RFC 3339 time> <record as JSON>` of what goes on from here; empty where nothing does. */
  readonly records: readonly string[];
}

/** The way of one record of the source. */
export interface Trace {
  /** Byte offset in the sample. */
  readonly offset: number;
  readonly steps: Step[];
}

/** Records that are remembered; the rest is counted. */
const TRACES_MAX = 1000;

export class Tracer implements Around {
  readonly #traces = new Map<number, Trace>();
  /** Records beyond those that are remembered. */
  forgotten = 0;

  /** In the order of the sample. */
  get traces(): readonly Trace[] {
    return [...this.#traces.values()].sort((a, b) => a.offset - b.offset);
  }

  source(plugin: Planned, source: Source, host: Host): Source {
    return { run: (intake, signal) => source.run(this.#watched(plugin, intake, host), signal) };
  }

  filter(plugin: Planned, filter: Filter, host: Host): Filter {
    const apply = (batch: Batch): void => {
      const given = this.#texts(batch, host);
      filter.apply(batch);
      const made = this.#texts(batch, host);
      for (const offset of new Set([...given.keys(), ...made.keys()])) {
        this.#add(offset, { plugin, tag: batch.tag, records: made.get(offset) ?? [] });
      }
    };
    const { state, remembers } = filter;
    return {
      state,
      ...(remembers && { remembers }),
      apply,
      // Called on the filter itself: what is private to its class is not there on an object that only inherits from it.
      ...(filter.flush && { flush: () => filter.flush?.() }),
      ...(filter.close && { close: () => filter.close?.() }),
    };
  }

  output(plugin: Planned<'output'>, host: OutputHost): Output {
    return {
      delivery: 'at-least-once',
      write: (batch) => {
        for (const [offset, records] of this.#texts(batch, host))
          this.#add(offset, { plugin, tag: batch.tag, records });
        host.settle(batch.segment, countLive(batch.arena, batch.tape), 'stored');
      },
      flush: () => undefined,
      close: () => Promise.resolve(),
    };
  }

  #watched(plugin: Planned, intake: Intake, host: Host): Intake {
    const segment = (stream: OpenStream, start: number, end: number): OpenSegment => {
      const real = stream.segment(start, end);
      const emit = (tag: string, tape: Tape): void => {
        const batch = { tag, segment: real, arena: host.arena, tape };
        for (const [offset, records] of this.#texts(batch, host)) this.#add(offset, { plugin, tag, records });
        real.emit(tag, tape);
      };
      return Object.assign(Object.create(real) as OpenSegment, {
        emit,
        end: () => real.end(),
        partFrom: (offset: number) => real.partFrom(offset),
        timeAt: (at: number) => real.timeAt(at),
        isJoined: (offset: number) => real.isJoined(offset),
        joined: (offset: number, first: number) => real.joined(offset, first),
        cutOf: (first: number) => real.cutOf(first),
        cut: (first: number, last: number) => real.cut(first, last),
      });
    };
    const open: Intake['open'] = (facts, startAt) => {
      const stream = intake.open(facts, startAt);
      return new Proxy(stream, {
        get: (target, name) => {
          if (name === 'segment') return (start: number, end: number) => segment(target, start, end);
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
    };
    return { ...intake, open };
  }

  #texts(batch: Batch, host: Host): Map<number, string[]> {
    const texts = new Map<number, string[]>();
    const { arena } = batch;
    const mark = arena.mark();
    eachLive(batch, (record, { seconds, nanos }) => {
      const offset = arena.f64[(record >> 3) + D_OFFSET] as number;
      const json = host.scanner.encodeRecord(record);
      const time = `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(nanos).padStart(9, '0')}Z`;
      const text = `${time} ${arena.u8.toString('utf8', json.start, json.end)}`;
      texts.set(offset, [...(texts.get(offset) ?? []), text]);
      arena.release(mark);
    });
    return texts;
  }

  #add(offset: number, step: Step): void {
    const trace = this.#traces.get(offset);
    if (trace) trace.steps.push(step);
    else if (this.#traces.size < TRACES_MAX) this.#traces.set(offset, { offset, steps: [step] });
    else this.forgotten++;
  }
}
