// Fields added to and removed from records: the filters record_transformer and record_modifier at work.
import type { FreeParam } from '../../../config/settings.ts';
import type { Arena } from '../../../core/arena.ts';
import type { Batch, Instant } from '../../../core/event.ts';
import { type FieldPath, parseFieldPath } from '../../../core/field-path.ts';
import type { Host } from '../../../core/plugin.ts';
import { RecordView } from '../../../core/record-view.ts';
import {
  D_OFFSET,
  D_SECONDS,
  findSpan,
  KIND_JSON,
  LIVE,
  NO_KEY,
  S_END,
  S_KEY,
  S_KIND,
  S_START,
  SPAN_BYTES,
  setTime,
  W_NANOS,
  W_STATUS,
  W_TIMED,
} from '../../../core/tape.ts';
import { TapeWriter } from '../../../core/tape-writer.ts';
import { FieldReader } from '../field-reader.ts';
import { rubyText } from '../ruby-text.ts';
import { Template } from './template.ts';

export interface RecordChangesSettings {
  readonly record: readonly FreeParam[];
  readonly remove_keys: readonly string[];
  /** Keep only these fields of the original; all where it is undefined. */
  readonly kept: readonly string[] | undefined;
  readonly renew_time_key: string | undefined;
  readonly typecasts: boolean;
}

/** The value of an added field: bytes in the arena. */
interface Value {
  kind: number;
  start: number;
  end: number;
}

const NULL = Buffer.from('null');

export class RecordChanges {
  readonly #host: Host;
  readonly #arena: Arena;
  readonly #entries: readonly Entry[];
  readonly #kept: readonly FieldReader[] | undefined;
  readonly #keptKeys: readonly number[];
  readonly #removed: readonly number[];
  readonly #removedPaths: readonly FieldPath[];
  readonly #renewTimeKey: string | undefined;
  readonly #view: RecordView;

  constructor(settings: RecordChangesSettings, host: Host) {
    const paths = settings.remove_keys.map((accessor) => parseFieldPath(accessor) as FieldPath);
    this.#host = host;
    this.#arena = host.arena;
    this.#entries = settings.record.map(({ name, value }) => new Entry(name, value, settings.typecasts, host));
    this.#kept = settings.kept?.map((name) => new FieldReader(name, host));
    this.#keptKeys = settings.kept?.map((name) => host.keys.pin(name)) ?? [];
    this.#removed = paths.filter(({ length }) => length === 1).map(([name]) => host.keys.pin(name));
    this.#removedPaths = paths.filter(({ length }) => length > 1);
    this.#renewTimeKey = settings.renew_time_key;
    this.#view = new RecordView(host);
  }

  apply(batch: Batch): void {
    const { arena, tape } = batch;
    for (const entry of this.#entries) entry.begin(batch);
    const addsNothing = this.#entries.length === 0 && !this.#kept;
    if (addsNothing) this.#finish(batch);
    else
      this.#rewrite(
        batch,
        new TapeWriter(arena, tape.end - tape.start + tape.count * this.#entries.length * SPAN_BYTES),
      );
    if (this.#renewTimeKey !== undefined) this.#renewTimes(batch, this.#renewTimeKey);
  }

  #rewrite(batch: Batch, writer: TapeWriter): void {
    const { arena, tape } = batch;
    for (let record = tape.start; record < tape.end; record += arena.i32[record >> 2] as number) {
      if (arena.i32[(record >> 2) + W_STATUS] !== LIVE) continue;
      if (this.#kept) this.#copyKept(writer, record, this.#kept);
      else writer.copy(record);
      for (const entry of this.#entries) entry.put(writer, record);
    }
    batch.tape = writer.tape();
    this.#finish(batch);
  }

  #copyKept(writer: TapeWriter, record: number, kept: readonly FieldReader[]): void {
    writer.copyHead(record);
    kept.forEach((reader, index) => {
      const { i32 } = this.#arena;
      if (!reader.find(record)) return;
      const { kind, start, end, span } = reader;
      // A path gives a field of the path's text, as Fluentd has it; its value may lie inside of the span.
      const isWhole = i32[span + S_START] === start;
      writer.addSpan(this.#keptKeys[index] as number, isWhole ? kind : KIND_JSON, start, end);
    });
  }

  /** Removes fields of the batch's own tape. */
  #finish(batch: Batch): void {
    const { i32 } = batch.arena;
    if (this.#removed.length > 0) {
      for (let record = batch.tape.start; record < batch.tape.end; record += i32[record >> 2] as number) {
        for (const key of this.#removed) {
          const span = findSpan(i32, record, key);
          if (span >= 0) i32[span + S_KEY] = NO_KEY;
        }
      }
    }
    if (this.#removedPaths.length > 0) this.#removePaths(batch);
  }

  #removePaths({ arena, tape }: Batch): void {
    for (let record = tape.start; record < tape.end; record += arena.i32[record >> 2] as number) {
      this.#view.at(record);
      for (const path of this.#removedPaths) this.#view.remove(path);
    }
  }

  /** As Ruby: the number that the value begins with, seconds since the epoch. */
  #renewTimes({ arena, tape }: Batch, name: string): void {
    for (let record = tape.start; record < tape.end; record += arena.i32[record >> 2] as number) {
      const json = this.#view.at(record).json(name);
      if (json === undefined) continue;
      const value = Number(/^\s*[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/.exec(rubyText(json))?.[0] ?? 0);
      if (!Number.isFinite(value)) {
        this.#host.count('bad_times');
        continue;
      }
      const seconds = Math.floor(value);
      setTime(arena, record, seconds, Math.min(Math.floor((value - seconds) * 1e9), 999_999_999));
    }
  }
}

/** One added field. */
class Entry {
  readonly #key: number;
  readonly #template: Template;
  readonly #reader: FieldReader | undefined;
  readonly #arena: Arena;
  readonly #value: Value = { kind: KIND_JSON, start: 0, end: 0 };
  #batch: Batch | undefined;

  constructor(name: string, written: string | null, typecasts: boolean, host: Host) {
    this.#key = host.keys.pin(name);
    this.#arena = host.arena;
    this.#template = new Template(written, host, typecasts);
    const { copied } = this.#template;
    this.#reader = copied && new FieldReader(accessorOf(copied.path), host);
  }

  /** Makes what is the same for all records of the batch. */
  begin(batch: Batch): void {
    this.#batch = batch;
    if (this.#reader) this.#write(NULL);
    else if (this.#template.isByTag) this.#write(this.#json(0, batch));
  }

  /** Gives the record that was written last the value for `record`, at the place of a field of that name. */
  put(writer: TapeWriter, record: number): void {
    const reader = this.#reader;
    if (reader?.find(record)) {
      this.#put(writer, reader);
      return;
    }
    if (!reader && !this.#template.isByTag) this.#write(this.#json(record, this.#batch as Batch));
    this.#put(writer, this.#value);
  }

  #put(writer: TapeWriter, { kind, start, end }: Value): void {
    const { i32 } = this.#arena;
    const span = findSpan(i32, writer.last, this.#key);
    if (span < 0) {
      writer.addSpan(this.#key, kind, start, end);
      return;
    }
    i32[span + S_KIND] = kind;
    i32[span + S_START] = start;
    i32[span + S_END] = end;
  }

  #json(record: number, batch: Batch): Buffer {
    const time = (): Instant => timeOf(batch, record);
    return Buffer.from(this.#template.json({ record, tag: batch.tag, time }));
  }

  #write(json: Uint8Array): void {
    const start = this.#arena.alloc(json.length);
    this.#arena.u8.set(json, start);
    this.#value.start = start;
    this.#value.end = start + json.length;
  }
}

/** The record's time, or the one that the pipeline gives it. */
function timeOf({ arena, segment }: Batch, record: number): Instant {
  if (arena.i32[(record >> 2) + W_TIMED] === 0) return segment.timeAt(arena.f64[(record >> 3) + D_OFFSET] as number);
  return {
    seconds: arena.f64[(record >> 3) + D_SECONDS] as number,
    nanos: arena.i32[(record >> 2) + W_NANOS] as number,
  };
}

function accessorOf(path: FieldPath): string {
  const isPlain = path.length === 1 && !path[0].startsWith('$');
  if (isPlain) return path[0];
  return `$${path.map((step) => (typeof step === 'number' ? `[${step}]` : step.includes("'") ? `["${step}"]` : `['${step}']`)).join('')}`;
}
