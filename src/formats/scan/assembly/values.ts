// JSON values below the top level: checked for syntax and depth, not taken apart.
import { isDigit } from './bytes';
import { MAX_DEPTH, REASON_SYNTAX, REASON_TOO_DEEP } from './layout';
import { refuse } from './refusal';
import { stringEnd } from './strings';

/** The opening bracket of each open container. */
const OPEN: usize = memory.data(520);

let lineBreaks: bool = false;

/** Whether the last nestedEnd met a line feed or carriage return between its tokens. */
export function hadLineBreaks(): bool {
  return lineBreaks;
}

/** Behind blanks. */
export function skipBlanks(p: usize): usize {
  let c: u32 = load<u8>(p);
  while (c == 32 || c == 9 || c == 10 || c == 13) c = load<u8>(++p);
  return p;
}

function skipBlanksNoting(p: usize): usize {
  while (true) {
    const c: u32 = load<u8>(p);
    if (c == 10 || c == 13) lineBreaks = true;
    else if (c != 32 && c != 9) return p;
    p++;
  }
}

function digitsEnd(p: usize): usize {
  while (isDigit(load<u8>(p))) p++;
  return p;
}

/** The end of the digits at `p`, of which there must be one. */
function someDigitsEnd(p: usize): usize {
  return isDigit(load<u8>(p)) ? digitsEnd(p + 1) : refuse(REASON_SYNTAX, p);
}

/** The end of the number at `p`, or 0. */
function numberEnd(p: usize): usize {
  if (load<u8>(p) == 45) p++;
  if (load<u8>(p) == 48) p++;
  else {
    p = someDigitsEnd(p);
    if (p == 0) return 0;
  }
  if (load<u8>(p) == 46) {
    p = someDigitsEnd(p + 1);
    if (p == 0) return 0;
  }
  if ((load<u8>(p) | 32) != 101) return p;
  const sign: u32 = load<u8>(++p);
  return someDigitsEnd(sign == 43 || sign == 45 ? p + 1 : p);
}

function literalEnd(p: usize, s: usize, word: u32, bytes: usize): usize {
  return load<u32>(s) == word ? p + bytes : refuse(REASON_SYNTAX, p);
}

/** The end of the string, number or literal at `p`, or 0. */
export function scalarEnd(p: usize): usize {
  const c: u32 = load<u8>(p);
  if (c == 34) {
    const quote = stringEnd(p + 1);
    return quote == 0 ? 0 : quote + 1;
  }
  if (c == 116) return literalEnd(p, p, 0x65757274, 4); // true
  if (c == 102) return literalEnd(p, p + 1, 0x65736c61, 5); // alse
  if (c == 110) return literalEnd(p, p, 0x6c6c756e, 4); // null
  return numberEnd(p);
}

/** The start of the value behind the key at `p`, or 0. */
function keyEnd(p: usize): usize {
  if (load<u8>(p) != 34) return refuse(REASON_SYNTAX, p);
  const quote = stringEnd(p + 1);
  if (quote == 0) return 0;
  p = skipBlanksNoting(quote + 1);
  if (load<u8>(p) != 58) return refuse(REASON_SYNTAX, p);
  return skipBlanksNoting(p + 1);
}

/** The end of the object or array at `p`, which stands in the top-level object; or 0. */
export function nestedEnd(p: usize): usize {
  let depth: u32 = 1;
  lineBreaks = false;
  while (true) {
    let c: u32 = load<u8>(p);
    if (c == 123 || c == 91) {
      if (++depth > MAX_DEPTH) return refuse(REASON_TOO_DEEP, p);
      store<u8>(OPEN + depth, c);
      p = skipBlanksNoting(p + 1);
      if (load<u8>(p) != c + 2) {
        if (c == 123) {
          p = keyEnd(p);
          if (p == 0) return 0;
        }
        continue;
      }
      depth--;
      p++;
    } else {
      p = scalarEnd(p);
      if (p == 0) return 0;
    }
    while (true) {
      if (depth == 1) return p;
      p = skipBlanksNoting(p);
      c = load<u8>(p);
      if (c == 44) break;
      // Closing brackets are two above the opening ones in ASCII.
      if (c != <u32>load<u8>(OPEN + depth) + 2) return refuse(REASON_SYNTAX, p);
      depth--;
      p++;
    }
    p = skipBlanksNoting(p + 1);
    if (load<u8>(OPEN + depth) == 123) {
      p = keyEnd(p);
      if (p == 0) return 0;
    }
  }
}
