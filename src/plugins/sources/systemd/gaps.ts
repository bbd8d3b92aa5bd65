// Entries that were deleted before they were read: each loss becomes a record, the same one on every replay.
import type { Arena } from '../../../core/arena.ts';
import type { Instant, Keys } from '../../../core/event.ts';
import type { Json } from '../../../core/plugin.ts';
import {
  D_OFFSET,
  firstSpan,
  HEAD_BYTES,
  KIND_JSON,
  LIVE,
  S_END,
  S_KEY,
  S_KIND,
  S_START,
  SPAN_BYTES,
  setTime,
  type Tape,
  W_CHECK,
  W_ORIGIN,
  W_SIZE,
  W_SPANS,
  W_STATUS,
} from '../../../core/tape.ts';
import type { Loss } from '../../../readers/journal/problems.ts';
import { checkOf } from './entry-id.ts';

/** A loss with the time when it was found. */
export interface Gap extends Loss {
  readonly found: Instant;
}

export function gapsJson(gaps: readonly Gap[]): Json {
  return gaps.map(({ seqnumId, from, to, found }) => [seqnumId, from, to, found.seconds, found.nanos]);
}

export function readGaps(json: Json | undefined): readonly Gap[] {
  if (!Array.isArray(json)) return [];
  return (json as readonly (readonly [string, number, number, number, number])[]).map(
    ([seqnumId, from, to, seconds, nanos]) => ({ seqnumId, from, to, found: { seconds, nanos } }),
  );
}

/** The parts of a loss that no known gap tells already: no two gaps overlap. */
export function newParts(loss: Loss, known: readonly Gap[]): readonly Loss[] {
  let parts: Loss[] = [loss];
  for (const gap of known) {
    if (gap.seqnumId !== loss.seqnumId) continue;
    parts = parts.flatMap(({ seqnumId, from, to }) => [
      { seqnumId, from, to: Math.min(to, gap.from - 1) },
      { seqnumId, from: Math.max(from, gap.to + 1), to },
    ]);
    parts = parts.filter(({ from, to }) => from <= to);
  }
  return parts;
}

function fieldsOf({ seqnumId, from, to }: Loss): readonly (readonly [string, string])[] {
  const count = to - from + 1;
  return [
    ['MESSAGE', `${count} journal entries were deleted before they were read: numbers ${from} to ${to}`],
    ['PRIORITY', '4'],
    ['SYSLOG_IDENTIFIER', 'katalog'],
    ['KATALOG_GAP_FROM', String(from)],
    ['KATALOG_GAP_TO', String(to)],
    ['KATALOG_GAP_SEQNUM_ID', seqnumId],
  ];
}

/** The record of a gap; its offset is the first number that is missing. */
export function gapTape(arena: Arena, keys: Keys, gap: Gap): Tape {
  const fields = fieldsOf(gap);
  const size = HEAD_BYTES + fields.length * SPAN_BYTES;
  const start = arena.alloc(size);
  const values = fields.map(([, text]) => {
    const json = JSON.stringify(text);
    const at = arena.alloc(Buffer.byteLength(json));
    return { at, end: at + arena.u8.write(json, at, 'utf8') };
  });
  const { i32 } = arena;
  const word = start >> 2;
  i32.fill(0, word, word + (HEAD_BYTES >> 2));
  i32[word + W_SIZE] = size;
  i32[word + W_SPANS] = fields.length;
  i32[word + W_STATUS] = LIVE;
  i32[word + W_ORIGIN] = start;
  i32[word + W_CHECK] = checkOf([gap.to | 0, Math.floor(gap.to / 2 ** 32)]);
  arena.f64[(start >> 3) + D_OFFSET] = gap.from;
  setTime(arena, start, gap.found.seconds, gap.found.nanos);
  for (const [index, [name]] of fields.entries()) {
    const span = firstSpan(start) + index * (SPAN_BYTES >> 2);
    const { at, end } = values[index] as { readonly at: number; readonly end: number };
    i32[span + S_KEY] = keys.id(name);
    i32[span + S_KIND] = KIND_JSON;
    i32[span + S_START] = at;
    i32[span + S_END] = end;
  }
  return { start, end: start + size, count: 1 };
}
