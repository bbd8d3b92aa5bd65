// Records in JSON: the agent's and runtime-rs's of slog, logrus's; sound or hurt; and JSON that is nobody's record.
import { foreignJson, partialRecord, slogRecord } from './build.ts';
import type { GoRecords } from './go-records.ts';
import { endOfObject, readJsonObject } from './json-record.ts';
import { findStamp } from './kernel-text.ts';
import type { Open, OpenPieces } from './open-pieces.ts';
import { type Piece, withRepair, withText } from './piece.ts';
import { kataWith, newKata, type Pairs } from './record.ts';
import type { Road } from './road.ts';
import type { RuntimeRsText } from './runtime-rs-text.ts';
import {
  completePart,
  innerRecordStart,
  isRecord,
  isTornBySplice,
  readUnescaped,
  unsplice,
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
    else if (findStamp(piece.text, 1) < 0 || !isTornBySplice(piece.text) || !this.#spliced(piece))
      this.#whole(piece, pairs);
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
    if (found.kernel) this.#road.route(found.kernel);
    return true;
  }

  /** What nobody continued: its whole pairs. */
  giveUp({ piece, isSeam }: Open): void {
    const stamp = findStamp(piece.text, 1);
    const text = stamp < 0 ? piece.text : piece.text.slice(0, stamp);
    const marked = withRepair(piece, isSeam ? 'C6' : piece.outer ? 'C2' : 'C7');
    this.#partial(stamp < 0 ? marked : withRepair(marked, 'C1'), completePart(text));
    if (stamp >= 0) this.#road.route(withRepair(withText(piece, piece.text.slice(stamp)), 'C1'));
  }

  #whole(piece: Piece, pairs: Pairs): void {
    const slog = slogRecord(piece, pairs);
    if (slog) {
      if (slog.kata.component === 'agent') this.#road.memory.vocabulary.learnRecord(pairs.keys, pairs.values);
      else if (slog.kata.component === 'runtime' && this.#runtimeRs.unwrap(piece, pairs, slog.kata)) return;
      this.#road.emit(slog, piece);
    } else if (isRecord(pairs) && pairs.text('time') !== undefined) this.#go.record(piece, pairs);
    else this.#road.emit(foreignJson(piece, pairs), piece);
  }

  #damaged(piece: Piece): void {
    const { text } = piece;
    if (this.#splitOff(piece)) return;
    if (findStamp(text, 1) >= 0 && this.#spliced(piece)) return;
    const inner = innerRecordStart(text);
    if (inner > 0) {
      this.#open.add({ kind: 'json', isSeam: true, piece: withText(piece, text.slice(0, inner)), followers: [] });
      this.route(withRepair(withText(piece, text.slice(inner)), 'C6'));
      return;
    }
    const unescaped = readUnescaped(text, this.#road.memory.vocabulary);
    if (isRecord(unescaped)) this.#whole(withRepair(piece, 'C16'), unescaped);
    else this.#open.add({ kind: 'json', isSeam: false, piece, followers: [] });
  }

  /** C3: a whole record, and more behind it. */
  #splitOff(piece: Piece): boolean {
    const { text } = piece;
    const end = endOfObject(text, 0);
    if (end < 0 || end === text.length) return false;
    const first = readJsonObject(text.slice(0, end));
    if (!isRecord(first) || isTornBySplice(text.slice(0, end))) return false;
    const rest = text.slice(end).trim();
    if (rest === '') {
      this.#whole(withRepair(withText(piece, text.slice(0, end)), 'C26'), first);
      return true;
    }
    this.#whole(withRepair(withText(piece, text.slice(0, end)), 'C3'), first);
    this.#road.route(withRepair(withText(piece, rest), 'C3'));
    return true;
  }

  /** C1: kernel text inside. Whole again where it is certain, else what is certain of both. */
  #spliced(piece: Piece): boolean {
    const { text } = piece;
    const marked = withRepair(piece, 'C1');
    const found = unsplice(text, this.#road.memory.vocabulary);
    if (found) {
      this.#whole(withText(marked, found.json), found.record);
      this.#road.route(withText(marked, found.kernel.trimEnd()));
      return true;
    }
    const torn = endOfObject(text, 0) === text.length ? withoutTorn(text) : undefined;
    if (!torn || !isRecordButOne(torn.record)) return false;
    this.#partial(marked, torn.record);
    const seconds = Number(/\d+\.\d{6}/.exec(torn.kernel)?.[0]);
    this.#road.emit(
      partialRecord(marked, kataWith({ component: 'guest-kernel', kernel_time: seconds }), undefined),
      marked,
    );
    return true;
  }

  #partial(piece: Piece, pairs: Pairs | undefined): void {
    const slog = pairs && slogRecord(piece, pairs);
    const kata = slog ? slog.kata : newKata();
    if (!slog) {
      const msg = pairs?.text('msg');
      if (msg !== undefined) kata.msg = msg;
      if (pairs?.get('source') === 'agent' || piece.outer) kata.component = 'agent';
    }
    this.#road.emit(partialRecord(piece, kata, pairs), piece);
  }
}

function isRecordButOne({ keys }: Pairs): boolean {
  return ['msg', 'level', 'ts'].filter((key) => keys.includes(key)).length >= 2;
}
