// Records of logrus in logfmt, sound or hurt, and what they wrap: console lines, the agent of 1.x, Firecracker's log.
import {
  CONTAINERD_MESSAGE,
  goRecord,
  partialKernelLine,
  partialObject,
  partialRecord,
  readGo,
  unknownRecord,
} from './build.ts';
import { type ConsoleWrapper, ConsoleWrappers } from './console-wrappers.ts';
import type { JoinedLogfmt, Open } from './join-pieces.ts';
import { readKernelLine } from './kernel-text.ts';
import { isWholeLogrus, type LogfmtScan, scanLogfmt } from './logfmt.ts';
import { GUEST_CONSOLE } from './message-facts.ts';
import type { OpenPieces } from './open-pieces.ts';
import { consoleStream, type Piece, partOf, withRepair, withText } from './piece.ts';
import { type Kata, kataWith, newKata, type Pairs, type Understood } from './record.ts';
import type { Road } from './road.ts';
import { completePart } from './salvage-json.ts';
import {
  closesQuote,
  endsInPath,
  gluedKeys,
  isOfTwo,
  isQuotedEnd,
  lacksSubsystem,
  looksCut,
  looksLikeTail,
  mayBeTail,
  mayLackEnd,
  namesTwice,
  namesWriter,
  orderedPart,
  splitAtSeams,
  tornStamp,
  withoutLast,
} from './salvage-logfmt.ts';
import type { StackGroups } from './stack-groups.ts';
import { isSystemdText } from './systemd-text.ts';
import { WireForms } from './wire-forms.ts';

/** Blanks that a terminal put behind a record, the line feed that a datagram ended with. */
const PADDED = /(?: {2}|\n ?)$/;

export class GoRecords {
  readonly #road: Road;
  readonly #open: OpenPieces;
  readonly #groups: StackGroups;
  readonly #unwraps: boolean;
  readonly wireForms: WireForms = new WireForms();
  readonly #consoleWrappers = new ConsoleWrappers();

  constructor(road: Road, open: OpenPieces, groups: StackGroups, unwraps: boolean) {
    this.#road = road;
    this.#open = open;
    this.#groups = groups;
    this.#unwraps = unwraps;
  }

  /** A text that begins with `time="`. */
  route(piece: Piece): void {
    const { text } = piece;
    if (!this.#open.isEmpty) this.#open.pass(piece);
    const console = this.#unwraps && !piece.outer ? this.#consoleWrappers.read(text) : undefined;
    if (console) {
      this.#console({ ...piece, identity: text }, console);
      return;
    }
    this.#scanned(PADDED.test(text) ? unpadded(piece) : piece);
  }

  #scanned(piece: Piece): void {
    const { text } = piece;
    const scan = scanLogfmt(text);
    // The rest of what is cut may tell where the kernel's text ends.
    if (!scan.cut && this.#spliced(piece, text)) return;
    // Pairs out of order: another record may have begun in the middle of a name.
    const isSound = isWholeLogrus(scan) || (scan.clean && splitAtSeams(text).length === 1 && !namesTwice(scan.pairs));
    const isGlued = piece.repairs.includes('C6') && isOfTwo(scan.pairs);
    if (!isSound || isGlued || looksCut(text, scan.pairs)) this.#damaged(piece, scan.cut);
    else this.#sound(scan.blankKey ? withRepair(piece, 'C19') : piece, piece.repairs.length === 0, scan.pairs);
  }

  /** What is whole by its looks. @param isPlain it came as it is */
  #sound(piece: Piece, isPlain: boolean, pairs: Pairs): void {
    const isSeam = mayLackEnd(pairs) && this.#open.isTearing(piece.stream);
    if (isPlain && (isSeam || endsInPath(piece.text, pairs))) {
      this.#open.add({ kind: 'logfmt', isSeam, isWhole: true, piece, followers: [] });
    } else this.record(piece, pairs);
  }

  /** A whole record, of logfmt or of logrus's JSON. */
  record(piece: Piece, pairs: Pairs): void {
    const kata = readGo(piece, pairs);
    const identified = piece.outer ? piece : { ...piece, identity: identityOf(kata, piece.text) };
    if (this.#unwraps && this.#unwrap(identified, pairs, kata)) return;
    if (kata.problem === undefined && kata.level === 'error' && this.#groups.takeRecord(identified, kata, pairs))
      return;
    const noted = this.wireForms.note(identified, kata);
    this.#road.emit(goRecord(noted, pairs, kata), noted);
  }

  /** What nobody continued. */
  giveUp({ piece, isSeam, isTorn, isWhole, followers, companion }: Open): void {
    if (companion) this.#companion(companion, isTorn === true);
    if (isWhole && !isTorn) {
      this.record(piece, scanLogfmt(piece.text).pairs);
      return;
    }
    for (const follower of followers) this.route(withRepair(follower, isTorn ? 'C6' : 'C8'));
    const text = piece.text.trimEnd();
    const scan = scanLogfmt(text);
    if (isSeam && !isTorn && isWholeLogrus(scan) && !looksCut(text, scan.pairs)) {
      this.record(withRepair(withText(piece, text), 'C8'), scan.pairs);
      return;
    }
    const cut = isSeam ? piece : withRepair(piece, 'C7');
    const marked = isSeam || isTorn ? withRepair(cut, 'C6') : cut;
    if (!this.#spliced(marked, piece.text)) this.#partial(marked, scanLogfmt(piece.text).pairs);
  }

  /** What stood behind a piece on its line, and may have its end. */
  #companion(companion: Piece, hasEndOfOther: boolean): void {
    const { pairs } = scanLogfmt(companion.text);
    if (hasEndOfOther) this.#partial(companion, pairs);
    else this.record(companion, pairs);
  }

  /** Pairs in an order that is not logrus's, among them a time; false: it is none. */
  takeUnordered(piece: Piece): boolean {
    if (!/(?:^|\s)time="?\d{4}-\d\d-\d\dT/.test(piece.text)) return false;
    const { clean, pairs } = scanLogfmt(piece.text);
    // logrus puts its quoted time first: one further on begins another record.
    if (
      !clean ||
      splitAtSeams(piece.text).length > 1 ||
      (pairs.get('level') === undefined && pairs.get('msg') === undefined)
    )
      return false;
    this.record(piece, pairs);
    return true;
  }

  /** A text without a beginning that may be the rest of a record; false: it is none. */
  takeTail(piece: Piece): boolean {
    const { text } = piece;
    const parts = splitAtSeams(text);
    const head = withText(piece, parts[0] as string);
    if (this.#open.has(piece.stream)) {
      const found = this.#open.join(head, 'logfmt');
      if (found?.kind === 'logfmt') {
        this.#joined(found);
        this.#behind(piece, parts);
        return true;
      }
    }
    if (parts.length > 1) {
      if (this.#open.holdMiddle(head)) {
        this.#behind(piece, parts);
        return true;
      }
      // It is of one that was torn, and nobody knows which: without it none of them is whole.
      this.#open.giveUpTorn(piece);
    }
    if (parts.length < 2 && !this.#isRest(piece)) return false;
    if (parts.length < 2 && this.takeUnordered(piece)) return true;
    this.#open.giveUpIfSeveral(piece);
    if (this.#open.holdWrapped(piece)) return true;
    if (looksLikeTail(text)) this.#open.giveUpTorn(piece);
    this.#open.giveUpWhole(piece);
    const first = partialRecord(withRepair(head, 'C6'), newKata(), undefined);
    this.#road.emit(first, head);
    this.#behind(piece, parts);
    return true;
  }

  /** What stands behind the rest of a record on its line. */
  #behind(piece: Piece, parts: readonly string[]): void {
    for (const part of parts.slice(1)) this.route(withRepair(withText(piece, part.trimEnd()), 'C6'));
  }

  #joined({ piece, scan, followers, companion, others }: JoinedLogfmt): void {
    if (companion) this.#whole(companion);
    this.record(piece, scan.pairs);
    for (const follower of followers) this.route(withRepair(follower, 'C6'));
    for (const other of others) this.#road.route(other);
  }

  /** What looks whole, unless the next line tells that it lacks its end. */
  #whole(piece: Piece): void {
    const { pairs } = scanLogfmt(piece.text);
    if (!lacksSubsystem(pairs)) this.record(piece, pairs);
    else this.#open.add({ kind: 'logfmt', isSeam: true, isWhole: true, piece, followers: [] });
  }

  #isRest(piece: Piece): boolean {
    const { text, stream } = piece;
    if (looksLikeTail(text)) return true;
    if (mayBeTail(text) && this.#open.expectsRest(piece)) return true;
    return (closesQuote(text) && this.#open.hasCut(stream)) || (isQuotedEnd(text) && this.#open.isTearing(stream));
  }

  /** C1 in what an agent of 1.x wrote: nobody knows where in the pair the kernel's text ends. False: there is none. */
  #spliced(piece: Piece, text: string): boolean {
    const start = piece.outer ? tornStamp(text) : -1;
    if (start < 0) return false;
    const marked = withRepair(piece, 'C1');
    this.#partial(marked, scanLogfmt(text.slice(0, start)).pairs);
    const line = readKernelLine(text.slice(start));
    const kata = kataWith({ component: 'guest-kernel', kernel_time: line?.seconds, msg: line?.text.trimEnd() });
    this.#road.emit(partialRecord(marked, kata, undefined), marked);
    return true;
  }

  #damaged(piece: Piece, isCut: boolean): void {
    const parts = splitAtSeams(piece.text);
    if (parts.length > 1) {
      this.#split(piece, parts);
      return;
    }
    const glued = isCut ? undefined : gluedKeys(piece.text);
    const isTorn = glued !== undefined && piece.repairs.includes('C6') && isOfTwo(glued);
    if (glued && !isTorn && !looksCut(piece.text, glued)) this.record(withRepair(piece, 'C19'), glued);
    else this.#open.add({ kind: 'logfmt', isSeam: false, piece, followers: [] });
  }

  /** Several records on one line: the first is held, for its rest may come on the next line. */
  #split(piece: Piece, parts: readonly string[]): void {
    const lead = parts[0] as string;
    // A blank at the end of the line is one of its record, which was cut there.
    const texts = parts.map((part, at) => (at + 1 < parts.length ? part.trimEnd() : part));
    const scans = texts.map((text) => scanLogfmt(text));
    const allWhole = texts.every((text) => isWholeByLooks(text));
    const others = texts.slice(1).map((text) => partOf(piece, text));
    // Where all of them are whole, only the next line tells whether the first one is: it may have been cut at a blank.
    const followers = allWhole ? others : [];
    const last = others.at(-1) as Piece;
    const isCompanion = !allWhole && isWholeByLooks(last.text) && namesWriter((scans.at(-1) as LogfmtScan).pairs);
    const companion = isCompanion ? { companion: withRepair(last, 'C6') } : {};
    this.#open.add({ kind: 'logfmt', isSeam: true, piece: partOf(piece, lead), followers, ...companion });
    if (allWhole) return;
    if (isCompanion) others.pop();
    for (const [index, other] of others.entries()) {
      // In the middle of the line another one begins behind it: it may lack its end, too.
      const scan = scans[index + 1] as LogfmtScan;
      const namesNobody = !namesWriter(scan.pairs);
      const isBeforeSeam = index + 2 < parts.length && namesNobody;
      if (isBeforeSeam) this.#open.add({ kind: 'logfmt', isSeam: true, piece: other, followers: [] });
      // The last one may have been cut, too: a rest that is of none else tells.
      else if (namesNobody && isWholeByLooks(other.text)) {
        this.#open.add({ kind: 'logfmt', isSeam: true, isWhole: true, piece: withRepair(other, 'C6'), followers: [] });
      } else this.route(withRepair(other, 'C6'));
    }
  }

  /** The pairs that can be read of a record whose end is missing. */
  #partial(piece: Piece, all: Pairs): void {
    const pairs = orderedPart(all);
    if (pairs.keys.length === 0) {
      this.#road.emit(partialRecord(piece, newKata(), undefined), piece);
      return;
    }
    const lastKey = pairs.keys.at(-1);
    // A cut message is still worth reading; a cut id would be a wrong one.
    const kata = readGo(piece, lastKey === 'msg' ? pairs : withoutLast(pairs));
    // Who passes a record on is not who wrote it: that stood behind.
    const isPassedOn = kata.component === 'containerd' || kata.component === 'crio';
    if (isPassedOn && !CONTAINERD_MESSAGE.test(kata.msg ?? '')) kata.component = undefined;
    const console = lastKey === 'vmconsole' ? pairs.text('vmconsole') : undefined;
    if (console !== undefined && kata.msg === GUEST_CONSOLE) {
      this.#partialConsole(piece, pairs, kata, console);
      return;
    }
    this.#road.emit(partialRecord(piece, kata, pairs), piece);
  }

  #partialConsole(piece: Piece, pairs: Pairs, outer: Kata, text: string): void {
    const inner: Piece = { ...piece, text, outer, wrappers: [pairs.without('vmconsole'), ...piece.wrappers] };
    this.#road.emit(partialText(inner), inner);
  }

  /** Whether the record only wraps another text, which was routed then. */
  #unwrap(piece: Piece, pairs: Pairs, kata: Kata): boolean {
    const { msg } = kata;
    if (msg === GUEST_CONSOLE) {
      if (!piece.outer && piece.repairs.length === 0) this.#consoleWrappers.learn(piece.text, pairs, kata);
      return this.#wrapped(piece, pairs, kata, 'vmconsole');
    }
    if (msg !== undefined && ((kata.component === 'agent' && isRelay(pairs)) || quotesAgent(pairs, msg)))
      return this.#wrapped(piece, pairs, kata, 'msg');
    if (msg === 'read firecracker fifo' && pairs.text('contents') !== undefined) {
      return this.#wrapped(piece, pairs, kataWith({ ...kata, component: 'fc' }), 'contents');
    }
    return false;
  }

  #console(piece: Piece, { kata, pairs, line }: ConsoleWrapper): void {
    if (line === '') this.#road.memory.count('C14');
    else this.#road.routeConsole(wrappedPiece(piece, line, kata, pairs));
  }

  #wrapped(piece: Piece, pairs: Pairs, kata: Kata, key: string): boolean {
    const text = pairs.text(key);
    if (text === undefined) return false;
    const line = text.endsWith('\n') ? text.replace(/\n+$/, '') : text;
    const inner = wrappedPiece(piece, line, kata, pairs.without(key));
    if (key === 'contents' && line.trim() !== '') this.#road.emit(textOf(inner), inner);
    else this.#road.routeConsole(inner);
    return true;
  }
}

/** A text of a console whose end is missing. */
function partialText(piece: Piece): Understood {
  const { text } = piece;
  if (text.startsWith('{"')) return partialObject(piece, completePart(text));
  const line = readKernelLine(text);
  if (line) return partialKernelLine(piece, line);
  const component = isSystemdText(text) ? 'guest-systemd' : 'guest-other';
  return partialRecord(piece, kataWith({ component, ...(text !== '' && { msg: text }) }), undefined);
}

function isWholeByLooks(text: string): boolean {
  const scan = scanLogfmt(text);
  return isWholeLogrus(scan) && !looksCut(text, scan.pairs) && !isOfTwo(scan.pairs);
}

function unpadded(piece: Piece): Piece {
  const repaired = piece.text.endsWith('\n') ? piece : withRepair(piece, 'C26');
  return withText(repaired, piece.text.trimEnd());
}

function textOf(piece: Piece): ReturnType<typeof unknownRecord> {
  const record = unknownRecord(piece);
  record.kata.component = 'fc';
  delete record.raw;
  return record;
}

/** The proxy and the shim of 1.x pass on what the agent wrote. */
function isRelay(pairs: Pairs): boolean {
  const name = pairs.text('name');
  return name === 'kata-proxy' || name === 'kata-shim';
}

/** As kata-log-parser decides it: what such a source says in logfmt, the agent said. */
function quotesAgent(pairs: Pairs, msg: string): boolean {
  const source = pairs.text('source');
  return (source === 'agent' || source === 'virtcontainers') && msg.startsWith('time=') && readsAsRecord(msg);
}

/** A record, whole or cut; where its time was not quoted, one that can be read to its end. */
function readsAsRecord(text: string): boolean {
  return text.startsWith('time="') || scanLogfmt(text.trimEnd()).clean;
}

function wrappedPiece(piece: Piece, line: string, outer: Kata, pairs: Pairs): Piece {
  const wrappers = piece.wrappers.length === 0 ? [pairs] : [pairs, ...piece.wrappers];
  return { ...piece, text: line, outer, wrappers, stream: consoleStream(outer, piece) };
}

/** The text that the copies of one record share behind their times (see doubles.ts). */
function identityOf(kata: Kata, text: string): string {
  return kata.time && text.startsWith('time="') ? text : '';
}
