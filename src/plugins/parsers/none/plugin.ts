// Parser `none`: the text itself, as one field.
import { type Definition, defineParser } from '../../../config/define.ts';
import { string } from '../../../config/settings.ts';
import type { Host, Parser } from '../../../core/plugin.ts';
import {
  findSpan,
  HEAD_BYTES,
  LIVE,
  NO_MATCH,
  REASON_NO_FIELD,
  S_KEY,
  SPAN_BYTES,
  type Tape,
  W_ORIGIN,
  W_REASON,
  W_SIZE,
  W_SPANS,
  W_STATUS,
  W_TIMED,
} from '../../../core/tape.ts';
import { commonParserFields } from '../../shared/parser-settings.ts';

const settings = {
  message_key: string({ fallback: 'message', doc: 'Name of the field that gets the text.' }),
  ...commonParserFields,
};

export const noneParser: Definition<'parser', typeof settings> = defineParser({
  type: 'none',
  summary: 'Takes the whole text as one field.',
  settings,
  create: (given, host) => new NoneParser(given.message_key, given.estimate_current_event, host),
});

class NoneParser implements Parser {
  readonly estimatesTime: boolean;
  readonly textKey: number;
  readonly #host: Host;

  constructor(messageKey: string, estimatesTime: boolean, host: Host) {
    this.textKey = host.keys.pin(messageKey);
    this.estimatesTime = estimatesTime;
    this.#host = host;
  }

  parse(tape: Tape, key: number): Tape {
    const { arena } = this.#host;
    const size = HEAD_BYTES + SPAN_BYTES;
    const start = arena.alloc(tape.count * size);
    let end = start;
    const { i32, u8 } = arena;
    for (let record = tape.start; record < tape.end; record += i32[record >> 2] as number) {
      if (i32[(record >> 2) + W_STATUS] !== LIVE) continue;
      u8.copyWithin(end, record, record + HEAD_BYTES);
      const head = end >> 2;
      const span = findSpan(i32, record, key);
      i32[head + W_SIZE] = size;
      i32[head + W_SPANS] = 1;
      i32[head + W_ORIGIN] = record;
      i32[head + W_TIMED] = 0;
      if (span < 0) {
        i32[head + W_STATUS] = NO_MATCH;
        i32[head + W_REASON] = REASON_NO_FIELD;
      } else u8.copyWithin(end + HEAD_BYTES, span << 2, (span << 2) + SPAN_BYTES);
      i32[((end + HEAD_BYTES) >> 2) + S_KEY] = this.textKey;
      end += size;
    }
    return { start, end, count: (end - start) / size };
  }
}
