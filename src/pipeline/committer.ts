// Saves positions behind settled records, together with what outputs must save with them, and keeps Fluentd's own
// position files up to date.
import * as fs from 'node:fs';
import { crc32 } from 'node:zlib';
import { failureText } from '../core/failure.ts';
import type { Json, Log } from '../core/plugin.ts';
import type { Skip } from './state/model.ts';
import type { State } from './state/state.ts';
import type { TrackedStream } from './stream.ts';

const COMMIT_EVERY_MS = 250;
const COMMIT_EVERY_BYTES = 32 << 20;

/** What a commit saves of an output. */
export interface CommitOutput {
  /** Its name in the state. */
  readonly name: string;
  /** Set where the output saves a checkpoint with its positions. */
  readonly checkpoint: (() => Json) | undefined;
}

interface PositionFile {
  readonly path: string;
  readonly text: () => string | undefined;
  written: string | undefined;
  failed: boolean;
}

export class Committer {
  readonly #state: State;
  readonly #outputs: readonly CommitOutput[];
  readonly #log: Log;
  readonly #dirty = new Set<TrackedStream>();
  readonly #positionFiles: PositionFile[] = [];
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Immediate | undefined;

  constructor(state: State, outputs: readonly CommitOutput[], log: Log) {
    this.#state = state;
    this.#outputs = outputs;
    this.#log = log;
  }

  /**
   * A watermark rose by `bytes`. A segment may just be on its way, and a commit must never cut one in two: it is for the
   * next turn of the event loop at the earliest, as segments are handed on within one.
   */
  advanced(stream: TrackedStream, bytes: number): void {
    this.#dirty.add(stream);
    this.#bytes += bytes;
    if (this.#bytes >= COMMIT_EVERY_BYTES) this.#soon ??= setImmediate(() => this.commit());
    else this.#timer ??= setTimeout(() => this.commit(), COMMIT_EVERY_MS);
  }

  addPositionFile(path: string, text: () => string | undefined): void {
    this.#positionFiles.push({ path, text, written: undefined, failed: false });
  }

  wrotePositionFile(path: string, text: string): boolean {
    return this.#state.model.positionFiles.get(path)?.includes(crc32(text)) ?? false;
  }

  commit(): void {
    this.#cancel();
    this.#bytes = 0;
    try {
      if (this.#dirty.size > 0) this.#commitStreams();
      for (const file of this.#positionFiles) this.#writePositionFile(file);
    } catch (cause) {
      // Positions may be late without harm: what they cover is read again and meets its own ids.
      this.#log.error(
        `cannot save positions, a restart will read again from the last saved ones: ${failureText(cause)}`,
      );
    }
  }

  close(): void {
    this.commit();
    this.#cancel();
  }

  #cancel(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#soon);
    this.#timer = undefined;
    this.#soon = undefined;
  }

  #commitStreams(): void {
    const streams = [...this.#dirty].map((stream) => {
      const skips = this.#skipsOf(stream);
      const positions = new Map(this.#outputs.map(({ name }, number) => [name, stream.settledTo[number] as number]));
      return {
        stream: stream.state,
        positions,
        past: stream.past?.position,
        marks: marksOf(stream, skips.size > 0),
        skips,
        joined: stream.joinedToSave(),
      };
    });
    const checkpoints = new Map<string, Json>();
    for (const { name, checkpoint } of this.#outputs) if (checkpoint) checkpoints.set(name, checkpoint());
    this.#state.commit(streams, checkpoints);
    for (const stream of this.#dirty) {
      if (stream.finished && stream.isIdle) this.#state.closeStream(stream.state);
    }
    this.#dirty.clear();
  }

  #skipsOf(stream: TrackedStream): ReadonlyMap<string, Skip> {
    const skips = new Map<string, Skip>();
    for (const [number, { name, checkpoint }] of this.#outputs.entries()) {
      const skip = checkpoint && stream.beyond(number, name).toSave();
      if (skip) skips.set(name, skip);
    }
    return skips;
  }

  #writePositionFile(file: PositionFile): void {
    const text = file.text();
    if (text === undefined || text === file.written) return;
    this.#state.willWritePositionFile(file.path, crc32(text));
    file.written = text;
    try {
      replaceFile(file.path, text);
    } catch (cause) {
      if (file.failed) return;
      file.failed = true;
      this.#log.warn(
        `cannot write the position file ${file.path}; positions are kept in the state directory: ${failureText(cause)}`,
      );
    }
  }
}

/** What to remember of each position where an output stands, or up to which one has some records. */
function marksOf(stream: TrackedStream, hasSkips: boolean): ReadonlyMap<number, Json> {
  const { settledTo, settledMarks, readTo, readMark, past } = stream;
  const marks = new Map<number, Json>();
  if (past?.mark !== undefined) marks.set(past.position, past.mark);
  for (const [output, mark] of settledMarks.entries()) {
    if (mark !== undefined) marks.set(settledTo[output] as number, mark);
  }
  if (hasSkips && readMark !== undefined) marks.set(readTo, readMark);
  return marks;
}

function replaceFile(path: string, text: string): void {
  const temporary = `${path}.katalog-new`;
  try {
    fs.writeFileSync(temporary, text, { mode: 0o644 });
    fs.renameSync(temporary, path);
  } catch {
    // The directory may be read-only, or the file a mount of its own: written in place it may be torn by a power loss,
    // which costs a re-read.
    fs.rmSync(temporary, { force: true });
    fs.writeFileSync(path, text);
  }
}
