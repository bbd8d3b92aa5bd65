// The program's own messages as events of the label @FLUENT_LOG: `fluent.info`, `fluent.warn`… They are kept nowhere else:
// what an output has not stored when the program ends is on standard error alone.

import { createHash } from 'node:crypto';
import type { Arena } from '../core/arena.ts';
import type { Instant, Keys } from '../core/event.ts';
import type { LogLevel } from '../core/log-level.ts';
import {
  D_OFFSET,
  D_SECONDS,
  firstSpan,
  HEAD_BYTES,
  KIND_TEXT,
  LIVE,
  S_END,
  S_KEY,
  S_KIND,
  S_START,
  SPAN_BYTES,
  type Tape,
  W_NANOS,
  W_ORIGIN,
  W_RAW_END,
  W_RAW_START,
  W_SIZE,
  W_SOURCE_BYTES,
  W_SPANS,
  W_STATUS,
  W_TIMED,
} from '../core/tape.ts';
import type { Flow } from './flow.ts';
import type { Router } from './router.ts';
import { emptyStream } from './state/model.ts';
import { TrackedStream } from './stream.ts';

/** Label that gets the messages. */
export const FLUENT_LOG = '@FLUENT_LOG';
/** Messages that wait for their turn; an output of that label that fails must not feed itself without end. */
const WAITING_MAX = 1000;
const STREAM_KEY_CHARS = 11;

export interface OwnLogParts {
  readonly router: Router;
  readonly arena: Arena;
  readonly keys: Keys;
  readonly flow: Flow;
  readonly outputs: number;
  /** Tells this run of the program from every other. */
  readonly name: string;
  now(): Instant;
}

interface Message {
  readonly level: LogLevel;
  readonly text: string;
  readonly time: Instant;
}

export class OwnLog {
  readonly #parts: OwnLogParts;
  readonly #stream: TrackedStream;
  readonly #key: number;
  #waiting: Message[] = [];
  #turn: NodeJS.Immediate | undefined;
  #count = 0;
  #closed = false;

  constructor(parts: OwnLogParts) {
    this.#parts = parts;
    this.#key = parts.keys.pin('message');
    const key = createHash('sha256').update(parts.name).digest('hex').slice(0, STREAM_KEY_CHARS);
    const openedAt = Array.from({ length: parts.outputs }, () => 0);
    this.#stream = new TrackedStream(emptyStream(0, FLUENT_LOG, key), openedAt, {
      source: parts.name,
      advanced: (_, bytes) => parts.flow.give(bytes),
      stamped: () => parts.now(),
      // Messages are never read again.
      cut: () => undefined,
      secure: () => undefined,
    });
    this.#stream.atEnd = true;
  }

  /** A message was written to standard error. It becomes an event between two blocks of input, never within one. */
  take(level: LogLevel, text: string): void {
    if (this.#closed || this.#waiting.length >= WAITING_MAX) return;
    this.#waiting.push({ level, text, time: this.#parts.now() });
    this.#turn ??= setImmediate(() => this.emit());
  }

  /** Emits what waits. */
  emit(): void {
    clearImmediate(this.#turn);
    this.#turn = undefined;
    const messages = this.#waiting;
    this.#waiting = [];
    if (messages.length === 0) return;
    const { arena, flow, router } = this.#parts;
    const mark = arena.mark();
    flow.take(messages.length);
    const segment = this.#stream.segment(this.#count, this.#count + messages.length);
    for (const level of new Set(messages.map((message) => message.level))) {
      const own = messages.map((message, at) => ({ ...message, at: this.#count + at }));
      router.emit(segment, `fluent.${level}`, this.#tape(own.filter((message) => message.level === level)));
    }
    this.#count += messages.length;
    segment.finishReading();
    arena.release(mark);
  }

  /** Messages that come later are on standard error alone. */
  close(): void {
    clearImmediate(this.#turn);
    this.#closed = true;
  }

  #tape(messages: readonly (Message & { readonly at: number })[]): Tape {
    const { arena } = this.#parts;
    const texts = messages.map(({ text }) => {
      const start = arena.alloc(Buffer.byteLength(text));
      return { start, end: start + arena.u8.write(text, start, 'utf8') };
    });
    const size = HEAD_BYTES + SPAN_BYTES;
    const start = arena.alloc(size * messages.length);
    arena.u8.fill(0, start, start + size * messages.length);
    for (const [i, message] of messages.entries()) {
      this.#record(start + size * i, message, texts[i] as { start: number; end: number });
    }
    return { start, end: start + size * messages.length, count: messages.length };
  }

  #record(record: number, message: Message & { readonly at: number }, text: { start: number; end: number }): void {
    const { i32, f64 } = this.#parts.arena;
    const [head, span] = [record >> 2, firstSpan(record)];
    i32[head + W_SIZE] = HEAD_BYTES + SPAN_BYTES;
    i32[head + W_SPANS] = 1;
    i32[head + W_STATUS] = LIVE;
    i32[head + W_ORIGIN] = record;
    f64[(record >> 3) + D_OFFSET] = message.at;
    f64[(record >> 3) + D_SECONDS] = message.time.seconds;
    i32[head + W_NANOS] = message.time.nanos;
    i32[head + W_TIMED] = 1;
    i32[head + W_RAW_START] = text.start;
    i32[head + W_RAW_END] = text.end;
    i32[head + W_SOURCE_BYTES] = 1;
    i32[span + S_KEY] = this.#key;
    i32[span + S_KIND] = KIND_TEXT;
    i32[span + S_START] = text.start;
    i32[span + S_END] = text.end;
  }
}
