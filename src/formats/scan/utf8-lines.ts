// Lines whose bytes are not UTF-8 get a readable copy; their check and raw bytes stay those of the source.
import { isUtf8 } from 'node:buffer';
import type { Arena } from '../../core/arena.ts';
import {
  FLAG_INVALID_UTF8,
  firstSpan,
  S_END,
  S_START,
  type Tape,
  W_FLAGS,
  W_RAW_END,
  W_RAW_START,
} from '../../core/tape.ts';

/** Points the text of each record of `tape` that is no UTF-8 at a copy decoded as the WHATWG decoder does. */
export function replaceInvalidLines(arena: Arena, tape: Tape, start: number, end: number): void {
  // A line feed never stands inside a sequence, so the block is valid exactly when all its lines are.
  if (isUtf8(arena.u8.subarray(start, end))) return;
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  for (let record = tape.start; record < tape.end; record += arena.i32[record >> 2] as number) {
    const head = record >> 2;
    const raw = arena.u8.subarray(arena.i32[head + W_RAW_START], arena.i32[head + W_RAW_END]);
    if (isUtf8(raw)) continue;
    const text = Buffer.from(decoder.decode(raw));
    const copy = arena.alloc(text.length);
    arena.u8.set(text, copy);
    const span = firstSpan(record);
    arena.i32[span + S_START] = copy;
    arena.i32[span + S_END] = copy + text.length;
    arena.i32[head + W_FLAGS] = (arena.i32[head + W_FLAGS] as number) | FLAG_INVALID_UTF8;
  }
}
