// Pieces of records whose rest is yet to come (C1, C2, C6, C7), held until it does or until it is clear that it never will.

import { millisBetween } from './instant.ts';
import { type Joined, joinJson, joinText, type Open } from './join-pieces.ts';
import { scanLogfmt } from './logfmt.ts';
import { leastLine, type Piece } from './piece.ts';
import type { Source } from './record.ts';
import { beginsPair, cannotFollow, endsWhole, goesOnAsLogrus, isOfTwo, staysInQuotes } from './salvage-logfmt.ts';
import type { Vocabulary } from './vocabulary.ts';

const JSON_LINES_MAX = 64;
/** The rest of an interleaved record comes with the next write; that of a cut one never. */
const SEAM_LINES_MAX = 16;
const CUT_LINES_MAX = 2;
const TEXT_MAX = 256 << 10;
/** Pieces that a stream has open at once. */
const OPEN_MAX = 16;
const WAIT_MS = 2000;
/** A value without quotes is shorter. */
const VALUE_MAX = 1024;

export class OpenPieces {
  readonly #streams = new Map<string, Open[]>();
  /** Streams with rests to come of records that were given up, and the place of the first rest. */
  readonly #torn = new Map<string, number>();
  readonly #vocabulary: Vocabulary;
  readonly #giveUp: (open: Open) => void;

  constructor(vocabulary: Vocabulary, giveUp: (open: Open) => void) {
    this.#vocabulary = vocabulary;
    this.#giveUp = giveUp;
  }

  get isEmpty(): boolean {
    return this.#streams.size === 0;
  }

  /** Streams that have something open. */
  get streams(): Iterable<string> {
    return this.#streams.keys();
  }

  has(stream: string): boolean {
    return this.#streams.has(stream);
  }

  add(open: Omit<Open, 'parts' | 'age'>): void {
    const { stream } = open.piece;
    const opens = this.#streams.get(stream) ?? [];
    // A console has one writer of JSON: a second beginning ends the first.
    const ended =
      open.kind === 'json' && !open.isSeam ? opens.filter((other) => other.kind === 'json' && !other.isSeam) : [];
    if (opens.length >= OPEN_MAX) ended.push(opens[0] as Open);
    const kept = opens.filter((other) => !ended.includes(other));
    this.#streams.set(stream, [...kept, { ...open, parts: [], age: 0 }]);
    for (const old of ended) this.#giveUp(old);
  }

  /** A line of the stream went by: what has waited too long is given up. */
  pass(piece: Pick<Piece, 'stream' | 'outer'>): void {
    const opens = this.#streams.get(piece.stream);
    if (!opens) return;
    for (const open of opens) open.age++;
    const isTearing = opens.some(({ isWhole }) => !isWhole);
    const late = opens.filter(
      (open) => open.age > linesMax(open) || isLate(open, piece) || (open.isWhole && open.isSeam && !isTearing),
    );
    if (late.length === 0) return;
    this.#drop(piece.stream, late);
    for (const open of late) this.#giveUp(open);
  }

  /** Tries a text that is no record by itself as the rest of an open piece. */
  join(rest: Piece, kind: Open['kind']): Joined | undefined {
    // A rest of JSON is none of logfmt: only two of one form compete for it.
    const [open, ...others] = this.#tornBefore(rest).filter((torn) => torn.kind === kind);
    if (!open || others.length > 0) return undefined;
    const result = open.kind === 'json' ? joinJson(open, rest, this.#vocabulary) : joinText(open, rest);
    if (result) this.#drop(rest.stream, [open]);
    return result;
  }

  /** Whether a text may be the rest of one of several: of those that are open, or of those that were given up just now. */
  expectsRest(rest: Piece): boolean {
    const { stream, source } = rest;
    if (this.#rivals(rest).length > 1) return true;
    const torn = this.#torn.get(stream);
    if (torn === undefined) return false;
    this.#torn.delete(stream);
    return placeOf(source) - torn <= SEAM_LINES_MAX;
  }

  /** Two records that were torn at once, and a rest of either: nobody can tell whose it is, all stay pieces. */
  giveUpIfSeveral(rest: Piece): void {
    const { stream, source } = rest;
    const torn = this.#rivals(rest);
    if (torn.length < 2) return;
    this.#drop(stream, torn);
    this.#torn.set(stream, placeOf(source));
    for (const open of torn) this.#giveUp({ ...open, isTorn: true });
  }

  /** A piece of one of the records that were torn at a seam, of whichever: all stay pieces. */
  giveUpTorn(rest: Piece): void {
    const { stream } = rest;
    const torn = this.#tornOf(stream).filter(
      (open) => open.kind === 'logfmt' && open.isSeam && (isFragment(open) || goesOnWith(open, rest)),
    );
    this.#drop(stream, torn);
    if (torn.length > 0) this.#torn.set(stream, placeOf(rest.source));
    for (const open of torn) this.#giveUp({ ...open, isTorn: true });
  }

  /** A record that another one was written into waits for its rest. */
  isTearing(stream: string): boolean {
    return this.#tornOf(stream).some(({ isSeam }) => isSeam);
  }

  /** A rest of none that is open: what looked whole may have been cut there, if it can go on so. */
  giveUpWhole(rest: Piece): void {
    const { stream } = rest;
    const opens = this.#streams.get(stream) ?? [];
    const whole = opens.filter((open) => open.isWhole && goesOnWith(open, rest));
    this.#drop(stream, whole);
    for (const open of whole) this.#giveUp({ ...open, isTorn: true });
  }

  /** A record of logfmt that ended with its line waits for its rest. */
  hasCut(stream: string): boolean {
    return this.#cutOf(stream).length > 0;
  }

  #cutOf(stream: string): readonly Open[] {
    return this.#tornOf(stream).filter(({ kind, isSeam }) => kind === 'logfmt' && !isSeam);
  }

  /** Those that a text may be the rest of: fragments, and what is whole by its looks but would be with it, too. */
  #tornBefore(rest: Piece): readonly Open[] {
    return this.#tornOf(rest.stream).filter((open) =>
      isFragment(open) ? open.isSeam || mayBeRestOf(open, rest) : goesOnWith(open, rest),
    );
  }

  /** Those of one form, where there are several. */
  #rivals(rest: Piece): readonly Open[] {
    const torn = this.#tornBefore(rest);
    const [first] = torn;
    const alike = torn.filter(({ kind }) => kind === first?.kind);
    return alike.length > 1 ? alike : torn.filter((open) => !alike.includes(open));
  }

  #tornOf(stream: string): readonly Open[] {
    return (this.#streams.get(stream) ?? []).filter(({ isWhole }) => !isWhole);
  }

  #drop(stream: string, gone: readonly Open[]): void {
    const opens = this.#streams.get(stream) ?? [];
    this.#keep(
      stream,
      opens.filter((open) => !gone.includes(open)),
    );
  }

  /** Holds a text that may be a middle part of an open record; false: nothing is open that it could be of. */
  hold(part: Piece): boolean {
    return this.holdInObject(part) || this.holdWrapped(part);
  }

  /** As hold, of an open record of JSON only. */
  holdInObject(part: Piece): boolean {
    const open = this.#streams.get(part.stream)?.findLast(({ kind, isSeam }) => kind === 'json' && !isSeam);
    return open !== undefined && take(open, part);
  }

  /** Holds a text at a seam that goes on with the only record that was torn at one; false: none does, or it has its end. */
  holdMiddle(part: Piece): boolean {
    const [open, ...others] = this.#tornBefore(part);
    if (open?.kind !== 'logfmt' || !open.isSeam || others.length > 0) return false;
    const before = [open.piece, ...open.parts].map(({ text }) => text).join('');
    const isInQuotes = staysInQuotes(before, part.text);
    const isInValue = /^[^\s="]+$/.test(part.text) && /=[^\s"]*$/.test(before.slice(-VALUE_MAX));
    return (isInQuotes || isInValue || goesOnAsLogrus(before, part.text)) && take(open, part);
  }

  /**
   * Holds a text as long as the cut record of logfmt before it: a terminal wrapped it. Any other text, that is no rest,
   * ends what was cut: the next one is not its rest.
   */
  holdWrapped(part: Piece): boolean {
    const cut = this.#cutOf(part.stream);
    const open = cut.find(({ piece }) => piece.text.length === part.text.length);
    if (open && take(open, part)) return true;
    this.#drop(part.stream, cut);
    for (const one of cut) this.#giveUp(one);
    return false;
  }

  /** Number of the first line of which something is open. */
  get oldestLine(): number | undefined {
    return leastLine([...this.#streams.values()].flat().map(({ piece }) => piece));
  }

  /** Gives up what began before a line. */
  endBefore(line: number): void {
    for (const [stream, opens] of [...this.#streams]) {
      const old = opens.filter(({ piece }) => piece.source.line < line);
      if (old.length === 0) continue;
      this.#drop(stream, old);
      for (const open of old) this.#giveUp(open);
    }
  }

  #keep(stream: string, opens: Open[]): void {
    if (opens.length === 0) this.#streams.delete(stream);
    else this.#streams.set(stream, opens);
  }
}

function placeOf({ line, number }: Source): number {
  return number ?? line;
}

function take(open: Open, part: Piece): boolean {
  if (open.parts.length >= JSON_LINES_MAX || open.piece.text.length > TEXT_MAX) return false;
  open.parts.push(part);
  return true;
}

/** Not the first of a line on which all records are whole, by their looks. */
function isFragment({ followers }: Open): boolean {
  return followers.length === 0;
}

/** Whether a record that is whole by its looks would be one with the text, too: it may have been cut in front of a pair. */
function goesOnWith(open: Open, rest: Piece): boolean {
  return mayGoOn(open.piece.text, rest.text) && joinText(open, rest) !== undefined;
}

/** Behind a value that is whole a blank comes first. */
function mayGoOn(text: string, rest: string): boolean {
  return (rest.startsWith(' ') || !endsWhole(text)) && !cannotFollow(text, rest);
}

/** By its quotes, of one that ended with its line; of those at a seam, and of what is of two, nobody knows whose end they have. */
function mayBeRestOf({ kind, piece, parts }: Open, rest: Piece): boolean {
  if (kind !== 'logfmt' || isOfTwo(scanLogfmt(piece.text).pairs)) return true;
  if (piece.text.endsWith(' ') && parts.length === 0 && !beginsPair(rest.text)) return false;
  return !cannotFollow([piece, ...parts].map(({ text }) => text).join(''), rest.text);
}

function linesMax(open: Open): number {
  if (open.isSeam) return SEAM_LINES_MAX;
  return open.kind === 'json' ? JSON_LINES_MAX : CUT_LINES_MAX;
}

/** A line of long before is one that was held until now. */
function isLate(open: Open, piece: Pick<Piece, 'outer'>): boolean {
  const [first, now] = [open.piece.outer?.time, piece.outer?.time];
  return first !== undefined && now !== undefined && millisBetween(now, first) > WAIT_MS;
}
