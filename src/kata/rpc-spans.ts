// Calls as spans: the shim's `X() start` and `X() end`, and the agent's calls up to the record that tells they are done.
import type { Instant } from '../core/event.ts';
import { millisBetween } from './instant.ts';
import type { Kata } from './record.ts';

export interface RpcSpan {
  readonly name: string;
  readonly start: Instant;
  readonly container?: string;
  readonly exec?: string;
  /** Absent while it has no end: the call hangs, its end was lost, or the agent tells none. */
  readonly ms?: number;
}

/** Spans kept a sandbox; a pod that is probed for days has many. Those beyond are counted only. */
const SPANS_MAX = 20_000;
const OPEN_MAX = 1_000;

/** What the agent logs when it has served a call. */
const DONE: readonly (readonly [string, RegExp])[] = [
  ['create_container', /^created container!/],
  ['start_container', /^container started$/],
];

interface OpenCall {
  readonly index: number;
  readonly start: Instant;
}

export class RpcSpans {
  /** In the order of their starts. */
  readonly list: RpcSpan[] = [];
  /** Spans that were not kept. */
  dropped = 0;
  /** Calls without an end so far, by name, container and process; a list, since calls nest. */
  readonly #open = new Map<string, OpenCall[]>();
  /** Ends that came before their starts: what was torn is told late. */
  readonly #early = new Map<string, Instant[]>();

  add(kata: Kata): void {
    const { rpc, rpc_edge: edge, time, component } = kata;
    if (time === undefined) return;
    if (rpc === undefined) this.#done(kata, time);
    else if (component === 'agent') this.#begin(kata, rpc, agentKey(rpc), time);
    else if (edge === 'start') this.#begin(kata, rpc, keyOf(kata, rpc), time);
    else this.#end(keyOf(kata, rpc), time);
  }

  #begin(kata: Kata, rpc: string, key: string, time: Instant): void {
    if (this.list.length >= SPANS_MAX) {
      this.dropped++;
      return;
    }
    const ms = this.#earlyEnd(key, time);
    if (ms !== undefined) {
      this.#add(kata, rpc, time, ms);
      return;
    }
    const open = this.#open.get(key) ?? [];
    if (open.length === 0 && this.#open.size >= OPEN_MAX) this.#open.clear();
    open.push({ index: this.list.length, start: time });
    this.#open.set(key, open);
    this.#add(kata, rpc, time, undefined);
  }

  #add({ container, exec }: Kata, rpc: string, start: Instant, ms: number | undefined): void {
    this.list.push({
      name: rpc,
      start,
      ...(ms !== undefined && { ms }),
      ...(container !== undefined && { container }),
      ...(exec !== undefined && { exec }),
    });
  }

  /** Milliseconds to the first of the ends that came before, if it is one of this start. */
  #earlyEnd(key: string, start: Instant): number | undefined {
    const ends = this.#early.get(key);
    const at = ends?.findIndex((end) => millisBetween(end, start) >= 0) ?? -1;
    const [end] = at < 0 ? [] : (ends?.splice(at, 1) ?? []);
    return end && millisBetween(end, start);
  }

  #end(key: string, time: Instant): void {
    const open = this.#open.get(key);
    const first = open?.[0];
    if (!open || !first || millisBetween(time, first.start) < 0) {
      if (this.#early.size >= OPEN_MAX) this.#early.clear();
      this.#early.set(key, [...(this.#early.get(key) ?? []).slice(-2), time]);
      return;
    }
    const call = open.shift() ?? first;
    if (open.length === 0) this.#open.delete(key);
    const span = this.list[call.index];
    if (span) this.list[call.index] = { ...span, ms: millisBetween(time, call.start) };
  }

  #done({ component, msg }: Kata, time: Instant): void {
    if (component !== 'agent' || msg === undefined) return;
    const name = DONE.find(([, pattern]) => pattern.test(msg))?.[0];
    if (name !== undefined) this.#end(agentKey(name), time);
  }
}

/** The agent names its calls without their container. */
const agentKey = (rpc: string): string => `agent ${rpc}`;
const keyOf = ({ container, exec }: Kata, rpc: string): string => `${rpc} ${container ?? ''} ${exec ?? ''}`;

/** Calls of the shim that wait for something by nature: open ones are no sign of trouble. */
const WAITING: ReadonlySet<string> = new Set(['Wait', 'Connect']);

/** Whether a call of the shim, whose names are capital, came to no end. */
export function hangs(spans: readonly RpcSpan[]): boolean {
  return spans.some(({ name, ms }) => ms === undefined && /^[A-Z]/.test(name) && !WAITING.has(name));
}
