// C20: the same record from two outputs (the shim's syslog and its pipe through containerd) becomes one.
import { endOfObject } from './json-record.ts';
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
  const seed = (kata.kernel_time ?? 0) * 1e6;
  const message = hash(kata.msg ?? '', seed | 0, 0);
  // The copies differ in the digits of their times.
  const from = identity.indexOf('"', TIME_START) + 1;
  return { identity: hash(identity, message, from) || 1, check: hash(identity, ~message, from) };
}

const PRIME = 0x01000193;

/** Of the UTF-16 units from `from` on, four at a time; in ASCII the fast road computes the same (assembly/kata-lines.ts). */
function hash(text: string, seed: number, from: number): number {
  let value = 0x811c9dc5 ^ seed;
  let at = from;
  for (; at + 4 <= text.length; at += 4) {
    const low = text.charCodeAt(at) | (text.charCodeAt(at + 1) << 8);
    value = Math.imul(value ^ low ^ (text.charCodeAt(at + 2) << 16) ^ (text.charCodeAt(at + 3) << 24), PRIME);
    value ^= value >>> 15;
  }
  for (; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), PRIME);
  return value | 0;
}

/** Of the copies of a record, the one that is kept: what the shim wrote itself, then whatever was not passed on. */
export function rankOfSink(sink: string): number {
  if (/ kata$/.test(sink)) return 0;
  return / (?:containerd|crio|dockerd)$/.test(sink) ? 2 : 1;
}

const KATA = '"kata":';

/** A record's line of NDJSON (see ndjson.ts), with `copies` further copies noted. */
export function withDoubles(line: string, copies: number): string {
  const start = line.indexOf(KATA) + KATA.length;
  const end = endOfObject(line, start) - 1;
  const [head, tail] = [line.slice(0, end), line.slice(end)];
  if (head.endsWith(']') && head.includes('"repairs":[', start)) {
    const list = head.lastIndexOf('"repairs":[');
    return `${head.slice(0, list)}"dup":${copies},${head.slice(list, -1)},"C20"]${tail}`;
  }
  return `${head}${head.endsWith('{') ? '' : ','}"dup":${copies},"repairs":["C20"]${tail}`;
}
