// Records in JSON: the agent's and runtime-rs's of slog, logrus's; sound or hurt; and JSON that is nobody's record.
import { foreignJson, partialObject, partialRecord, slogRecord } from './build.ts';
import type { GoRecords } from './go-records.ts';
import type { Open } from './join-pieces.ts';
import { endOfObject, readJsonObject } from './json-record.ts';
import { findStamp, readKernelLine } from './kernel-text.ts';
import type { OpenPieces } from './open-pieces.ts';
import { mayTeach, type Piece, partOf, withRepair, withText } from './piece.ts';
import { kataWith, type Pairs } from './record.ts';
import type { Road } from './road.ts';
import type { RuntimeRsText } from './runtime-rs-text.ts';
import {
  completePart,
  innerRecordStart,
  isRecord,
  isTornAt,
  isTornBySplice,
  readUnescaped,
  type Unspliced,
  unsplice,
  unspliceKnown,
  withoutTorn,
} from './salvage-json.ts';

export class JsonRecords {
  readonly #road: Road;
  readonly #open: OpenPieces;
  readonly #runtimeRs: RuntimeRsText;
  readonly #go: GoRecords;

  constructor(road: Road, open: OpenPieces, runtimeRs: RuntimeRsText, go: GoRecords) {
    this.#road = road;
    this.#open = open;
    this.#runtimeRs = runtimeRs;
    this.#go = go;
  }

  /** A text that begins with `{`. */
  route(piece: Piece): void {
    if (!this.#open.isEmpty) this.#open.pass(piece);
    const pairs = readJsonObject(piece.text);
    if (!pairs) this.#damaged(piece);
    else if (findStamp(piece.text, 1) < 0 || !this.#holdsKernelText(piece, pairs)) this.#whole(piece, pairs);
  }

  #holdsKernelText(piece: Piece, pairs: Pairs): boolean {
    // The runtime of the host shares no console with a kernel: it quotes what one said.
    if (pairs.text('name') === 'kata-runtime') return false;
    if (isTornBySplice(piece.text)) return this.#spliced(piece);
    const found = unspliceKnown(piece.text, this.#road.memory.vocabulary);
    if (found) this.#unspliced(withRepair(piece, 'C1'), found);
    return found !== undefined;
  }

  /** Pairs that somebody else parsed: of a record of slog's or logrus's, or nobody's. */
  parsed(piece: Piece, pairs: Pairs): void {
    const slog = pairs.get('ts') === undefined ? undefined : slogRecord(piece, pairs);
    if (slog) this.#whole(piece, pairs);
    else this.#go.record(piece, pairs);
  }

  /** The rest of an open record; false: nothing was open, or it is not its rest. */
  takeTail(piece: Piece): boolean {
    const found = this.#open.has(piece.stream) ? this.#open.join(piece, 'json') : undefined;
    if (found?.kind !== 'json') return false;
    this.#whole(found.piece, found.pairs);
    for (const other of found.others) {
      if (other.text.trim() === '') this.#road.routeConsole(other);
      else this.#road.route(other);
    }
    return true;
  }

  /** What nobody continued: its whole pairs. */
  giveUp({ piece, isSeam }: Open): void {
    const found = findStamp(piece.text, 1);
    const stamp = found >= 0 && !isTornAt(piece.text, found) ? -1 : found;
    const text = stamp < 0 ? piece.text : piece.text.slice(0, stamp);
    const marked = withRepair(piece, isSeam ? 'C6' : piece.outer ? 'C2' : 'C7');
    this.#partial(stamp < 0 ? marked : withRepair(marked, 'C1'), completePart(text));
    if (stamp < 0) return;
    const kernel = withRepair(withText(piece, piece.text.slice(stamp)), 'C1');
    // With the rest of the record behind it, nobody knows where the kernel's text ends.
    if (/"[,:}]/.test(kernel.text)) this.#partialKernel(kernel, kernel.text);
    else this.#road.route(kernel);
  }

  #whole(piece: Piece, pairs: Pairs): void {
    const slog = slogRecord(piece, pairs);
    if (slog) {
      if (slog.kata.component === 'agent') {
        if (mayTeach(piece)) this.#road.memory.vocabulary.learnRecord(pairs.keys, pairs.values);
      } else if (slog.kata.component === 'runtime' && this.#runtimeRs.unwrap(piece, pairs, slog.kata)) return;
      this.#road.emit(slog, piece);
    } else if (isRecord(pairs) && pairs.text('time') !== undefined) this.#go.record(piece, pairs);
    else this.#road.emit(foreignJson(piece, pairs), piece);
  }

  #damaged(piece: Piece): void {
    const { text } = piece;
    // An object of Rust's Debug, or one in quotes, of which only the beginning looks like one of JSON.
    if (!text.startsWith('{"') && (this.takeTail(piece) || this.#continuesLogfmt(piece))) return;
    if (this.#splitOff(piece)) return;
    if (findStamp(text, 1) >= 0 && this.#spliced(piece)) return;
    const inner = innerRecordStart(text);
    if (inner > 0) {
      this.#open.add({ kind: 'json', isSeam: true, piece: withText(piece, text.slice(0, inner)), followers: [] });
      this.route(withRepair(withText(piece, text.slice(inner)), 'C6'));
      return;
    }
    const unescaped = readUnescaped(text, this.#road.memory.vocabulary);
    // Kernel text that has quotes in it.
    if (unescaped && isTornBySplice(unescaped.json) && this.#spliced(withText(piece, unescaped.json))) return;
    if (unescaped) this.#whole(withRepair(piece, 'C16'), unescaped.record);
    // No writer of records begins one so: it may be the middle of one.
    else if (!text.startsWith('{"') && this.#open.hold(piece)) return;
    else this.#open.add({ kind: 'json', isSeam: false, piece, followers: [] });
  }

  #continuesLogfmt(piece: Piece): boolean {
    return this.#open.has(piece.stream) && this.#go.takeTail(piece);
  }

  /** C3: whole records, and maybe more behind them. */
  #splitOff(piece: Piece): boolean {
    const { records, rest } = wholeRecords(piece.text);
    if (records.length === 0) return false;
    const repair = records.length === 1 && rest === '' ? 'C26' : 'C3';
    for (const { json, pairs } of records) this.#whole(withRepair(partOf(piece, json), repair), pairs);
    if (rest !== '') this.#road.route(withRepair(partOf(piece, rest), repair));
    return true;
  }

  /** C1: kernel text inside. Whole again where it is certain, else what is certain of both. */
  #spliced(piece: Piece): boolean {
    const { text } = piece;
    const marked = withRepair(piece, 'C1');
    const found = unsplice(text, this.#road.memory.vocabulary);
    if (found) {
      this.#unspliced(marked, found);
      return true;
    }
    const torn = endOfObject(text, 0) === text.length ? withoutTorn(text) : undefined;
    if (!torn || !isRecordButOne(torn.record)) return false;
    this.#partial(marked, torn.record);
    this.#partialKernel(marked, torn.kernel.replaceAll('\\"', '"'));
    return true;
  }

  #partialKernel(piece: Piece, text: string): void {
    const line = readKernelLine(text);
    const known = kataWith({ component: 'guest-kernel', kernel_time: line?.seconds, msg: line?.text.trimEnd() });
    this.#road.emit(partialRecord(piece, known, undefined), piece);
  }

  #unspliced(piece: Piece, { json, record, kernel }: Unspliced): void {
    this.#whole(withText(piece, json), record);
    for (const text of kernel) this.#road.route(withText(piece, text.trimEnd()));
  }

  #partial(piece: Piece, pairs: Pairs | undefined): void {
    this.#road.emit(partialObject(piece, pairs), piece);
  }
}

interface WholeRecord {
  readonly json: string;
  readonly pairs: Pairs;
}

/** The whole records at the beginning of a text, and what stands behind them. */
function wholeRecords(text: string): { readonly records: readonly WholeRecord[]; readonly rest: string } {
  const records: WholeRecord[] = [];
  let from = 0;
  while (text[from] === '{') {
    const end = endOfObject(text, from);
    const json = end < 0 ? '' : text.slice(from, end);
    const pairs = readJsonObject(json);
    if (!isRecord(pairs) || (pairs.text('name') !== 'kata-runtime' && isTornBySplice(json))) break;
    records.push({ json, pairs });
    from = end;
    while (text[from] === ' ') from++;
  }
  return { records, rest: text.slice(from).trim() };
}

function isRecordButOne({ keys }: Pairs): boolean {
  return ['msg', 'level', 'ts'].filter((key) => keys.includes(key)).length >= 2;
}
