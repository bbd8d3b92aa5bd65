// One generation of a file: content that only grows, wherever rotation moves it. A stream of the pipeline.
import * as fs from 'node:fs';
import type { Json, OpenStream } from '../../../core/plugin.ts';
import type { ByteSource } from '../../../readers/files/byte-source.ts';
import { GzipFile } from '../../../readers/files/gzip-file.ts';
import { PlainFile } from '../../../readers/files/plain-file.ts';
import { hashOf, type SeenFile } from '../../../readers/files/seen-file.ts';

/** Bytes in front of the position that tell whether a file still is what was read. */
export const MARK_BYTES = 1024;

/** What the state remembers of a generation. */
export interface GenerationFacts {
  /** The watched path, as the configuration means it. */
  readonly path: string;
  readonly fingerprint: string;
  /** `dev:ino` where the content was last seen. */
  readonly id: string;
  /** A position, and the hash of up to 1 KiB in front of it. */
  readonly markAt: number;
  readonly mark: string;
  /** When the content was last written to, as far as seen. */
  readonly mtimeMs: number;
  /** The same, at the first look at the path: whatever was written later is wanted. */
  readonly sinceMs: number;
  /** Bytes there were when it was last seen. */
  readonly size: number;
}

export class Generation {
  readonly stream: OpenStream;
  /** Read so far. */
  position: number;
  facts: GenerationFacts;
  /** Where the content lies; undefined when it was not found. */
  place: SeenFile | undefined;
  /** The content lies at the watched path itself. */
  isCurrent = false;
  /** No name leads to the content any more; it is still open. */
  isRemoved = false;
  /** There may be unread bytes. */
  isDirty = true;
  /** How far an unfinished line was looked through. */
  scannedTo = 0;
  source: ByteSource | undefined;
  /** The bytes in front of the position, as they were read. */
  before: Buffer = Buffer.alloc(0);

  constructor(stream: OpenStream, facts: GenerationFacts) {
    this.stream = stream;
    this.position = stream.position;
    this.facts = facts;
  }

  /** Bytes that are there and not read yet; of a packed file only its end tells. */
  get lagBytes(): number {
    if (!this.place || this.place.isGzip) return 0;
    const size = fs.statSync(this.place.path, { throwIfNoEntry: false })?.size ?? this.place.size;
    return Math.max(0, size - this.position);
  }

  /** Puts the generation where its content was found. The same file seen again only has grown. */
  moveTo(seen: SeenFile, isCurrent: boolean): void {
    if (seen.id !== this.place?.id || seen.isGzip !== this.place.isGzip) this.closeSource();
    if (seen !== this.place) this.isDirty = true;
    this.place = seen;
    this.isCurrent = isCurrent;
  }

  /** The content was not seen. A file that was removed while it is open is read on; `ids` are the files that exist. */
  losePlace(ids: ReadonlySet<string>): void {
    this.isCurrent = false;
    if (this.place && this.source && !ids.has(this.place.id)) {
      this.isRemoved = true;
      return;
    }
    if (this.place) this.facts = { ...this.facts, size: Math.max(this.facts.size, this.place.size) };
    this.closeSource();
    this.place = undefined;
  }

  /** Opens the content at its place; false where it is not there any more. */
  openSource(): boolean {
    if (this.source) return true;
    if (!this.place) return false;
    try {
      this.source = this.place.isGzip ? new GzipFile(this.place.path) : new PlainFile(this.place.path);
    } catch {
      // Gone or forbidden since it was seen: the next look at the directory says where it is.
      this.place = undefined;
      return false;
    }
    return true;
  }

  closeSource(): void {
    this.source?.close();
    this.source = undefined;
  }

  /** Notes that everything below `position` was read; `tail` are the last bytes of it. */
  advance(position: number, tail: Buffer): void {
    this.position = position;
    this.scannedTo = 0;
    this.before = tail.length >= MARK_BYTES ? tail : Buffer.concat([this.before, tail]).subarray(-MARK_BYTES);
  }

  /** Facts as they are now, where they differ from what the state knows in more than nothing. */
  newFacts(): GenerationFacts | undefined {
    const { place } = this;
    const facts: GenerationFacts = {
      ...this.facts,
      ...(this.before.length > 0 && { markAt: this.position, mark: hashOf(this.before) }),
      ...(place && { id: place.id, mtimeMs: place.mtimeMs, size: Math.max(place.size, this.position) }),
    };
    const isSame = (Object.keys(facts) as (keyof GenerationFacts)[]).every((name) => facts[name] === this.facts[name]);
    return isSame ? undefined : facts;
  }
}

/** Facts as the state gives them back; undefined where they are not ours. */
export function readFacts(facts: { readonly [name: string]: Json }): GenerationFacts | undefined {
  const { path, fingerprint, id, markAt, mark, mtimeMs, sinceMs, size } = facts as unknown as GenerationFacts;
  const isWhole =
    typeof path === 'string' &&
    typeof fingerprint === 'string' &&
    typeof id === 'string' &&
    typeof mark === 'string' &&
    [markAt, mtimeMs, sinceMs, size].every((number) => typeof number === 'number');
  return isWhole ? { path, fingerprint, id, markAt, mark, mtimeMs, sinceMs, size } : undefined;
}
