// Reading and writing the value of one span: for the few fields that somebody reads as a value.
import type { Arena } from './arena.ts';
import { KIND_JSON, KIND_TEXT, S_END, S_KIND, S_START } from './tape.ts';

/** The text of a span (a word index): of KIND_TEXT or a JSON string. Undefined for any other JSON value. */
export function spanText(arena: Arena, span: number): string | undefined {
  const { i32, u8 } = arena;
  const start = i32[span + S_START] as number;
  const end = i32[span + S_END] as number;
  if (i32[span + S_KIND] === KIND_TEXT) return u8.toString('utf8', start, end);
  if (u8[start] !== 0x22) return undefined;
  const inner = u8.toString('utf8', start + 1, end - 1);
  return inner.includes('\\') ? (JSON.parse(`"${inner}"`) as string) : inner;
}

/** The value of a span as JSON text. */
export function spanJson(arena: Arena, span: number): string {
  const { i32, u8 } = arena;
  const text = u8.toString('utf8', i32[span + S_START] as number, i32[span + S_END] as number);
  return i32[span + S_KIND] === KIND_TEXT ? JSON.stringify(text) : text;
}

/** Gives a span another value, any JSON text on one line. Allocates. */
export function setSpanJson(arena: Arena, span: number, json: string): void {
  const bytes = Buffer.byteLength(json);
  const start = arena.alloc(bytes);
  arena.u8.write(json, start, 'utf8');
  arena.i32[span + S_KIND] = KIND_JSON;
  arena.i32[span + S_START] = start;
  arena.i32[span + S_END] = start + bytes;
}
