// One JSON object per record, its members as spans of the source.
import { quotedMask, skipMark } from './bytes';
import { internScanned, N_ID, N_NEXT, N_OTHER, N_SPAN, N_TOKEN_BYTES, ROOT, setNext, spanOfKey, tokenAt } from './keys';
import {
  HEAD_BYTES,
  KIND_JSON,
  LIVE,
  MAX_FIELDS,
  MAX_KEY_BYTES,
  REASON_KEY_TOO_LONG,
  REASON_NOT_OBJECT,
  REASON_SYNTAX,
  REASON_TOO_MANY_FIELDS,
  S_END,
  S_KIND,
  S_START,
  SPAN_BYTES,
  W_SIZE,
  W_SPANS,
  W_STATUS,
} from './layout';
import { endRecord, fieldText, fieldTextEnd, startRecord } from './record';
import { refuse } from './refusal';
import { scratchTop, setScratch } from './scratch';
import { hasBackslash, stringEnd, writeUnescaped } from './strings';
import { hadLineBreaks, nestedEnd, scalarEnd, skipBlanks } from './values';

const QUOTE: u32 = 34;
const COMMA: u32 = 44;
const OPEN_BRACKET: u32 = 91;
const OPEN_BRACE: u32 = 123;
const CLOSE_BRACE: u32 = 125;

/** Six source bytes may stand for one byte of a key. */
const KEY_SOURCE_BYTES: usize = 6144;
const KEY_TEXT: usize = memory.data(6176);

let count: u32 = 0;
/** Behind the colon of the key that lookUp found. */
let keyStop: usize = 0;

/** Records that the last call made. */
export function jsonCount(): u32 {
  return count;
}

function internSource(s: usize, e: usize): usize {
  if (e - s > KEY_SOURCE_BYTES) return refuse(REASON_KEY_TOO_LONG, s);
  if (hasBackslash(s, e)) {
    e = writeUnescaped(s, e, KEY_TEXT, true);
    s = KEY_TEXT;
  }
  if (e - s > MAX_KEY_BYTES) return refuse(REASON_KEY_TOO_LONG, s);
  const node = internScanned(s, <u32>(e - s));
  return node == 0 ? refuse(REASON_TOO_MANY_FIELDS, s) : node;
}

/** The node of the key at `p` where the guess was wrong, or 0; sets keyStop. */
function lookUp(p: usize): usize {
  if (load<u8>(p) != QUOTE) return refuse(REASON_SYNTAX, p);
  const quote = stringEnd(p + 1);
  if (quote == 0) return 0;
  const colon = skipBlanks(quote + 1);
  if (load<u8>(colon) != 58) return refuse(REASON_SYNTAX, colon);
  keyStop = colon + 1;
  return internSource(p + 1, quote);
}

/** Copies `[s, e)` to scratch without its line breaks, which can stand between tokens only. */
function withoutLineBreaks(s: usize, e: usize): usize {
  let out = scratchTop();
  for (; s < e; s++) {
    const c: u32 = load<u8>(s);
    if (c != 10 && c != 13) store<u8>(out++, c);
  }
  setScratch(out);
  return out;
}

/** Behind the object or array at `p`, which the span gets; or 0. */
function nestedValue(p: usize, span: usize): usize {
  const end = nestedEnd(p);
  let start = p;
  let stop = end;
  if (end != 0 && hadLineBreaks()) {
    start = scratchTop();
    stop = withoutLineBreaks(p, end);
  }
  store<u32>(span, <u32>start, S_START * 4);
  store<u32>(span, <u32>stop, S_END * 4);
  return end;
}

/** Behind the string, number or literal at `p`, which the span gets; or 0. */
function scalarValue(p: usize, span: usize): usize {
  let end: usize;
  if (load<u8>(p) == QUOTE) {
    // Most strings are short: a look at 16 bytes is enough.
    const mask = quotedMask(v128.load(p, 1));
    const quote = p + 1 + ctz(mask);
    end = mask != 0 && load<u8>(quote) == QUOTE ? quote : stringEnd(p + 1);
    if (end == 0) return 0;
    end++;
  } else end = scalarEnd(p);
  store<u32>(span, <u32>p, S_START * 4);
  store<u32>(span, <u32>end, S_END * 4);
  return end;
}

/** The first byte that is no blank, from `p` on. */
function pastBlanks(p: usize): usize {
  return load<u8>(p) > 32 ? p : skipBlanks(p);
}

/** Writes the spans of the object that is the text `[p, e)` from `first` on; their end, or 0. A NUL stands at `e`. */
function parseObject(p: usize, e: usize, first: usize): usize {
  const full = first + MAX_FIELDS * SPAN_BYTES;
  let end = first;
  let node = ROOT;
  p = skipBlanks(skipMark(p, e));
  if (load<u8>(p) != OPEN_BRACE) return refuse(REASON_NOT_OBJECT, p);
  p = skipBlanks(p + 1);
  let more = load<u8>(p) != CLOSE_BRACE;
  while (more) {
    const usual: usize = load<u32>(node, N_NEXT);
    let next = usual;
    while (next != 0 && !tokenAt(next, p)) next = next == usual ? load<u32>(node, N_OTHER) : 0;
    if (next != 0) p += load<u32>(next, N_TOKEN_BYTES);
    else {
      next = lookUp(p);
      if (next == 0) return 0;
      p = keyStop;
    }
    if (next != usual) setNext(node, next);
    node = next;
    p = pastBlanks(p);
    const span = spanOfKey(node, first, end);
    if (span == full) return refuse(REASON_TOO_MANY_FIELDS, p);
    const c: u32 = load<u8>(p);
    p = c == OPEN_BRACE || c == OPEN_BRACKET ? nestedValue(p, span) : scalarValue(p, span);
    if (p == 0) return 0;
    store<u32>(node, <u32>span, N_SPAN);
    store<u32>(span, load<u32>(node, N_ID));
    store<u32>(span, KIND_JSON, S_KIND * 4);
    if (span == end) end += SPAN_BYTES;
    p = pastBlanks(p);
    more = load<u8>(p) == COMMA;
    if (more) p = pastBlanks(p + 1);
  }
  if (load<u8>(p) != CLOSE_BRACE) return refuse(REASON_SYNTAX, p);
  p = skipBlanks(p + 1);
  return p == e ? end : refuse(REASON_SYNTAX, p);
}

/** Reads the text `[s, e)` into a record of the tape at `out`; false: it is no object. The byte at `e` is put back. */
export function parseText(s: usize, e: usize, out: usize): bool {
  const saved = load<u8>(e);
  store<u8>(e, 0);
  const end = parseObject(s, e, out + HEAD_BYTES);
  store<u8>(e, saved);
  if (end == 0) return false;
  store<u32>(out, <u32>(end - out), W_SIZE * 4);
  store<u32>(out, <u32>(end - out - HEAD_BYTES) / SPAN_BYTES, W_SPANS * 4);
  return true;
}

/** Parses the text of `key` of each LIVE record of `[from, until)`; the records are written at `out`. Returns their end. */
export function json(from: usize, until: usize, key: u32, out: usize): usize {
  count = 0;
  for (let record = from; record < until; record += load<u32>(record, W_SIZE * 4)) {
    if (load<u32>(record, W_STATUS * 4) != LIVE) continue;
    startRecord(record, out);
    const start = fieldText(record, key);
    let spansEnd: usize = 0;
    if (start != 0) {
      // No JSON text may hold a NUL outside of an escape: it ends every loop, so none of them compares with the end.
      const end = fieldTextEnd();
      const saved = load<u8>(end);
      store<u8>(end, 0);
      spansEnd = parseObject(start, end, out + HEAD_BYTES);
      store<u8>(end, saved);
    }
    out = endRecord(out, spansEnd);
    count++;
  }
  return out;
}
