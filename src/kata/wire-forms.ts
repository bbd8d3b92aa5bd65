// C23: a record of the Go runtime in the other wire form than the rest of its file (two formatters, one output).
import { type Piece, withRepair } from './piece.ts';
import type { Kata } from './record.ts';

/** Records of logrus's in one file, by wire form. */
export interface Seen {
  json: number;
  text: number;
}

/** So many times more records make a file one of a wire form. */
const MAJORITY = 2;

export class WireForms {
  readonly #files = new Map<string, Seen>();

  /** What was seen of a file so far. */
  of(path: string): Seen {
    const seen = this.#files.get(path) ?? { json: 0, text: 0 };
    this.#files.set(path, seen);
    return seen;
  }

  /** Counts the form of a record of a plain file, and marks the odd one. */
  note(piece: Piece, kata: Kata): Piece {
    if (piece.frame.kind !== 'bare' || piece.outer || kata.component === undefined) return piece;
    const seen = this.of(piece.source.path);
    const isJson = piece.text.startsWith('{');
    if (isJson) seen.json++;
    else seen.text++;
    const [mine, other] = isJson ? [seen.json, seen.text] : [seen.text, seen.json];
    return other >= MAJORITY * mine ? withRepair(piece, 'C23') : piece;
  }
}
