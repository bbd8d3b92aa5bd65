// Entries as they leave: JSON lines and the journal export format, written into one buffer that is handed on when it is full.
import { jsonNameBytes } from './encoders.ts';
import type { EntryHead } from './entry.ts';
import type { FieldFragments } from './field-fragments.ts';
import { JsonHead } from './json-head.ts';
import { H_BOOT, H_MONOTONIC, H_REALTIME, H_SEQNUM, H_XOR } from './layout.ts';
import { HEAD_MAX_BYTES, OutputBuffer } from './output-buffer.ts';

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

const EXPORT_HEAD = headParts(
  '__CURSOR=',
  '\n__REALTIME_TIMESTAMP=',
  '\n__MONOTONIC_TIMESTAMP=',
  '\n__SEQNUM=',
  '\n__SEQNUM_ID=',
  '\n_BOOT_ID=',
  '\n',
);

/** `journalctl -o export`. Takes fragments of the export encoder. */
export class ExportWriter {
  readonly out: OutputBuffer = new OutputBuffer();
  readonly #ids = new IdTexts();

  write(entry: WrittenEntry, fields: FieldFragments): void {
    const { out } = this;
    out.room(0);
    this.#writeHead(entry);
    for (let i = 0; i < fields.count; i++) {
      const id = fields.ids[i] as number;
      const start = fields.start[id] as number;
      const end = fields.end[id] as number;
      out.room(end - start);
      out.length += fields.bytes.copy(out.bytes, out.length, start, end);
    }
    out.bytes[out.length++] = 0x0a;
  }

  #writeHead({ seqnumId, head }: WrittenEntry): void {
    const { out } = this;
    const seqnumText = this.#ids.seqnumId(seqnumId);
    const boot = this.#ids.boot(head);
    out.text(EXPORT_HEAD[0]);
    writeCursor(out, seqnumText, boot, head);
    out.text(EXPORT_HEAD[1]);
    out.decimal(head, H_REALTIME);
    out.text(EXPORT_HEAD[2]);
    out.decimal(head, H_MONOTONIC);
    out.text(EXPORT_HEAD[3]);
    out.decimal(head, H_SEQNUM);
    out.text(EXPORT_HEAD[4]);
    out.text(seqnumText);
    out.text(EXPORT_HEAD[5]);
    out.text(boot);
    out.text(EXPORT_HEAD[6]);
  }
}

/**
 * `journalctl -o json`, one object a line. Takes fragments of the JSON encoder; between tokens there may be blanks, because
 * fragments are copied by words. Values of a field that comes more than once become an array.
 */
export class JsonLinesWriter {
  readonly out: OutputBuffer = new OutputBuffer();
  readonly #head = new JsonHead();
  /** By name id: number of the entry that had the name last. */
  #seen = new Int32Array(1024);
  #number = 0;

  write({ seqnumId, head }: WrittenEntry, fields: FieldFragments): void {
    const { out } = this;
    out.room(0);
    this.#head.write(out, seqnumId, head);
    const behindHead = out.length;
    if (!this.#copyAll(fields)) {
      out.length = behindHead;
      this.#gather(fields);
    }
    out.bytes[out.length++] = 0x7d;
    this.#endLine();
  }

  /** Blanks, then a line feed at the end of a word: the next entry begins aligned. */
  #endLine(): void {
    const { out } = this;
    while ((out.length & 3) !== 3) out.bytes[out.length++] = 0x20;
    out.bytes[out.length++] = 0x0a;
  }

  /** Copies the fields by words; false once a name comes a second time. */
  #copyAll(fields: FieldFragments): boolean {
    if (fields.names.names.length > this.#seen.length) this.#seen = new Int32Array(fields.names.names.length * 2);
    const { out } = this;
    const seen = this.#seen;
    const number = ++this.#number;
    const { ids, name, start, end, count, words: from } = fields;
    let to = out.words;
    let at = out.length >> 2;
    for (let i = 0; i < count; i++) {
      const id = ids[i] as number;
      const field = name[id] as number;
      if (seen[field] === number) return false;
      seen[field] = number;
      const first = (start[id] as number) >> 2;
      const last = ((end[id] as number) + 3) >> 2;
      if ((at + last - first) * 4 + HEAD_MAX_BYTES > out.bytes.length) {
        out.length = at << 2;
        out.room((last - first) * 4);
        to = out.words;
      }
      for (let word = first; word < last; word++) to[at++] = from[word] as number;
    }
    out.length = at << 2;
    return true;
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
