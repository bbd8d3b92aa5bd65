// The filter at work. A record whose parts lie in one batch is written in place; one that waits for later parts is kept as
// bytes, with the reference on its segment.
import type { Batch, Segment } from '../../../core/event.ts';
import { setSpanJson } from '../../../core/field.ts';
import type { Filter, FilterHost, Held } from '../../../core/plugin.ts';
import {
  D_OFFSET,
  findSpan,
  HEAD_BYTES,
  KIND_TEXT,
  LIVE,
  NO_KEY,
  S_KEY,
  SPAN_BYTES,
  type Tape,
  W_STATUS,
} from '../../../core/tape.ts';
import { TapeWriter } from '../../../core/tape-writer.ts';
import { copyTime } from '../../shared/copy-time.ts';
import { FieldReader } from '../../shared/field-reader.ts';
import { createMode, dockerFields, type Mode, type ModeSettings } from './modes.ts';

export interface ConcatSettings extends ModeSettings {
  readonly key: string | undefined;
  readonly separator: string;
  readonly stream_identity_key: string | undefined;
  readonly flush_interval: number;
  readonly use_first_timestamp: boolean;
  readonly keep_partial_key: boolean;
  readonly keep_partial_metadata: boolean;
  readonly partial_cri_stream_key: string;
}

/** A record that is longer is taken as complete. */
const TEXT_MAX_CHARS = 16 << 20;
/** Streams that wait at the same time; beyond it the oldest is taken as complete. */
const GROUPS_MAX = 4096;
const TICK_MS = 500;

/** A record that is being put together. */
interface Group {
  texts: string[];
  chars: number;
  /** Its first part in the present batch, or what was kept of it. */
  first: number | Kept;
  /** Address of its last part in the present batch, or of a head that was kept. */
  last: number | Buffer;
  held: Held | undefined;
  atMs: number;
  /** Offsets of its first and its last part. */
  readonly begin: number;
  readonly home: Segment;
  end: number;
  /** Where it ended before a restart. */
  readonly cut: number | undefined;
}

interface Kept {
  readonly head: Buffer;
  readonly json: Buffer;
}

export class Concat implements Filter {
  readonly state = 'stream';
  readonly #settings: ConcatSettings;
  readonly #host: FilterHost;
  readonly #text: FieldReader;
  readonly #identities: readonly FieldReader[];
  readonly #mode: Mode;
  readonly #separator: string;
  readonly #key: number;
  readonly #removed: readonly number[];
  readonly #groups = new Map<string, Group>();
  #timer: NodeJS.Timeout | undefined;

  constructor(settings: ConcatSettings, host: FilterHost) {
    const { use_partial_cri_logtag: isCri, use_partial_metadata: isDocker, partial_key: partial } = settings;
    const key = settings.key ?? (isCri ? 'message' : 'log');
    this.#settings = settings;
    this.#host = host;
    this.#text = new FieldReader(key, host);
    this.#key = host.keys.pin(key);
    this.#mode = createMode(settings, host);
    const identities = [
      ...(settings.stream_identity_key === undefined ? [] : [settings.stream_identity_key]),
      ...(isCri ? [settings.partial_cri_stream_key] : []),
      ...(isDocker ? [dockerFields(settings.partial_metadata_format).id] : []),
    ];
    this.#identities = identities.map((name) => new FieldReader(name, host));
    this.#separator = isCri || isDocker || partial !== undefined ? '' : settings.separator;
    this.#removed = removedFields(settings).map((name) => host.keys.pin(name));
  }

  apply(batch: Batch): void {
    const { arena, tape } = batch;
    const writer = new TapeWriter(arena, tape.end - tape.start + SPAN_BYTES);
    const begun = new Set<string>();
    for (let record = tape.start; record < tape.end; record += arena.i32[record >> 2] as number) {
      if (arena.i32[(record >> 2) + W_STATUS] !== LIVE) continue;
      if (this.#text.find(record) && this.#isText()) this.#take(batch, writer, record, begun);
      else writer.copy(record);
    }
    for (const identity of begun) this.#keep(batch, identity);
    batch.tape = writer.tape();
    if (this.#groups.size > 0 && this.#settings.flush_interval > 0)
      this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref();
  }

  flush(): void {
    this.#sendHeld([...this.#groups.keys()]);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #isText(): boolean {
    return this.#text.kind === KIND_TEXT || this.#host.arena.u8[this.#text.start] === 0x22;
  }

  /** @param begun identities of groups whose parts lie in this batch. */
  #take(batch: Batch, writer: TapeWriter, record: number, begun: Set<string>): void {
    const text = this.#text.text();
    const identity = this.#identityOf(batch, record);
    const offset = this.#host.arena.f64[(record >> 3) + D_OFFSET] as number;
    if (this.#host.isJoined(batch, offset)) return;
    const before = this.#groups.get(identity);
    const isCut = before?.cut !== undefined && offset > before.cut;
    if (isCut) this.#complete(writer, identity, before, begun);
    const waiting = isCut ? undefined : before;
    const step = this.#mode(record, text, waiting?.texts.length ?? 0);
    if (waiting && (step === 'alone' || step.startsWith('begin'))) this.#complete(writer, identity, waiting, begun);
    if (step === 'alone') {
      writer.copy(record);
      this.#removeMarks(writer.last);
      return;
    }
    const group = this.#groups.get(identity) ?? this.#begin(batch, identity, record, begun);
    if (group.texts.length > 0) this.#host.joined(batch, offset, group.home, group.begin);
    group.texts.push(text);
    group.end = offset;
    group.chars += text.length;
    group.last = record;
    group.atMs = this.#host.clock.monotonicMs();
    if (group.held) begun.add(identity);
    if (step === 'end' || step === 'begin-end' || group.chars > TEXT_MAX_CHARS) {
      this.#complete(writer, identity, group, begun);
    }
  }

  #begin(batch: Batch, identity: string, record: number, begun: Set<string>): Group {
    if (this.#groups.size >= GROUPS_MAX) this.#sendOldest(begun);
    const begin = this.#host.arena.f64[(record >> 3) + D_OFFSET] as number;
    const parts = { texts: [], chars: 0, first: record, last: record };
    const group: Group = {
      ...parts,
      held: undefined,
      atMs: 0,
      begin,
      end: begin,
      home: batch.segment,
      cut: this.#host.cutOf(batch, begin),
    };
    this.#groups.set(identity, group);
    begun.add(identity);
    return group;
  }

  /** One that was held from an earlier batch on can be sent at any time. */
  #sendOldest(begun: ReadonlySet<string>): void {
    for (const identity of this.#groups.keys()) {
      if (begun.has(identity)) continue;
      this.#sendHeld([identity]);
      return;
    }
  }

  #identityOf({ tag, segment }: Batch, record: number): string {
    let identity = `${segment.streamKey}\n${tag}`;
    for (const reader of this.#identities) identity += `\n${reader.find(record) ? reader.text() : ''}`;
    return identity;
  }

  /** Writes the record among those of the batch, or sends it on by itself where it began in an earlier one. */
  #complete(writer: TapeWriter, identity: string, group: Group, begun: Set<string>): void {
    this.#groups.delete(identity);
    begun.delete(identity);
    if (group.held) this.#send(group, group.held);
    else {
      writer.copy(group.first as number);
      this.#write(writer.last, group);
    }
  }

  /** Gives a copy of the first part the whole text and the right time. */
  #write(record: number, group: Group): void {
    const { arena } = this.#host;
    const span = findSpan(arena.i32, record, this.#key);
    if (span >= 0 && group.texts.length > 1)
      setSpanJson(arena, span, JSON.stringify(group.texts.join(this.#separator)));
    if (!this.#settings.use_first_timestamp) this.#setLastTime(record, group.last);
    this.#removeMarks(record);
  }

  #setLastTime(record: number, last: number | Buffer): void {
    const { arena } = this.#host;
    if (typeof last === 'number') {
      copyTime(arena, last, record);
      return;
    }
    const place = arena.alloc(HEAD_BYTES);
    arena.u8.set(last, place);
    copyTime(arena, place, record);
  }

  #removeMarks(record: number): void {
    const { i32 } = this.#host.arena;
    for (const key of this.#removed) {
      const span = findSpan(i32, record, key);
      if (span >= 0) i32[span + S_KEY] = NO_KEY;
    }
  }

  /** Keeps what later batches need of a group whose parts lie in this one. */
  #keep(batch: Batch, identity: string): void {
    const group = this.#groups.get(identity);
    if (!group) return;
    const { arena, scanner } = this.#host;
    if (typeof group.last === 'number') group.last = headOf(arena.u8, group.last);
    if (typeof group.first !== 'number') return;
    const mark = arena.mark();
    const json = scanner.encodeRecord(group.first);
    group.first = { head: headOf(arena.u8, group.first), json: Buffer.from(arena.u8.subarray(json.start, json.end)) };
    arena.release(mark);
    group.held = this.#host.hold(batch, group.begin);
  }

  #tick(): void {
    const before = this.#host.clock.monotonicMs() - this.#settings.flush_interval * 1000;
    // While there is more to read, a record may only seem to be complete: a replay would then end it where the run
    // before did not.
    const silent = [...this.#groups].filter(([, { atMs, held }]) => atMs <= before && held?.isAtEnd);
    this.#sendHeld(silent.map(([identity]) => identity));
    if (this.#groups.size === 0) this.close();
  }

  /** Sends groups although no record says that they end. All ends are remembered before the first is sent. */
  #sendHeld(identities: readonly string[]): void {
    const { arena } = this.#host;
    const ended = identities.flatMap((identity) => {
      const group = this.#groups.get(identity);
      return group?.held ? [{ identity, group, held: group.held }] : [];
    });
    for (const { group, held } of ended) held.cut(group.begin, group.end);
    for (const { identity, group, held } of ended) {
      const mark = arena.mark();
      this.#groups.delete(identity);
      this.#send(group, held);
      arena.release(mark);
    }
  }

  #send(group: Group, held: Held): void {
    const tape = this.#restored(group.first as Kept);
    this.#write(tape.start, group);
    held.emit(tape);
    held.release();
  }

  /** The first part as a record again. */
  #restored({ head, json }: Kept): Tape {
    const { arena, scanner } = this.#host;
    const place = arena.alloc(HEAD_BYTES);
    arena.u8.set(head, place);
    const start = arena.alloc(json.length);
    arena.u8.set(json, start);
    const writer = new TapeWriter(arena, HEAD_BYTES + SPAN_BYTES);
    writer.copyHead(place);
    writer.addSpan(this.#key, KIND_TEXT, start, start + json.length);
    return scanner.json(writer.tape(), this.#key);
  }
}

function headOf(u8: Buffer, record: number): Buffer {
  return Buffer.from(u8.subarray(record, record + HEAD_BYTES));
}

function removedFields(settings: ConcatSettings): readonly string[] {
  const { partial_key: partial, keep_partial_key: keepsKey } = settings;
  const docker = settings.use_partial_metadata && !settings.keep_partial_metadata;
  return [
    ...(partial !== undefined && !keepsKey ? [partial] : []),
    ...(docker ? Object.values(dockerFields(settings.partial_metadata_format)) : []),
  ];
}
