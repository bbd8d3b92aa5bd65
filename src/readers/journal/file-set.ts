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
  /** Read once, as it is now; see JournalFile. */
  readonly isFinal?: boolean;
}

/** A change of a directory within this time before the look may not show in its time stamp. */
const STAMP_GRAIN_MS = 50;

/** Looks in a row at directories that change all the time; what is missed then is found by the next one. */
const LOOKS_MAX = 5;

/** Path → which file lies there. */
type Listing = ReadonlyMap<string, string>;

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
  /** Path → state of a file that is no journal: looked at again only when it was written to. */
  readonly #refused = new Map<string, string>();
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
    return this.#place.directories.some((directory) => !this.#stamps.has(directory) && isListable(directory));
  }

  /** Looks for files, again while they are being renamed: a file must not be missed because it moved meanwhile. */
  look(): SetChange {
    const appeared: FileCursor[] = [];
    for (let looks = 0; looks < LOOKS_MAX; looks++) {
      const listing = this.#list();
      this.#take(listing, appeared);
      if (isSameListing(listing, this.#list())) break;
    }
    return { appeared, vanished: this.#dropVanished() };
  }

  #list(): Listing {
    this.#lookedMs = Date.now();
    const { files, directories, unreadable } = discover(this.#place.directories, this.#place.namespace);
    this.#stamps = new Map(directories.map((directory) => [directory, changedAt(directory) ?? 0]));
    this.directories = directories;
    for (const [path, cause] of unreadable) this.#report('unreadable', path, failureText(cause));
    const stamps = new Map<string, string>();
    for (const path of [...files, ...this.#place.files]) {
      const stat = fs.statSync(path, { throwIfNoEntry: false });
      if (stat?.isFile()) stamps.set(path, `${stat.dev}:${stat.ino}`);
      else if (this.#place.files.includes(path)) this.#report('unreadable', path, 'there is no such file');
    }
    return stamps;
  }

  #take(listing: Listing, appeared: FileCursor[]): void {
    const before = this.#paths;
    this.#paths = new Map();
    for (const [path, stamp] of listing) {
      const known = before.get(path);
      const isKnown = known?.stamp === stamp && this.#cursors.has(known.fileId);
      if (!isKnown && this.#refused.get(path) === contentStamp(path)) continue;
      const fileId = isKnown ? known.fileId : this.#identify(path, appeared);
      if (fileId !== undefined) this.#paths.set(path, { stamp, fileId });
    }
  }

  close(): void {
    for (const cursor of this.#cursors.values()) cursor.rest();
    this.#cursors.clear();
  }

  /** Opens the file unless it is one that is known by another name. */
  #identify(path: string, appeared: FileCursor[]): string | undefined {
    const disk = new DiskFile(path);
    try {
      const file = new JournalFile(disk, this.#pool, this.#place.isFinal);
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
      this.#refused.set(disk.path, contentStamp(disk.path) ?? '');
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

function contentStamp(path: string): string | undefined {
  const stat = fs.statSync(path, { throwIfNoEntry: false });
  return stat && `${stat.ino}:${stat.size}:${stat.mtimeMs}`;
}

function isSameListing(a: Listing, b: Listing): boolean {
  return a.size === b.size && [...a].every(([path, stamp]) => b.get(path) === stamp);
}

function changedAt(directory: string): number | undefined {
  return fs.statSync(directory, { throwIfNoEntry: false })?.mtimeMs;
}

/** Whether a directory that could not be read can be now. */
function isListable(directory: string): boolean {
  try {
    fs.accessSync(directory, fs.constants.R_OK | fs.constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
