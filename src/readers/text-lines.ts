// Lines on their way to the reader of Kata's records: the blocks of `journalctl -o verbose` become entries, the lines of one message of
// its other forms become one, and what journalctl and the reports of kata-collect-data print around records is left out.
import { messageColumn } from '../kata/frame.ts';
import { readInstant } from '../kata/instant.ts';
import type { KataReader } from '../kata/reader.ts';
import { Pairs, type Repair, type Source } from '../kata/record.ts';

/** `Sat 2026-08-22 10:04:14.123456 CEST [s=…;i=…;b=…;m=…;t=…;x=…]`. */
const ENTRY_HEAD = /^\S+ (\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}\.\d{1,6}) (\S+) \[s=[0-9a-f]+;([^\]]*)\]$/;
const INDENT = '    ';
const FIELD = /^ {4}([A-Z_][A-Z0-9_]*)=(.*)$/;
/** Microseconds in hexadecimal, in the cursor: no name of a zone stands in their way. */
const CURSOR_TIME = /(?:^|;)t=([0-9a-f]+)/;
const BLOB = /^\[[\d.]+[KMGT]?B? blob data\]$/;
const JOURNALCTL_HEAD =
  /^-- (?:Logs begin at .*|Journal begins at .*|Boot [0-9a-f]{32}|Reboot|No entries|cursor: .*?)(?: --)?$/;
const MARKDOWN = /^(?:```\w*|<\/?(?:details|p|pre|summary)>|<summary>.*<\/summary>)$/;
/** First characters of lines that the patterns above may fit. */
const MAY_BE_AROUND = /^[-`<]/;

/** A block of `journalctl -o verbose` that is being read. */
interface Block {
  readonly source: Source;
  readonly keys: string[];
  readonly values: (string | null)[];
  bytes: number;
  /** How the further lines of the last value begin. */
  indent: string;
}

/** A message that may have more lines: journalctl indents them to where it begins. */
interface Message {
  readonly text: string;
  readonly source: Source;
  readonly repairs: readonly Repair[];
  readonly indent: string;
  /** Number of the line that would be its next one. */
  readonly next: number;
}

const MESSAGE_MAX = 1 << 20;
/** Records have one line. */
const RECORD_MESSAGE = /^(?:time="|\{")/;

const NO_REPAIRS: readonly Repair[] = [];

export class TextLines {
  readonly #reader: KataReader;
  #block: Block | undefined;
  #message: Message | undefined;

  constructor(reader: KataReader) {
    this.#reader = reader;
  }

  /**
   * Takes a line, without its line feed.
   * @param mayGoOn whether the next line may be indented. The line is given on at once where it is not.
   */
  line(text: string, source: Source, repairs: readonly Repair[] = NO_REPAIRS, mayGoOn = true): void {
    if (this.#block && takes(this.#block, text, source)) return;
    if (this.#message && goesOn(this.#message, text, source)) {
      this.#message = joined(this.#message, text, source);
      if (!mayGoOn) this.end();
      return;
    }
    this.end();
    this.#block = text.endsWith(']') ? blockOf(text, source) : undefined;
    if (this.#block) return;
    if (MAY_BE_AROUND.test(text) && this.#isAround(text, source)) {
      this.#reader.memory.count('around');
      return;
    }
    this.#message = mayGoOn ? messageOf(text, source, repairs) : undefined;
    if (!this.#message) this.#reader.line(text, source, repairs);
  }

  #isAround(text: string, { path }: Source): boolean {
    const isHead = JOURNALCTL_HEAD.test(text);
    if (isHead) this.#reader.noteJournalctl(path);
    return isHead || MARKDOWN.test(text);
  }

  /** Nothing follows that belongs to the lines so far. */
  end(): void {
    const [block, message] = [this.#block, this.#message];
    this.#block = undefined;
    this.#message = undefined;
    if (block) this.#reader.entry(new Pairs(block.keys, block.values), { ...block.source, bytes: block.bytes });
    if (message) this.#reader.line(message.text, message.source, message.repairs);
  }
}

function messageOf(text: string, source: Source, repairs: readonly Repair[]): Message | undefined {
  const column = messageColumn(text);
  if (column === 0 || RECORD_MESSAGE.test(text.slice(column))) return undefined;
  return { text, source, repairs, indent: ' '.repeat(column), next: source.line + 1 };
}

function goesOn({ text, source, indent, next }: Message, line: string, { path, line: number }: Source): boolean {
  return line.startsWith(indent) && path === source.path && number === next && text.length < MESSAGE_MAX;
}

function joined(message: Message, line: string, { bytes }: Source): Message {
  const { text, source, indent, next } = message;
  const whole = { ...source, bytes: source.bytes + bytes };
  return { ...message, text: `${text}\n${line.slice(indent.length)}`, source: whole, next: next + 1 };
}

function blockOf(text: string, source: Source): Block | undefined {
  const [, day = '', clock = '', zone = '', cursor] = ENTRY_HEAD.exec(text) ?? [];
  if (cursor === undefined) return undefined;
  const micros = microsOf(cursor, `${day}T${clock}`, zone);
  return {
    source,
    keys: micros === undefined ? [] : ['__REALTIME_TIMESTAMP'],
    values: micros === undefined ? [] : [micros],
    bytes: source.bytes,
    indent: '',
  };
}

function microsOf(cursor: string, local: string, zone: string): string | undefined {
  const hex = CURSOR_TIME.exec(cursor)?.[1];
  if (hex !== undefined) return String(Number.parseInt(hex, 16));
  const time = zone === 'UTC' ? readInstant(`${local}Z`) : undefined;
  return time && String(time.seconds * 1e6 + time.nanos / 1e3);
}

/** Whether the line is one of the block: a field, or the next line of one. */
function takes(block: Block, text: string, { bytes }: Source): boolean {
  const isNext = block.indent !== '' && text.startsWith(block.indent);
  const field = isNext || !text.startsWith(INDENT) ? undefined : FIELD.exec(text);
  if (isNext) block.values.push(`${block.values.pop() ?? ''}\n${text.slice(block.indent.length)}`);
  else if (field) {
    const [, name = '', value = ''] = field;
    block.keys.push(name);
    // Its bytes were not printed.
    block.values.push(BLOB.test(value) ? null : value);
    block.indent = ' '.repeat(INDENT.length + name.length + 1);
  } else return false;
  block.bytes += bytes;
  return true;
}
