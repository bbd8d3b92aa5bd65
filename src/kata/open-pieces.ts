// Pieces of records whose rest is yet to come (C1, C2, C6, C7), held until it does or until it is clear that it never will.

import { millisBetween, readInstant } from './instant.ts';
import { endOfObject, readJsonObject } from './json-record.ts';
import { findStamp } from './kernel-text.ts';
import { type LogfmtScan, scanLogfmt } from './logfmt.ts';
import { joined, leastLine, type Piece, withRepair, withText } from './piece.ts';
import type { Pairs, Repair, Source } from './record.ts';
import { isRecord, isTornBySplice, quotingKey, unsplice } from './salvage-json.ts';
import { endsWhole, goesOnAsLogrus, joinLogfmt } from './salvage-logfmt.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface Open {
  readonly kind: 'json' | 'logfmt';
  /** Another record stood behind the piece on its line: somebody else wrote there. */
  readonly isSeam: boolean;
  /** A rest came, and it may be of this piece or of another: it is no whole record, whatever it looks like. */
  readonly isTorn?: boolean;
  /** A whole record, that may have been cut at a blank: another one of its stream was being torn when it came. */
  readonly isWhole?: true;
  readonly piece: Piece;
  /** Records that stood behind it on its line, whole or not: what is wrong with them shows with the rest of the piece. */
  readonly followers: readonly Piece[];
  /** The record behind it on its line, whole by its looks: where the rest is not that of the piece, it has the piece's end. */
  readonly companion?: Piece;
  /** Texts that may belong in it, or not: they are given back when it stays open. */
  readonly parts: Piece[];
  age: number;
}

/** What came of a text that was offered: a record, and texts that stood in the way. */
export type Joined = JoinedJson | JoinedLogfmt;

interface JoinedJson {
  readonly kind: 'json';
  readonly piece: Piece;
  readonly pairs: Pairs;
  readonly others: readonly Piece[];
}

export interface JoinedLogfmt {
  readonly kind: 'logfmt';
  readonly piece: Piece;
  readonly scan: LogfmtScan;
  readonly followers: readonly Piece[];
  readonly others: readonly Piece[];
  readonly companion: Piece | undefined;
}

const JSON_LINES_MAX = 64;
/** The rest of an interleaved record comes with the next write; that of a cut one never. */
const SEAM_LINES_MAX = 16;
const CUT_LINES_MAX = 2;
const TEXT_MAX = 256 << 10;
/** Pieces that a stream has open at once. */
const OPEN_MAX = 16;
const WAIT_MS = 2000;

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
      (open) => open.age > linesMax(open) || isLate(open, piece) || (open.isWhole === true && !isTearing),
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
  giveUpTorn({ stream, text }: Piece): void {
    const torn = this.#tornOf(stream).filter(
      (open) => open.kind === 'logfmt' && open.isSeam && (isFragment(open) || mayGoOn(open.piece.text, text)),
    );
    this.#drop(stream, torn);
    for (const open of torn) this.#giveUp({ ...open, isTorn: true });
  }

  /** A record that another one was written into waits for its rest. */
  isTearing(stream: string): boolean {
    return this.#tornOf(stream).some(({ isSeam }) => isSeam);
  }

  /** A rest of none that is open: what looked whole may have been cut there, if it can go on so. */
  giveUpWhole({ stream, text }: Piece): void {
    const opens = this.#streams.get(stream) ?? [];
    const whole = opens.filter(({ isWhole, piece }) => isWhole && mayGoOn(piece.text, text));
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
    return this.#tornOf(rest.stream).filter((open) => isFragment(open) || goesOnWith(open, rest));
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
    const open = this.#streams.get(part.stream)?.findLast(({ kind, isSeam }) => kind === 'json' && !isSeam);
    return open ? take(open, part) : this.holdWrapped(part);
  }

  /** Holds a text at a seam that goes on with the only record that was torn at one; false: none does, or it has its end. */
  holdMiddle(part: Piece): boolean {
    const [open, ...others] = this.#tornBefore(part);
    if (open?.kind !== 'logfmt' || !open.isSeam || others.length > 0) return false;
    const before = [open.piece, ...open.parts].map(({ text }) => text).join('');
    const isInQuotes = !part.text.includes('"') && scanLogfmt(before).cut;
    return (isInQuotes || goesOnAsLogrus(before, part.text)) && take(open, part);
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
  return rest.startsWith(' ') || !endsWhole(text);
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

function joinJson(open: Open, rest: Piece, vocabulary: Vocabulary): Joined | undefined {
  const lines = [open.piece, ...open.parts];
  const whole = [...lines, rest].map(({ text }) => text).join('');
  const join = ({ json, pairs, behind }: First, kernel: readonly Piece[], others: readonly Piece[] = []): Joined => {
    const joinedLines = [...open.parts.filter((part) => !others.includes(part)), rest];
    const piece = joinedAll(open.piece, joinedLines, json, open.isSeam ? 'C6' : 'C2');
    const repairs: readonly Repair[] = [
      ...(kernel.length > 0 ? ['C1' as const] : []),
      ...(behind === '' ? [] : ['C3' as const]),
    ];
    const next = behind === '' ? [] : [withRepair(withText(rest, behind), 'C3')];
    return { kind: 'json', pairs, others: [...kernel, ...others, ...next], piece: repairs.reduce(withRepair, piece) };
  };
  const unspliced = (text: string, ended: readonly Piece[]): Joined | undefined => {
    const found = unsplice(text, vocabulary);
    if (!found || !hasTime(found.record)) return undefined;
    const kernel = found.kernel.map((part) => kernelPiece([...lines, rest], part.trimEnd()));
    return join({ json: found.json, pairs: found.record, behind: '' }, [...ended, ...kernel]);
  };
  for (const { text, kernel, quoted } of withoutEnds(lines)) {
    const found = readFirst(text + rest.text);
    if (quoted !== undefined && !(found && knowsText(vocabulary, quoted, found.pairs))) continue;
    const result = found ? join(found, kernel) : unspliced(text + rest.text, kernel);
    if (result) return result;
  }
  const first = readFirst(whole);
  if (first) return join(first, []);
  // What stood in between was none of it, if it makes a time that is none.
  const torn =
    open.parts.length > 0 && isRecord(readJsonObject(whole)) ? readFirst(open.piece.text + rest.text) : undefined;
  return torn ? join(torn, [], open.parts) : unspliced(whole, []);
}

/** Whether an agent would write the value that a record has under a name. */
function knowsText(vocabulary: Vocabulary, key: string, pairs: Pairs): boolean {
  const value = pairs.text(key);
  return value !== undefined && vocabulary.knowsValue(key, value);
}

/** Lines of a record as one text, without kernel text at their ends. */
interface WithoutEnds {
  readonly text: string;
  readonly kernel: readonly Piece[];
  /** The name of a value of the first line that may quote what was left out. */
  readonly quoted: string | undefined;
}

/**
 * The lines of a record without kernel text at their ends: the line feed of the kernel's line ended them. It begins at the first
 * stamp of its line, or at the last one.
 */
function withoutEnds(lines: readonly Piece[]): readonly WithoutEnds[] {
  const first = lines.map(({ text }) => findStamp(text, 1));
  if (first.every((at) => at < 0)) return [];
  const last = lines.map(({ text }, index) => lastStamp(text, first[index] as number));
  const starts = last.some((at, index) => at !== first[index]) ? [first, last] : [first];
  return starts.map((stamps) => ({
    text: lines
      .map(({ text }, index) => ((stamps[index] as number) < 0 ? text : text.slice(0, stamps[index])))
      .join(''),
    kernel: lines.flatMap((line, index) => {
      const at = stamps[index] as number;
      return at < 0 ? [] : [withRepair(withText(line, line.text.slice(at)), 'C1')];
    }),
    quoted: quotingKey((lines[0] as Piece).text, stamps[0] as number),
  }));
}

function lastStamp(text: string, first: number): number {
  let last = first;
  for (let at = first; at >= 0; at = findStamp(text, at + 1)) last = at;
  return last;
}

/** Kernel text that was inside of one of the lines. */
function kernelPiece(lines: readonly Piece[], text: string): Piece {
  const line = lines.find((piece) => piece.text.includes(text)) ?? (lines[0] as Piece);
  return withRepair(withText(line, text), 'C1');
}

function hasTime(pairs: Pairs): boolean {
  return readInstant(pairs.text('ts') ?? pairs.text('time') ?? '') !== undefined;
}

interface First {
  readonly json: string;
  readonly pairs: Pairs;
  /** The text behind it. */
  readonly behind: string;
}

/** The whole record that a text is, or begins with. */
function readFirst(text: string): First | undefined {
  const pairs = readJsonObject(text);
  if (pairs) return isSound(pairs, text) ? { json: text, pairs, behind: '' } : undefined;
  const end = endOfObject(text, 0);
  if (end < 0 || end === text.length) return undefined;
  const json = text.slice(0, end);
  const first = readJsonObject(json);
  return first && isSound(first, json) ? { json, pairs: first, behind: text.slice(end).trim() } : undefined;
}

function isSound(pairs: Pairs, json: string): boolean {
  return isRecord(pairs) && hasTime(pairs) && !isTornBySplice(json);
}

function joinedAll(first: Piece, lines: readonly Piece[], text: string, repair: 'C2' | 'C6'): Piece {
  let piece = first;
  for (const line of lines) piece = joined(piece, line, text, repair);
  return piece;
}

function joinText(open: Open, rest: Piece): Joined | undefined {
  const { piece, parts, followers, companion, isSeam } = open;
  const middle = parts.map(({ text }) => text).join('');
  const join = (head: string, others: readonly Piece[]): Joined | undefined => {
    const text = head + middle + rest.text;
    const scan = joinLogfmt(head + middle, rest.text);
    if (!scan) return undefined;
    const whole = joinedAll(piece, [...parts, rest], text, isSeam ? 'C6' : 'C2');
    return {
      kind: 'logfmt',
      scan,
      followers,
      companion,
      others,
      piece: others.length > 0 ? withRepair(whole, 'C1') : whole,
    };
  };
  // As in JSON: a guest's kernel that ended the first line of its agent's record.
  const stamp = piece.outer ? findStamp(piece.text, 1) : -1;
  const kernel = stamp < 0 ? [] : [withRepair(withText(piece, piece.text.slice(stamp)), 'C1')];
  return (stamp < 0 ? undefined : join(piece.text.slice(0, stamp), kernel)) ?? join(piece.text, []);
}
