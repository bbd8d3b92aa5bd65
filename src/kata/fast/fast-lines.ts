// The fast road for lines of bare log files: those that are whole records become lines of NDJSON where they lie.
import type { Bytes } from '../../core/scanner.ts';
import type { Seen } from '../wire-forms.ts';
import type { FastHost } from './facts.ts';
import { FastRoad, type FastSettings, type Holder } from './fast-road.ts';

// A result, in 32-bit words: seconds (a double), nanoseconds, start, end, identity, check, facts of the sandbox, the guest's
// lead in milliseconds (a double), facts of the identifier.
const RESULT_WORDS = 12;
const RESULT_BYTES = RESULT_WORDS * 4;
/** No line that is a record is shorter. */
const LINE_MIN_BYTES = 32;
const LF = 0x0a;

/** Free bytes in front of each line, from a multiple of eight on: lines can be sorted as they lie there. */
export const LINE_HEAD_BYTES = 32;

/** A record's line of NDJSON (see ../ndjson.ts), without its line end; valid until the taker returns. */
export interface FastLine extends Bytes {
  /** NaN where the record has no time. */
  readonly seconds: number;
  readonly nanos: number;
  /** As likenessOf (../doubles.ts) has them. */
  readonly identity: number;
  readonly check: number;
  readonly sandbox: string;
  /** Identifier under which it came; empty where there is none. */
  readonly ident: string;
  /** How much later the guest's clock said it was, in milliseconds; NaN where it said nothing. */
  readonly guestLeadMs: number;
}

/** Copies are looked for: under other identifiers of the same file, or in other files, too. */
export type Copies = 'none' | 'idents' | 'files';

export interface LinesSettings extends FastSettings {
  /** Where copies of the records may come from. */
  readonly copies: Copies;
  /** Takes lines that lie one behind the other: from each head to the next one there is nothing else. */
  readonly take: (lines: readonly FastLine[]) => void;
}

/** Where a block of whole lines stands in its file. */
export interface LinesInput extends Bytes {
  readonly path: string;
  /** Number of its first line. */
  readonly line: number;
  readonly offset: number;
  /** Wire forms of the runtime's records in the file so far; counted on. */
  readonly forms: Seen;
  /** Whether the file is known to be a guest's console. */
  readonly isConsole: () => boolean;
}

/** Takes a line for the plain road, without its line feed. */
export type TakePlain = (start: number, end: number, line: number, offset: number) => void;

export class FastLines {
  readonly #host: FastHost;
  readonly #settings: LinesSettings;
  readonly #road: FastRoad;

  constructor(host: FastHost, settings: LinesSettings) {
    this.#host = host;
    this.#settings = settings;
    this.#road = new FastRoad(host, settings);
  }

  /** Goes through a block of lines, each with its line feed; how many. */
  read(input: LinesInput, holder: Holder, takePlain: TakePlain): number {
    const { arena, kata } = this.#host;
    const { start, end, offset } = input;
    const road = this.#road;
    const path = this.#keep(JSON.stringify(input.path));
    const results = arena.alloc((Math.ceil((end - start) / LINE_MIN_BYTES) + 1) * RESULT_BYTES);
    // A line's text is unescaped, one in that once more, and so on.
    road.begin((end - start) * 6, holder);
    let { line } = input;
    for (let at = start; at < end; ) {
      if (road.isOpen) {
        at = this.#understand({ ...input, start: at, line, offset: offset + (at - start) }, path, results);
        line = kata.lineNumber();
        if (at >= end) break;
        const from = at;
        if (road.tell(kata.stopReason(), () => arena.u8.toString('latin1', from, arena.u8.indexOf(LF, from)))) continue;
      }
      const [from, number] = [at, line];
      const stop = arena.u8.indexOf(LF, at);
      road.letPlain(holder, () => takePlain(from, stop, number, offset + (from - start)));
      at = stop + 1;
      line++;
    }
    return line - input.line;
  }

  /** Understands lines until something is wanted, and hands them on; where it stopped. */
  #understand({ start, end, line, offset, forms, isConsole }: LinesInput, path: Bytes, results: number): number {
    const { kata } = this.#host;
    const road = this.#road;
    road.aim(results);
    road.reuseRoom();
    const { copies } = this.#settings;
    kata.beginLines(path.start, path.end, copies === 'files', copies !== 'none', isConsole());
    kata.setForms(forms.json, forms.text, forms.ahead.json, forms.ahead.text);
    const stopped = kata.understandLines(start, end, line, offset);
    forms.json = kata.jsonFormsSeen();
    forms.text = kata.textFormsSeen();
    const resultsEnd = kata.resultsEnd();
    road.learn();
    this.#handOn(results, resultsEnd);
    return stopped;
  }

  #handOn(from: number, until: number): void {
    const { i32, f64 } = this.#host.arena;
    const lines: FastLine[] = [];
    for (let at = from >> 2; at < until >> 2; at += RESULT_WORDS) {
      lines.push({
        seconds: f64[at >> 1] as number,
        nanos: i32[at + 2] as number,
        start: i32[at + 3] as number,
        end: i32[at + 4] as number,
        identity: i32[at + 5] as number,
        check: i32[at + 6] as number,
        sandbox: this.#road.name(i32[at + 7] as number),
        ident: this.#road.name(i32[at + 10] as number),
        guestLeadMs: f64[(at >> 1) + 4] as number,
      });
    }
    if (lines.length > 0) this.#settings.take(lines);
  }

  #keep(text: string): Bytes {
    const { arena } = this.#host;
    const bytes = Buffer.from(text);
    const start = arena.alloc(bytes.length);
    arena.u8.set(bytes, start);
    return { start, end: start + bytes.length };
  }
}
