// C20: the same record from two outputs (the shim's syslog and its pipe through containerd) becomes one.
import type { Understood } from './record.ts';

/** Two hashes of what the copies of a record have in common; 0 and 0 where a record can have no copy. */
export interface Likeness {
  readonly identity: number;
  readonly check: number;
}

const TIME_START = 'time="'.length;
const NONE: Likeness = { identity: 0, check: 0 };

export function likenessOf({ identity, kata }: Understood): Likeness {
  if (identity === '' || !kata.time) return NONE;
  const seed = ((kata.kernel_time ?? 0) * 1e6) | 0;
  const message = hashes(kata.msg ?? '', 0, { identity: seed, check: ~seed });
  // The copies differ in the digits of their times.
  const both = hashes(identity, identity.indexOf('"', TIME_START) + 1, message);
  return { identity: both.identity || 1, check: both.check };
}

const PRIME = 0x01000193;

/**
 * Two hashes of the UTF-16 units from `from` on, four at a time; in ASCII the fast road computes the same
 * (assembly/kata-likeness.ts). @param seeds what they begin with.
 */
function hashes(text: string, from: number, seeds: Likeness): Likeness {
  let identity = 0x811c9dc5 ^ seeds.identity;
  let check = 0x811c9dc5 ^ seeds.check;
  let at = from;
  for (; at + 4 <= text.length; at += 4) {
    const low = text.charCodeAt(at) | (text.charCodeAt(at + 1) << 8);
    const four = low ^ (text.charCodeAt(at + 2) << 16) ^ (text.charCodeAt(at + 3) << 24);
    identity = Math.imul(identity ^ four, PRIME);
    check = Math.imul(check ^ four, PRIME);
    identity ^= identity >>> 15;
    check ^= check >>> 15;
  }
  for (; at < text.length; at++) {
    identity = Math.imul(identity ^ text.charCodeAt(at), PRIME);
    check = Math.imul(check ^ text.charCodeAt(at), PRIME);
  }
  return { identity: identity | 0, check: check | 0 };
}

/** Of the copies of a record, the one that is kept: what the shim wrote itself, then whatever was not passed on. */
export function rankOfSink(sink: string): number {
  if (/ kata$/.test(sink)) return 0;
  return / (?:containerd|crio|dockerd)$/.test(sink) ? 2 : 1;
}

/** What follows the object `kata` in a line of NDJSON; in a text of it there is a backslash before the quotation mark. */
const BEHIND_KATA = /\},"(?:fields|wrapper|source)":/;

/** A record's line of NDJSON (see ndjson.ts), with `copies` further copies noted. */
export function withDoubles(line: string, copies: number): string {
  const end = line.search(BEHIND_KATA);
  const [head, tail] = [line.slice(0, end), line.slice(end)];
  if (head.endsWith(']')) {
    const list = head.lastIndexOf('"repairs":[');
    return `${head.slice(0, list)}"dup":${copies},${head.slice(list, -1)},"C20"]${tail}`;
  }
  return `${head}${head.endsWith('{') ? '' : ','}"dup":${copies},"repairs":["C20"]${tail}`;
}
