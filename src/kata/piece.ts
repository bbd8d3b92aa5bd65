// A text on its way to a record: what was around it, where it stands, what was repaired so far.
import type { Frame } from './frame.ts';
import {
  addRepair,
  type Component,
  type Kata,
  type Pairs,
  type Repair,
  type Source,
  type Understood,
} from './record.ts';

export interface Piece {
  readonly text: string;
  /** The frame of its line. */
  readonly frame: Frame;
  readonly source: Source;
  /** The line or lines it comes from. */
  readonly raw: string;
  /** The text of all of its lines, without what stands around it in each; absent: it has one line. */
  readonly whole?: string;
  readonly repairs: readonly Repair[];
  /** What the record around it says: time, sandbox, level, process. */
  readonly outer: Kata | undefined;
  /** Pairs of the records around it, the outermost last. */
  readonly wrappers: readonly Pairs[];
  /** Texts of one stream may continue each other. */
  readonly stream: string;
  readonly sink: string;
  readonly identity: string;
  /** Whose output it is, where the wrapper says so: the hypervisor's, with its guest's console in it. */
  readonly speaker?: Component;
}

/** The stream of what a record passes on of a sandbox's console: it goes on where a log goes on in the next file. */
export function consoleStream({ sandbox = '' }: Kata, { frame: { ident = '' } }: Piece): string {
  return `console ${sandbox} ${ident}`;
}

export function withText(piece: Piece, text: string, ...repairs: readonly Repair[]): Piece {
  return { ...piece, text, repairs: repairs.length === 0 ? piece.repairs : [...piece.repairs, ...repairs] };
}

/** Of a longer line with several records, each has its own text as `raw`: all of the line for each would be a flood. */
const WHOLE_RAW_MAX = 4096;

/** One of several texts of a line. */
export function partOf(piece: Piece, text: string): Piece {
  return piece.raw.length > WHOLE_RAW_MAX ? { ...piece, text, raw: text } : { ...piece, text };
}

export function withRepair(piece: Piece, repair: Repair): Piece {
  return piece.repairs.includes(repair) ? piece : { ...piece, repairs: [...piece.repairs, repair] };
}

/** Where a text begins and ends was found out, and may be wrong. */
const UNCERTAIN: ReadonlySet<Repair> = new Set(['C1', 'C2', 'C3', 'C6', 'C8', 'C16']);

/** Whether others may be told apart by what the piece says. */
export function mayTeach({ repairs }: Piece): boolean {
  return !repairs.some((repair) => UNCERTAIN.has(repair));
}

/** Two pieces as one: the first one's surroundings, the lines of both. */
export function joined(first: Piece, next: Piece, text: string, repair: Repair, whole: string = text): Piece {
  const source = spanOf(first.source, next.source);
  const raw =
    next.source.line === first.source.line && first.source.path === next.source.path
      ? first.raw
      : `${first.raw}\n${next.raw}`;
  return withRepair({ ...first, text, raw, whole, source }, repair);
}

function spanOf(first: Source, last: Source): Source {
  if (first.path !== last.path || last.offset < first.offset) return first;
  const bytes = Math.max(first.bytes, last.offset + last.bytes - first.offset);
  return { ...first, bytes, ...(last.isCut && { isCut: true }) };
}

/** A record of a piece: the given knowledge over what the surroundings say. */
export function finished(piece: Piece, kata: Kata, fields: Pairs | undefined): Understood {
  for (const repair of piece.repairs) addRepair(kata, repair);
  const { source, wrappers, sink, identity } = piece;
  const needsRaw =
    kata.repairs !== undefined || kata.partial === true || (fields === undefined && kata.msg === undefined);
  return {
    kata,
    source,
    wrappers,
    sink,
    identity,
    ...(fields !== undefined && { fields }),
    ...(needsRaw && { raw: piece.raw }),
  };
}

/** What a record inherits from the one around it and from its frame. */
export function inherit(kata: Kata, piece: Piece): void {
  const { outer, frame } = piece;
  if (outer) inheritFrom(kata, outer);
  if (kata.time === undefined && frame.time) kata.time = frame.time;
  // A record's own `pid` may be that of a process that was killed or started.
  if (frame.pid !== undefined && isOwnProcess(frame)) kata.pid = frame.pid;
}

function inheritFrom(kata: Kata, outer: Kata): void {
  if (outer.time) kata.time = outer.time;
  if (outer.era !== undefined) kata.era = outer.era;
  if (kata.level === undefined && outer.level) kata.level = outer.level;
  // A guest may say that it is another one.
  if (outer.sandbox !== undefined) kata.sandbox = outer.sandbox;
  if (kata.hypervisor === undefined && outer.hypervisor !== undefined) kata.hypervisor = outer.hypervisor;
  // The process on the host, not the one in the guest.
  if (outer.pid === undefined) kata.pid = undefined;
  else kata.pid = outer.pid;
}

/** containerd and CRI-O pass on what others wrote. */
function isOwnProcess({ kind, ident }: Frame): boolean {
  return (kind === 'journal' || kind === 'syslog') && ident !== 'containerd' && ident !== 'crio';
}

/** The least number of the lines of pieces. */
export function leastLine(pieces: Iterable<Piece>): number | undefined {
  let least: number | undefined;
  for (const { source } of pieces) if (least === undefined || source.line < least) least = source.line;
  return least;
}
