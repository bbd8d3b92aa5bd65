// The pairs of one logfmt text per record, values as spans of the source where they can stand in JSON as they are.
import { blankMask, equalBytes, hex4, isDigit, quotedMask, skipMark } from './bytes';
import { decodeQuoted, quotedStop, quotedTextStart } from './gotext';
import { internScanned, N_ID, N_NEXT, N_OTHER, N_SPAN, N_TEXT_BYTES, nameAt, ROOT, setNext, spanOfKey } from './keys';
import {
  HEAD_BYTES,
  KIND_JSON,
  KIND_TEXT,
  LIVE,
  MAX_FIELDS,
  MAX_KEY_BYTES,
  REASON_KEY_TOO_LONG,
  REASON_TOO_MANY_FIELDS,
  S_END,
  S_KIND,
  S_START,
  SPAN_BYTES,
  W_SIZE,
  W_STATUS,
} from './layout';
import { endRecord, fieldText, fieldTextEnd, startRecord } from './record';
import { refuse } from './refusal';
import { scratchTop, setScratch } from './scratch';

const EQUALS: u32 = 61;
const QUOTE: u32 = 34;
/** More digits may not survive as a number where documents are read. */
const MAX_INTEGER_DIGITS: usize = 15;
/** `true` */
const TRUE: usize = memory.data<u8>([116, 114, 117, 101]);

let count: u32 = 0;
let valueStart: usize = 0;
let valueEnd: usize = 0;
let valueKind: u32 = 0;

/** Records that the last call made. */
export function logfmtCount(): u32 {
  return count;
}

/** Notes the value; what stands behind it in the source. */
function found(kind: u32, start: usize, end: usize, stop: usize): usize {
  valueKind = kind;
  valueStart = start;
  valueEnd = end;
  return stop;
}

function nameEnd(p: usize): usize {
  let c: u32 = load<u8>(p);
  while (c > 32 && c != EQUALS && c != QUOTE) c = load<u8>(++p);
  return p;
}

/** The equals sign behind the first phrase of the list that stands at `p` with one, or 0. */
function phraseEnd(p: usize, phrases: usize): usize {
  let bytes = load<u32>(phrases);
  while (bytes != 0) {
    if (load<u8>(p + bytes) == EQUALS && equalBytes(p, phrases + 4, bytes)) return p + bytes;
    phrases += 4 + bytes;
    bytes = load<u32>(phrases);
  }
  return 0;
}

/** The closing quote of the text at `p` if the text with its quotes is a JSON string of the same meaning, else 0. */
function plainQuoteEnd(p: usize): usize {
  while (true) {
    const mask = quotedMask(v128.load(p));
    if (mask == 0) {
      p += 16;
      continue;
    }
    p += ctz(mask);
    const c: u32 = load<u8>(p);
    if (c == QUOTE) return p;
    if (c != 92) return 0;
    const letter: u32 = load<u8>(p + 1);
    if (letter == 117) {
      const code: u32 = hex4(p + 2);
      if (code - 0xd800 < 0x800 || code > 0xffff) return 0;
      p += 6;
    } else if (letter == QUOTE || letter == 92 || letter == 110 || letter == 116) p += 2;
    else if (letter == 114 || letter == 98 || letter == 102) p += 2;
    else return 0;
  }
}

/** Finds the value whose opening quote is at `p`. */
function quotedValue(p: usize, e: usize): usize {
  const quote = plainQuoteEnd(p + 1);
  if (quote != 0) return found(KIND_JSON, p, quote + 1, quote + 1);
  const end = decodeQuoted(p + 1, e, scratchTop());
  setScratch(end);
  return found(KIND_TEXT, quotedTextStart(), end, quotedStop());
}

/** The end of the integer at `p` if it is all of a value and has a place in JSON, else 0. */
function integerEnd(p: usize): usize {
  if (load<u8>(p) == 45) p++;
  const first: u32 = load<u8>(p);
  if (!isDigit(first)) return 0;
  let end = p + 1;
  while (isDigit(load<u8>(end))) end++;
  if (load<u8>(end) > 32 || end - p > MAX_INTEGER_DIGITS) return 0;
  return first == 48 && end - p > 1 ? 0 : end;
}

/** Finds the value at `p`, which has no opening quote. */
function bareValue(p: usize): usize {
  const end = integerEnd(p);
  if (end != 0) return found(KIND_JSON, p, end, end);
  let stop = p;
  while (true) {
    const mask = blankMask(v128.load(stop));
    if (mask != 0) {
      stop += ctz(mask);
      return found(KIND_TEXT, p, stop, stop);
    }
    stop += 16;
  }
}

/** The end of the name at `p`, which may be a phrase of the list where no equals sign stands behind its first word. */
function fieldNameEnd(p: usize, phrases: usize): usize {
  const end = nameEnd(p);
  if (phrases == 0 || load<u8>(end) == EQUALS) return end;
  const phrase = phraseEnd(p, phrases);
  return phrase == 0 ? end : phrase;
}

/** The node of the name `[p, stop)`, or 0. */
function nodeOfName(p: usize, stop: usize): usize {
  if (stop - p > MAX_KEY_BYTES) return refuse(REASON_KEY_TOO_LONG, p);
  const node = internScanned(p, <u32>(stop - p));
  return node == 0 ? refuse(REASON_TOO_MANY_FIELDS, p) : node;
}

/** Writes the spans of the pairs in the text `[p, e)` from `first` on; their end, or 0. A NUL stands at `e`. */
function parsePairs(p: usize, e: usize, first: usize, phrases: usize): usize {
  const full = first + MAX_FIELDS * SPAN_BYTES;
  let end = first;
  let node = ROOT;
  p = skipMark(p, e);
  while (true) {
    let c: u32 = load<u8>(p);
    while (c <= 32 || c == EQUALS || c == QUOTE) {
      if (p >= e) return end;
      c = load<u8>(++p);
    }
    const usual: usize = load<u32>(node, N_NEXT);
    let next = usual;
    while (next != 0 && !nameAt(next, p)) next = next == usual ? load<u32>(node, N_OTHER) : 0;
    if (next != 0) p += load<u32>(next, N_TEXT_BYTES);
    else {
      const stop = fieldNameEnd(p, phrases);
      next = nodeOfName(p, stop);
      if (next == 0) return 0;
      p = stop;
    }
    if (next != usual) setNext(node, next);
    node = next;
    const span = spanOfKey(node, first, end);
    if (span == full) return refuse(REASON_TOO_MANY_FIELDS, p);
    if (load<u8>(p) != EQUALS) found(KIND_JSON, TRUE, TRUE + 4, p);
    else p = load<u8>(p + 1) == QUOTE ? quotedValue(p + 1, e) : bareValue(p + 1);
    store<u32>(node, <u32>span, N_SPAN);
    store<u32>(span, load<u32>(node, N_ID));
    store<u32>(span, valueKind, S_KIND * 4);
    store<u32>(span, <u32>valueStart, S_START * 4);
    store<u32>(span, <u32>valueEnd, S_END * 4);
    if (span == end) end += SPAN_BYTES;
  }
}

/** As json of json.ts, for logfmt; `phrases` = list of names with blanks, or 0. */
export function logfmt(from: usize, until: usize, key: u32, out: usize, phrases: usize): usize {
  count = 0;
  for (let record = from; record < until; record += load<u32>(record, W_SIZE * 4)) {
    if (load<u32>(record, W_STATUS * 4) != LIVE) continue;
    startRecord(record, out);
    const start = fieldText(record, key);
    let spansEnd: usize = 0;
    if (start != 0) {
      // The NUL ends names, bare values and, as any control character does, the search for a quote.
      const end = fieldTextEnd();
      const saved = load<u8>(end);
      store<u8>(end, 0);
      spansEnd = parsePairs(start, end, out + HEAD_BYTES, phrases);
      store<u8>(end, saved);
    }
    out = endRecord(out, spansEnd);
    count++;
  }
  return out;
}
