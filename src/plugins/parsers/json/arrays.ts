// Arrays of objects: the scanner refuses them, here each element becomes a record of its own.
import type { Arena } from '../../../core/arena.ts';
import { spanText } from '../../../core/field.ts';
import type { Host } from '../../../core/plugin.ts';
import {
  findSpan,
  HEAD_BYTES,
  KIND_TEXT,
  LIVE,
  NO_MATCH,
  numberPart,
  REASON_NOT_OBJECT,
  REASON_TOO_MANY_FIELDS,
  SPAN_BYTES,
  setStatus,
  type Tape,
  W_ORIGIN,
  W_REASON,
  W_STATUS,
} from '../../../core/tape.ts';
import { TapeWriter } from '../../../core/tape-writer.ts';
import { arrayElements } from '../../../formats/json-array.ts';

/** As the scanner's `json`; a text that is an array gives one record for each element. */
export function scanJson(host: Host, tape: Tape, key: number): Tape {
  const parsed = host.scanner.json(tape, key);
  if (host.scanner.survey(parsed).refused === 0) return parsed;
  const { i32 } = host.arena;
  for (let record = parsed.start; record < parsed.end; record += i32[record >> 2] as number) {
    if (isRefusedArray(i32, record)) return expandArrays(host, parsed, key);
  }
  return parsed;
}

function isRefusedArray(i32: Int32Array, record: number): boolean {
  const head = record >> 2;
  return i32[head + W_STATUS] === NO_MATCH && i32[head + W_REASON] === REASON_NOT_OBJECT;
}

function expandArrays(host: Host, parsed: Tape, key: number): Tape {
  const { arena } = host;
  const parts: Tape[] = [];
  for (let record = parsed.start; record < parsed.end; record += arena.i32[record >> 2] as number) {
    const texts = isRefusedArray(arena.i32, record) ? elementsOf(arena, record, key) : [];
    const whole = { start: record, end: record + (arena.i32[record >> 2] as number), count: 1 };
    parts.push(texts.length === 0 ? whole : parseElements(host, record, key, texts));
  }
  const writer = new TapeWriter(
    arena,
    parts.reduce((sum, { start, end }) => sum + end - start, 0),
  );
  for (const part of parts) writer.copyTape(part);
  return writer.tape();
}

function elementsOf(arena: Arena, record: number, key: number): readonly string[] {
  const origin = arena.i32[(record >> 2) + W_ORIGIN] as number;
  const span = findSpan(arena.i32, origin, key);
  return span < 0 ? [] : arrayElements(spanText(arena, span) ?? '');
}

function parseElements(host: Host, record: number, key: number, texts: readonly string[]): Tape {
  const { arena } = host;
  const places = texts.map((text) => {
    const start = arena.alloc(Buffer.byteLength(text));
    return { start, end: start + arena.u8.write(text, start, 'utf8') };
  });
  const writer = new TapeWriter(arena, texts.length * (HEAD_BYTES + SPAN_BYTES));
  for (const { start, end } of places) {
    const element = writer.copyHead(record);
    setStatus(arena.i32, element, LIVE);
    writer.addSpan(key, KIND_TEXT, start, end);
  }
  const parsed = host.scanner.json(writer.tape(), key);
  const origin = arena.i32[(record >> 2) + W_ORIGIN] as number;
  let k = 0;
  for (let one = parsed.start; one < parsed.end; one += arena.i32[one >> 2] as number) {
    arena.i32[(one >> 2) + W_ORIGIN] = origin;
    if (!numberPart(arena.i32, one, k++)) refuse(arena.i32, one);
  }
  return parsed;
}

/** Arrays within arrays, with more elements than there are numbers for. */
function refuse(i32: Int32Array, record: number): void {
  setStatus(i32, record, NO_MATCH);
  i32[(record >> 2) + W_REASON] = REASON_TOO_MANY_FIELDS;
}
