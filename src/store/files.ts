// What files a store has at this moment, seen from any process: the manifest and the write-ahead files beside it.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { crc32 } from 'node:zlib';
import { EnvironmentError, failureText, systemCode } from '../core/failure.ts';
import { type StoreLayout, walPath, walSeq } from './layout.ts';
import { type ManifestState, readManifest, type Segment } from './manifest.ts';

/** A write-ahead file whose records are in no segment. */
export interface HotFile {
  readonly seq: number;
  readonly path: string;
  readonly bytes: number;
}

export interface Snapshot {
  /** By time, oldest first; damaged ones are not among them. */
  readonly segments: readonly Segment[];
  readonly hot: readonly HotFile[];
  readonly damaged: readonly DamagedSegment[];
}

export interface DamagedSegment {
  readonly segment: Segment;
  readonly reason: string;
}

/** Read at once where a file is checked. */
const PIECE_BYTES = 1 << 20;

export class StoreFiles {
  readonly layout: StoreLayout;
  #state: ManifestState = { segments: new Map(), sealed: new Set(), length: 0 };
  #stamp = '';
  /** By file: what is wrong with it, or undefined for a sound one. */
  readonly #checked = new Map<string, string | undefined>();
  /** Checks under way, by file: who asks meanwhile waits for the same one. */
  readonly #checking = new Map<string, Promise<void>>();

  constructor(layout: StoreLayout) {
    this.layout = layout;
  }

  /** @throws {EnvironmentError} `store/read`, `store/format`, `store/manifest` */
  snapshot(): Snapshot {
    // First the write-ahead files, then the manifest: one that is sealed in between is seen as sealed, never twice.
    const present = this.#walFiles();
    const { segments, sealed } = this.manifest();
    const all = [...segments.values()].sort((a, b) => compareNanos(a.min, b.min));
    return {
      segments: all.filter(({ file }) => this.#checked.get(file) === undefined),
      hot: present.filter(({ seq }) => !sealed.has(seq)),
      damaged: all.flatMap((segment) => {
        const reason = this.#checked.get(segment.file);
        return reason === undefined ? [] : [{ segment, reason }];
      }),
    };
  }

  manifest(): ManifestState {
    const stat = fs.statSync(this.layout.manifest, { throwIfNoEntry: false });
    const stamp = stat ? `${stat.ino}/${stat.size}/${stat.mtimeMs}` : '';
    if (stamp !== this.#stamp) this.#state = readManifest(this.layout.manifest);
    this.#stamp = stamp;
    return this.#state;
  }

  /** Whether all of these were compared with their checksums. */
  areChecked(segments: readonly Segment[]): boolean {
    return segments.every(({ file }) => this.#checked.has(file));
  }

  /**
   * Compares segments with the checksums that the manifest has of them, once in a process's life.
   * @returns whether all are sound; one that is not is left out of later snapshots.
   */
  async verify(segments: readonly Segment[]): Promise<boolean> {
    for (const segment of segments) if (!this.#checked.has(segment.file)) await this.#check(segment);
    return segments.every(({ file }) => this.#checked.get(file) === undefined);
  }

  /** Looks again at segments that were sound: after a query failed. */
  async recheck(segments: readonly Segment[]): Promise<boolean> {
    for (const { file } of segments) this.#checked.delete(file);
    return this.verify(segments);
  }

  #check(segment: Segment): Promise<void> {
    const { file } = segment;
    const running = this.#checking.get(file);
    if (running) return running;
    const check = damageOf(path.join(this.layout.root, file), segment).then((damage) => {
      this.#checked.set(file, damage);
      this.#checking.delete(file);
    });
    this.#checking.set(file, check);
    return check;
  }

  #walFiles(): readonly HotFile[] {
    try {
      return fs
        .readdirSync(this.layout.wal)
        .map(walSeq)
        .filter((seq) => seq !== undefined)
        .sort((a, b) => a - b)
        .map((seq) => ({ seq, path: walPath(this.layout, seq) }))
        .map((file) => ({ ...file, bytes: fs.statSync(file.path, { throwIfNoEntry: false })?.size ?? 0 }))
        .filter(({ bytes }) => bytes > 0);
    } catch (cause) {
      if (systemCode(cause) === 'ENOENT') return [];
      throw new EnvironmentError('store/read', `cannot read ${this.layout.wal}`, { cause });
    }
  }
}

/** Piece by piece: a store of gigabytes is looked at while others are served. */
async function damageOf(file: string, segment: Segment): Promise<string | undefined> {
  try {
    let [crc, bytes] = [0, 0];
    for await (const piece of fs.createReadStream(file, { highWaterMark: PIECE_BYTES }) as AsyncIterable<Buffer>) {
      crc = crc32(piece, crc);
      bytes += piece.length;
    }
    if (bytes !== segment.bytes) return `has ${bytes} bytes instead of ${segment.bytes}`;
    return crc === segment.crc ? undefined : 'its checksum does not match its content';
  } catch (thrown) {
    return systemCode(thrown) === 'ENOENT' ? 'is missing' : `cannot be read: ${failureText(thrown)}`;
  }
}

export function compareNanos(a: string, b: string): number {
  const difference = BigInt(a) - BigInt(b);
  return difference < 0n ? -1 : Number(difference > 0n);
}

export interface TimeSpan {
  readonly from?: bigint | undefined;
  readonly to?: bigint | undefined;
}

export function touches(segment: Segment, { from, to }: TimeSpan): boolean {
  return (from === undefined || BigInt(segment.max) >= from) && (to === undefined || BigInt(segment.min) < to);
}

/** Whether all of a segment's records are of that time. */
export function isWithin(segment: Segment, { from, to }: TimeSpan): boolean {
  return (from === undefined || BigInt(segment.min) >= from) && (to === undefined || BigInt(segment.max) < to);
}
