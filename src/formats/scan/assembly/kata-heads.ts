// What syslog or a container runtime puts in front of a text on its line: the twins of SHORT_SYSLOG, ISO_SYSLOG and CRI
// (src/kata/frame.ts). Whatever else may stand there is the plain road's.
import { isDigit } from './bytes';
import { F_FLAGS, factsOf, wantFacts } from './facts';
import { setHead } from './kata-frame';
import { put, putFragment, S_HOST, S_IDENT, S_PID, S_STREAM, S_TIME, S_TIME_AFTER } from './kata-record';
import { OTHER, READ, WANTS_FACTS } from './kata-words';
import { scratchTop, setScratch } from './scratch';

const BLANK: u32 = 32;
const COLON: u32 = 58;
const BRACKET: u32 = 91;
const CLOSE_BRACKET: u32 = 93;
const NAME_MAX_BYTES: usize = 128;
const PID_MAX_DIGITS: usize = 15;
/** `Mar  2 00:00:00`, and with a year and `T` */
const SHORT_BYTES: usize = 15;
const ISO_BYTES: usize = 19;

function hasDigits(p: usize, count: usize): bool {
  for (let i: usize = 0; i < count; i++) if (!isDigit(load<u8>(p + i))) return false;
  return true;
}

/** `00:00:00` */
function isClock(p: usize): bool {
  const colons = load<u8>(p + 2) == COLON && load<u8>(p + 5) == COLON;
  return colons && hasDigits(p, 2) && hasDigits(p + 3, 2) && hasDigits(p + 6, 2);
}

/** Behind a point and up to `most` digits at `p`, if they are there; 0: a point without a digit, or more of them. */
function pastFraction(p: usize, most: usize): usize {
  if (load<u8>(p) != 46) return p;
  const digits = ++p;
  while (isDigit(load<u8>(p))) p++;
  return p == digits || p - digits > most ? 0 : p;
}

/** Behind `Mar  2 00:00:00` at `p`, maybe with a fraction; 0: it is none. */
function pastShortTime(p: usize): usize {
  const second: u32 = load<u8>(p + 1);
  const third: u32 = load<u8>(p + 2);
  const tens: u32 = load<u8>(p + 4);
  if (second - 97 > 25 || third - 97 > 25 || load<u8>(p + 3) != BLANK || load<u8>(p + 6) != BLANK) return 0;
  if ((tens != BLANK && !isDigit(tens)) || !isDigit(load<u8>(p + 5)) || !isClock(p + 7)) return 0;
  return pastFraction(p + SHORT_BYTES, 6);
}

/** Behind `2026-03-02T00:00:00` at `p`, maybe with a fraction, and its zone; 0: it is none. */
function pastIsoTime(p: usize): usize {
  const dashes = load<u8>(p + 4) == 45 && load<u8>(p + 7) == 45 && load<u8>(p + 10) == 84;
  if (!dashes || !hasDigits(p, 4) || !hasDigits(p + 5, 2) || !hasDigits(p + 8, 2) || !isClock(p + 11)) return 0;
  p = pastFraction(p + ISO_BYTES, 9);
  if (p == 0) return 0;
  const sign: u32 = load<u8>(p);
  if (sign == 90) return p + 1;
  if ((sign != 43 && sign != 45) || !hasDigits(p + 1, 2) || load<u8>(p + 3) != COLON || !hasDigits(p + 4, 2)) return 0;
  return p + 6;
}

/** Behind the word of printable characters at `p`, which needs no escape in JSON. */
function pastWord(p: usize, e: usize, isName: bool): usize {
  for (; p < e; p++) {
    const c: u32 = load<u8>(p);
    if (c <= BLANK || c > 126 || c == 34 || c == 92) break;
    if (isName && (c == COLON || c == BRACKET)) break;
  }
  return p;
}

/** Whether an octal escape of rsyslog's may stand in the text. */
function mayHoldOctal(s: usize, e: usize): bool {
  for (; s < e; s += 16) {
    let mask: u32 = i8x16.bitmask(i8x16.eq(v128.load(s), i8x16.splat(35)));
    for (; mask != 0; mask &= mask - 1) {
      const at = s + ctz(mask);
      if (at >= e) return false;
      if (isDigit(load<u8>(at + 1))) return true;
    }
  }
  return false;
}

/** Host, name and process behind the time `[s, timeEnd)`, then the text, maybe behind a blank. */
function readSyslog(s: usize, timeEnd: usize, e: usize, hasBlank: bool): u32 {
  const host = timeEnd + 1;
  const hostEnd = pastWord(host, e, false);
  const name = hostEnd + 1;
  const nameEnd = pastWord(name, e, true);
  if (load<u8>(timeEnd) != BLANK || load<u8>(hostEnd) != BLANK || hostEnd == host) return OTHER;
  if (nameEnd <= name || nameEnd - name > NAME_MAX_BYTES) return OTHER;
  let p = nameEnd;
  let digits: usize = 0;
  let pid: u64 = 0;
  if (load<u8>(p) == BRACKET) {
    for (p++; isDigit(load<u8>(p)); p++, digits++) pid = pid * 10 + load<u8>(p) - 48;
    if (digits == 0 || digits > PID_MAX_DIGITS || load<u8>(p++) != CLOSE_BRACKET) return OTHER;
  }
  if (load<u8>(p++) != COLON || p >= e) return OTHER;
  if (load<u8>(p) == BLANK) p++;
  else if (hasBlank) return OTHER;
  if (mayHoldOctal(p, e)) return OTHER;
  const ident = factsOf(name, nameEnd);
  wantFacts(ident);
  if (ident == 0 || load<u32>(ident, F_FLAGS) == 0) return WANTS_FACTS;
  const pairs = scratchTop();
  let out = put(s, timeEnd, putFragment(S_TIME, pairs));
  out = put(host, hostEnd, putFragment(S_HOST, out));
  out = put(name, nameEnd, putFragment(S_IDENT, out));
  if (digits != 0) out = put(nameEnd + 1, nameEnd + 1 + digits, putFragment(S_PID, out));
  store<u16>(out, 0x7d22);
  setScratch(out + 2);
  setHead(p, e, ident, digits == 0 ? -1 : <f64>pid, pairs, out + 2);
  return READ;
}

/** `stdout` or `stderr` */
function isStream(p: usize): bool {
  const six: u64 = load<u64>(p) & 0xffffffffffff;
  return six == 0x74756f647473 || six == 0x727265647473;
}

/** ` F ` behind the stream, which is behind the time `[s, timeEnd)`, then the text. */
function readCri(s: usize, timeEnd: usize, e: usize): u32 {
  const stream = timeEnd + 1;
  if (load<u32>(stream + 6) << 8 != 0x20462000 || stream + 9 >= e) return OTHER;
  const pairs = scratchTop();
  let out = put(stream, stream + 6, putFragment(S_STREAM, pairs));
  out = put(s, timeEnd, putFragment(S_TIME_AFTER, out));
  store<u16>(out, 0x7d22);
  setScratch(out + 2);
  setHead(stream + 9, e, 0, -1, pairs, out + 2);
  return READ;
}

/** Reads what stands in front of the text of the line `[s, e)`. */
export function readHead(s: usize, e: usize): u32 {
  if (e - s < 40) return OTHER;
  if (!isDigit(load<u8>(s))) {
    const timeEnd = pastShortTime(s);
    return timeEnd == 0 ? OTHER : readSyslog(s, timeEnd, e, false);
  }
  const timeEnd = pastIsoTime(s);
  if (timeEnd == 0 || load<u8>(timeEnd) != BLANK) return OTHER;
  return isStream(timeEnd + 1) ? readCri(s, timeEnd, e) : readSyslog(s, timeEnd, e, true);
}
