// Why a parser refused a record, for a person: the reason, the place, the text around it.
import type { Arena } from '../../core/arena.ts';
import { quoted } from '../../core/problem.ts';
import {
  BAD_TIME,
  MAX_DEPTH,
  MAX_FIELDS,
  MAX_KEY_BYTES,
  REASON_KEY_TOO_LONG,
  REASON_NO_FIELD,
  REASON_NOT_OBJECT,
  REASON_NOT_TEXT,
  REASON_SYNTAX,
  REASON_TOO_DEEP,
  REASON_TOO_MANY_FIELDS,
  W_RAW_END,
  W_RAW_START,
  W_REASON,
  W_STATUS,
} from '../../core/tape.ts';
import { Redactor } from '../../kata/redact.ts';

const WORDS: Readonly<Record<number, string>> = {
  [REASON_SYNTAX]: 'the text is not well formed',
  [REASON_NOT_OBJECT]: 'the text is no JSON object',
  [REASON_TOO_DEEP]: `values are nested deeper than ${MAX_DEPTH}`,
  [REASON_TOO_MANY_FIELDS]: `there are more than ${MAX_FIELDS} fields`,
  [REASON_KEY_TOO_LONG]: `a name is longer than ${MAX_KEY_BYTES} bytes`,
  [REASON_NO_FIELD]: 'the field is missing or null',
  [REASON_NOT_TEXT]: 'the field is no text',
};
const EXCERPT_CHARS = 120;
/** Looked through for secrets: the log of the program goes where its records do not. */
const READ_BYTES = 4096;

export function whyRefused(arena: Arena, record: number): string {
  const head = record >> 2;
  const start = arena.i32[head + W_RAW_START] as number;
  const end = arena.i32[head + W_RAW_END] as number;
  const text = arena.u8.toString('utf8', start, Math.min(end, start + READ_BYTES));
  const excerpt = quoted(new Redactor(true).text(text).slice(0, EXCERPT_CHARS));
  const why =
    arena.i32[head + W_STATUS] === BAD_TIME
      ? 'the time cannot be read'
      : (WORDS[arena.i32[head + W_REASON] as number] ?? 'pattern not matched');
  return `${why}: ${excerpt}`;
}
