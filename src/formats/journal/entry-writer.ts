// Entries as they leave: JSON lines and the journal export format, written into one buffer that is handed on when it is full.
import { jsonNameBytes } from './encoders.ts';
import type { EntryHead } from './entry.ts';
import type { FieldFragments } from './field-fragments.ts';
import { H_BOOT, H_MONOTONIC, H_REALTIME, H_SEQNUM, H_XOR } from './layout.ts';

const BUFFER_BYTES = 1 << 20;
/** Most bytes of an entry's head in any form. */
const HEAD_MAX_BYTES = 1024;
const HEX = Buffer.from('0123456789abcdef');
const EXACT_HIGH = 1 << 21;

/** Bytes that grow at their end. `words` are the same bytes. */
export class OutputBuffer {
  bytes: Buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES + HEAD_MAX_BYTES);
  words: Int32Array = new Int32Array(this.bytes.buffer);
  length = 0;

  /** There is enough to hand on. */
  get isFull(): boolean {
    return this.length >= BUFFER_BYTES;
  }

  /** Makes room for `more` bytes and an entry's head. */
  room(more: number): void {
    const needed = this.length + more + HEAD_MAX_BYTES;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.ceil(Math.max(needed, this.bytes.length * 2) / 8) * 8);
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
    this.words = new Int32Array(larger.buffer);
  }

  /** What was written; valid until the next write. */
  take(): Buffer {
    const taken = this.bytes.subarray(0, this.length);
    this.length = 0;
    return taken;
  }

  text(text: Buffer): void {
    for (let i = 0; i < text.length; i++) this.bytes[this.length++] = text[i] as number;
  }

  /** 64 bits as hex digits without leading zeros. */
  hexNumber(head: EntryHead, at: number): void {
    const high = head[at + 1] as number;
    if (high !== 0) {
      this.#hexDigits(high, digitsOf(high));
      this.#hexDigits(head[at] as number, 8);
    } else this.#hexDigits(head[at] as number, digitsOf(head[at] as number));
  }

  /** 64 bits in decimal. */
  decimal(head: EntryHead, at: number): void {
    const high = (head[at + 1] as number) >>> 0;
    const low = (head[at] as number) >>> 0;
    if (high >= EXACT_HIGH)
      this.length += this.bytes.write(String((BigInt(high) << 32n) | BigInt(low)), this.length, 'latin1');
    else if (high === 0) this.#decimalDigits(low);
    else {
      const number = high * 2 ** 32 + low;
      const billions = Math.floor(number / 1e9);
      this.#decimalDigits(billions);
      this.#fixedDigits(number - billions * 1e9, 9);
    }
  }

  #hexDigits(word: number, count: number): void {
    for (let shift = (count - 1) * 4; shift >= 0; shift -= 4)
      this.bytes[this.length++] = HEX[(word >>> shift) & 15] as number;
  }

  #decimalDigits(number: number): void {
    let count = 1;
    for (let limit = 10; limit <= number; limit *= 10) count++;
    this.#fixedDigits(number, count);
  }

  #fixedDigits(number: number, count: number): void {
    let rest = number;
    for (let at = this.length + count - 1; at >= this.length; at--) {
      const tenth = Math.floor(rest / 10);
      this.bytes[at] = 0x30 + rest - tenth * 10;
      rest = tenth;
    }
    this.length += count;
  }
}

function digitsOf(word: number): number {
  return Math.max(1, 8 - (Math.clz32(word) >> 2));
}

/** An entry without its fields. */
export interface WrittenEntry {
  readonly seqnumId: string;
  readonly head: EntryHead;
}

/** Texts of ids that come again and again. */
class IdTexts {
  readonly #boot = Buffer.alloc(32);
  readonly #bootWords = new Int32Array(4);
  #seqnumId = '';
  #seqnumText: Buffer = Buffer.alloc(0);

  boot(head: EntryHead): Buffer {
    const words = this.#bootWords;
    let isSame = true;
    for (let i = 0; i < 4; i++) if (words[i] !== head[H_BOOT + i]) isSame = false;
    if (isSame && this.#boot[0] !== 0) return this.#boot;
    words.set(head.subarray(H_BOOT, H_BOOT + 4));
    this.#boot.write(Buffer.from(words.buffer).toString('hex'), 'latin1');
    return this.#boot;
  }

  seqnumId(id: string): Buffer {
    if (id !== this.#seqnumId) {
      this.#seqnumId = id;
      this.#seqnumText = Buffer.from(id, 'latin1');
    }
    return this.#seqnumText;
  }
}

const CURSOR_PARTS = ['s=', ';i=', ';b=', ';m=', ';t=', ';x='].map((text) => Buffer.from(text));

function writeCursor(out: OutputBuffer, seqnumId: Buffer, boot: Buffer, head: EntryHead): void {
  out.text(CURSOR_PARTS[0] as Buffer);
  out.text(seqnumId);
  out.text(CURSOR_PARTS[1] as Buffer);
  out.hexNumber(head, H_SEQNUM);
  out.text(CURSOR_PARTS[2] as Buffer);
  out.text(boot);
  out.text(CURSOR_PARTS[3] as Buffer);
  out.hexNumber(head, H_MONOTONIC);
  out.text(CURSOR_PARTS[4] as Buffer);
  out.hexNumber(head, H_REALTIME);
  out.text(CURSOR_PARTS[5] as Buffer);
  out.hexNumber(head, H_XOR);
}

/** Texts in front of cursor, realtime, monotonic time, seqnum, seqnum id, boot id, and behind them all. */
type HeadParts = readonly [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];

function headParts(...texts: readonly [string, string, string, string, string, string, string]): HeadParts {
  const [a, b, c, d, e, f, g] = texts;
  const text = Buffer.from;
  return [text(a), text(b), text(c), text(d), text(e), text(f), text(g)];
}

const JSON_HEAD = headParts(
  '{"__CURSOR":"',
  '","__REALTIME_TIMESTAMP":"',
  '","__MONOTONIC_TIMESTAMP":"',
  '","__SEQNUM":"',
  '","__SEQNUM_ID":"',
  '","_BOOT_ID":"',
  '"',
);
const EXPORT_HEAD = headParts(
  '__CURSOR=',
  '\n__REALTIME_TIMESTAMP=',
  '\n__MONOTONIC_TIMESTAMP=',
  '\n__SEQNUM=',
  '\n__SEQNUM_ID=',
  '\n_BOOT_ID=',
  '\n',
);

abstract class EntryWriter {
  readonly out: OutputBuffer = new OutputBuffer();
  readonly #ids = new IdTexts();

  protected writeHead({ seqnumId, head }: WrittenEntry, parts: HeadParts): void {
    const { out } = this;
    const seqnumText = this.#ids.seqnumId(seqnumId);
    const boot = this.#ids.boot(head);
    out.text(parts[0]);
    writeCursor(out, seqnumText, boot, head);
    out.text(parts[1]);
    out.decimal(head, H_REALTIME);
    out.text(parts[2]);
    out.decimal(head, H_MONOTONIC);
    out.text(parts[3]);
    out.decimal(head, H_SEQNUM);
    out.text(parts[4]);
    out.text(seqnumText);
    out.text(parts[5]);
    out.text(boot);
    out.text(parts[6]);
  }
}

/** `journalctl -o export`. Takes fragments of the export encoder. */
export class ExportWriter extends EntryWriter {
  write(entry: WrittenEntry, fields: FieldFragments): void {
    const { out } = this;
    out.room(0);
    this.writeHead(entry, EXPORT_HEAD);
    for (let i = 0; i < fields.count; i++) {
      const id = fields.ids[i] as number;
      const start = fields.start[id] as number;
      const end = fields.end[id] as number;
      out.room(end - start);
      out.length += fields.bytes.copy(out.bytes, out.length, start, end);
    }
    out.bytes[out.length++] = 0x0a;
  }
}

/**
 * `journalctl -o json`, one object a line. Takes fragments of the JSON encoder; between tokens there may be blanks, because
 * fragments are copied by words. Values of a field that comes more than once become an array.
 */
export class JsonLinesWriter extends EntryWriter {
  /** By name id: number of the entry that had the name last. */
  #seen = new Int32Array(1024);
  #number = 0;

  write(entry: WrittenEntry, fields: FieldFragments): void {
    const { out } = this;
    out.room(0);
    this.writeHead(entry, JSON_HEAD);
    if (this.#isUnique(fields)) this.#copyAll(fields);
    else this.#gather(fields);
    out.bytes[out.length++] = 0x7d;
    out.bytes[out.length++] = 0x0a;
  }

  #isUnique(fields: FieldFragments): boolean {
    if (fields.names.names.length > this.#seen.length) this.#seen = new Int32Array(fields.names.names.length * 2);
    const seen = this.#seen;
    const number = ++this.#number;
    const { ids, name, count } = fields;
    for (let i = 0; i < count; i++) {
      const field = name[ids[i] as number] as number;
      if (seen[field] === number) return false;
      seen[field] = number;
    }
    return true;
  }

  #copyAll(fields: FieldFragments): void {
    const { out } = this;
    while ((out.length & 3) !== 0) out.bytes[out.length++] = 0x20;
    const { ids, start, end, count, words: from } = fields;
    for (let i = 0; i < count; i++) {
      const id = ids[i] as number;
      const first = (start[id] as number) >> 2;
      const last = ((end[id] as number) + 3) >> 2;
      if (out.length + (last - first) * 4 + HEAD_MAX_BYTES > out.bytes.length) out.room((last - first) * 4);
      const to = out.words;
      let at = out.length >> 2;
      for (let word = first; word < last; word++) to[at++] = from[word] as number;
      out.length = at << 2;
    }
  }

  /** As `copyAll`, for an entry that has a name more than once. */
  #gather(fields: FieldFragments): void {
    const { out } = this;
    const byName = new Map<number, number[]>();
    for (const id of fields.ids.subarray(0, fields.count)) {
      if (fields.end[id] === fields.start[id]) continue;
      const name = fields.name[id] as number;
      byName.set(name, [...(byName.get(name) ?? []), id]);
    }
    for (const [name, ids] of byName) {
      const skipped = jsonNameBytes(fields.names.names[name] as string);
      ids.forEach((id, i) => {
        const start = fields.start[id] as number;
        const end = fields.end[id] as number;
        out.room(end - start + 2);
        if (i === 0) out.length += fields.bytes.copy(out.bytes, out.length, start, start + skipped);
        if (ids.length > 1) out.bytes[out.length++] = i === 0 ? 0x5b : 0x2c;
        out.length += fields.bytes.copy(out.bytes, out.length, start + skipped, end);
      });
      if (ids.length > 1) out.bytes[out.length++] = 0x5d;
    }
  }
}
