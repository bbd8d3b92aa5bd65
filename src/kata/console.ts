// Text that is neither logfmt nor JSON by its beginning: the guest's kernel, its systemd, panics, hypervisors, pieces of
// records, and what anybody printed.
import { identText, partialRecord, programRecord, textRecord, unknownRecord } from './build.ts';
import type { GoRecords } from './go-records.ts';
import { endOfObject, endsInValue, readJsonObject } from './json-record.ts';
import type { JsonRecords } from './json-records.ts';
import { type KernelLine, readKernelLine, STAMP } from './kernel-text.ts';
import { levelOfPriority } from './level.ts';
import type { OpenPieces } from './open-pieces.ts';
import { mayTeach, type Piece, partOf, withRepair, withText } from './piece.ts';
import { readProgramLine, readTerminalLogrus } from './program-lines.ts';
import { type Kata, kataWith, newKata } from './record.ts';
import type { Road } from './road.ts';
import { clhLevel, type RuntimeRsText } from './runtime-rs-text.ts';
import { isRecord } from './salvage-json.ts';
import type { StackGroups } from './stack-groups.ts';
import { isSystemdLog, isSystemdText } from './systemd-text.ts';

const PADDED_STAMP = /^\s+\[\s{0,5}\d{1,7}\.\d{6}\] /;
const PADDED_OBJECT = /^\s+\{"/;
const CLH_LINE = /^cloud-hypervisor: /;

export class ConsoleText {
  readonly #road: Road;
  readonly #open: OpenPieces;
  readonly #groups: StackGroups;
  readonly #go: GoRecords;
  readonly #json: JsonRecords;
  readonly #runtimeRs: RuntimeRsText;
  /** Files that hold a guest's console as it was: a kernel line stood in them by itself. */
  readonly #consoles = new Set<string>();

  constructor(
    road: Road,
    open: OpenPieces,
    groups: StackGroups,
    go: GoRecords,
    json: JsonRecords,
    runtimeRs: RuntimeRsText,
  ) {
    this.#road = road;
    this.#open = open;
    this.#groups = groups;
    this.#go = go;
    this.#json = json;
    this.#runtimeRs = runtimeRs;
  }

  /** Whether a kernel line stood in the file by itself. */
  isConsole(path: string): boolean {
    return this.#consoles.has(path);
  }

  /** A text without control characters. */
  route(piece: Piece): void {
    if (isPadded(piece.text)) {
      this.#road.route(withRepair(withText(piece, piece.text.trim()), 'C26'));
      return;
    }
    const kernel = readKernelLine(piece.text);
    if (!kernel && this.#continues(piece)) return;
    if (!this.#open.isEmpty) this.#open.pass(piece);
    if (kernel) this.#kernel(piece, kernel);
    else if (!this.#glued(piece) && !this.#go.takeUnordered(piece) && !this.#program(piece)) this.#plain(piece);
  }

  #continues(piece: Piece): boolean {
    if (this.#open.isEmpty || this.#groups.continues(piece)) return false;
    return this.#json.takeTail(piece) || this.#go.takeTail(piece);
  }

  /** A line of a program on the host; what one in a guest prints stays text. */
  #program(piece: Piece): boolean {
    if (piece.outer) return false;
    if (this.#runtimeRs.takeText(piece)) return true;
    const line = readProgramLine(piece.text);
    const pairs = line ? undefined : readTerminalLogrus(piece.text);
    if (line) this.#road.emit(programRecord(piece, line), piece);
    else if (pairs) this.#go.record(piece, pairs);
    return line !== undefined || pairs !== undefined;
  }

  #plain(piece: Piece): void {
    const { text } = piece;
    const kata = this.#kataOf(piece);
    const isKnown = kata.component === 'guest-systemd' || kata.component === 'clh' || piece.speaker !== undefined;
    if (!isKnown && this.#groups.takeText(piece, text, kata)) return;
    if (isKnown) this.#said(piece, kata);
    else if (endsInValue(text)) this.#road.emit(partialRecord(withRepair(piece, 'C2'), newKata(), undefined), piece);
    else if (!this.#go.takeTail(piece) && !this.#open.hold(piece)) this.#said(piece, kata);
  }

  #said(piece: Piece, kata: Kata): void {
    const isKnown = piece.outer !== undefined || kata.component !== undefined;
    this.#road.emit(isKnown ? textRecord(piece, piece.text, kata) : unknownRecord(piece), piece);
  }

  #kataOf(piece: Piece): Kata {
    const { text, frame, outer } = piece;
    if (isSystemdText(text)) return { component: 'guest-systemd' };
    if (CLH_LINE.test(text) || piece.speaker === 'clh') return { component: 'clh', level: clhLevel(text) };
    if (outer) return { component: piece.speaker ?? 'guest-other' };
    if (frame.ident !== undefined) return identText(piece);
    return this.#consoles.has(piece.source.path) ? { component: 'guest-other' } : {};
  }

  /** C3: kernel lines that lost the line feed between them, a record behind a kernel line. */
  #kernel(piece: Piece, line: KernelLine): void {
    const { text } = piece;
    const next = nextRecord(text);
    if (next < 0) {
      this.#kernelLine(piece, line);
      return;
    }
    const marked = withRepair(piece, 'C3');
    const head = text.slice(0, next).trimEnd();
    this.#kernelLine(partOf(marked, head), readKernelLine(head) ?? line);
    this.#road.route(partOf(marked, text.slice(next)));
  }

  #kernelLine(piece: Piece, { seconds, text, priority }: KernelLine): void {
    const fromHost = piece.frame.ident === 'kernel' || piece.frame.pairs?.text('_TRANSPORT') === 'kernel';
    if (!piece.outer && !fromHost) this.#consoles.add(piece.source.path);
    const msg = text.trimEnd();
    const kata = kataWith({ kernel_time: seconds });
    if (!fromHost) kata.component = isSystemdLog(msg) ? 'guest-systemd' : 'guest-kernel';
    const level = priority === undefined ? undefined : levelOfPriority(priority, false);
    if (level !== undefined) kata.level = level;
    if (mayTeach(piece)) this.#road.memory.vocabulary.learnKernel(msg);
    this.#road.emit(textRecord(piece, msg, kata), piece);
  }

  /** Text in front of a record on its line. */
  #glued(piece: Piece): boolean {
    const { text } = piece;
    const at = text.indexOf('{"msg":"', 1);
    if (at < 1 || !isRecord(readJsonObject(text.slice(at)))) return false;
    const marked = withRepair(piece, 'C3');
    this.#road.route(withText(marked, text.slice(0, at).trimEnd()));
    this.#road.route(withText(marked, text.slice(at)));
    return true;
  }
}

/** Blanks before what is whole by itself. */
function isPadded(text: string): boolean {
  return PADDED_STAMP.test(text) || (PADDED_OBJECT.test(text) && isRecord(readJsonObject(text.trim())));
}

/** Where behind a kernel line's beginning another record begins on its line, or -1. */
function nextRecord(text: string): number {
  const json = text.indexOf('{"msg":"');
  const end = json > 0 ? endOfObject(text, json) : -1;
  const isJson = end > 0 && isRecord(readJsonObject(text.slice(json, end)));
  STAMP.lastIndex = 1;
  for (let match = STAMP.exec(text); match; match = STAMP.exec(text)) {
    if (isJson && json < match.index) return json;
    if (/(?:\s{2}|[}\r])$/.test(text.slice(Math.max(0, match.index - 2), match.index))) return match.index;
  }
  return isJson ? json : -1;
}
