// A parsed record begins with the head of the record it comes from; here that head is copied and its text found.
import {
  HEAD_BYTES,
  KIND_TEXT,
  LIVE,
  NO_MATCH,
  REASON_NO_FIELD,
  REASON_NOT_TEXT,
  S_END,
  S_KIND,
  S_START,
  SPAN_BYTES,
  W_ORIGIN,
  W_REASON,
  W_REASON_AT,
  W_SIZE,
  W_SPANS,
  W_STATUS,
} from './layout';
import { refusalAt, refusalReason, refuse } from './refusal';
import { scratchTop, setScratch } from './scratch';
import { hasBackslash, writeUnescaped } from './strings';

let textEnd: usize = 0;
/** Byte distance of the wanted span from its record the last time: most records of a batch are alike. */
let usualPlace: usize = HEAD_BYTES;

/** The span of `key` in the record, or 0. */
export function findSpan(record: usize, key: u32): usize {
  const end = record + HEAD_BYTES + load<u32>(record, W_SPANS * 4) * SPAN_BYTES;
  const usual = record + usualPlace;
  if (usual < end && load<u32>(usual) == key) return usual;
  for (let span = record + HEAD_BYTES; span < end; span += SPAN_BYTES) {
    if (load<u32>(span) != key) continue;
    usualPlace = span - record;
    return span;
  }
  return 0;
}

/** Copies the head of `origin` to `out`. */
export function startRecord(origin: usize, out: usize): void {
  v128.store(out, v128.load(origin));
  v128.store(out, v128.load(origin, 16), 16);
  v128.store(out, v128.load(origin, 32), 32);
  v128.store(out, v128.load(origin, 48), 48);
  v128.store(out, v128.load(origin, 64), 64);
  store<u32>(out, <u32>origin, W_ORIGIN * 4);
}

/** Ends the record at `out` whose spans end at `spansEnd`, 0 = refused; the address behind it. */
export function endRecord(out: usize, spansEnd: usize): usize {
  if (spansEnd != 0) {
    store<u32>(out, <u32>(spansEnd - out), W_SIZE * 4);
    store<u32>(out, <u32>(spansEnd - out - HEAD_BYTES) / SPAN_BYTES, W_SPANS * 4);
    store<u32>(out, LIVE, W_STATUS * 4);
    return spansEnd;
  }
  store<u32>(out, HEAD_BYTES, W_SIZE * 4);
  store<u32>(out, 0, W_SPANS * 4);
  store<u32>(out, NO_MATCH, W_STATUS * 4);
  store<u32>(out, refusalReason(), W_REASON * 4);
  store<u32>(out, <u32>refusalAt(), W_REASON_AT * 4);
  return out + HEAD_BYTES;
}

/** Start of the text of `key` in the record, its end in fieldTextEnd; 0 if it has none. */
export function fieldText(record: usize, key: u32): usize {
  const span = findSpan(record, key);
  if (span == 0) return refuse(REASON_NO_FIELD, 0);
  const start: usize = load<u32>(span, S_START * 4);
  const end: usize = load<u32>(span, S_END * 4);
  if (load<u32>(span, S_KIND * 4) == KIND_TEXT) {
    textEnd = end;
    return start;
  }
  if (load<u8>(start) != 34) return refuse(REASON_NOT_TEXT, start);
  if (!hasBackslash(start + 1, end - 1)) {
    textEnd = end - 1;
    return start + 1;
  }
  const copy = scratchTop();
  textEnd = writeUnescaped(start + 1, end - 1, copy, false);
  // Room behind the text, where a scanner puts its end mark.
  setScratch(textEnd + 1);
  return copy;
}

export function fieldTextEnd(): usize {
  return textEnd;
}

/** Bytes of the spans of `key` in all LIVE records together. */
export function fieldBytes(from: usize, until: usize, key: u32): u32 {
  let bytes: u32 = 0;
  for (let record = from; record < until; record += load<u32>(record, W_SIZE * 4)) {
    if (load<u32>(record, W_STATUS * 4) != LIVE) continue;
    const span = findSpan(record, key);
    if (span != 0) bytes += load<u32>(span, S_END * 4) - load<u32>(span, S_START * 4);
  }
  return bytes;
}
