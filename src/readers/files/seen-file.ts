// A file as it was found: who it is and how its content begins.
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { systemCode } from '../../core/failure.ts';
import { readGzipHead } from './gzip-file.ts';

/** Bytes of the first line that make a fingerprint. */
export const FINGERPRINT_BYTES = 1024;

export interface SeenFile {
  readonly path: string;
  /** Device and inode, as `dev:ino`. */
  readonly id: string;
  readonly ino: bigint;
  /** Bytes on disk (compressed, if so). */
  readonly size: number;
  readonly mtimeMs: number;
  readonly isGzip: boolean;
  /** Hex SHA-256 of the first line, at most 1 KiB of it; undefined while the line is not complete. */
  readonly fingerprint: string | undefined;
}

/** Why a path could not be looked at. */
export type LookFailure = 'missing' | 'not-a-file' | 'forbidden';

export class FileLooker {
  /** Fingerprints by file, as long as nothing changed. */
  readonly #known = new Map<string, SeenFile>();

  /** Looks at a path; remembers what it saw until the file changes. */
  async look(path: string): Promise<SeenFile | LookFailure> {
    const stat = statOf(path);
    if (typeof stat === 'string') return stat;
    const seen = {
      path,
      id: `${stat.dev}:${stat.ino}`,
      ino: stat.ino,
      size: Number(stat.size),
      mtimeMs: Number(stat.mtimeNs) / 1e6,
    };
    const known = this.#known.get(seen.id);
    if (known?.path === path && known.size === seen.size && known.mtimeMs === seen.mtimeMs) return known;
    const head = await this.#head(path);
    if (typeof head === 'string') return head;
    const fresh: SeenFile = { ...seen, isGzip: head.isGzip, fingerprint: fingerprintOf(head.bytes) };
    this.#known.set(seen.id, fresh);
    return fresh;
  }

  /** Forgets every file that is not in `ids`, and what was known of `changed`. */
  keepOnly(ids: ReadonlySet<string>): void {
    for (const id of this.#known.keys()) if (!ids.has(id)) this.#known.delete(id);
  }

  forget(id: string): void {
    this.#known.delete(id);
  }

  async #head(path: string): Promise<{ bytes: Buffer; isGzip: boolean } | LookFailure> {
    try {
      const bytes = readHead(path, FINGERPRINT_BYTES + 1);
      const isGzip = path.endsWith('.gz') && bytes[0] === 0x1f && bytes[1] === 0x8b;
      return { bytes: isGzip ? await readGzipHead(path, FINGERPRINT_BYTES + 1) : bytes, isGzip };
    } catch (thrown) {
      return lookFailure(thrown);
    }
  }
}

/** Undefined while the first line is not complete. */
export function fingerprintOf(head: Buffer): string | undefined {
  const lineEnd = head.subarray(0, FINGERPRINT_BYTES).indexOf(0x0a);
  if (lineEnd < 0 && head.length < FINGERPRINT_BYTES) return undefined;
  return hashOf(head.subarray(0, lineEnd < 0 ? FINGERPRINT_BYTES : lineEnd));
}

/** Hex SHA-256. */
export function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function statOf(path: string): fs.BigIntStats | LookFailure {
  try {
    const stat = fs.statSync(path, { bigint: true });
    return stat.isFile() ? stat : 'not-a-file';
  } catch (thrown) {
    return lookFailure(thrown);
  }
}

function lookFailure(thrown: unknown): LookFailure {
  const code = systemCode(thrown);
  if (code === 'EACCES' || code === 'EPERM') return 'forbidden';
  if (code === 'EISDIR' || code === 'ENXIO' || code === 'ELOOP') return 'not-a-file';
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'missing';
  throw thrown;
}

function readHead(path: string, bytes: number): Buffer {
  // Not blocking: somebody may have put a FIFO here since the look.
  const fd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  try {
    const head = Buffer.alloc(bytes);
    return head.subarray(0, fs.readSync(fd, head, 0, bytes, 0));
  } finally {
    fs.closeSync(fd);
  }
}
