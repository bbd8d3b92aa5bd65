// Which records the store has already: the end of what is known of each stream, and look-ups below it.
import * as path from 'node:path';
import { type Duck, quotePath } from './duck.ts';
import { type StoreFiles, touches } from './files.ts';
import { readWal } from './seal.ts';
import type { Origin } from './wal-encoder.ts';

/** Offsets that are looked up at once: a stretch of a stream that is read again. */
const WINDOW_OFFSETS = 64 << 20;
/** Windows kept; each holds some 100,000 records. */
const WINDOWS_MAX = 4;
/** A document with an id of its own comes again under the same time, or soon after when it has none. */
const FOREIGN_NEAR_NANOS = 3_600_000_000_000n;

/** Records that are asked about, and the times between which they lie. */
export interface Known {
  readonly origins: readonly Origin[];
  readonly minTime: bigint;
  readonly maxTime: bigint;
}

interface Window {
  readonly stream: string;
  readonly from: number;
  readonly until: number;
  readonly keys: Set<string>;
}

export class KnownRecords {
  readonly #duck: Duck;
  readonly #files: StoreFiles;
  readonly #highWater = new Map<string, number>();
  readonly #windows: Window[] = [];
  /** Documents with ids of their own, by write-ahead file. */
  readonly #hotForeign = new Map<number, Set<string>>();
  /** Longest line of the write-ahead files, in bytes. */
  longestLine = 0;

  constructor(duck: Duck, files: StoreFiles) {
    this.#duck = duck;
    this.#files = files;
    for (const { streams } of files.manifest().segments.values())
      for (const [stream, [, high]] of Object.entries(streams)) this.#raise(stream, high);
  }

  /** Whether each record is in the store. Records are checked in order, with those that stand before them in the list. */
  async which({ origins, minTime, maxTime }: Known): Promise<readonly boolean[]> {
    const foreign = await this.#storedForeign(origins, minTime, maxTime);
    const known: boolean[] = [];
    const own = new Set<string>();
    for (const origin of origins) {
      const key = `${origin.stream} ${keyOf(origin)}`;
      const isKnown = own.has(key) || (isForeign(origin) ? foreign.has(origin.stream) : await this.#has(origin));
      own.add(key);
      known.push(isKnown);
    }
    return known;
  }

  /** Whether all are certainly new, without a look-up: the usual case. */
  areNew(origins: readonly Origin[]): boolean {
    let last: Origin | undefined;
    for (const origin of origins) {
      if (isForeign(origin)) return false;
      const end = last?.stream === origin.stream ? last.offset : this.#highWater.get(origin.stream);
      if (end !== undefined && origin.offset <= end) return false;
      last = origin;
    }
    return true;
  }

  /** The records were written to the write-ahead file `seq`. */
  add(origins: readonly Origin[], seq: number): void {
    for (const origin of origins) {
      if (isForeign(origin)) {
        this.#foreignOf(seq).add(origin.stream);
        continue;
      }
      this.#raise(origin.stream, origin.offset);
      for (const window of this.#windows) if (isIn(window, origin)) window.keys.add(keyOf(origin));
    }
  }

  /** The write-ahead file holds these records only: what was added beyond them is not on disk. */
  correct(origins: readonly Origin[], seq: number): void {
    this.#windows.length = 0;
    this.#hotForeign.delete(seq);
    this.add(origins, seq);
  }

  /** The write-ahead file is sealed. */
  sealed(seq: number): void {
    this.#hotForeign.delete(seq);
  }

  async #has(origin: Origin): Promise<boolean> {
    const end = this.#highWater.get(origin.stream);
    if (end === undefined || origin.offset > end) return false;
    const window = this.#windows.find((one) => isIn(one, origin)) ?? (await this.#load(origin));
    return window.keys.has(keyOf(origin));
  }

  async #load({ stream, offset }: Origin): Promise<Window> {
    const until = offset + WINDOW_OFFSETS;
    const { segments, hot } = this.#files.snapshot();
    const parquet = segments
      .filter(({ streams }) => {
        const span = streams[stream];
        return span !== undefined && span[0] < until && span[1] >= offset;
      })
      .map(({ file }) => path.join(this.#files.layout.root, file));
    const keys = await this.#select(
      parquet,
      hot.map((file) => file.path),
      `_s = $1 AND _o >= $2 AND _o < $3`,
      [stream, BigInt(offset), BigInt(until)],
    );
    const window: Window = { stream, from: offset, until, keys };
    this.#windows.push(window);
    if (this.#windows.length > WINDOWS_MAX) this.#windows.shift();
    return window;
  }

  async #storedForeign(origins: readonly Origin[], minTime: bigint, maxTime: bigint): Promise<ReadonlySet<string>> {
    const asked = origins.filter(isForeign).map(({ stream }) => stream);
    const hot = [...this.#hotForeign.values()];
    const found = new Set(asked.filter((stream) => hot.some((streams) => streams.has(stream))));
    const rest = asked.filter((stream) => !found.has(stream));
    const near = { from: minTime - FOREIGN_NEAR_NANOS, to: maxTime + FOREIGN_NEAR_NANOS };
    const segments = this.#files.snapshot().segments.filter((segment) => segment.foreign > 0 && touches(segment, near));
    if (rest.length === 0 || segments.length === 0) return found;
    const parquet = segments.map(({ file }) => path.join(this.#files.layout.root, file));
    const list = rest.map((_, i) => `$${i + 1}`).join(', ');
    for (const key of await this.#select(parquet, [], `_s IN (${list})`, rest)) found.add(key);
    return found;
  }

  async #select(
    parquet: readonly string[],
    wals: readonly string[],
    where: string,
    values: readonly (string | bigint)[],
  ): Promise<Set<string>> {
    const sources: string[] = [];
    if (parquet.length > 0)
      sources.push(
        `SELECT _s, _o, _c FROM read_parquet([${parquet.map(quotePath).join(', ')}], union_by_name = true) WHERE ${where}`,
      );
    if (wals.length > 0)
      sources.push(
        `SELECT _s, _o, _c FROM ${readWal(wals, ['_s', '_o', '_c'], this.longestLine)} WHERE _t IS NOT NULL AND ${where}`,
      );
    if (sources.length === 0) return new Set();
    const rows = await this.#duck.all({ sql: sources.join(' UNION ALL '), values });
    return new Set(
      rows.map((row) =>
        keyOf({ stream: String(row['_s']), offset: Number(row['_o'] ?? 0), check: Number(row['_c'] ?? 0) }),
      ),
    );
  }

  #foreignOf(seq: number): Set<string> {
    const known = this.#hotForeign.get(seq);
    if (known) return known;
    const streams = new Set<string>();
    this.#hotForeign.set(seq, streams);
    return streams;
  }

  #raise(stream: string, offset: number): void {
    if (offset > (this.#highWater.get(stream) ?? -1)) this.#highWater.set(stream, offset);
  }
}

function isIn(window: Window, { stream, offset }: Origin): boolean {
  return window.stream === stream && offset >= window.from && offset < window.until;
}

function isForeign({ stream }: Origin): boolean {
  return stream.startsWith('#');
}

function keyOf(origin: Origin): string {
  return isForeign(origin) ? origin.stream : `${origin.offset}/${origin.check}`;
}
