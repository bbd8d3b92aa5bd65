// What the rest of the program passes along: instants, keys, batches.
import type { Arena } from './arena.ts';
import type { Tape } from './tape.ts';

/** A point in time: whole seconds since the epoch (may be negative) and 0 ≤ nanos < 1e9. */
export interface Instant {
  readonly seconds: number;
  readonly nanos: number;
}

/**
 * Names of record keys as small numbers.
 *
 * An id is valid until the table is reset, which happens between two blocks of input only; `epoch` then changes.
 * Pinned ids never change.
 */
export interface Keys {
  /** Grows by one with each reset: a memo by key id is void when it changed. */
  readonly epoch: number;
  /** One more than the largest id given out. */
  readonly size: number;
  /** The id of a name, made if need be. At most MAX_KEY_BYTES of UTF-8. */
  id(name: string): number;
  /** As `id`, and stays valid for the life of the thread. Only while plugins are created, never during the run. */
  pin(name: string): number;
  name(id: number): string;
}

/** One read of a stream, the unit of acknowledgement; batches hold references to it. Pipeline makes and counts them. */
export interface Segment {
  /** 11 characters: the hashed identity of the stream, part of every document's id. */
  readonly streamKey: string;
  /** First byte of the segment in its stream. */
  readonly start: number;
  /** The time for a record of this segment at `offset` that has none of its own: the same on every re-read. */
  timeAt(offset: number): Instant;
  /** Whether the record at `offset` was added, before a restart, to one that began before what is read again. */
  isJoined(offset: number): boolean;
  /**
   * Where a record that is put together from several, the first at offset `first`, ended before a restart: the offset of
   * the last of them. Later ones must not be added to it. Undefined where the records themselves say where it ends.
   */
  cutOf(first: number): number | undefined;
}

/** Records of one tag, from one segment, that travel together. A filter replaces `tape`; nothing else changes. */
export interface Batch {
  readonly tag: string;
  readonly segment: Segment;
  readonly arena: Arena;
  tape: Tape;
}
