// The words of this room: what a record of Kata's is once it is understood.
import type { Instant } from '../core/event.ts';

/** Damage that was found, by the names of docs/reference/salvage.md. */
export type Repair =
  | `C${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}`
  | `C1${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}`
  | `C2${0 | 1 | 2 | 3 | 4 | 5 | 6}`;

export const LEVELS = ['trace', 'debug', 'info', 'warning', 'error', 'critical'] as const;
export type Level = (typeof LEVELS)[number];

export type Component =
  | 'runtime'
  | 'shim'
  | 'proxy'
  | 'agent'
  | 'guest-kernel'
  | 'guest-systemd'
  | 'guest-other'
  | 'qemu'
  | 'clh'
  | 'fc'
  | 'dragonball'
  | 'virtiofsd'
  | 'monitor'
  | 'deploy'
  | 'ctl'
  | 'containerd'
  | 'crio'
  | 'workload';

/** Who wrote it, by generations of Kata: 1.x, Go from 2.0, runtime-rs in JSON lines, runtime-rs straight to the journal. */
export type Era = '1x' | 'go' | 'rs-json' | 'rs-journal';

/** A value as written: text, or what JSON had in its place. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

/** Pairs in their order. A key may stand twice; {@link Pairs.get} gives the first. */
export class Pairs {
  readonly keys: readonly string[];
  readonly values: readonly Value[];
  /** The pairs as one JSON object, where the source had them so: keeps what numbers and duplicates would lose. */
  readonly json: string | undefined;

  constructor(keys: readonly string[], values: readonly Value[], json?: string) {
    this.keys = keys;
    this.values = values;
    this.json = json;
  }

  get(key: string): Value | undefined {
    const at = this.keys.indexOf(key);
    return at < 0 ? undefined : this.values[at];
  }

  /** The value of a key that has a text. */
  text(key: string): string | undefined {
    const value = this.get(key);
    return typeof value === 'string' ? value : undefined;
  }

  /** The pairs but for one key. */
  without(key: string): Pairs {
    if (!this.keys.includes(key)) return this;
    const kept = this.keys.map((_, index) => index).filter((index) => this.keys[index] !== key);
    return new Pairs(
      kept.map((index) => this.keys[index] as string),
      kept.map((index) => this.values[index] as Value),
    );
  }
}

/** Where the bytes of a record stand. `line` counts from 1, `offset` and `bytes` are of the (uncompressed) file. */
export interface Source {
  readonly path: string;
  readonly line: number;
  readonly offset: number;
  readonly bytes: number;
  /** Place among the texts of its input, where lines are no measure: of an entry. */
  readonly number?: number;
  /** The line was too long: its end was not read. `bytes` are those of all of it. */
  readonly isCut?: true;
}

/** What was understood of a record. Absent = not known. Mutable while the record is put together. */
export interface Kata {
  component?: Component | undefined;
  level?: Level | undefined;
  msg?: string | undefined;
  /** The time of the record: of its wrapper, where it has one. */
  time?: Instant | undefined;
  /** The guest's clock, where the guest wrote the record. */
  guest_time?: Instant | undefined;
  /** Seconds since the guest's kernel started. */
  kernel_time?: number | undefined;
  sandbox?: string | undefined;
  container?: string | undefined;
  exec?: string | undefined;
  subsystem?: string | undefined;
  /** The process on the host. */
  pid?: number | undefined;
  /** The hypervisor's process. */
  vm_pid?: number | undefined;
  hypervisor?: string | undefined;
  era?: Era | undefined;
  phase?: string | undefined;
  event?: string | undefined;
  rpc?: string | undefined;
  rpc_edge?: 'start' | 'end' | undefined;
  duration_ms?: number | undefined;
  error?: string | undefined;
  problem?: boolean | undefined;
  template?: string | undefined;
  exit_code?: number | undefined;
  pod?: string | undefined;
  namespace?: string | undefined;
  repairs?: Repair[] | undefined;
  /** A piece of a record, or one with a value that was cut. */
  partial?: boolean | undefined;
  /** How many further copies of the record there were. */
  dup?: number | undefined;
  /** Records are missing here. */
  gap?: boolean | undefined;
  /** How many values were blacked out. */
  redacted?: number | undefined;
}

/** One with nothing known. Every object has the same shape: reading and writing them is quick. */
export function newKata(): Kata {
  return {
    component: undefined,
    level: undefined,
    msg: undefined,
    time: undefined,
    guest_time: undefined,
    kernel_time: undefined,
    sandbox: undefined,
    container: undefined,
    exec: undefined,
    subsystem: undefined,
    pid: undefined,
    vm_pid: undefined,
    hypervisor: undefined,
    era: undefined,
    phase: undefined,
    event: undefined,
    rpc: undefined,
    rpc_edge: undefined,
    duration_ms: undefined,
    error: undefined,
    problem: undefined,
    template: undefined,
    exit_code: undefined,
    pod: undefined,
    namespace: undefined,
    repairs: undefined,
    partial: undefined,
    dup: undefined,
    gap: undefined,
    redacted: undefined,
  };
}

/** A record as the outside gets it. */
export interface Understood {
  readonly kata: Kata;
  /** The pairs of the innermost record, as written. */
  fields?: Pairs;
  /** The pairs of the records around it, the outermost last. */
  wrappers: readonly Pairs[];
  /** The line or lines, where the record was repaired or is none. */
  raw?: string;
  source: Source;
  /** Which copy of the log it comes from: doubles are looked for between different ones only. */
  sink: string;
  /** Equal for the copies of one record; empty where a record can have none. */
  identity: string;
  /** What was blacked out in it, and in others of its line. */
  secrets?: ReadonlySet<string>;
}

/** One with what is known. */
export function kataWith(known: Kata): Kata {
  return Object.assign(newKata(), known);
}

/** Adds a repair once. */
export function addRepair(kata: Kata, repair: Repair): void {
  if (!kata.repairs) kata.repairs = [repair];
  else if (!kata.repairs.includes(repair)) kata.repairs.push(repair);
}
