// The head of an entry as JSON. It is some 300 bytes of which only the digits change from entry to entry, so a template is
// copied by words and the digits are written over it. `__CURSOR` comes last, because only its end varies in length.
import { cursorOf, formatCursor } from './cursor.ts';
import { type EntryHead, headNumber } from './entry.ts';
import { H_BOOT, H_MONOTONIC, H_REALTIME, H_SEQNUM, H_XOR } from './layout.ts';
import type { OutputBuffer } from './output-buffer.ts';

/** Numbers from `from` up to `until` have these many decimal and hexadecimal digits. */
interface Digits {
  readonly from: number;
  readonly until: number;
  readonly decimal: number;
  readonly hex: number;
}

/** Above this a double has no room for every number. */
const EXACT = 2 ** 53;

function digitsOf(number: number): Digits {
  const decimal = String(number).length;
  const hex = number.toString(16).length;
  const from = Math.max(number === 0 ? 0 : 10 ** (decimal - 1), number === 0 ? 0 : 16 ** (hex - 1));
  return { from, until: Math.min(10 ** decimal, 16 ** hex, EXACT), decimal, hex };
}

/** Where the last digit of a number stands, in both forms. */
interface Place {
  readonly digits: Digits;
  readonly decimalEnd: number;
  readonly hexEnd: number;
}

interface Template {
  readonly seqnumId: string;
  readonly boot: Int32Array;
  readonly words: Int32Array;
  readonly seqnum: Place;
  readonly realtime: Place;
  readonly monotonic: Place;
  /** Where the digits of the hash begin, the last thing in the head. */
  readonly xorAt: number;
}

const HEX = Uint8Array.from({ length: 16 }, (_, digit) => digit.toString(16).charCodeAt(0));
const QUOTE = 0x22;
const BLANK = 0x20;

function templateOf(seqnumId: string, head: EntryHead): Template {
  const { boot, seqnum, realtime, monotonic } = {
    boot: head.slice(H_BOOT, H_XOR),
    seqnum: headNumber(head, H_SEQNUM),
    realtime: headNumber(head, H_REALTIME),
    monotonic: headNumber(head, H_MONOTONIC),
  };
  const cursor = formatCursor(seqnumId, cursorOf(seqnumId, head).head);
  const bootId = /;b=(\w*)/.exec(cursor)?.[1] ?? '';
  const fields = [
    ['__REALTIME_TIMESTAMP', realtime],
    ['__MONOTONIC_TIMESTAMP', monotonic],
    ['__SEQNUM', seqnum],
    ['__SEQNUM_ID', seqnumId],
    ['_BOOT_ID', bootId],
    ['__CURSOR', cursor.slice(0, cursor.indexOf(';x=') + 3)],
  ] as const;
  const text = `{${fields.map(([name, value]) => `"${name}":"${value}`).join('",')}`;
  const bytes = Buffer.alloc(Math.ceil(text.length / 4) * 4, BLANK);
  bytes.write(text, 'latin1');
  const place = (name: string, part: string, number: number): Place => {
    const digits = digitsOf(number);
    return {
      digits,
      decimalEnd: text.indexOf(`"${name}":"`) + name.length + 4 + digits.decimal,
      hexEnd: text.indexOf(part, text.indexOf('"__CURSOR"')) + part.length + digits.hex,
    };
  };
  return {
    seqnumId,
    boot,
    words: new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2),
    seqnum: place('__SEQNUM', ';i=', seqnum),
    realtime: place('__REALTIME_TIMESTAMP', ';t=', realtime),
    monotonic: place('__MONOTONIC_TIMESTAMP', ';m=', monotonic),
    xorAt: text.length,
  };
}

export class JsonHead {
  #template: Template | undefined;

  /** Writes the head from `{` on, and blanks up to a multiple of 4. `out` has room, and its length is a multiple of 4. */
  write(out: OutputBuffer, seqnumId: string, head: EntryHead): void {
    const template = this.#fitting(seqnumId, head);
    const { words } = template;
    const start = out.length;
    let at = start >> 2;
    for (let i = 0; i < words.length; i++) out.words[at++] = words[i] as number;
    writeNumber(out.bytes, start, template.seqnum, head, H_SEQNUM);
    writeNumber(out.bytes, start, template.realtime, head, H_REALTIME);
    writeNumber(out.bytes, start, template.monotonic, head, H_MONOTONIC);
    out.length = start + template.xorAt;
    out.hexNumber(head, H_XOR);
    out.bytes[out.length++] = QUOTE;
    out.pad();
  }

  #fitting(seqnumId: string, head: EntryHead): Template {
    const template = this.#template;
    if (template && template.seqnumId === seqnumId && fits(template, head)) return template;
    this.#template = templateOf(seqnumId, head);
    return this.#template;
  }
}

function fits({ boot, seqnum, realtime, monotonic }: Template, head: EntryHead): boolean {
  for (let i = 0; i < boot.length; i++) if (boot[i] !== head[H_BOOT + i]) return false;
  return (
    fitsPlace(seqnum, head, H_SEQNUM) &&
    fitsPlace(realtime, head, H_REALTIME) &&
    fitsPlace(monotonic, head, H_MONOTONIC)
  );
}

function fitsPlace({ digits }: Place, head: EntryHead, at: number): boolean {
  const number = headNumber(head, at);
  return number >= digits.from && number < digits.until;
}

const BILLION = 1e9;

function writeNumber(
  bytes: Buffer,
  start: number,
  { decimalEnd, hexEnd, digits }: Place,
  head: EntryHead,
  at: number,
): void {
  const low = (head[at] as number) >>> 0;
  const high = (head[at + 1] as number) >>> 0;
  const end = start + decimalEnd;
  if (high === 0) writeDecimal(bytes, end, low, digits.decimal);
  else {
    const number = high * 2 ** 32 + low;
    const billions = Math.floor(number / BILLION);
    writeDecimal(bytes, end, (number - billions * BILLION) >>> 0, 9);
    writeDecimal(bytes, end - 9, billions >>> 0, digits.decimal - 9);
  }
  writeHex(bytes, start + hexEnd, low, Math.min(8, digits.hex));
  if (digits.hex > 8) writeHex(bytes, start + hexEnd - 8, high, digits.hex - 8);
}

/** Writes the last `count` decimal digits of a 32-bit number in front of `end`. */
function writeDecimal(bytes: Buffer, end: number, number: number, count: number): void {
  let rest = number;
  for (let at = end - 1; at >= end - count; at--) {
    const tenth = (rest / 10) >>> 0;
    bytes[at] = 0x30 + rest - tenth * 10;
    rest = tenth;
  }
}

function writeHex(bytes: Buffer, end: number, number: number, count: number): void {
  let rest = number;
  for (let at = end - 1; at >= end - count; at--) {
    bytes[at] = HEX[rest & 15] as number;
    rest >>>= 4;
  }
}
