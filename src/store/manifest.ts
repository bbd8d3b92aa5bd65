// The manifest: one line a change, each with its checksum. What it names exists; what it does not name is no part of the
// store. A line that is torn by a crash is the last one and counts as not written.
import * as fs from 'node:fs';
import { crc32 } from 'node:zlib';
import { EnvironmentError, systemCode } from '../core/failure.ts';

/** Of everything in the store. A store with a higher one is refused. */
export const STORE_FORMAT = 1;

/** A sealed, immutable file of records. */
export interface Segment {
  /** Relative to the store. */
  readonly file: string;
  /** Nanoseconds since the epoch, decimal: least and greatest time. */
  readonly min: string;
  readonly max: string;
  readonly rows: number;
  readonly bytes: number;
  /** crc32 of the file. */
  readonly crc: number;
  /** Values by column, and how many of them lie in the bag `_x`. */
  readonly columns: { readonly [column: string]: readonly [count: number, bagged: number] };
  /** Least and greatest offset by stream. Documents with ids of their own are counted in `foreign` instead. */
  readonly streams: { readonly [stream: string]: readonly [min: number, max: number] };
  readonly foreign: number;
  /** When it was sealed, seconds since the epoch: retention counts from here, so that old logs may be imported. */
  readonly sealedAt: number;
  /** Of a merged segment: rows by number of the write-ahead file that they come from. */
  readonly parts?: { readonly [wal: string]: number };
}

export type ManifestEntry =
  | { readonly kind: 'format'; readonly version: number }
  /** The write-ahead file `wal` is now these segments. */
  | { readonly kind: 'seal'; readonly wal: number; readonly segments: readonly Segment[] }
  /** The segments `from` are now this one, whose number is `seq`. */
  | { readonly kind: 'merge'; readonly seq: number; readonly from: readonly string[]; readonly segment: Segment }
  | { readonly kind: 'drop'; readonly files: readonly string[]; readonly why: 'age' | 'bytes' };

/** The state after a number of entries. */
export interface ManifestState {
  readonly segments: ReadonlyMap<string, Segment>;
  /** Write-ahead files whose records are in segments, and the numbers of merged segments. */
  readonly sealed: ReadonlySet<number>;
  /** Bytes of the file that were understood. */
  readonly length: number;
}

export function encodeEntry(entry: ManifestEntry): string {
  const text = JSON.stringify(entry);
  return `{"crc":${crc32(text)},"entry":${text}}\n`;
}

/**
 * Reads the manifest; a store that is not there yet is empty.
 * @throws {EnvironmentError} `store/format` for a newer format, `store/manifest` for damage before the end, `store/read`.
 */
export function readManifest(file: string): ManifestState {
  const segments = new Map<string, Segment>();
  const sealed = new Set<number>();
  let length = 0;
  const text = readIfThere(file);
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start) + 1;
    const entry = end > 0 ? decodeEntry(text.slice(start, end)) : undefined;
    if (!entry) {
      if (end === 0 || end === text.length) break;
      throw new EnvironmentError('store/manifest', `${file} is damaged at byte ${length}: restore it from a copy`);
    }
    apply(entry, segments, sealed, file);
    length += Buffer.byteLength(text.slice(start, end));
    start = end;
  }
  return { segments, sealed, length };
}

function apply(entry: ManifestEntry, segments: Map<string, Segment>, sealed: Set<number>, file: string): void {
  switch (entry.kind) {
    case 'format':
      if (entry.version <= STORE_FORMAT) return;
      throw new EnvironmentError(
        'store/format',
        `${file} has format ${entry.version}, this release reads ${STORE_FORMAT}: use the release that wrote it, or a newer one`,
      );
    case 'seal':
      sealed.add(entry.wal);
      for (const segment of entry.segments) segments.set(segment.file, segment);
      return;
    case 'merge':
      sealed.add(entry.seq);
      for (const merged of entry.from) segments.delete(merged);
      segments.set(entry.segment.file, entry.segment);
      return;
    case 'drop':
      for (const dropped of entry.files) segments.delete(dropped);
  }
}

function decodeEntry(line: string): ManifestEntry | undefined {
  try {
    const { crc, entry } = JSON.parse(line) as { crc: number; entry: ManifestEntry };
    return crc === crc32(JSON.stringify(entry)) ? entry : undefined;
  } catch {
    return undefined;
  }
}

function readIfThere(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return '';
    throw new EnvironmentError('store/read', `cannot read ${file}`, { cause });
  }
}

/** Appends entries, each on disk before the call returns. One writer only. */
export class ManifestWriter {
  readonly #file: string;
  #length: number;

  /** Cuts a torn last line off. @throws {EnvironmentError} `store/write` */
  constructor(file: string, state: ManifestState) {
    this.#file = file;
    this.#length = state.length;
    this.#guarded(() => {
      if (fs.existsSync(file)) fs.truncateSync(file, state.length);
    });
    if (state.length === 0) this.append({ kind: 'format', version: STORE_FORMAT });
  }

  append(entry: ManifestEntry): void {
    this.#guarded(() => {
      const fd = fs.openSync(this.#file, 'a', 0o600);
      try {
        const line = Buffer.from(encodeEntry(entry));
        let done = 0;
        while (done < line.length) done += fs.writeSync(fd, line, done);
        fs.fdatasyncSync(fd);
        this.#length += line.length;
      } catch (thrown) {
        fs.ftruncateSync(fd, this.#length);
        throw thrown;
      } finally {
        fs.closeSync(fd);
      }
    });
  }

  #guarded(write: () => void): void {
    try {
      write();
    } catch (cause) {
      throw new EnvironmentError('store/write', `cannot write ${this.#file}`, { cause });
    }
  }
}
