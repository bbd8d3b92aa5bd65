// How long a call of the shim took: of the record of its end, the time since that of its start.
import type { Instant } from '../core/event.ts';
import { millisBetween } from './instant.ts';
import type { Kata } from './record.ts';

/** Calls that are remembered. */
const CALLS_MAX = 10_000;
/** Calls of one kind to one container that go on at once, but the newest: ends of older ones were lost. */
const STARTS_MAX = 7;

/** What a record says of a call that it begins or ends. */
export interface CallEdge {
  readonly rpc: string;
  readonly isStart: boolean;
  readonly sandbox: string | undefined;
  readonly container: string | undefined;
  readonly exec: string | undefined;
  readonly time: Instant;
}

interface Call {
  /** Of those that have no end yet, the oldest first. */
  starts: readonly Instant[];
  /** The last end, and its duration: the copies of a record have one time. */
  end: Instant | undefined;
  ms: number | undefined;
}

/** Fills `duration_ms` of records in the order in which they are read. */
export class Durations {
  readonly #longestMs: number;
  /** By sandbox, call, container and process. */
  readonly #calls = new Map<string, Call>();

  /** @param longestMs of a longer call nothing is said: who reads on after a restart does not know its start. */
  constructor(longestMs: number = Number.POSITIVE_INFINITY) {
    this.#longestMs = longestMs;
  }

  fill(kata: Kata): void {
    const { rpc, rpc_edge: edge, time, component, sandbox, container, exec } = kata;
    if (rpc === undefined || component === 'agent' || !time) return;
    const ms = this.note({ rpc, time, isStart: edge === 'start', sandbox, container, exec });
    if (ms !== undefined) kata.duration_ms = ms;
  }

  /** Milliseconds that the call took which ends; undefined where it begins, or nobody knows when it did. */
  note({ rpc, isStart, sandbox, container, exec, time }: CallEdge): number | undefined {
    const key = `${sandbox ?? ''} ${rpc} ${container ?? ''} ${exec ?? ''}`;
    const call = this.#calls.get(key) ?? { starts: [], end: undefined, ms: undefined };
    if (isStart) {
      if (this.#calls.size >= CALLS_MAX) this.#calls.clear();
      if (!call.starts.some((start) => isSame(start, time))) call.starts = [...call.starts.slice(-STARTS_MAX), time];
      this.#calls.set(key, call);
      return undefined;
    }
    if (!call.end || !isSame(call.end, time)) {
      const start = call.starts[0];
      if (!start) return undefined;
      call.starts = call.starts.slice(1);
      call.end = time;
      call.ms = this.#between(start, time);
    }
    return call.ms;
  }

  #between(start: Instant, end: Instant): number | undefined {
    const ms = millisBetween(end, start);
    return ms >= 0 && ms <= this.#longestMs ? Math.round(ms * 1e6) / 1e6 : undefined;
  }
}

function isSame(one: Instant, other: Instant): boolean {
  return one.seconds === other.seconds && one.nanos === other.nanos;
}
