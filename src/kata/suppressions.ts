// Messages that journald's or rsyslog's limits held back, and whether a sandbox's may be among them: the message says of whom they were.
import type { Instant } from '../core/event.ts';
import { millisBetween } from './instant.ts';
import type { Kata, Pairs } from './record.ts';

const SUPPRESSIONS_MAX = 10_000;
/** A sandbox's records come from its shim and from who started it. */
const WRITERS_MAX = 8;

/** journald's, of a unit or the path of its cgroup; rsyslog's, of a process; rsyslog's over all that it reads. */
const OF_UNIT = /^Suppressed (\d+) messages from (?:\S*\/)?([^\s/]+)$/;
const OF_PROCESS = /^imuxsock lost (\d+) messages from pid (\d+)/;
const OF_ALL = /^im\w+: (\d+) messages lost due to rate-limiting/;
/** Under these units, and their like of distributions, Kata's records are written. */
const KATA_UNIT =
  /^(?:kata[\w@.-]*|(?:[\w.-]+[.-])?containerd|crio|cri-o|k3s|k3s-agent|rke2-server|rke2-agent)\.service$/;

/** Who wrote the records of one sandbox. */
export class Writers {
  readonly #units = new Set<string>();
  readonly #pids = new Set<number>();

  /** @param wrappers what stands around a record. */
  add({ pid }: Kata, fields: Pairs | undefined, wrappers: readonly Pairs[] = []): void {
    if (pid !== undefined && this.#pids.size < WRITERS_MAX) this.#pids.add(pid);
    if (this.#units.size >= WRITERS_MAX) return;
    for (const pairs of fields ? [fields, ...wrappers] : wrappers) {
      const unit = pairs.text('_SYSTEMD_UNIT');
      if (unit !== undefined) this.#units.add(unit);
    }
  }

  isOne({ unit, pid }: Suppression): boolean {
    if (unit !== undefined) return KATA_UNIT.test(unit) || this.#units.has(unit);
    return pid === undefined || this.#pids.has(pid);
  }
}

interface Suppression {
  readonly time: Instant;
  readonly count: number;
  /** Of neither: they may be anybody's. */
  readonly unit?: string | undefined;
  readonly pid?: number | undefined;
}

export class Suppressions {
  readonly #list: Suppression[] = [];

  add({ event, time, msg }: Kata): void {
    if (event !== 'suppressed' || !time || msg === undefined || this.#list.length >= SUPPRESSIONS_MAX) return;
    const found = readSuppression(msg);
    if (found) this.#list.push({ time, ...found });
  }

  /** How many were held back between two moments from any of the writers. */
  count(first: Instant, last: Instant, writers: Writers): number {
    return this.#list
      .filter(({ time }) => millisBetween(time, first) >= 0 && millisBetween(last, time) >= 0)
      .filter((suppression) => writers.isOne(suppression))
      .reduce((sum, { count }) => sum + count, 0);
  }
}

/** None where it tells of others for certain: of the node's kernel. */
function readSuppression(msg: string): Omit<Suppression, 'time'> | undefined {
  const [, ofUnit, unit] = OF_UNIT.exec(msg) ?? [];
  if (ofUnit !== undefined) return { count: Number(ofUnit), unit };
  const [, ofProcess, pid] = OF_PROCESS.exec(msg) ?? [];
  if (ofProcess !== undefined) return { count: Number(ofProcess), pid: Number(pid) };
  const [, ofAll] = OF_ALL.exec(msg) ?? [];
  return ofAll === undefined ? undefined : { count: Number(ofAll) };
}
