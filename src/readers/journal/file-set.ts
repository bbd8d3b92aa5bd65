// The files of a journal: found, opened once each, followed through renames, let go when they vanish.
import * as fs from 'node:fs';
import { failureText } from '../../core/failure.ts';
import { BlockPool } from '../../formats/journal/block-pool.ts';
import { JournalFile } from '../../formats/journal/journal-file.ts';
import type { Match } from '../../formats/journal/match.ts';
import { discover } from './discovery.ts';
import { DiskFile } from './disk-file.ts';
import { FileCursor } from './file-cursor.ts';
import type { JournalProblem } from './problems.ts';

/** Where a journal lies. */
export interface JournalPlace {
  /** Roots: they and the machine directories in them. */
  readonly directories: readonly string[];
  /** Single files. */
  readonly files: readonly string[];
  readonly namespace?: string | undefined;
}

/** A change of a directory within this time before the look may not show in its time stamp. */
const STAMP_GRAIN_MS = 50;

export interface SetChange {
  readonly appeared: readonly FileCursor[];
  readonly vanished: readonly FileCursor[];
}

export class FileSet {
  readonly #place: JournalPlace;
  readonly #match: Match | undefined;
  readonly #onProblem: (problem: JournalProblem) => void;
  readonly #pool = new BlockPool();
  /** By file id. */
  readonly #cursors = new Map<string, FileCursor>();
  /** Path → what was found there. */
  #paths = new Map<string, { readonly stamp: string; readonly fileId: string }>();
  #stamps = new Map<string, number>();
  #lookedMs = 0;
  directories: readonly string[] = [];

  constructor(place: JournalPlace, match: Match | undefined, onProblem: (problem: JournalProblem) => void) {
    this.#place = place;
    this.#match = match;
    this.#onProblem = onProblem;
  }

  get cursors(): Iterable<FileCursor> {
    return this.#cursors.values();
  }

  /** Whether a directory may hold other files than at the last look. */
  isStale(): boolean {
    for (const [directory, changedMs] of this.#stamps) {
      if (changedMs > this.#lookedMs - STAMP_GRAIN_MS) return true;
      if (changedAt(directory) !== changedMs) return true;
    }
    return this.#stamps.size < this.#place.directories.length;
  }

  /** Looks for files. */
  look(): SetChange {
    this.#lookedMs = Date.now();
    const found = discover(this.#place.directories, this.#place.namespace);
    this.#stamps = new Map(found.directories.map((directory) => [directory, changedAt(directory) ?? 0]));
    this.directories = found.directories;
    for (const [path, cause] of found.unreadable) this.#report('unreadable', path, failureText(cause));
    const before = this.#paths;
    this.#paths = new Map();
    const appeared: FileCursor[] = [];
    for (const path of [...found.files, ...this.#place.files]) this.#see(path, before, appeared);
    return { appeared, vanished: this.#dropVanished() };
  }

  close(): void {
    for (const cursor of this.#cursors.values()) cursor.rest();
    this.#cursors.clear();
  }

  #see(
    path: string,
    before: ReadonlyMap<string, { readonly stamp: string; readonly fileId: string }>,
    appeared: FileCursor[],
  ): void {
    const stat = fs.statSync(path, { throwIfNoEntry: false });
    if (!stat?.isFile()) {
      if (this.#place.files.includes(path)) this.#report('unreadable', path, 'there is no such file');
      return;
    }
    const stamp = `${stat.dev}:${stat.ino}`;
    const known = before.get(path);
    if (known?.stamp === stamp && this.#cursors.has(known.fileId)) {
      this.#paths.set(path, known);
      return;
    }
    const fileId = this.#identify(path, appeared);
    if (fileId !== undefined) this.#paths.set(path, { stamp, fileId });
  }

  /** Opens the file unless it is one that is known by another name. */
  #identify(path: string, appeared: FileCursor[]): string | undefined {
    const disk = new DiskFile(path);
    try {
      const file = new JournalFile(disk, this.#pool);
      // An empty file is one whose writer has not begun; it is looked at again.
      if (disk.size() === 0) {
        disk.close();
        return undefined;
      }
      const { fileId } = file.header;
      const known = this.#cursors.get(fileId);
      if (known) {
        disk.close();
        known.disk.path = path;
        return fileId;
      }
      return this.#add(new FileCursor(disk, file, this.#match), appeared);
    } catch (thrown) {
      disk.close();
      this.#report('unreadable', path, failureText(thrown));
      return undefined;
    }
  }

  #add(cursor: FileCursor, appeared: FileCursor[]): string | undefined {
    const { file, disk } = cursor;
    if (file.unknownFlags !== 0) {
      const flags = `0x${file.unknownFlags.toString(16)}`;
      this.#report('unknown-format', disk.path, `incompatible flags ${flags} are not known: a newer katalog is needed`);
    } else if (file.fault !== undefined) this.#report('damaged', disk.path, file.fault);
    if (file.fault !== undefined && file.entries.length === 0) {
      disk.close();
      return undefined;
    }
    this.#cursors.set(file.header.fileId, cursor);
    appeared.push(cursor);
    return file.header.fileId;
  }

  #dropVanished(): FileCursor[] {
    const present = new Set([...this.#paths.values()].map(({ fileId }) => fileId));
    const vanished: FileCursor[] = [];
    for (const [fileId, cursor] of this.#cursors) {
      if (present.has(fileId)) continue;
      this.#cursors.delete(fileId);
      vanished.push(cursor);
    }
    return vanished;
  }

  #report(kind: JournalProblem['kind'], path: string, why: string): void {
    this.#onProblem({ kind, path, why });
  }
}

function changedAt(directory: string): number | undefined {
  return fs.statSync(directory, { throwIfNoEntry: false })?.mtimeMs;
}
