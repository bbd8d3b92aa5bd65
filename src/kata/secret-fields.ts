// The secrets of a record's own fields, blacked out on the tape.
import type { Arena } from '../core/arena.ts';
import { setSpanJson, spanJson, spanText } from '../core/field.ts';
import type { Host } from '../core/plugin.ts';
import { firstSpan, NO_KEY, S_KEY, SPAN_BYTES, W_SPANS } from '../core/tape.ts';
import type { Value } from './record.ts';
import type { Redactor } from './redact.ts';

const SPAN_WORDS = SPAN_BYTES >> 2;

/** Calls `visit`, which may allocate, for each field of a record. */
export function eachSpan(arena: Arena, record: number, visit: (key: number, span: number) => void): void {
  const first = firstSpan(record);
  const end = first + (arena.i32[(record >> 2) + W_SPANS] as number) * SPAN_WORDS;
  for (let span = first; span < end; span += SPAN_WORDS) {
    const key = arena.i32[span + S_KEY] as number;
    if (key !== NO_KEY) visit(key, span);
  }
}

/** @param except a field that is left as it is. */
export function redactFields(
  { arena, keys }: Pick<Host, 'arena' | 'keys'>,
  record: number,
  redactor: Redactor,
  except: number,
): void {
  eachSpan(arena, record, (key, span) => {
    if (key === except) return;
    const before = redactor.count;
    const kept = redactor.value(keys.name(key), spanText(arena, span) ?? (JSON.parse(spanJson(arena, span)) as Value));
    if (redactor.count > before) setSpanJson(arena, span, JSON.stringify(kept));
  });
}
