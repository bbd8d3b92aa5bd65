// One input's lines or journal entries in, understood records out: THE road on which everything of Kata's is read.
//
// line → frames off (frame.ts) → joined with what it continues → route: logfmt, JSON or text → what is nested in it, the
// same way again → emit. Damage is dealt with in the files salvage-*.ts, open-pieces.ts and join-pieces.ts, on the few texts that need it.

import type { Instant } from '../core/event.ts';
import {
  gapRecord,
  identText,
  nativePairs,
  partialObject,
  partialRecord,
  readNative,
  textRecord,
  unknownRecord,
} from './build.ts';
import { ConsoleText } from './console.ts';
import { cleanText, hasControl, isCleanText } from './console-text.ts';
import { bareFrame, type Frame, journalFrame, unframe } from './frame.ts';
import { GoRecords } from './go-records.ts';
import type { Open } from './join-pieces.ts';
import { JsonRecords } from './json-records.ts';
import type { KataMemory } from './memory.ts';
import { valueJson } from './ndjson.ts';
import { OpenPieces } from './open-pieces.ts';
import { joined, leastLine, type Piece, withRepair } from './piece.ts';
import { addRepair, kataWith, type Pairs, type Repair, type Source, type Understood, type Value } from './record.ts';
import { isPieced, redact } from './redact.ts';
import type { Road } from './road.ts';
import { RuntimeRsText } from './runtime-rs-text.ts';
import { completePart } from './salvage-json.ts';
import { beginsCut, hasSubsystem } from './salvage-logfmt.ts';
import { mayHideWords, mayHoldBytes, mayHoldSecret } from './secret-words.ts';
import { StackGroups } from './stack-groups.ts';
import type { Seen } from './wire-forms.ts';

export interface ReaderSettings {
  readonly memory: KataMemory;
  /** @param isJoined it has the text of several lines. */
  readonly emit: (record: Understood, isJoined: boolean) => void;
  /** Black out secrets. */
  readonly redacts: boolean;
  /** Look into what a record wraps (the guest's console, the agent's text). */
  readonly unwraps: boolean;
}

const NO_PAIRS: readonly Pairs[] = [];
const NO_REPAIRS: readonly Repair[] = [];
/** Steps from a text to the next one in it or behind it that are taken at once. */
const DEPTH_MAX = 64;
const GIVE_UPS_MAX = 8;
const CONTINUED_MAX_BYTES = 16 << 20;
/** A line that ends in it was cut. */
const RECORD_START = 'time="';
const BLANK = 0x20;
const BRACE = 0x7b;

export class KataReader implements Road {
  readonly memory: KataMemory;
  readonly #settings: ReaderSettings;
  readonly #open: OpenPieces;
  readonly #groups: StackGroups;
  readonly #go: GoRecords;
  readonly #json: JsonRecords;
  readonly #text: ConsoleText;
  readonly #runtimeRs: RuntimeRsText;
  /** Lines whose rest comes with the next one of their stream: CRI, Docker, journald. */
  readonly #continued = new Map<string, Piece>();
  /** Files that journalctl printed. */
  readonly #journalctl = new Set<string>();
  /** What a paste put in front of a line, and which line that was. */
  #pasted = { at: '', prefix: '' };
  #secrets = { at: '', known: new Set<string>() };
  #depth = 0;
  #deferred: Piece[] = [];

  constructor(settings: ReaderSettings) {
    this.#settings = settings;
    this.memory = settings.memory;
    this.#open = new OpenPieces(settings.memory.vocabulary, (open) => this.#giveUp(open));
    this.#groups = new StackGroups(({ piece, kata, fields, text }) => {
      const record = textRecord(piece, text, { ...kata, event: 'panic' });
      if (fields) record.fields = fields;
      this.emit(record, piece);
    });
    this.#runtimeRs = new RuntimeRsText(this);
    this.#go = new GoRecords(this, this.#open, this.#groups, settings.unwraps);
    this.#json = new JsonRecords(this, this.#open, this.#runtimeRs, this.#go);
    this.#text = new ConsoleText(this, this.#open, this.#groups, this.#go, this.#json, this.#runtimeRs);
  }

  /** A line that journalctl prints around records stood in the file. */
  noteJournalctl(path: string): void {
    this.#journalctl.add(path);
  }

  /** One line of a text file, without its line feed. */
  line(text: string, source: Source, repairs: readonly Repair[] = NO_REPAIRS): void {
    const frame = text.startsWith('time="') ? bareFrame(text) : this.#unframed(text, source);
    this.#framed(frame, text, source, repairs);
  }

  #unframed(text: string, { path, line }: Source): Frame {
    const { at, prefix } = this.#pasted;
    const isJournalctl = this.#journalctl.has(path);
    const frame = unframe(text, { prefix: at === `${path} ${line - 1}` ? prefix : '', isJournalctl });
    if (frame.prefix !== undefined) this.#pasted = { at: `${path} ${line}`, prefix: frame.prefix };
    return frame;
  }

  /** One entry of a journal: its fields as `journalctl -o json` gives them. */
  entry(pairs: Pairs, source: Source): void {
    const frame = journalFrame(pairs);
    if (frame) this.#framed(frame, frame.text, source, NO_REPAIRS);
  }

  /** A record that somebody else parsed already: its pairs, and the time that it has. */
  pairs(pairs: Pairs, source: Source, time: Instant): void {
    const frame: Frame = { ...bareFrame(''), time };
    this.#json.parsed(framedPiece(frame, textOfPairs(pairs), source, NO_REPAIRS), pairs);
  }

  /** Wire forms of the runtime's records in a file, as counted so far; who reads records otherwise counts on. */
  formsOf(path: string): Seen {
    return this.#go.wireForms.of(path);
  }

  /** Looks at the first lines of a file before they are read. */
  lookAhead(path: string, head: string): void {
    this.#go.wireForms.lookAhead(path, head);
  }

  /** Whether the file was found to hold a guest's console. */
  isConsole(path: string): boolean {
    return this.#text.isConsole(path);
  }

  /** Streams of which something is held that their next lines may belong to; that of a bare file's own lines is empty. */
  get heldStreams(): Iterable<string> {
    return this.#open.streams;
  }

  /** Something is held: of a reader whose records must keep their order, all wait behind it. */
  get holdsAll(): boolean {
    return !this.#open.isEmpty || !this.#groups.isEmpty || this.#continued.size > 0;
  }

  /** A stack is held that the Go runtime's next errors may belong to. */
  get holdsStacks(): boolean {
    return !this.#groups.isEmpty;
  }

  /** A sound line without a frame comes, of which somebody else makes a record; false: it is one for this road. */
  passLine(text: string): boolean {
    if (this.#open.isTearing('') && !hasSubsystem(text)) return false;
    this.#open.pass({ stream: '', outer: undefined });
    return true;
  }

  /** The input ended: what is held comes out. */
  end(): void {
    this.endBefore(Number.POSITIVE_INFINITY);
  }

  /** What is held of lines before this one comes out: nothing that follows belongs to it. */
  endBefore(line: number): void {
    // What is given up may begin something else.
    for (let round = 0; round < GIVE_UPS_MAX && (this.oldestLine ?? line) < line; round++) {
      for (const [stream, piece] of [...this.#continued]) {
        if (piece.source.line >= line) continue;
        this.#continued.delete(stream);
        this.route(piece);
      }
      this.#open.endBefore(line);
      this.#groups.endBefore(line);
    }
  }

  /** Number of the first line of which something is held; what is said of all lines before it is out. */
  get oldestLine(): number | undefined {
    if (!this.holdsAll) return undefined;
    const held = [leastLine(this.#continued.values()), this.#open.oldestLine, this.#groups.oldestLine];
    return Math.min(...held.map((line) => line ?? Number.POSITIVE_INFINITY));
  }

  route(piece: Piece): void {
    if (this.#depth >= DEPTH_MAX) {
      this.#deferred.push(piece);
      return;
    }
    this.#depth++;
    this.#routeOne(piece);
    this.#depth--;
    if (this.#depth > 0 || this.#deferred.length === 0) return;
    // Texts in texts in texts: their order is that of the line still, for each step passes on what is behind.
    const deferred = this.#deferred;
    this.#deferred = [];
    for (const later of deferred) this.route(later);
  }

  #routeOne(piece: Piece): void {
    const { text } = piece;
    const first = text.charCodeAt(0);
    const mayBegin = first === 0x74 && beginsRecord(text);
    // A letter or two may be a part of what is open as well.
    if (mayBegin && text.length < RECORD_START.length && this.#open.holdInObject(piece)) return;
    if (mayBegin) this.#go.route(piece);
    else if (first === BRACE) this.#json.route(piece);
    else this.#text.route(piece);
  }

  routeConsole(piece: Piece): void {
    const cleaned = isCleanText(piece.text) ? piece : cleanedPiece(piece);
    if (cleaned.text.trim() !== '') this.route(cleaned);
    // Blanks may be a part of what is open.
    else if (cleaned.text === '' || !this.#open.holdInObject(cleaned)) this.memory.count('C14');
  }

  emit(record: Understood, piece: Piece): void {
    const { memory } = this;
    const boot = piece.frame.pairs?.text('_BOOT_ID') ?? '';
    memory.attribute(record, boot);
    markLoss(record, piece);
    if (piece.source.isCut) markCut(record, piece);
    if (this.#settings.redacts) this.#redact(record, piece);
    for (const repair of record.kata.repairs ?? NO_REPAIRS) memory.count(repair);
    this.#settings.emit(record, piece.whole !== undefined);
  }

  #redact(record: Understood, piece: Piece): void {
    const texts = textsOf(piece);
    const hides = mayHideWords(texts);
    const isSuspect = hides || piece.whole !== undefined || isPieced(record);
    if (!isSuspect && !mayHoldBytes(texts) && !mayHoldSecret(texts)) return;
    redact(record, piece.whole, this.#secretsOf(piece), hides);
    if (record.kata.redacted !== undefined) this.memory.count('redacted', record.kata.redacted);
  }

  /** Secrets of the records of one line: what is left of it holds those of the others. */
  #secretsOf({ source: { path, line } }: Piece): Set<string> {
    const at = `${path} ${line}`;
    if (at !== this.#secrets.at) this.#secrets = { at, known: new Set() };
    return this.#secrets.known;
  }

  #framed(frame: Frame, raw: string, source: Source, repairs: readonly Repair[]): void {
    const piece = framedPiece(frame, raw, source, repairs);
    if (frame.goesOn || this.#continued.size > 0) this.#continue(piece);
    else this.#whole(piece);
  }

  #continue(piece: Piece): void {
    const { frame, stream } = piece;
    const before = this.#continued.get(stream);
    this.#continued.delete(stream);
    const whole = before ? continued(before, piece) : piece;
    if (frame.goesOn && whole.text.length < CONTINUED_MAX_BYTES) this.#continued.set(stream, whole);
    else this.#whole(whole);
  }

  /** Of a line that was too long: nothing that comes later is its rest. */
  #cut(piece: Piece): void {
    const { text } = piece;
    const marked = withRepair(piece, 'C7');
    if (text.startsWith(RECORD_START))
      this.#go.giveUp({ kind: 'logfmt', isSeam: false, piece, followers: [], parts: [], age: 0 });
    else if (text.startsWith('{')) this.emit(partialObject(marked, completePart(text)), marked);
    else this.emit(unknownRecord(piece), piece);
  }

  #whole(piece: Piece): void {
    if (piece.source.isCut) {
      this.#cut(piece);
      return;
    }
    if (piece.repairs.includes('C13')) {
      this.emit(gapRecord(piece, kataWith(identText(piece))), piece);
      return;
    }
    const native = nativePairs(piece.frame);
    if (native) {
      const cleaned = hasControl(piece.text) ? cleanedPiece(piece) : piece;
      this.#runtimeRs.route(cleaned, native, readNative(piece.frame, native));
      return;
    }
    const cleaned = this.#cleaned(piece);
    if (cleaned.text === '') this.memory.count('empty');
    else this.route(cleaned);
  }

  /**
   * Control characters stand outside of quotes: where a text is no record by its beginning, or behind one. An object with some
   * inside would be none; a value of logfmt has them, for a check to find.
   */
  #cleaned(piece: Piece): Piece {
    const { text } = piece;
    const first = text.charCodeAt(0);
    const isRecord = first === BRACE || text.startsWith('time="');
    const isBare = isRecord && text.charCodeAt(text.length - 1) >= BLANK && !text.includes('\x1b');
    if ((isBare && !(first === BRACE && hasControl(text))) || isCleanText(text)) return piece;
    return cleanedPiece(piece);
  }

  #giveUp(open: Open): void {
    if (open.kind === 'json') this.#json.giveUp(open);
    else this.#go.giveUp(open);
    for (const part of open.parts) {
      if (part.text.trim() === '') this.memory.count('C14');
      else if (open.kind === 'json' || !this.#go.takeTail(part)) this.emit(unlessFragment(part), part);
    }
  }
}

/** A record of logrus; what is left of one that was cut inside of its first name, maybe with another one behind it. */
function beginsRecord(text: string): boolean {
  return text.startsWith(RECORD_START) || RECORD_START.startsWith(text) || beginsCut(text);
}

/** The texts that secrets may be in. What wraps a line of a console in a plain file has the same few names each time. */
function textsOf({ outer, frame, text, raw }: Piece): string {
  return outer && frame.kind === 'bare' ? text : raw;
}

/** All that secrets may be in, of a record without a line of its own. */
function textOfPairs({ keys, values }: Pairs): string {
  return keys.map((key, index) => `${key} ${textOfValue(values[index])}`).join(' ');
}

function textOfValue(value: Value | undefined): string {
  return typeof value === 'string' || value === undefined ? (value ?? '') : valueJson(value);
}

function framedPiece(frame: Frame, raw: string, source: Source, repairs: readonly Repair[]): Piece {
  const { ident, pairs } = frame;
  return {
    text: frame.text,
    frame,
    source,
    raw,
    repairs: repairs.length === 0 ? frame.repairs : [...frame.repairs, ...repairs],
    outer: undefined,
    wrappers: pairs ? [pairs] : NO_PAIRS,
    stream: frame.stream,
    sink: `${source.path} ${ident ?? ''}`,
    identity: '',
  };
}

function cleanedPiece(piece: Piece): Piece {
  const { text, repairs } = cleanText(piece.text);
  return {
    ...piece,
    text,
    repairs: [...piece.repairs, ...repairs.filter((repair) => !piece.repairs.includes(repair))],
  };
}

function unlessFragment(part: Piece): Understood {
  return part.outer || part.text.startsWith('{')
    ? partialRecord(part, kataWith({ component: 'guest-other', msg: part.text }), undefined)
    : unknownRecord(part);
}

function continued(before: Piece, piece: Piece): Piece {
  const text = before.text + piece.text;
  const whole = joined(before, piece, text, 'C5');
  // Runtimes of containers split by design; only journald's limit is damage.
  return piece.frame.kind === 'journal' ? whole : { ...whole, repairs: before.repairs };
}

/** A line that was too long to be read: whatever its record looks like, its end is missing. */
function markCut(record: Understood, piece: Piece): void {
  record.kata.partial = true;
  record.raw ??= piece.raw;
}

/** C4 and C22: messages that say that others are missing. */
function markLoss(record: Understood, piece: Piece): void {
  const { kata } = record;
  if (kata.event === 'console-lost') addRepair(kata, kata.error?.includes('token too long') === true ? 'C4' : 'C22');
  else if (kata.event === 'suppressed' || kata.event === 'dropped') addRepair(kata, 'C22');
  else return;
  kata.gap = true;
  record.raw ??= piece.raw;
}
