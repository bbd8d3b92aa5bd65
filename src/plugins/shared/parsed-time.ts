// The event's time from a field of parsed records: the scanner reads RFC 3339, everything else is read as text.
import { spanJson, spanText } from '../../core/field.ts';
import type { Host } from '../../core/plugin.ts';
import { quoted } from '../../core/problem.ts';
import {
  BAD_TIME,
  findSpan,
  LIVE,
  NO_KEY,
  S_KEY,
  setStatus,
  setTime,
  type Tape,
  W_STATUS,
  W_TIMED,
} from '../../core/tape.ts';
import { createTimeParser, type TimeParser } from '../../formats/time/parser.ts';
import { type CommonParserSettings, timeSettings } from './parser-settings.ts';

export class ParsedTime {
  readonly #host: Host;
  readonly #key: number;
  readonly #keeps: boolean;
  readonly #isText: boolean;
  readonly #scans: boolean;
  readonly #parse: TimeParser;
  #warned = false;

  constructor(given: CommonParserSettings, host: Host) {
    const settings = timeSettings(given);
    this.#host = host;
    this.#key = given.time_key === undefined ? NO_KEY : host.keys.pin(given.time_key);
    this.#keeps = given.keep_time_key;
    this.#isText = settings.time_type === 'string';
    // A text in RFC 3339 means the same under all of these.
    this.#scans = settings.time_type !== 'mixed' && (settings.time_format ?? '%iso8601') === '%iso8601';
    this.#parse = createTimeParser(settings, { now: () => host.clock.now(), surprise: (text) => this.#surprise(text) });
  }

  /** Times every LIVE record that has the field, or makes it BAD_TIME. Records come in with the time of their origin. */
  read(tape: Tape): void {
    const { arena, scanner } = this.#host;
    if (this.#key === NO_KEY || !this.#scans) forget(tape, arena.i32);
    if (this.#key === NO_KEY) return;
    if (this.#scans) {
      const untimed = scanner.time(tape, this.#key, this.#keeps);
      if (!this.#isText && !this.#warned) this.#lookForSurprise(tape);
      if (untimed === 0) return;
    }
    for (let record = tape.start; record < tape.end; record += arena.i32[record >> 2] as number) {
      const head = record >> 2;
      if (arena.i32[head + W_STATUS] === LIVE && arena.i32[head + W_TIMED] === 0) this.#readOne(record);
    }
  }

  #readOne(record: number): void {
    const { arena } = this.#host;
    const span = findSpan(arena.i32, record, this.#key);
    if (span < 0) return;
    const text = spanText(arena, span) ?? (this.#isText ? undefined : numberText(spanJson(arena, span)));
    const instant = text === undefined ? undefined : this.#parse(text);
    if (!instant) {
      setStatus(arena.i32, record, BAD_TIME);
      return;
    }
    setTime(arena, record, instant.seconds, instant.nanos);
    if (!this.#keeps) arena.i32[span + S_KEY] = NO_KEY;
  }

  #lookForSurprise(tape: Tape): void {
    const { i32 } = this.#host.arena;
    for (let record = tape.start; record < tape.end; record += i32[record >> 2] as number) {
      if (i32[(record >> 2) + W_TIMED] === 1) this.#surprise(undefined);
      if (this.#warned) return;
    }
  }

  #surprise(text: string | undefined): void {
    if (this.#warned) return;
    this.#warned = true;
    const shown = text === undefined ? '' : ` such as ${quoted(text)}`;
    this.#host.log.warn(
      `times are ISO 8601 texts${shown} while time_type says a number: Fluentd makes 1970 of them, here they are read ` +
        'as what they are; write time_type string',
    );
  }
}

/** Takes away the time that parsed records have from their origin. */
function forget(tape: Tape, i32: Int32Array): void {
  for (let record = tape.start; record < tape.end; record += i32[record >> 2] as number) {
    i32[(record >> 2) + W_TIMED] = 0;
  }
}

function numberText(json: string): string | undefined {
  return /^-?\d/.test(json) ? json : undefined;
}
