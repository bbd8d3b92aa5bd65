// The source at work: reads entries in segments, saves where it is behind what is settled, waits for more.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Create } from '../../../config/planned.ts';
import type { Host, Intake, Mark, OpenStream, Source } from '../../../core/plugin.ts';
import { quoted } from '../../../core/problem.ts';
import { bootIdText } from '../../../formats/journal/cursor.ts';
import { type EntryHead, newHead } from '../../../formats/journal/entry.ts';
import { H_BOOT, H_XOR } from '../../../formats/journal/layout.ts';
import type { Match } from '../../../formats/journal/match.ts';
import { onDisk } from '../../../readers/files/path-patterns.ts';
import { JournalFollower } from '../../../readers/journal/follower.ts';
import { Journal, type JournalEntry } from '../../../readers/journal/journal.ts';
import type { JournalProblem, Loss } from '../../../readers/journal/problems.ts';
import { streamKey } from '../../../search/id.ts';
import { EntryFields, type EntrySettings } from '../../shared/entry-fields.ts';
import { entryCheck, isAlike } from './entry-id.ts';
import { EntryTape } from './entry-tape.ts';
import { type Gap, gapsJson, gapTape, newParts, readGaps } from './gaps.ts';
import { covers, cursorText, type JournalMark, markJson, readMark } from './mark.ts';
import { PositionFiles } from './position-files.ts';

export interface SystemdSettings {
  readonly path: string;
  readonly tag: string;
  readonly match: Match | undefined;
  readonly readsFromHead: boolean;
  readonly positionFile: string | undefined;
  readonly storagePath: string | undefined;
  readonly entry: EntrySettings | undefined;
}

/** Where an output stands that is further than reading is. */
interface Ahead extends Mark {
  readonly place: JournalMark;
}

/** Bytes of values in one segment. */
const SEGMENT_BYTES = 256 << 10;

export class Systemd implements Source {
  readonly #settings: SystemdSettings;
  readonly #fields: EntryFields | undefined;

  constructor(settings: SystemdSettings, host: Host & Create) {
    this.#settings = settings;
    this.#fields = settings.entry && new EntryFields(settings.entry, host);
  }

  async run(intake: Intake, signal: AbortSignal): Promise<void> {
    const { path, match } = this.#settings;
    const journal = await Journal.open({
      directories: [onDisk(intake.root, path)],
      files: [],
      match,
      dedup: true,
      onProblem: (problem) => report(problem, intake),
    });
    const run = new SystemdRun(this.#settings, this.#fields, intake, journal);
    try {
      await run.whole(signal);
    } catch (thrown) {
      if (!signal.aborted) throw thrown;
    } finally {
      run.close();
    }
  }
}

function report({ kind, path, why }: JournalProblem, { log, count, trouble }: Intake): void {
  count(`files_${kind.replace('-', '_')}`);
  const message = `${quoted(path)}: ${why}`;
  if (kind === 'unknown-format') {
    trouble(path, why);
    log.error(`${message}; its entries may be misread`);
  } else log.warn(message);
}

class SystemdRun {
  readonly #settings: SystemdSettings;
  readonly #fields: EntryFields | undefined;
  readonly #intake: Intake;
  readonly #journal: Journal;
  readonly #follower: JournalFollower;
  readonly #files: PositionFiles;
  readonly #stream: OpenStream;
  readonly #tape: EntryTape;
  readonly #boots = new Map<string, string>();
  /** Where outputs stand that are further than reading is, nearest first. */
  #ahead: readonly Ahead[];
  #position: number;
  /** The journal stands at an entry that no segment has yet. */
  #isPending = false;
  readonly #lastHead = newHead();
  #occurrence = -1;
  #gaps: readonly Gap[];
  #savedMark = '';
  #hasTold = false;

  constructor(settings: SystemdSettings, fields: EntryFields | undefined, intake: Intake, journal: Journal) {
    this.#settings = settings;
    this.#fields = fields;
    this.#intake = intake;
    this.#journal = journal;
    this.#follower = new JournalFollower(journal, intake.clock);
    this.#tape = new EntryTape(intake.arena, intake.keys);
    this.#files = new PositionFiles(intake, settings.positionFile, settings.storagePath);
    this.#stream = this.#openStream();
    this.#position = this.#stream.position;
    this.#ahead = this.#stream.ahead.map((each) => ({ ...each, place: readMark(each.mark) }));
    this.#gaps = readGaps(this.#stream.facts['gaps']);
    this.#files.keep(() => cursorText(this.#stream.mark));
  }

  async whole(signal: AbortSignal): Promise<void> {
    this.#emitGaps(this.#gaps);
    while (!signal.aborted) {
      await this.#intake.room(signal);
      this.#tellLosses();
      const hasRead = this.#readSegment();
      this.#stream.atEnd(!hasRead);
      // Gives way to everything else that waits: sockets, signals, other sources.
      await nextTurn();
      if (hasRead) continue;
      this.#passOver();
      if (!this.#intake.once) await this.#follower.wait(signal);
      else if (!this.#journal.update()) return;
    }
  }

  close(): void {
    this.#follower.close();
    this.#journal.close();
  }

  /** The stream where it is to go on, with the journal there. */
  #openStream(): OpenStream {
    const [known, ...others] = this.#intake.known();
    for (const other of others) this.#intake.open(other, other.position).finish();
    const foreign = this.#files.foreignMark();
    if (known && !foreign) {
      const stream = this.#intake.open(known, known.position);
      const mark = stream.mark === undefined ? undefined : readMark(stream.mark);
      this.#start(mark);
      return stream;
    }
    if (known) this.#intake.open(known, known.position).finish();
    this.#start(foreign);
    return this.#intake.open({ key: this.#keyOf('stream'), facts: {} }, 0);
  }

  #start(mark: JournalMark | undefined): void {
    if (mark) {
      this.#journal.resume(mark.position);
      if (mark.position.last) this.#lastHead.set(mark.position.last.head);
      this.#occurrence = mark.occurrence;
    } else if (this.#settings.readsFromHead) this.#journal.seekHead();
    else this.#journal.seekTail();
  }

  /** Reads entries of one boot into one segment; whether there were any. */
  #readSegment(): boolean {
    if (!this.#isPending && !this.#journal.next()) return false;
    this.#expect();
    const { arena } = this.#intake;
    const mark = arena.mark();
    try {
      this.#intake.scanner.tidy();
      this.#fillSegment();
    } finally {
      arena.release(mark);
    }
    return true;
  }

  /** Tells how much there is, for those who wait for the end. */
  #expect(): void {
    if (this.#hasTold || !this.#intake.once) return;
    this.#hasTold = true;
    this.#intake.count('entries_expected', this.#journal.left);
  }

  #fillSegment(): void {
    const journal = this.#journal;
    const key = this.#bootKey(journal.entry);
    const boot = journal.entry.head.slice(H_BOOT, H_XOR);
    const limit = this.#limitFor(journal.entry);
    this.#tape.begin();
    let bytes = 0;
    this.#isPending = false;
    do {
      const { head } = journal.entry;
      const occurrence = this.#occurrence >= 0 && isAlike(head, this.#lastHead) ? this.#occurrence + 1 : 0;
      // Entries that only their order tells apart stay in one segment: a replay counts them the same way.
      const isFull = bytes >= SEGMENT_BYTES && occurrence === 0;
      if (isFull || !isOfBoot(head, boot) || this.#limitFor(journal.entry) !== limit) {
        this.#isPending = true;
        break;
      }
      const added = this.#tape.add(journal, entryCheck(head, occurrence));
      if (added < 0) {
        this.#isPending = true;
        break;
      }
      bytes += added;
      this.#lastHead.set(head);
      this.#occurrence = occurrence;
    } while (journal.next());
    this.#emitSegment(key, bytes, limit);
  }

  #emitSegment(key: string, bytes: number, limit: number): void {
    const saved = this.#mark();
    const end = this.#advance(bytes, limit);
    const segment = this.#stream.segment(this.#position, end, { streamKey: key, mark: saved });
    this.#position = end;
    const tape = this.#tape.tape();
    this.#intake.count('entries', tape.count);
    segment.emit(this.#settings.tag, this.#fields ? this.#fields.apply(tape) : tape);
    segment.end();
  }

  /** Entries that did not match are behind us as well, however many there were. */
  #passOver(): void {
    const saved = this.#mark();
    const text = JSON.stringify(saved);
    if (text === this.#savedMark) return;
    const end = this.#position + 1;
    this.#stream.segment(this.#position, end, { streamKey: this.#stream.key, mark: saved }).end();
    this.#position = end;
    this.#savedMark = text;
  }

  #mark(): ReturnType<typeof markJson> {
    const json = markJson({ position: this.#journal.position(), occurrence: this.#occurrence });
    this.#savedMark = JSON.stringify(json);
    return json;
  }

  /** The position up to which outputs have the entry already, or Infinity. */
  #limitFor({ seqnumId, head }: JournalEntry): number {
    while (this.#ahead.length > 0) {
      const nearest = this.#ahead[0] as Ahead;
      if (covers(nearest.place, seqnumId, head)) return nearest.position;
      this.#ahead = this.#ahead.slice(1);
      this.#position = Math.max(this.#position, nearest.position);
    }
    return Number.POSITIVE_INFINITY;
  }

  /** The end of a segment: never beyond the place where an output stands that has all of it. */
  #advance(bytes: number, limit: number): number {
    const room = limit - this.#position;
    return this.#position + Math.min(bytes, room / 2);
  }

  #tellLosses(): void {
    const found = this.#journal.takeLosses().flatMap((loss) => newParts(loss, this.#gaps));
    if (found.length === 0) return;
    const time = this.#intake.clock.now();
    const gaps = found.map((loss: Loss) => ({ ...loss, found: time }));
    this.#gaps = [...this.#unsettledGaps(), ...gaps];
    // Saved before they are sent: a replay must tell the same ones.
    this.#stream.update({ ...this.#stream.facts, gaps: gapsJson(this.#gaps) });
    this.#emitGaps(gaps);
  }

  #unsettledGaps(): readonly Gap[] {
    const settled = this.#stream.mark;
    if (settled === undefined) return this.#gaps;
    const { seqnums } = readMark(settled).position;
    return this.#gaps.filter(({ seqnumId, to }) => to > (seqnums.get(seqnumId) ?? -1));
  }

  #emitGaps(gaps: readonly Gap[]): void {
    const { arena, keys, log, count } = this.#intake;
    for (const gap of gaps) {
      const lost = gap.to - gap.from + 1;
      count('gaps');
      count('entries_lost', lost);
      log.error(`${lost} entries were deleted before they were read (numbers ${gap.from} to ${gap.to})`);
      const mark = arena.mark();
      const options = { streamKey: this.#keyOf(`gap/${gap.seqnumId}`) };
      const saved = this.#stream.mark;
      const end = this.#position + 1;
      const segment = this.#stream.segment(
        this.#position,
        end,
        saved === undefined ? options : { ...options, mark: saved },
      );
      this.#position = end;
      segment.emit(this.#settings.tag, gapTape(arena, keys, gap));
      segment.end();
      arena.release(mark);
    }
  }

  #bootKey({ file, head }: JournalEntry): string {
    const machine = file.header.machineId;
    const place = `${machine}/${bootIdText(head)}`;
    const known = this.#boots.get(place);
    if (known !== undefined) return known;
    const key = this.#keyOf(bootIdText(head), /^0*$/.test(machine) ? this.#intake.hostId : machine);
    this.#boots.set(place, key);
    return key;
  }

  #keyOf(fingerprint: string, hostId: string = this.#intake.hostId): string {
    return streamKey({ hostId, kind: 'j', fingerprint, salt: this.#settings.tag });
  }
}

function isOfBoot(head: EntryHead, boot: EntryHead): boolean {
  for (let i = 0; i < boot.length; i++) if (head[H_BOOT + i] !== boot[i]) return false;
  return true;
}
