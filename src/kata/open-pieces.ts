// Pieces of records whose rest is yet to come (C1, C2, C6, C7), held until it does or until it is clear that it never will.

import { millisBetween } from './instant.ts';
import { readJsonObject } from './json-record.ts';
import { findStamp } from './kernel-text.ts';
import type { LogfmtScan } from './logfmt.ts';
import { joined, type Piece, withRepair, withText } from './piece.ts';
import type { Pairs } from './record.ts';
import { isRecord } from './salvage-json.ts';
import { joinLogfmt } from './salvage-logfmt.ts';

export interface Open {
  readonly kind: 'json' | 'logfmt';
  /** Another record stood behind the piece on its line: somebody else wrote there. */
  readonly isSeam: boolean;
  /** A rest came, and it may be of this piece or of another: it is no whole record, whatever it looks like. */
  readonly isTorn?: boolean;
  readonly piece: Piece;
  /** Records that stood behind it on its line, whole or not: what is wrong with them shows with the rest of the piece. */
  readonly followers: readonly Piece[];
  /** Texts that may belong in it, or not: they are given back when it stays open. */
  readonly parts: Piece[];
  age: number;
}

/** What came of a text that was offered. */
export type Joined =
  | { readonly kind: 'json'; readonly piece: Piece; readonly pairs: Pairs; readonly kernel: Piece | undefined }
  | { readonly kind: 'logfmt'; readonly piece: Piece; readonly scan: LogfmtScan; readonly followers: readonly Piece[] };

const JSON_LINES_MAX = 64;
/** The rest of an interleaved record comes with the next write; that of a cut one never. */
const SEAM_LINES_MAX = 16;
const CUT_LINES_MAX = 2;
const TEXT_MAX = 256 << 10;
const WAIT_MS = 2000;

export class OpenPieces {
  readonly #streams = new Map<string, Open[]>();
  readonly #giveUp: (open: Open) => void;

  constructor(giveUp: (open: Open) => void) {
    this.#giveUp = giveUp;
  }

  get isEmpty(): boolean {
    return this.#streams.size === 0;
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
    const kept = opens.filter((other) => !ended.includes(other));
    this.#streams.set(stream, [...kept, { ...open, parts: [], age: 0 }]);
    for (const old of ended) this.#giveUp(old);
  }

  /** A line of the stream went by: what has waited too long is given up. */
  pass(piece: Piece): void {
    const opens = this.#streams.get(piece.stream);
    if (!opens) return;
    for (const open of opens) open.age++;
    const late = opens.filter((open) => open.age > linesMax(open) || isLate(open, piece));
    if (late.length === 0) return;
    this.#keep(
      piece.stream,
      opens.filter((open) => !late.includes(open)),
    );
    for (const open of late) this.#giveUp(open);
  }

  /** Tries a text that is no record by itself as the rest of an open piece. */
  join(rest: Piece, kind: Open['kind']): Joined | undefined {
    const opens = this.#streams.get(rest.stream);
    const open = opens?.length === 1 ? opens[0] : undefined;
    if (open?.kind !== kind) return undefined;
    const result = open.kind === 'json' ? joinJson(open, rest) : joinText(open, rest);
    if (result) this.#streams.delete(rest.stream);
    return result;
  }

  /** Two records that were torn at once, and a rest of either: nobody can tell whose it is, all stay pieces. */
  giveUpIfSeveral(stream: string): boolean {
    const opens = this.#streams.get(stream);
    if (!opens || opens.length < 2) return false;
    this.#streams.delete(stream);
    for (const open of opens) this.#giveUp({ ...open, isTorn: true });
    return true;
  }

  /** Holds a text that may be a middle part of an open record; false: nothing is open that it could be of. */
  hold(part: Piece): boolean {
    const open = this.#streams.get(part.stream)?.findLast(({ kind, isSeam }) => kind === 'json' && !isSeam);
    if (!open || open.parts.length >= JSON_LINES_MAX || open.piece.text.length > TEXT_MAX) return false;
    open.parts.push(part);
    return true;
  }

  endAll(): void {
    const all = [...this.#streams.values()].flat();
    this.#streams.clear();
    for (const open of all) this.#giveUp(open);
  }

  #keep(stream: string, opens: Open[]): void {
    if (opens.length === 0) this.#streams.delete(stream);
    else this.#streams.set(stream, opens);
  }
}

function linesMax(open: Open): number {
  if (open.isSeam) return SEAM_LINES_MAX;
  return open.kind === 'json' ? JSON_LINES_MAX : CUT_LINES_MAX;
}

function isLate(open: Open, piece: Piece): boolean {
  const [first, now] = [open.piece.outer?.time, piece.outer?.time];
  return first !== undefined && now !== undefined && Math.abs(millisBetween(now, first)) > WAIT_MS;
}

function joinJson(open: Open, rest: Piece): Joined | undefined {
  const repair = open.isSeam ? 'C6' : 'C2';
  const middle = open.parts.map(({ text }) => text).join('');
  const lines = [...open.parts, rest];
  const stamp = findStamp(open.piece.text, 1);
  if (stamp >= 0) {
    // The kernel's line ended the record's first one: its text goes to the end of it.
    const json = open.piece.text.slice(0, stamp) + middle + rest.text;
    const pairs = readJsonObject(json);
    const kernel = withRepair(withText(open.piece, open.piece.text.slice(stamp)), 'C1');
    if (isRecord(pairs))
      return { kind: 'json', pairs, kernel, piece: withRepair(joinedAll(open.piece, lines, json, repair), 'C1') };
  }
  const whole = open.piece.text + middle + rest.text;
  const pairs = readJsonObject(whole);
  if (!isRecord(pairs)) return undefined;
  return { kind: 'json', pairs, kernel: undefined, piece: joinedAll(open.piece, lines, whole, repair) };
}

function joinedAll(first: Piece, lines: readonly Piece[], text: string, repair: 'C2' | 'C6'): Piece {
  let piece = first;
  for (const line of lines) piece = joined(piece, line, text, repair);
  return piece;
}

function joinText(open: Open, rest: Piece): Joined | undefined {
  const scan = joinLogfmt(open.piece.text, rest.text);
  if (!scan) return undefined;
  const text = open.piece.text + rest.text;
  return {
    kind: 'logfmt',
    scan,
    followers: open.followers,
    piece: joined(open.piece, rest, text, open.isSeam ? 'C6' : 'C2'),
  };
}
