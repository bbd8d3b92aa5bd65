// JSON documents → lines of the write-ahead file, by the scanners of the import road.
import { randomInt } from 'node:crypto';
import type { Arena } from '../core/arena.ts';
import type { Instant } from '../core/event.ts';
import { spanText } from '../core/field.ts';
import { findSpan, KIND_JSON, LIVE, NO_KEY, S_END, S_KEY, S_KIND, S_START, type Tape, W_STATUS } from '../core/tape.ts';
import { base64Lex } from '../formats/base64-lex.ts';
import { timeBound } from '../formats/kql/time-bound.ts';
import { createScanner } from '../formats/scan/scanner.ts';
import { idOfOrigin, originOfId } from './record-id.ts';
import { StoreRedaction } from './redaction.ts';
import { type Origin, type WalBatch, WalEncoder } from './wal-encoder.ts';

/** A document that comes without our knowing its time or id. */
export interface LooseDocument {
  readonly document: Buffer;
  /** Absent: one is made that no other document has. */
  readonly id: string | undefined;
  readonly index: string;
  /** For a document without a readable `@timestamp`, in ns. */
  readonly now: bigint;
}

export class DocumentEncoder {
  readonly #arena: Arena;
  readonly #scanner: ReturnType<typeof createScanner>;
  readonly #encoder: WalEncoder;
  readonly #redaction: StoreRedaction;
  readonly #key: number;
  readonly #timeKey: number;
  readonly #mark: number;
  /** Documents without an id get one of a stream that nobody else has. */
  readonly #stream = base64Lex(BigInt(randomInt(2 ** 32)) * 2n ** 31n + BigInt(randomInt(2 ** 31)), 11);
  #made = 0;

  constructor(arena: Arena) {
    this.#arena = arena;
    this.#scanner = createScanner(arena);
    this.#key = this.#scanner.keys.pin('document');
    this.#timeKey = this.#scanner.keys.pin('@timestamp');
    this.#encoder = new WalEncoder(arena, this.#scanner.keys);
    this.#redaction = new StoreRedaction({ arena, keys: this.#scanner.keys, kata: this.#scanner.kata });
    this.#mark = arena.mark();
  }

  /** Adds one JSON object; whether it is one. Anything else is not added. */
  add(document: string | Buffer, origin: Origin, time: Instant): boolean {
    return this.#parsed(document, ({ start }) => this.#encoder.add(start, origin, time, undefined)) !== undefined;
  }

  /** Adds one JSON object, without its secrets, under its own `@timestamp`; returns its id, or undefined for what is no object. */
  addLoose({ document, id, index, now }: LooseDocument): string | undefined {
    return this.#parsed(document, (tape) => {
      const record = this.#redaction.of(tape).start;
      const origin = id === undefined ? { stream: this.#stream, offset: this.#made++, check: 0 } : originOfId(id);
      this.#encoder.add(record, origin, instantOf(this.#takeTime(record) ?? now), undefined, index);
      return idOfOrigin(origin);
    });
  }

  take(): WalBatch {
    return this.#encoder.take();
  }

  #parsed<T>(document: string | Buffer, use: (tape: Tape) => T): T | undefined {
    const bytes = Buffer.from(document as string);
    const start = this.#arena.alloc(bytes.length + 1);
    this.#arena.u8.set(bytes, start);
    this.#arena.u8[start + bytes.length] = 0x0a;
    const block = { start, end: start + bytes.length + 1, offset: 0, key: this.#key, maxRecords: 1 };
    const { tape } = this.#scanner.lines(block);
    const parsed = this.#scanner.json(tape, this.#key);
    const isObject = parsed.count === 1 && this.#arena.i32[(parsed.start >> 2) + W_STATUS] === LIVE;
    const used = isObject ? use(parsed) : undefined;
    this.#arena.release(this.#mark);
    this.#scanner.tidy();
    return used;
  }

  /** The time of a record by its `@timestamp`, which is then no field any more: the store has it as the time. */
  #takeTime(record: number): bigint | undefined {
    const { i32, u8 } = this.#arena;
    const span = findSpan(i32, record, this.#timeKey);
    if (span < 0) return undefined;
    const text = spanText(this.#arena, span);
    const time =
      text === undefined && i32[span + S_KIND] === KIND_JSON
        ? millis(u8.toString('latin1', i32[span + S_START], i32[span + S_END]))
        : timeBound(text ?? '');
    if (time !== undefined) i32[span + S_KEY] = NO_KEY;
    return time;
  }
}

/** Elasticsearch reads a number as milliseconds. */
function millis(text: string): bigint | undefined {
  return /^\d{1,15}$/.test(text) ? BigInt(text) * 1_000_000n : undefined;
}

/** Nanoseconds since the epoch as seconds and the rest. */
export function instantOf(nanos: bigint): Instant {
  const seconds = nanos >= 0n ? nanos / 1_000_000_000n : -((-nanos + 999_999_999n) / 1_000_000_000n);
  return { seconds: Number(seconds), nanos: Number(nanos - seconds * 1_000_000_000n) };
}
