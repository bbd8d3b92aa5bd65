// `journalctl -o json`, one object a line, by a WebAssembly module that keeps the text of fields which entries share.
//
// Here is what it needs from the file: head, items, and the stored bytes of fields that it does not know. An entry that is out
// of the ordinary (a name twice, megabytes in a field) is written by the plain twin, JsonLinesWriter.
import { type JsonForm, jsonEncoder, onlyFields } from './encoders.ts';
import { type EntryHead, isSameFrom } from './entry.ts';
import { JsonLinesWriter, type WrittenEntry } from './entry-writer.ts';
import { type FieldEncoder, FieldFragments } from './field-fragments.ts';
import { endOfName, NameTable } from './field-name.ts';
import { itemOffset, type JournalFile } from './journal-file.ts';
import { growTo, instantiateJsonLines } from './json-lines-module.ts';
import { H_BOOT, H_XOR, HEAD_WORDS, u64, W_ENTRY_COUNT } from './layout.ts';

/** An entry and where its fields are. */
export interface StoredEntry extends WrittenEntry {
  readonly file: JournalFile;
}

/** There is enough to hand on. */
const FULL_BYTES = 1 << 20;
/** Room for lines without growing. */
const LINES_BYTES = FULL_BYTES * 4;
/** Behind the room for lines: writes of 16 bytes may run over its end. */
const SLACK_BYTES = 64;
const NOT_PLAIN = -3;

const COPIED_BY_WORDS = 512;

/** `journalctl` writes null for longer fields, unless told --all. */
const LIMIT_BYTES = 4096;

export class JsonLines {
  readonly #memory: WebAssembly.Memory;
  readonly #module: ReturnType<typeof instantiateJsonLines>['module'];
  readonly #layout: ReturnType<typeof instantiateJsonLines>['layout'];
  #bytes: Buffer;
  #words: Int32Array;
  readonly #all: boolean;
  readonly #isShown: (name: string) => boolean;
  readonly #encoder: FieldEncoder;
  readonly #plain = new JsonLinesWriter();
  readonly #plainFields: FieldFragments;
  #names = new NameTable();
  /** By number of a name: 1 for names that are shown, 2 for others. */
  #shown = new Uint8Array(256);
  readonly #numbers = new WeakMap<JournalFile, number>();
  #files = 0;
  #file: JournalFile | undefined;
  #fileNumber = 0;
  #seqnumId = '';
  readonly #boot: EntryHead = new Int32Array(HEAD_WORDS);
  #top: number;
  /** Fields that could not be read so far. */
  unreadable = 0;

  /** @param fields names to show; undefined for all. */
  constructor(form: JsonForm, fields?: readonly string[]) {
    const { memory, module, layout } = instantiateJsonLines();
    this.#memory = memory;
    this.#module = module;
    this.#layout = layout;
    growTo(memory, layout.out + LINES_BYTES + SLACK_BYTES);
    this.#bytes = Buffer.from(memory.buffer);
    this.#words = new Int32Array(memory.buffer);
    module.setLimit(layout.out + LINES_BYTES);
    this.#top = layout.out;
    this.#all = form.all;
    const wanted = fields && new Set(fields);
    this.#isShown = (name) => (wanted?.has(name) ?? true) && !(form.skipsBootId && name === '_BOOT_ID');
    this.#encoder = jsonEncoder(form);
    this.#plainFields = new FieldFragments(onlyFields(this.#encoder, fields));
  }

  get isFull(): boolean {
    return this.#top - this.#layout.out >= FULL_BYTES;
  }

  /** The lines so far; valid until the next entry. */
  take(): Buffer {
    const { out } = this.#layout;
    const taken = this.#bytes.subarray(out, this.#top);
    this.#top = out;
    this.#module.setTop(out);
    return taken;
  }

  write(entry: StoredEntry, items: Int32Array, count: number): void {
    if (entry.file !== this.#file) this.#use(entry.file);
    if (this.#names.names.length >= this.#layout.namesMax - count) this.#forget();
    if (!this.#isKnownHead(entry)) this.#writePieces(entry);
    const words = this.#words;
    const { head } = entry;
    for (let i = 0, to = this.#layout.head >> 2; i < HEAD_WORDS; i++) words[to++] = head[i] as number;
    for (let i = 0, to = this.#layout.items >> 2; i < count; i++) words[to++] = items[i] as number;
    if (this.#writeFields(entry.file, items, count)) this.#top = this.#module.finish();
    else this.#writePlainly(entry, items, count);
  }

  /** False where the plain twin has to write the entry. */
  #writeFields(file: JournalFile, items: Int32Array, count: number): boolean {
    const module = this.#module;
    if (module.begin(this.#fileNumber) < 0) return false;
    for (let i = 0; ; i++) {
      i = module.copyKept(i, count);
      if (i < 0) return false;
      if (i === count) return true;
      if (!this.#addField(file, items[i] as number)) return false;
    }
  }

  #addField(file: JournalFile, item: number): boolean {
    const offset = itemOffset(item);
    const isOpen = file.openData(offset);
    const { payload, payloadFrom: from, payloadUntil: until } = file;
    const equals = isOpen ? endOfName(payload, from, until) : -1;
    if (equals < 0) {
      this.unreadable++;
      return true;
    }
    const { words, at } = file.objects;
    const keptItem = u64(words, (at >> 2) + W_ENTRY_COUNT) > 1 ? item : 0;
    const name = this.#names.id(payload, from, equals);
    if (!this.#isNameShown(name)) return this.#module.addText(keptItem, name, 0) === 0;
    const bytes = until - from;
    if (bytes > this.#layout.payloadBytes) return false;
    if (this.#all || bytes < LIMIT_BYTES) {
      this.#copyPayload(file, bytes);
      const answer = this.#module.addField(keptItem, name, equals - from, bytes);
      if (answer !== NOT_PLAIN) return answer === 0;
    }
    return this.#addEncoded(payload, from, equals, until, keptItem, name);
  }

  /** To where the module reads it. By words where that is quicker than a call. */
  #copyPayload({ objects, payload, payloadFrom, payloadUntil }: JournalFile, bytes: number): void {
    const to = this.#layout.payload;
    if (payload !== objects.bytes || bytes > COPIED_BY_WORDS) {
      payload.copy(this.#bytes, to, payloadFrom, payloadUntil);
      return;
    }
    const own = this.#words;
    const { words } = objects;
    const last = (payloadUntil + 3) >> 2;
    for (let from = payloadFrom >> 2, at = to >> 2; from < last; from++) own[at++] = words[from] as number;
  }

  /** A field whose text the module cannot make. */
  #addEncoded(payload: Buffer, from: number, equals: number, until: number, item: number, name: number): boolean {
    const { payload: at, payloadBytes } = this.#layout;
    if (this.#encoder.room(until - from) > payloadBytes) return false;
    const end = this.#encoder.write(payload, from, equals, until, this.#bytes, at);
    return this.#module.addText(item, name, end - at) === 0;
  }

  #isNameShown(name: number): boolean {
    if (name >= this.#shown.length) {
      const larger = new Uint8Array(Math.max(name + 1, this.#shown.length * 2));
      larger.set(this.#shown);
      this.#shown = larger;
    }
    if (this.#shown[name] === 0) this.#shown[name] = this.#isShown(this.#names.names[name] as string) ? 1 : 2;
    return this.#shown[name] === 1;
  }

  #writePlainly(entry: StoredEntry, items: Int32Array, count: number): void {
    this.#plainFields.load(entry.file, items, count);
    this.#plain.write(entry, this.#plainFields);
    const line = this.#plain.out.take();
    if (growTo(this.#memory, this.#top + line.length + SLACK_BYTES)) {
      this.#bytes = Buffer.from(this.#memory.buffer);
      this.#words = new Int32Array(this.#memory.buffer);
    }
    this.#top += line.copy(this.#bytes, this.#top);
    this.#module.setTop(this.#top);
  }

  #use(file: JournalFile): void {
    const number = this.#numbers.get(file) ?? ++this.#files;
    this.#numbers.set(file, number);
    this.#file = file;
    this.#fileNumber = number;
  }

  #forget(): void {
    this.#names = new NameTable();
    this.#shown = new Uint8Array(256);
    this.#module.forget();
  }

  #isKnownHead({ seqnumId, head }: StoredEntry): boolean {
    return seqnumId === this.#seqnumId && isSameFrom(head, this.#boot, H_BOOT, H_XOR);
  }

  /** Texts in front of realtime, monotonic time and number, in front of number, times and hash of the cursor, and its end. */
  #writePieces({ seqnumId, head }: StoredEntry): void {
    this.#seqnumId = seqnumId;
    this.#boot.set(head);
    const boot = Buffer.from(head.slice(H_BOOT, H_XOR).buffer).toString('hex');
    const pieces = [
      '{"__REALTIME_TIMESTAMP":"',
      '","__MONOTONIC_TIMESTAMP":"',
      '","__SEQNUM":"',
      `","__SEQNUM_ID":"${seqnumId}","_BOOT_ID":"${boot}","__CURSOR":"s=${seqnumId};i=`,
      `;b=${boot};m=`,
      ';t=',
      ';x=',
      '"',
    ];
    pieces.forEach((piece, i) => {
      const at = this.#layout.pieces + i * this.#layout.pieceBytes;
      this.#words[at >> 2] = this.#bytes.write(piece, at + 16, 'latin1');
    });
  }
}
