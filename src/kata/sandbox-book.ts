// Everything that the records say about each sandbox: when it lived, its phases, calls, errors, and what is missing.
import type { Instant } from '../core/event.ts';
import { millisBetween } from './instant.ts';
import type { Kata, Pairs } from './record.ts';
import { hangs, type RpcSpan, RpcSpans } from './rpc-spans.ts';
import { Marks, type Phase } from './startup.ts';
import { Suppressions, Writers } from './suppressions.ts';

/** What the book needs of a record, from whatever reads it. */
export interface Seen {
  readonly kata: Kata;
  readonly fields?: Pairs | undefined;
  /** The pairs of what stands around it. */
  readonly wrappers?: readonly Pairs[] | undefined;
}

export interface FirstError {
  readonly time?: Instant;
  readonly level?: string;
  readonly component?: string;
  readonly msg: string;
}

/** One `initcall` of the guest's kernel. */
export interface Initcall {
  readonly name: string;
  readonly usecs: number;
}

export interface SandboxView {
  readonly id: string;
  readonly first: Instant;
  readonly last: Instant;
  readonly records: number;
  readonly errors: number;
  readonly hypervisor?: string;
  readonly pod?: string;
  readonly namespace?: string;
  /** Its start is in the log, whether it came to its end or not; else the log begins later. */
  readonly begun: boolean;
  /** The phase it was in last. */
  readonly lastPhase: string;
  /** It stands still: in its start, or in a call that has no end, without a record for a minute before the log ends. */
  readonly stuck: boolean;
  readonly phases: readonly Phase[];
  readonly rpcs: readonly RpcSpan[];
  readonly firstError?: FirstError;
  /** Places where records are missing. */
  readonly gaps: number;
  /** How many messages the limits of journald or rsyslog held back from Kata's services while it lived. */
  readonly suppressed: number;
  /** The ten slowest. */
  readonly initcalls: readonly Initcall[];
}

const SANDBOXES_MAX = 50_000;
const STILL_MS = 60_000;
const INITCALLS_MAX = 10;
const ERROR_TEXT_MAX = 500;
const INITCALL = /^initcall (\S+?)(?:\+0x\w+\/0x\w+)?(?: \[\w+\])? returned -?\d+ after (\d+) usecs/;
const UP: ReadonlySet<string> = new Set(['running', 'stop']);
/** The first phase is there always: it begins with the first record, whatever that is. */
const isStart = (name: string): boolean => name !== 'prepare' && !UP.has(name);

/** What a guest's console says of its end comes at any level. */
const TROUBLES: ReadonlySet<string | undefined> = new Set(['panic', 'oom', 'segfault']);
const isTrouble = ({ level, event }: Kata): boolean => level === 'error' || level === 'critical' || TROUBLES.has(event);

class Life {
  first: Instant | undefined;
  last: Instant | undefined;
  records = 0;
  errors = 0;
  gaps = 0;
  hypervisor: string | undefined;
  pod: string | undefined;
  namespace: string | undefined;
  firstError: FirstError | undefined;
  /** Its shim was seen coming up, or was asked for the sandbox. */
  hasBegin = false;
  readonly writers: Writers = new Writers();
  readonly marks: Marks = new Marks();
  readonly rpcs: RpcSpans = new RpcSpans();
  readonly initcalls: Initcall[] = [];

  add({ kata, fields, wrappers }: Seen): void {
    this.records++;
    this.writers.add(kata, fields, wrappers);
    this.hypervisor = kata.hypervisor ?? this.hypervisor;
    this.pod = kata.pod ?? this.pod;
    this.namespace = kata.namespace ?? this.namespace;
    if (kata.gap) this.gaps++;
    if (kata.time) this.#span(kata.time);
    if (kata.phase === 'shim-up' || (kata.rpc === 'Create' && kata.container === kata.sandbox)) this.hasBegin = true;
    if (isTrouble(kata)) {
      this.errors++;
      this.#error(kata);
    }
    this.marks.add(kata, fields);
    this.rpcs.add(kata);
    if (kata.event === 'initcall') this.#initcall(kata.msg ?? '');
  }

  #span(time: Instant): void {
    if (!this.first || millisBetween(time, this.first) < 0) this.first = time;
    if (!this.last || millisBetween(this.last, time) < 0) this.last = time;
  }

  #error({ time, level, component, msg, error }: Kata): void {
    const known = this.firstError;
    if (known && !(time && known.time && millisBetween(time, known.time) < 0)) return;
    this.firstError = {
      ...(time && { time }),
      ...(level !== undefined && { level }),
      ...(component !== undefined && { component }),
      msg: textOf(msg, error).slice(0, ERROR_TEXT_MAX),
    };
  }

  #initcall(msg: string): void {
    const [, name, usecs] = INITCALL.exec(msg) ?? [];
    if (name === undefined) return;
    this.initcalls.push({ name, usecs: Number(usecs) });
    this.initcalls.sort((one, other) => other.usecs - one.usecs);
    this.initcalls.length = Math.min(this.initcalls.length, INITCALLS_MAX);
  }
}

function textOf(msg: string | undefined, error: string | undefined): string {
  if (error === undefined) return msg ?? '';
  return msg === undefined ? error : `${msg}: ${error}`;
}

/** Takes records in any order; holds a few kilobytes a sandbox. */
export class SandboxBook {
  readonly #lives = new Map<string, Life>();
  readonly #suppressions = new Suppressions();
  #end: Instant | undefined;

  add(seen: Seen): void {
    const { sandbox, time } = seen.kata;
    if (time && (!this.#end || millisBetween(this.#end, time) < 0)) this.#end = time;
    this.#suppressions.add(seen.kata);
    if (sandbox === undefined) return;
    const life = this.#lives.get(sandbox);
    if (life) life.add(seen);
    else if (this.#lives.size < SANDBOXES_MAX) this.#open(sandbox).add(seen);
  }

  /** All sandboxes that have a time, in the order of their start. */
  list(): readonly SandboxView[] {
    return [...this.#lives.keys()]
      .flatMap((id) => this.view(id) ?? [])
      .sort((one, other) => millisBetween(one.first, other.first));
  }

  /** The ids that begin so; the one alone that is equal. */
  find(prefix: string): readonly string[] {
    return this.#lives.has(prefix) ? [prefix] : [...this.#lives.keys()].filter((id) => id.startsWith(prefix));
  }

  view(id: string): SandboxView | undefined {
    const life = this.#lives.get(id);
    if (!life?.first || !life.last) return undefined;
    const { first, last, records, errors, gaps, hypervisor, pod, namespace, firstError, initcalls, rpcs } = life;
    const phases = life.marks.phases(first, last);
    const lastPhase = phases[phases.length - 1]?.name ?? 'prepare';
    return {
      id,
      first,
      last,
      records,
      errors,
      ...(hypervisor !== undefined && { hypervisor }),
      ...(pod !== undefined && { pod }),
      ...(namespace !== undefined && { namespace }),
      begun: life.hasBegin || phases.some(({ name }) => isStart(name)),
      lastPhase,
      stuck: this.#isStill(last) && lastPhase !== 'stop' && (!UP.has(lastPhase) || hangs(rpcs.list)),
      phases,
      rpcs: rpcs.list,
      ...(firstError && { firstError }),
      gaps,
      suppressed: this.#suppressions.count(first, last, life.writers),
      initcalls,
    };
  }

  #open(sandbox: string): Life {
    const life = new Life();
    this.#lives.set(sandbox, life);
    return life;
  }

  #isStill(last: Instant): boolean {
    return this.#end !== undefined && millisBetween(this.#end, last) > STILL_MS;
  }
}
