// One line of logrus's TextFormatter, as sound as logrus writes it: time and level first, `msg` if any, then names in their
// order, none twice; names with blanks are the known ones. Lenient reading, and all damage, is the plain road's (src/kata/logfmt.ts).
import { equalBytes, hexValue, quotedMask } from './bytes';
import { decodeQuoted, quotedTextStart } from './gotext';
import { internScanned, N_ID, N_NEXT, N_OTHER, N_TEXT, N_TEXT_BYTES, nameAt, ROOT, setNext } from './keys';
import {
  HEAD_BYTES,
  KIND_JSON,
  KIND_TEXT,
  MAX_KEY_BYTES,
  S_END,
  S_KIND,
  S_START,
  SPAN_BYTES,
  W_SIZE,
  W_SPANS,
} from './layout';
import { scratchTop, setScratch } from './scratch';

const QUOTE: u32 = 34;
const BACKSLASH: u32 = 92;
const EQUALS: u32 = 61;
const BLANK: u32 = 32;
const PAIRS_MAX: usize = 128;

let key: usize = 0;
let lastStart: usize = 0;

/** Where the value of the last pair begins. */
export function lastValueStart(): usize {
  return lastStart;
}

/** Node of the key of the last pair. */
export function lastKey(): usize {
  return key;
}

/** Whether the text that quoteEnd found has escapes that JSON does not know. */
let isGo: bool = false;

/** Bytes of the escape at `p` (a backslash) that stands for an ASCII character; 0: it is another one. */
function escapeBytes(p: usize): usize {
  const letter: u32 = load<u8>(p + 1);
  if (letter == QUOTE || letter == BACKSLASH) return 2;
  if (letter == 110 || letter == 116 || letter == 114 || letter == 98 || letter == 102) return 2;
  // Go's own: \a, \v, \x1b
  isGo = true;
  if (letter == 97 || letter == 118) return 2;
  const isAscii = letter == 120 && hexValue(load<u8>(p + 2)) < 8 && hexValue(load<u8>(p + 3)) < 16;
  return isAscii ? 4 : 0;
}

/** The closing quote of the text at `p`, of printable ASCII and escapes; 0: there is none before `e`. Sets isGo. */
function quoteEnd(p: usize, e: usize): usize {
  isGo = false;
  while (p < e) {
    const mask = quotedMask(v128.load(p));
    if (mask == 0) {
      p += 16;
      continue;
    }
    p += ctz(mask);
    if (p >= e) return 0;
    const c: u32 = load<u8>(p);
    if (c == QUOTE) return p;
    const bytes = c == BACKSLASH ? escapeBytes(p) : 0;
    if (bytes == 0) return 0;
    p += bytes;
  }
  return 0;
}

/** Writes what the text `[p, e)` means into scratch, for the span. */
function decodeGo(p: usize, e: usize, span: usize): void {
  const end = decodeQuoted(p, e, scratchTop());
  store<u32>(span, KIND_TEXT, S_KIND * 4);
  store<u32>(span, <u32>quotedTextStart(), S_START * 4);
  store<u32>(span, <u32>end, S_END * 4);
  setScratch(end);
}

/** The end of the bare value at `p`: a blank, or `e`; 0 where a quote stands in it. */
function bareEnd(p: usize, e: usize): usize {
  const quote = i8x16.splat(34);
  for (; p < e; p += 16) {
    const v = v128.load(p);
    // Blanks, control characters and what is beyond ASCII.
    const stops = v128.or(i8x16.lt_s(v, i8x16.splat(33)), i8x16.eq(v, quote));
    const mask: u32 = i8x16.bitmask(stops);
    if (mask == 0) continue;
    p += ctz(mask);
    if (p >= e) return e;
    return load<u8>(p) == BLANK ? p : 0;
  }
  return e;
}

/** Whether the name of `a` comes before that of `b`. */
function isBefore(a: usize, b: usize): bool {
  const aBytes = load<u32>(a, N_TEXT_BYTES);
  const bBytes = load<u32>(b, N_TEXT_BYTES);
  const aText: usize = load<u32>(a, N_TEXT);
  const bText: usize = load<u32>(b, N_TEXT);
  const shorter = min(aBytes, bBytes);
  for (let i: u32 = 0; i < shorter; i++) {
    const difference = <i32>load<u8>(aText + i) - <i32>load<u8>(bText + i);
    if (difference != 0) return difference < 0;
  }
  return aBytes < bBytes;
}

/** The list of names with blanks, as formats/scan/blank-keys.ts encodes it. */
let phrases: usize = 0;
let isBlankKey: bool = false;

export function setKataPhrases(list: usize): void {
  phrases = list;
}

/** Whether the last line had a name with a blank in it (C19). */
export function hadBlankKey(): bool {
  return isBlankKey;
}

/** The node of the name with blanks at `p`, or 0. */
function phraseNode(p: usize, e: usize): usize {
  let list = phrases;
  for (let bytes = load<u32>(list); bytes != 0; bytes = load<u32>(list)) {
    list += 4;
    if (p + bytes < e && load<u8>(p + bytes) == EQUALS && equalBytes(p, list, bytes)) {
      isBlankKey = true;
      return internScanned(p, bytes);
    }
    list += bytes;
  }
  return 0;
}

/** The node of the name at `p`, which an equals sign ends; 0: it is none that logrus writes without a blank. */
function nameNode(p: usize, e: usize): usize {
  let stop = p;
  while (stop < e) {
    const c: u32 = load<u8>(stop);
    if (c == EQUALS) break;
    if (c == BLANK && stop != p) return phraseNode(p, e);
    if (c <= BLANK || c == QUOTE || c > 126) return 0;
    stop++;
  }
  if (stop == p || stop >= e || stop - p > MAX_KEY_BYTES) return 0;
  return internScanned(p, <u32>(stop - p));
}

function isName(node: usize, word: u64, bytes: u32): bool {
  if (load<u32>(node, N_TEXT_BYTES) != bytes) return false;
  const mask: u64 = ((<u64>1) << (bytes << 3)) - 1;
  return (load<u64>(load<u32>(node, N_TEXT)) & mask) == word;
}

const TIME_WORD: u64 = 0x656d6974;
const LEVEL_WORD: u64 = 0x6c6576656c;
const MSG_WORD: u64 = 0x67736d;

/** Logrus gives a field of such a name another one. */
function isHeadName(node: usize): bool {
  return isName(node, TIME_WORD, 4) || isName(node, LEVEL_WORD, 5) || isName(node, MSG_WORD, 3);
}

/**
 * Reads the line `[p, e)` into a record of the tape at `out`: keys, values as spans of JSON strings and texts.
 * False: it is not as logrus writes it.
 */
export function readLogrus(p: usize, e: usize, out: usize): bool {
  const first = out + HEAD_BYTES;
  let span = first;
  let node = ROOT;
  let index: u32 = 0;
  let ordered: u32 = 2;
  isBlankKey = false;
  while (true) {
    const usual: usize = load<u32>(node, N_NEXT);
    let next = usual;
    while (next != 0 && !nameAt(next, p)) next = next == usual ? load<u32>(node, N_OTHER) : 0;
    if (next == 0) next = nameNode(p, e);
    if (next == 0) return false;
    if (next != usual) setNext(node, next);
    if (index == 0) {
      if (!isName(next, TIME_WORD, 4)) return false;
    } else if (index == 1) {
      if (!isName(next, LEVEL_WORD, 5)) return false;
    } else if (index == 2 && isName(next, MSG_WORD, 3)) ordered = 3;
    else if ((index > ordered && !isBefore(node, next)) || isHeadName(next)) return false;
    node = next;
    p += load<u32>(next, N_TEXT_BYTES) + 1;
    if (p > e) return false;
    lastStart = p;
    let end: usize;
    const isQuoted = p < e && load<u8>(p) == QUOTE;
    end = isQuoted ? quoteEnd(p + 1, e) : bareEnd(p, e);
    if (end == 0) return false;
    if (isQuoted) end++;
    store<u32>(span, load<u32>(node, N_ID));
    if (isQuoted && isGo) decodeGo(p + 1, end - 1, span);
    else {
      store<u32>(span, isQuoted ? KIND_JSON : KIND_TEXT, S_KIND * 4);
      store<u32>(span, <u32>p, S_START * 4);
      store<u32>(span, <u32>end, S_END * 4);
    }
    span += SPAN_BYTES;
    index++;
    p = end;
    if (p == e) break;
    if (load<u8>(p) != BLANK || span - first >= PAIRS_MAX * SPAN_BYTES) return false;
    p++;
  }
  key = node;
  store<u32>(out, <u32>(span - out), W_SIZE * 4);
  store<u32>(out, index, W_SPANS * 4);
  return index > ordered || (index == 3 && ordered == 3);
}
