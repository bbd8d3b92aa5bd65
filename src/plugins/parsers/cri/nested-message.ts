// The text of a line, parsed by a parser of its own.
import type { Arena } from '../../../core/arena.ts';
import type { Host, Parser } from '../../../core/plugin.ts';
import {
  findSpan,
  firstSpan,
  LIVE,
  NO_KEY,
  SPAN_BYTES,
  type Tape,
  W_ORIGIN,
  W_SPANS,
  W_STATUS,
  W_TIMED,
} from '../../../core/tape.ts';
import { TapeWriter } from '../../../core/tape-writer.ts';
import { copyTime } from '../../shared/copy-time.ts';

const SPAN_WORDS = SPAN_BYTES >> 2;

export class NestedMessage implements Parser {
  readonly estimatesTime: boolean;
  readonly #lines: Parser;
  readonly #messages: Parser;
  readonly #merges: boolean;
  readonly #arena: Arena;
  readonly #message: number;

  /** @param merges keep the fields of the line; those of the text win. */
  constructor(lines: Parser, messages: Parser, merges: boolean, host: Host) {
    this.estimatesTime = lines.estimatesTime;
    this.#lines = lines;
    this.#messages = messages;
    this.#merges = merges;
    this.#arena = host.arena;
    this.#message = host.keys.pin('message');
  }

  parse(tape: Tape, key: number): Tape {
    const lines = this.#lines.parse(tape, key);
    const messages = this.#messages.parse(lines, this.#message);
    const writer = new TapeWriter(this.#arena, messages.end - messages.start + lines.end - lines.start);
    let message = messages.start;
    for (let line = lines.start; line < lines.end; line += this.#sizeOf(line)) {
      if (this.#arena.i32[(line >> 2) + W_STATUS] !== LIVE) {
        writer.copy(line);
        continue;
      }
      for (; message < messages.end && this.#originOf(message) === line; message += this.#sizeOf(message)) {
        this.#merge(writer, line, message);
      }
    }
    return writer.tape();
  }

  #sizeOf(record: number): number {
    return this.#arena.i32[record >> 2] as number;
  }

  #originOf(record: number): number {
    return this.#arena.i32[(record >> 2) + W_ORIGIN] as number;
  }

  /** A text that cannot be parsed stays what it is. */
  #merge(writer: TapeWriter, line: number, message: number): void {
    const isParsed = this.#arena.i32[(message >> 2) + W_STATUS] === LIVE;
    if (isParsed) {
      writer.copy(message);
      if (this.#arena.i32[(writer.last >> 2) + W_TIMED] === 0) copyTime(this.#arena, line, writer.last);
      if (this.#merges) this.#addMissing(writer, line);
    } else writer.copy(line);
    this.#arena.i32[(writer.last >> 2) + W_ORIGIN] = this.#originOf(line);
  }

  #addMissing(writer: TapeWriter, line: number): void {
    const first = firstSpan(line);
    const end = first + (this.#arena.i32[(line >> 2) + W_SPANS] as number) * SPAN_WORDS;
    for (let span = first; span < end; span += SPAN_WORDS) {
      const key = this.#arena.i32[span] as number;
      if (key !== NO_KEY && findSpan(this.#arena.i32, writer.last, key) < 0) writer.copySpan(span);
    }
  }
}
