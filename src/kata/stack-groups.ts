// C17: panics with their backtraces, dumps of goroutines: many lines, one event.
import type { Instant } from '../core/event.ts';
import { millisBetween } from './instant.ts';
import { joined, leastLine, type Piece, withRepair } from './piece.ts';
import type { Kata, Pairs } from './record.ts';

type Language = 'rust' | 'go' | 'dump';

interface Group {
  readonly language: Language;
  readonly kata: Kata;
  readonly fields: Pairs | undefined;
  piece: Piece;
  text: string;
  lines: number;
  /** When its last line was said. */
  last: Instant | undefined;
  /** The line behind `panicked at …:` is the message, whatever it looks like. */
  expectsMessage: boolean;
}

/** A finished event. */
export interface StackEvent {
  readonly piece: Piece;
  readonly kata: Kata;
  readonly fields: Pairs | undefined;
  readonly text: string;
}

const LINES_MAX = 4096;
const TEXT_MAX = 1 << 20;
const SILENCE_MS = 1000;

const RUST_START = /^thread '[^']*'(?: \(\d+\))? panicked at /;
const AGENT_PANIC = / panicked at (?:\/?[\w.-]+\/)*(?:agent|rustjail)\//;
const GO_START = /^(?:panic: |fatal error: |goroutine \d+ \[)/;
const GO_PANIC = /^(?:panic|fatal error): /;
const STACK_BEGUN = /^goroutine \d+ \[/m;
const RUST_NEXT = /^(?:stack backtrace:|\s*\d+: |\s+at |note: |\s*$)/;
const GO_NEXT =
  /^(?:goroutine \d+ \[|\s+\S+\.(?:go|s):\d+|\t|created by |exit status \d|\[signal |panic: |\tpanic: |r[a-z0-9]{1,2} +0x|rip |rflags |[cfg]s +0x|[\w./*()[\]{}$·-]+\([^)]*\)$|[\w.-]+(?:\/[\w.-]+)*\.[\w.*()]+\(|\s*$)/;
const DUMP_START = '=== BEGIN goroutine stack dump ===';
const DUMP_END = '=== END goroutine stack dump ===';

export class StackGroups {
  readonly #groups = new Map<string, Group>();
  readonly #finish: (event: StackEvent) => void;

  constructor(finish: (event: StackEvent) => void) {
    this.#finish = finish;
  }

  get isEmpty(): boolean {
    return this.#groups.size === 0;
  }

  /** Whether a line of text goes on with an event. */
  continues(piece: Piece): boolean {
    const group = this.#groups.get(piece.stream);
    return group !== undefined && group.language !== 'dump' && continues(group, piece.text) && !isLate(group, piece);
  }

  /** Takes a line of text that begins or continues an event; false: it is none of one. */
  takeText(piece: Piece, text: string, known: Kata): boolean {
    const group = this.#groups.get(piece.stream);
    if (group && isBefore(group, piece)) return false;
    if (group && group.language !== 'dump') {
      if (this.continues(piece)) {
        this.#add(piece.stream, group, piece, text, piece.outer?.time);
        if (text === DUMP_END) this.end(piece.stream);
        return true;
      }
      this.end(piece.stream);
    }
    const language = RUST_START.test(text) ? 'rust' : beginsStack(text) ? 'go' : undefined;
    if (language === undefined) return false;
    this.#begin(language, piece, known);
    return true;
  }

  #begin(language: Language, piece: Piece, known: Kata): void {
    const { text } = piece;
    const expectsMessage = language === 'rust' && text.endsWith(':');
    this.#groups.set(piece.stream, {
      language,
      kata: AGENT_PANIC.test(text) ? { ...known, component: 'agent' } : known,
      fields: undefined,
      piece,
      text,
      lines: 1,
      last: known.time ?? piece.outer?.time,
      expectsMessage,
    });
  }

  /** Takes a record of the Go runtime's dump of its stacks: one record a line. */
  takeRecord(piece: Piece, kata: Kata, fields: Pairs): boolean {
    const msg = kata.msg ?? '';
    const key = `dump ${piece.frame.ident ?? ''} ${kata.pid ?? ''} ${piece.source.path}`;
    const group = this.#groups.get(key);
    if (group && isBefore(group, piece, kata)) return false;
    // A record without a message says something else.
    const goesOn = group && kata.msg !== undefined && (group.language === 'dump' || GO_NEXT.test(msg));
    if (goesOn && kata.level === group.kata.level && !isLate(group, piece, kata)) {
      this.#add(key, group, piece, msg, kata.time);
      if (msg === DUMP_END) this.end(key);
      return true;
    }
    this.end(key);
    if (!beginsStack(msg)) return false;
    const language = msg === DUMP_START ? 'dump' : 'go';
    const begun = { language, kata, fields, piece, text: msg, last: kata.time, lines: 1 } as const;
    this.#groups.set(key, { ...begun, expectsMessage: false });
    return true;
  }

  end(key: string): void {
    const group = this.#groups.get(key);
    if (!group) return;
    this.#groups.delete(key);
    const { piece, kata, fields, text } = group;
    // One message of several lines.
    this.#finish({ piece: text.includes('\n') ? withRepair(piece, 'C17') : piece, kata, fields, text });
  }

  /** Number of the first line of an event that goes on. */
  get oldestLine(): number | undefined {
    return this.#groups.size === 0 ? undefined : leastLine([...this.#groups.values()].map(({ piece }) => piece));
  }

  /** Ends the events that began before a line. */
  endBefore(line: number): void {
    for (const [key, { piece }] of [...this.#groups]) if (piece.source.line < line) this.end(key);
  }

  #add(key: string, group: Group, piece: Piece, text: string, time: Instant | undefined): void {
    group.last = time ?? group.last;
    group.text += `\n${text}`;
    group.piece = joined(group.piece, piece, group.piece.text, 'C17', group.text);
    group.lines++;
    group.expectsMessage = false;
    if (group.lines >= LINES_MAX || group.text.length > TEXT_MAX) this.end(key);
  }
}

/** Whether a message of the Go runtime begins an event of many records. */
export function beginsStack(msg: string): boolean {
  return msg === DUMP_START || GO_START.test(msg);
}

function continues(group: Group, text: string): boolean {
  if (group.expectsMessage) return true;
  // Behind its stacks a program is over: another one panics.
  if (GO_PANIC.test(text) && STACK_BEGUN.test(group.text)) return false;
  if (text === DUMP_END) return group.text.startsWith(DUMP_START);
  return group.language === 'rust' ? RUST_NEXT.test(text) : GO_NEXT.test(text);
}

/** A line of before the event, which was held until now. */
function isBefore(group: Group, piece: Piece, kata?: Kata): boolean {
  const first = group.kata.time ?? group.piece.outer?.time;
  const now = kata?.time ?? piece.outer?.time;
  return first !== undefined && now !== undefined && millisBetween(now, first) < 0;
}

/** The lines of one event come within a moment of each other; the whole of a long one takes longer. */
function isLate({ last }: Group, piece: Piece, kata?: Kata): boolean {
  const now = kata?.time ?? piece.outer?.time;
  return last !== undefined && now !== undefined && millisBetween(now, last) > SILENCE_MS;
}
