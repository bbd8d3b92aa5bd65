// From understood records to sorted lines of NDJSON, doubles merged.
import type { Instant } from '../core/event.ts';
import { likenessOf, rankOfSink, withDoubles } from '../kata/doubles.ts';
import type { Copies, FastLine } from '../kata/fast/fast-lines.ts';
import { ndjsonLine } from '../kata/ndjson.ts';
import type { Understood } from '../kata/record.ts';
import { type Line, LinePiece } from './line-piece.ts';
import { mayHaveCopies, withCopies } from './record-copies.ts';
import { frameEnd, HEAD_BYTES, type SortedRecord } from './record-frames.ts';
import { RecordSorter } from './record-sorter.ts';

/** Bits of a sink's number below its rank. */
const RANK_UNIT = 1 << 20;
const UNLIKE = { identity: 0, check: 0 };
const START = { seconds: 0, nanos: 0 };

export class ParseSink {
  readonly #sorter = new RecordSorter();
  readonly #keepsDoubles: boolean;
  readonly #isOneFile: boolean;
  readonly #sinks = new Map<string, number>();
  #sinksOfPath = new Map<string, number>();
  /** The last identifier of the present input, and its sink. */
  #ident: string | undefined;
  #sinkOfLast = 0;
  /** The last time of each input: records without one stand behind it. */
  #path = '';
  #lastTime: Instant = START;
  /** Doubles that were merged away. */
  doubles = 0;

  /** @param isOneFile there is one input only. */
  constructor(keepsDoubles: boolean, isOneFile: boolean) {
    this.#keepsDoubles = keepsDoubles;
    this.#isOneFile = isOneFile;
  }

  add(record: Understood): void {
    const { kata, source } = record;
    this.#enter(source.path);
    if (kata.time) this.#lastTime = kata.time;
    const { identity, check } = this.#mayBeDouble(record) ? likenessOf(record) : UNLIKE;
    this.#sorter.add(this.#lastTime, identity, check, this.#sinkOf(record.sink), ndjsonLine(record));
  }

  /** Adds lines that were made on the fast road. */
  addFast(path: string, lines: readonly FastLine[], bytes: Buffer): void {
    this.#enter(path);
    const first = lines[0] as FastLine;
    const last = lines[lines.length - 1] as FastLine;
    const begin = first.start - HEAD_BYTES;
    const moved = this.#sorter.addFrames(bytes.subarray(begin, last.end)) - begin;
    for (let at = 0; at < lines.length; at++) {
      const line = lines[at] as FastLine;
      if (!Number.isNaN(line.seconds)) this.#lastTime = line;
      const { identity, check, start, end, ident } = line;
      const size = (lines[at + 1]?.start ?? frameEnd(end) + HEAD_BYTES) - start;
      const frame = { start: start - HEAD_BYTES + moved, size, bytes: end - start };
      this.#sorter.noteFrame(frame, this.#lastTime, identity, check, this.#sinkOfIdent(ident));
    }
  }

  /** Where copies of the records can come from. */
  get copies(): Copies {
    if (this.#keepsDoubles) return 'none';
    return this.#isOneFile ? 'idents' : 'files';
  }

  #enter(path: string): void {
    if (path === this.#path) return;
    this.#path = path;
    this.#sinksOfPath = new Map();
    this.#ident = undefined;
    this.#lastTime = START;
  }

  /** The lines in the order of time; each is valid until the next one is asked for. */
  *lines(): Generator<Buffer | string> {
    for (const group of this.#sorter.groups()) {
      for (const line of this.#merged(group)) {
        yield typeof line === 'string' ? line : line.bytes.subarray(line.start, line.end);
      }
    }
  }

  /** The same lines, each with a line feed, put together; each piece is valid until the next one is asked for. */
  *pieces(): Generator<Buffer> {
    const piece = new LinePiece(this.#sorter.pieceRoom);
    for (const group of this.#sorter.groups()) {
      for (const line of this.#merged(group)) {
        if (piece.add(line)) continue;
        yield piece.take();
        if (!piece.add(line)) yield LinePiece.alone(line);
      }
    }
    yield piece.take();
  }

  close(): void {
    this.#sorter.close();
  }

  /** Copies come from different outputs: under another identifier, or in another file. */
  #mayBeDouble({ sink }: Understood): boolean {
    return !this.#keepsDoubles && (!this.#isOneFile || !sink.endsWith(' '));
  }

  /** The sink of the identifier in the present input. */
  #sinkOfIdent(ident: string): number {
    if (ident === this.#ident) return this.#sinkOfLast;
    const number = this.#sinksOfPath.get(ident) ?? this.#sinkOf(`${this.#path} ${ident}`);
    this.#sinksOfPath.set(ident, number);
    this.#ident = ident;
    this.#sinkOfLast = number;
    return number;
  }

  #sinkOf(sink: string): number {
    const known = this.#sinks.get(sink);
    if (known !== undefined) return known;
    const number = rankOfSink(sink) * RANK_UNIT + this.#sinks.size;
    this.#sinks.set(sink, number);
    return number;
  }

  /** Lines of records of one instant without their doubles. */
  #merged(group: readonly SortedRecord[]): readonly Line[] {
    return mayHaveCopies(group) ? Array.from(withCopies(group), (alike) => this.#lineOf(alike)) : group;
  }

  #lineOf(alike: readonly SortedRecord[]): Line {
    const kept = alike.reduce((best, copy) => (copy.sink < best.sink && rank(copy) < rank(best) ? copy : best));
    const copies = alike.length - 1;
    this.doubles += copies;
    return copies === 0 ? kept : withDoubles(kept.bytes.toString('utf8', kept.start, kept.end), copies);
  }
}

function rank({ sink }: SortedRecord): number {
  return Math.floor(sink / RANK_UNIT);
}
