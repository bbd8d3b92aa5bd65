// Parser `multi_format`: the first of several parsers that understands the text.
import { type Definition, defineParser } from '../../../config/define.ts';
import { nestedList } from '../../../config/settings.ts';
import type { Arena } from '../../../core/arena.ts';
import type { Parser } from '../../../core/plugin.ts';
import { LIVE, setStatus, type Tape, W_ORIGIN, W_STATUS } from '../../../core/tape.ts';
import { TapeWriter } from '../../../core/tape-writer.ts';

const settings = {
  pattern: nestedList('parser', { required: true, doc: 'A parser; `format` is another word for its `@type`.' }),
};

export const multiFormatParser: Definition<'parser', typeof settings> = defineParser({
  type: 'multi_format',
  summary: 'Each text is read by the first of several parsers that understands it.',
  settings,
  create: (given, host) =>
    new MultiFormat(
      given.pattern.map((pattern) => host.create(pattern)),
      host.arena,
    ),
});

class MultiFormat implements Parser {
  readonly estimatesTime: boolean;
  readonly #parsers: readonly Parser[];
  readonly #arena: Arena;

  constructor(parsers: readonly Parser[], arena: Arena) {
    this.estimatesTime = parsers.every((parser) => parser.estimatesTime);
    this.#parsers = parsers;
    this.#arena = arena;
  }

  parse(tape: Tape, key: number): Tape {
    return this.#parseWith(0, tape, key);
  }

  /** What a parser does not understand goes to the next one; records stay in their order. */
  #parseWith(index: number, tape: Tape, key: number): Tape {
    const parsed = (this.#parsers[index] as Parser).parse(tape, key);
    if (index === this.#parsers.length - 1) return parsed;
    const left = this.#refusedOrigins(parsed);
    if (left.count === 0) return parsed;
    const others = this.#parseWith(index + 1, left.tape, key);
    return this.#merged(parsed, others, left.origins);
  }

  #refusedOrigins(parsed: Tape): {
    readonly tape: Tape;
    readonly origins: ReadonlyMap<number, number>;
    readonly count: number;
  } {
    const { i32 } = this.#arena;
    const refused: number[] = [];
    let bytes = 0;
    for (let record = parsed.start; record < parsed.end; record += i32[record >> 2] as number) {
      if (i32[(record >> 2) + W_STATUS] === LIVE) continue;
      const origin = i32[(record >> 2) + W_ORIGIN] as number;
      refused.push(origin);
      bytes += i32[origin >> 2] as number;
    }
    const writer = new TapeWriter(this.#arena, bytes);
    const origins = new Map<number, number>();
    for (const origin of refused) {
      const copy = writer.copy(origin);
      setStatus(this.#arena.i32, copy, LIVE);
      origins.set(copy, origin);
    }
    return { tape: writer.tape(), origins, count: refused.length };
  }

  /** The refused records of `parsed` replaced by what the others made of them. */
  #merged(parsed: Tape, others: Tape, origins: ReadonlyMap<number, number>): Tape {
    const writer = new TapeWriter(this.#arena, parsed.end - parsed.start + others.end - others.start);
    const { i32 } = this.#arena;
    let other = others.start;
    const originOf = (record: number): number => i32[(record >> 2) + W_ORIGIN] as number;
    for (let record = parsed.start; record < parsed.end; record += this.#arena.i32[record >> 2] as number) {
      if (this.#arena.i32[(record >> 2) + W_STATUS] === LIVE) {
        writer.copy(record);
        continue;
      }
      const origin = originOf(record);
      for (; other < others.end && origins.get(originOf(other)) === origin; other += i32[other >> 2] as number) {
        i32[(writer.copy(other) >> 2) + W_ORIGIN] = origin;
      }
    }
    return writer.tape();
  }
}
