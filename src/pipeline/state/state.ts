// The state directory: loads the model, appends every change before it takes effect outside.
import * as fs from 'node:fs';
import type { Instant } from '../../core/event.ts';
import { EnvironmentError } from '../../core/failure.ts';
import type { Json } from '../../core/plugin.ts';
import { CommitLog } from './commit-log.ts';
import {
  applyRecord,
  type Cut,
  cutJson,
  emptyModel,
  emptyStream,
  type Skip,
  STATE_VERSION,
  type StateModel,
  type StateRecord,
  type StreamState,
  skipsJson,
  snapshotOf,
  streamJson,
} from './model.ts';

/** Positions of one stream that a commit saves. */
export interface StreamPositions {
  readonly stream: StreamState;
  readonly positions: ReadonlyMap<string, number>;
  /** Where reading starts for the filters that remember, if there are any. */
  readonly past?: number | undefined;
  /** By position: what its source needs to find it again. */
  readonly marks: ReadonlyMap<number, Json>;
  /** By output: what it has beyond its position. */
  readonly skips: ReadonlyMap<string, Skip>;
  /** Records that were added to one that begins before the positions. */
  readonly joined: ReadonlyMap<string, number>;
}

const SYNC_EVERY_MS = 1000;

export class State {
  readonly model: StateModel;
  readonly #log: CommitLog;
  readonly #monotonicMs: () => number;
  #syncedAtMs: number;
  #unsynced = false;

  private constructor(model: StateModel, log: CommitLog, monotonicMs: () => number) {
    this.model = model;
    this.#log = log;
    this.#monotonicMs = monotonicMs;
    this.#syncedAtMs = monotonicMs();
  }

  /**
   * @param directory made if need be, mode 0700. The caller holds its lock.
   * @throws {EnvironmentError} `state/…` when it cannot be read or written, or was written by a newer release.
   */
  static open(directory: string, monotonicMs: () => number): State {
    const model = emptyModel();
    const { number, records } = CommitLog.read(directory);
    for (const record of records) {
      refuseNewer(record, directory);
      applyRecord(model, record as unknown as StateRecord);
    }
    const log = CommitLog.start(directory, number, () => snapshotOf(model) as unknown as Json);
    return new State(model, log, monotonicMs);
  }

  openStream(
    source: string,
    key: string,
    facts: StreamState['facts'],
    positions: ReadonlyMap<string, number>,
  ): StreamState {
    const id = this.model.nextId;
    const stream = { ...emptyStream(id, source, key), facts, positions: new Map(positions) };
    this.#record({ t: 'open', stream: streamJson(stream) });
    return this.model.streams.get(id) as StreamState;
  }

  updateFacts(stream: StreamState, facts: StreamState['facts']): void {
    this.#record({ t: 'facts', s: stream.id, facts });
  }

  closeStream(stream: StreamState): void {
    this.#record({ t: 'close', s: stream.id });
  }

  /** Remembers the first-read time of a segment, on disk before it returns: a replay must give the same time. */
  addTime(stream: StreamState, start: number, end: number, time: Instant): void {
    this.#record({ t: 'time', s: stream.id, a: start, b: end, sec: time.seconds, ns: time.nanos });
    this.#sync();
  }

  /** Remembers where a record ends; {@link secure} puts it on disk. */
  addCut(stream: StreamState, cut: Cut): void {
    this.#record({ t: 'cut', s: stream.id, c: cutJson(cut) });
  }

  secure(): void {
    if (this.#unsynced) this.#sync();
  }

  commit(streams: readonly StreamPositions[], checkpoints: ReadonlyMap<string, Json>): void {
    const p = streams.map(({ stream, positions, past, marks, skips, joined }) => ({
      s: stream.id,
      p: Object.fromEntries(positions),
      ...(past !== undefined && { b: past }),
      ...(marks.size > 0 && { m: [...marks] }),
      ...(skips.size > 0 && { k: skipsJson(skips) }),
      ...(joined.size > 0 && { j: [...joined] }),
    }));
    this.#record({ t: 'pos', p, out: Object.fromEntries(checkpoints) });
    if (this.#monotonicMs() - this.#syncedAtMs >= SYNC_EVERY_MS) this.#sync();
  }

  /** Remembers a text before it is written to a Fluentd position file; the text before it stays known too. */
  willWritePositionFile(path: string, check: number): void {
    const last = this.model.positionFiles.get(path)?.[0];
    this.#record({ t: 'pf', path, h: last === undefined ? [check] : [check, last] });
  }

  close(): void {
    this.secure();
    this.#log.close();
  }

  #record(record: StateRecord): void {
    this.#log.append(record as unknown as Json);
    applyRecord(this.model, record);
    this.#unsynced = true;
  }

  #sync(): void {
    this.#log.sync();
    this.#syncedAtMs = this.#monotonicMs();
    this.#unsynced = false;
  }
}

function refuseNewer(record: Json, directory: string): void {
  if (record === null || typeof record !== 'object' || Array.isArray(record)) return;
  const version = (record as { readonly [name: string]: Json })['v'];
  if (typeof version === 'number' && version > STATE_VERSION) {
    throw new EnvironmentError(
      'state/newer-format',
      `${directory} was written by a newer release (format ${version}, this one knows ${STATE_VERSION}); use that release or another --state-dir`,
    );
  }
}

/** Makes the directory, mode 0700. @throws {EnvironmentError} `state/write` */
export function makeStateDirectory(directory: string): void {
  try {
    fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new EnvironmentError(
      'state/write',
      `cannot make the state directory ${directory}; name another with --state-dir`,
      { cause },
    );
  }
}
