// C23: a record of the Go runtime in the other wire form than the rest of its file (two formatters, one output).
import { type Piece, withRepair } from './piece.ts';
import type { Kata } from './record.ts';

/** Records of logrus's, by wire form. */
interface Counts {
  json: number;
  text: number;
}

/** What is known of a file: what was seen so far, and what its head has, so that its first records are told apart, too. */
export interface Seen extends Counts {
  readonly ahead: Counts;
}

/** So many times more records make a file one of a wire form. */
const MAJORITY = 2;
/** JSON of logrus's: slog has `ts` for the time. */
const JSON_RECORD = /^\{(?=.*"time":")(?=.*"level":").*\}$/gm;
const TEXT_RECORD = /^time="\d{4}-/gm;

export class WireForms {
  readonly #files = new Map<string, Seen>();

  /** What is known of a file. */
  of(path: string): Seen {
    const seen = this.#files.get(path) ?? { json: 0, text: 0, ahead: { json: 0, text: 0 } };
    this.#files.set(path, seen);
    return seen;
  }

  /** Looks at the first lines of a file before they are read. */
  lookAhead(path: string, head: string): void {
    const { ahead } = this.of(path);
    ahead.json = head.match(JSON_RECORD)?.length ?? 0;
    ahead.text = head.match(TEXT_RECORD)?.length ?? 0;
  }

  /** Counts the form of a record of a plain file, and marks the odd one. */
  note(piece: Piece, kata: Kata): Piece {
    if (piece.frame.kind !== 'bare' || piece.outer || kata.component === undefined) return piece;
    const seen = this.of(piece.source.path);
    const isJson = piece.text.startsWith('{');
    if (isJson) seen.json++;
    else seen.text++;
    const [json, text] = [Math.max(seen.json, seen.ahead.json), Math.max(seen.text, seen.ahead.text)];
    const [mine, other] = isJson ? [json, text] : [text, json];
    return other >= MAJORITY * mine ? withRepair(piece, 'C23') : piece;
  }
}
