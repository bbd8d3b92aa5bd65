// An open piece and a text behind it as one record (C1, C2, C6).

import { readInstant } from './instant.ts';
import { endOfObject, readJsonObject } from './json-record.ts';
import { findStamp } from './kernel-text.ts';
import type { LogfmtScan } from './logfmt.ts';
import { joined, type Piece, withRepair, withText } from './piece.ts';
import type { Pairs, Repair } from './record.ts';
import { isRecord, isTornBySplice, quotingKey, unsplice } from './salvage-json.ts';
import { joinLogfmt } from './salvage-logfmt.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface Open {
  readonly kind: 'json' | 'logfmt';
  /** Another record stood behind the piece on its line: somebody else wrote there. */
  readonly isSeam: boolean;
  /** A rest came, and it may be of this piece or of another: it is no whole record, whatever it looks like. */
  readonly isTorn?: boolean;
  /** A whole record, that may have been cut at a blank: another one of its stream was being torn when it came; or inside of a path. */
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

/** The record of JSON that an open piece is with a text, and what stood in between; undefined: it is none with it. */
export function joinJson(open: Open, rest: Piece, vocabulary: Vocabulary): Joined | undefined {
  const all = joinParts(open, rest, vocabulary);
  const blanks = open.parts.filter(({ text }) => text.trim() === '');
  if (blanks.length === 0 || (all && knowsText(vocabulary, 'msg', all.pairs))) return all;
  // Lines of blanks of the console, not of the record.
  const parts = open.parts.filter((part) => !blanks.includes(part));
  const bare = joinParts({ ...open, parts }, rest, vocabulary);
  if (all && !(bare && knowsText(vocabulary, 'msg', bare.pairs))) return all;
  return bare && { ...bare, others: [...bare.others, ...blanks] };
}

function joinParts(open: Open, rest: Piece, vocabulary: Vocabulary): JoinedJson | undefined {
  const lines = [open.piece, ...open.parts];
  const whole = [...lines, rest].map(({ text }) => text).join('');
  const join = (
    { json, pairs, behind }: First,
    kernel: readonly Piece[],
    others: readonly Piece[] = [],
  ): JoinedJson => {
    const joinedLines = [...open.parts.filter((part) => !others.includes(part)), rest];
    const piece = joinedAll(open.piece, joinedLines, json, open.isSeam ? 'C6' : 'C2');
    const repairs: readonly Repair[] = [
      ...(kernel.length > 0 ? ['C1' as const] : []),
      ...(behind === '' ? [] : ['C3' as const]),
    ];
    const next = behind === '' ? [] : [withRepair(withText(rest, behind), 'C3')];
    return { kind: 'json', pairs, others: [...kernel, ...others, ...next], piece: repairs.reduce(withRepair, piece) };
  };
  const unspliced = (text: string, ended: readonly Piece[]): JoinedJson | undefined => {
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

/** As joinJson, of logfmt. */
export function joinText(open: Open, rest: Piece): Joined | undefined {
  const { piece, parts, followers, companion, isSeam } = open;
  const middle = parts.map(({ text }) => text).join('');
  const join = (head: string, others: readonly Piece[]): Joined | undefined => {
    const text = head + middle + rest.text;
    const scan = joinLogfmt(head + middle, rest.text);
    if (!scan) return undefined;
    const plain = joinedAll(piece, [...parts, rest], text, isSeam ? 'C6' : 'C2');
    // Lines of others stood in between: somebody else wrote there, too.
    const whole = !isSeam && open.age > parts.length ? withRepair(plain, 'C6') : plain;
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
