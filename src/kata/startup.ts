// The phases of a sandbox's life, from the records that mark where one ends and the next begins.
//
// prepare → vmm → kernel → userspace → agent → sandbox → create → start make up the start; running and stop follow. Which records
// mark what is the table of lifecycle markers in docs/reference/lifecycle.md. Where several records can mark a phase, the most telling
// one that is there counts.
import type { Instant } from '../core/event.ts';
import { millisBetween } from './instant.ts';
import type { Kata, Pairs } from './record.ts';

export const PHASES = [
  'prepare',
  'vmm',
  'kernel',
  'userspace',
  'agent',
  'sandbox',
  'create',
  'start',
  'running',
  'stop',
] as const;
export type PhaseName = (typeof PHASES)[number];

/** Who is at work in a phase. */
export const LANE_OF_PHASE: Readonly<Record<PhaseName, string>> = {
  prepare: 'runtime',
  vmm: 'hypervisor',
  kernel: 'guest-kernel',
  userspace: 'guest-kernel',
  agent: 'agent',
  sandbox: 'agent',
  create: 'agent',
  start: 'agent',
  running: 'workload',
  stop: 'runtime',
};

export interface Phase {
  readonly name: PhaseName;
  readonly start: Instant;
  readonly end: Instant;
  readonly ms: number;
}

type Test = (kata: Kata, fields: Pairs | undefined) => boolean;

const said =
  (pattern: RegExp): Test =>
  ({ msg }) =>
    msg !== undefined && pattern.test(msg);

const saidBy =
  (who: string, pattern: RegExp): Test =>
  ({ component, msg }) =>
    component === who && msg !== undefined && pattern.test(msg);

/** The shim's call for a container of the pod; the sandbox itself is started by the same call before. */
const startsWorkload: Test = ({ rpc, rpc_edge, container, sandbox }) =>
  rpc === 'Start' && rpc_edge === 'start' && container !== sandbox;

/** For each phase the tests for the record it begins with, the most telling first. */
const BEGINS: Readonly<Record<Exclude<PhaseName, 'prepare'>, readonly Test[]>> = {
  vmm: [
    said(/^launching \S+ with: /),
    ({ subsystem }, fields) => subsystem === 'cloudHypervisor' && fields?.get('args') !== undefined,
    said(/^(?:start vm$|qemu args: )/),
    said(/^(?:Starting VM$|Preparing QEMU VM)/),
  ],
  kernel: [said(/^(?:VM started$|begin to connect agent)/), ({ component }) => component === 'guest-kernel'],
  userspace: [said(/^Run \/(?:sbin\/)?init as init process/), said(/^Freeing unused kernel/)],
  agent: [saidBy('agent', /^announce$/), saidBy('agent', /^ttRPC server started$/)],
  sandbox: [said(/^(?:Agent started in the sandbox$|vsock: connected to )/), said(/^New client$/)],
  create: [said(/^[Ss]andbox is started$/)],
  start: [startsWorkload, ({ component, rpc }) => component === 'agent' && rpc === 'start_container'],
  running: [said(/^Container is started$/), said(/^container started$/), said(/^start wait process$/)],
  stop: [
    said(/^(?:Stopping sandbox in the VM|begin stop sandbox)/),
    said(/^Stopping (?:QEMU )?VM$/),
    ({ component, rpc }) => component === 'agent' && rpc === 'destroy_sandbox',
    ({ rpc, rpc_edge }) => rpc === 'Shutdown' && rpc_edge === 'start',
  ],
};
const MARKED = Object.keys(BEGINS) as readonly Exclude<PhaseName, 'prepare'>[];

/** How the messages of BEGINS start: the one quick look at the records that mark nothing, which are nearly all. */
const MAY_MARK =
  /^(?:launching |qemu args: |start (?:vm|wait)|Starting VM|Preparing |VM started|begin |Run \/|Freeing |announce|ttRPC |Agent started|vsock: |New client|[Ss]andbox is |[Cc]ontainer (?:is )?started|Stopping )/;

/** Collects the marks of one sandbox; records may come in any order. */
export class Marks {
  /** Per phase and test the earliest record that passes it. */
  readonly #times = new Map<PhaseName, (Instant | undefined)[]>();

  add(kata: Kata, fields: Pairs | undefined): void {
    const { time, rpc, component, subsystem, msg } = kata;
    if (time === undefined) return;
    const isQuick = rpc === undefined && subsystem !== 'cloudHypervisor' && !MAY_MARK.test(msg ?? '');
    if (!isQuick) {
      for (const name of MARKED) {
        for (const [index, test] of BEGINS[name].entries()) if (test(kata, fields)) this.#keep(name, index, time);
      }
    } else if (component === 'guest-kernel') this.#keep('kernel', 1, time);
  }

  /**
   * The phases between the sandbox's first and last record. A phase without a marker belongs to the one before it; one that
   * would begin before its predecessor begins with it.
   */
  phases(first: Instant, last: Instant): readonly Phase[] {
    const begins: { readonly name: PhaseName; readonly at: Instant }[] = [{ name: 'prepare', at: first }];
    for (const name of MARKED) {
      const at = this.#times.get(name)?.find((time) => time !== undefined);
      const previous = begins[begins.length - 1]?.at ?? first;
      if (at) begins.push({ name, at: millisBetween(at, previous) < 0 ? previous : at });
    }
    return begins.map(({ name, at }, index) => {
      const end = begins[index + 1]?.at ?? last;
      return { name, start: at, end, ms: millisBetween(end, at) };
    });
  }

  #keep(name: PhaseName, index: number, time: Instant): void {
    const times = this.#times.get(name) ?? [];
    this.#times.set(name, times);
    const known = times[index];
    if (known === undefined || millisBetween(time, known) < 0) times[index] = time;
  }
}

/** From the first record to the workload's start, in milliseconds; `undefined` while it has not come up. */
export function startupMs(phases: readonly Phase[]): number | undefined {
  const first = phases[0];
  const running = phases.find(({ name }) => name === 'running');
  return first && running ? millisBetween(running.start, first.start) : undefined;
}
