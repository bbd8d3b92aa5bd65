// Values of fields as JSON, as `journalctl -o json` writes them.
import { isUtf8 } from 'node:buffer';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LINE_FEED = 0x0a;
const TAB = 0x09;
const PLAIN = 0;
const ESCAPED = 1;
const LINE = 2;
const TABULATOR = 3;
const OTHER = 4;

const KINDS = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte === QUOTE || byte === BACKSLASH) return ESCAPED;
  if (byte === LINE_FEED) return LINE;
  if (byte === TAB) return TABULATOR;
  return byte < 0x20 || byte >= 0x7f ? OTHER : PLAIN;
});

/** Most bytes that a value of `bytes` bytes takes as JSON, in any form. */
export function jsonRoom(bytes: number): number {
  return bytes * 6 + 8;
}

/** Text that people can read: UTF-8 without control characters, but for tabulators and line feeds. */
export function isPrintable(bytes: Buffer): boolean {
  if (!isUtf8(bytes)) return false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte < 0x20 && byte !== TAB && byte !== LINE_FEED) return false;
    if (byte === 0x7f || (byte === 0xc2 && (bytes[i + 1] as number) < 0xa0)) return false;
  }
  return true;
}

/** What becomes of a value that is no printable text: an array of its bytes, or a string with U+FFFD and escapes. */
export type BinaryForm = 'array' | 'string';

/**
 * Writes a value as JSON to `out` at `at`, where there is {@link jsonRoom}.
 * @returns the address behind it.
 */
export function writeJsonValue(
  bytes: Buffer,
  from: number,
  until: number,
  out: Buffer,
  at: number,
  binary: BinaryForm,
): number {
  let to = at;
  out[to++] = QUOTE;
  for (let i = from; i < until; i++) {
    const byte = bytes[i] as number;
    const kind = KINDS[byte] as number;
    if (kind === PLAIN) {
      out[to++] = byte;
      continue;
    }
    if (kind === OTHER) return writeOther(bytes.subarray(from, until), out, at, binary);
    out[to++] = BACKSLASH;
    out[to++] = kind === ESCAPED ? byte : kind === LINE ? 0x6e : 0x74;
  }
  out[to++] = QUOTE;
  return to;
}

function writeOther(value: Buffer, out: Buffer, at: number, binary: BinaryForm): number {
  if (binary === 'string' || isPrintable(value))
    return at + out.write(JSON.stringify(value.toString('utf8')), at, 'utf8');
  return at + out.write(`[${value.join(',')}]`, at, 'latin1');
}
