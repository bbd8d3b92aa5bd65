// What the state directory says, as plain values, and how each record of the commit log changes it. Pure.
import type { Instant } from '../../core/event.ts';
import type { Json } from '../../core/plugin.ts';

/** Format version of the commit log. An older release refuses a newer one. */
export const STATE_VERSION = 1;

/** The first-read time that records of `[start, end)` without a time of their own got. */
export interface TimeRange {
  readonly start: number;
  readonly end: number;
  readonly time: Instant;
}

/**
 * A record put together from several that ended for want of further ones: after a restart it must end there again, as
 * its id is that of its first.
 */
export interface Cut {
  /** Names the first of them. */
  readonly first: string;
  /** Offset of the last. */
  readonly last: number;
  /** Behind this position it is of no use. */
  readonly end: number;
}

/** What an output has of a stream beyond its position: everything below `to`, but for the records named here. */
export interface Skip {
  readonly to: number;
  readonly except: readonly string[];
}

export interface StreamState {
  readonly id: number;
  /** Name of the source that reads it. */
  readonly source: string;
  readonly key: string;
  facts: { readonly [name: string]: Json };
  /** By output name: everything below is settled there. */
  readonly positions: Map<string, number>;
  /** Where reading starts for the filters that remember; at or below every position. */
  past?: number | undefined;
  /** By position of an output, or `past`: what the source needs to find it again. */
  marks: Map<number, Json>;
  times: TimeRange[];
  /** By output name. */
  skips: ReadonlyMap<string, Skip>;
  /** By filter and name of the first record. */
  readonly cuts: Map<string, Cut>;
  /** By filter and name, records that were added to one that begins before the positions, and until where they matter. */
  joined: ReadonlyMap<string, number>;
}

export interface StateModel {
  readonly streams: Map<number, StreamState>;
  /** By output name: what it saved with the positions. */
  readonly checkpoints: Map<string, Json>;
  /** By path of a Fluentd position file: checks of the last two texts written there. */
  readonly positionFiles: Map<string, readonly number[]>;
  nextId: number;
}

/** Records of the commit log. `t` names the kind; names are short because a record is written every 250 ms. */
export type StateRecord =
  | {
      readonly t: 'snap';
      readonly v: number;
      readonly streams: readonly StreamJson[];
      readonly out: JsonMap;
      readonly pf: JsonMap;
      readonly next: number;
    }
  | { readonly t: 'open'; readonly stream: StreamJson }
  | { readonly t: 'facts'; readonly s: number; readonly facts: JsonMap }
  | { readonly t: 'pos'; readonly p: readonly PositionsJson[]; readonly out: JsonMap }
  | {
      readonly t: 'time';
      readonly s: number;
      readonly a: number;
      readonly b: number;
      readonly sec: number;
      readonly ns: number;
    }
  | { readonly t: 'cut'; readonly s: number; readonly c: CutJson }
  | { readonly t: 'pf'; readonly path: string; readonly h: readonly number[] }
  | { readonly t: 'close'; readonly s: number };

type JsonMap = { readonly [name: string]: Json };
type MarkJson = readonly [number, Json];
type CutJson = readonly [string, number, number];
/** `to`, then the names of the records that are not there. */
type SkipJson = readonly [number, ...string[]];
type SkipsJson = { readonly [output: string]: SkipJson };
interface PositionsJson {
  readonly s: number;
  readonly p: { readonly [output: string]: number };
  readonly b?: number;
  readonly m?: readonly MarkJson[];
  readonly k?: SkipsJson;
  readonly j?: readonly (readonly [string, number])[];
}
interface StreamJson {
  readonly id: number;
  readonly source: string;
  readonly key: string;
  readonly facts: JsonMap;
  readonly positions: { readonly [output: string]: number };
  readonly past?: number;
  readonly marks?: readonly MarkJson[];
  readonly times: readonly (readonly [number, number, number, number])[];
  readonly skips?: SkipsJson;
  readonly cuts?: readonly CutJson[];
  readonly joined?: readonly (readonly [string, number])[];
}

export function emptyModel(): StateModel {
  return { streams: new Map(), checkpoints: new Map(), positionFiles: new Map(), nextId: 1 };
}

/** A stream of which nothing is known yet. */
export function emptyStream(id: number, source: string, key: string): StreamState {
  const facts = {};
  const [positions, marks, skips, cuts, joined] = [new Map(), new Map(), new Map(), new Map(), new Map()];
  return { id, source, key, facts, positions, marks, times: [], skips, cuts, joined };
}

/** Everything the model knows, as the first record of a log. */
export function snapshotOf(model: StateModel): StateRecord {
  return {
    t: 'snap',
    v: STATE_VERSION,
    streams: [...model.streams.values()].map(streamJson),
    out: Object.fromEntries(model.checkpoints),
    pf: Object.fromEntries([...model.positionFiles].map(([path, checks]) => [path, [...checks]])),
    next: model.nextId,
  };
}

export function streamJson(stream: StreamState): StreamJson {
  return {
    id: stream.id,
    source: stream.source,
    key: stream.key,
    facts: stream.facts,
    positions: Object.fromEntries(stream.positions),
    ...(stream.past !== undefined && { past: stream.past }),
    ...(stream.marks.size > 0 && { marks: [...stream.marks] }),
    times: stream.times.map(({ start, end, time }) => [start, end, time.seconds, time.nanos] as const),
    ...(stream.skips.size > 0 && { skips: skipsJson(stream.skips) }),
    ...(stream.cuts.size > 0 && { cuts: [...stream.cuts.values()].map(cutJson) }),
    ...(stream.joined.size > 0 && { joined: [...stream.joined] }),
  };
}

export function skipsJson(skips: ReadonlyMap<string, Skip>): SkipsJson {
  return Object.fromEntries([...skips].map(([output, { to, except }]) => [output, [to, ...except] as const]));
}

function skipsOf(json: SkipsJson | undefined): ReadonlyMap<string, Skip> {
  return new Map(Object.entries(json ?? {}).map(([output, [to, ...except]]) => [output, { to, except }]));
}

export function cutJson({ first, last, end }: Cut): CutJson {
  return [first, last, end];
}

/** Applies one record of our own log; a record of an unknown kind is a newer release's and is passed over. */
export function applyRecord(model: StateModel, record: StateRecord): void {
  switch (record.t) {
    case 'snap':
      applySnapshot(model, record);
      return;
    case 'open':
      addStream(model, record.stream);
      return;
    case 'facts': {
      const stream = model.streams.get(record.s);
      if (stream) stream.facts = record.facts;
      return;
    }
    case 'pos':
      applyPositions(model, record);
      return;
    case 'time': {
      const time = { seconds: record.sec, nanos: record.ns };
      model.streams.get(record.s)?.times.push({ start: record.a, end: record.b, time });
      return;
    }
    case 'cut': {
      const [first, last, end] = record.c;
      model.streams.get(record.s)?.cuts.set(first, { first, last, end });
      return;
    }
    case 'pf':
      model.positionFiles.set(record.path, record.h);
      return;
    case 'close':
      model.streams.delete(record.s);
      return;
    default:
      return;
  }
}

function applySnapshot(model: StateModel, record: Extract<StateRecord, { t: 'snap' }>): void {
  model.streams.clear();
  model.checkpoints.clear();
  model.positionFiles.clear();
  for (const stream of record.streams) addStream(model, stream);
  for (const [name, checkpoint] of Object.entries(record.out)) model.checkpoints.set(name, checkpoint);
  for (const [path, checks] of Object.entries(record.pf)) model.positionFiles.set(path, checks as readonly number[]);
  model.nextId = record.next;
}

function addStream(model: StateModel, json: StreamJson): void {
  model.streams.set(json.id, {
    id: json.id,
    source: json.source,
    key: json.key,
    facts: json.facts,
    positions: new Map(Object.entries(json.positions)),
    past: json.past,
    marks: new Map(json.marks ?? []),
    times: json.times.map(([start, end, seconds, nanos]) => ({ start, end, time: { seconds, nanos } })),
    skips: skipsOf(json.skips),
    cuts: new Map((json.cuts ?? []).map(([first, last, end]) => [first, { first, last, end }])),
    joined: new Map(json.joined ?? []),
  });
  model.nextId = Math.max(model.nextId, json.id + 1);
}

function applyPositions(model: StateModel, record: Extract<StateRecord, { t: 'pos' }>): void {
  for (const { s, p, b, m, k, j } of record.p) {
    const stream = model.streams.get(s);
    if (!stream) continue;
    for (const [output, position] of Object.entries(p)) stream.positions.set(output, position);
    stream.past = b;
    if (m) stream.marks = new Map(m);
    stream.skips = skipsOf(k);
    stream.joined = new Map(j ?? []);
    prune(stream);
  }
  for (const [name, checkpoint] of Object.entries(record.out)) model.checkpoints.set(name, checkpoint);
}

/** Forgets what is known of records that no output will ask for again. */
function prune(stream: StreamState): void {
  if (stream.times.length === 0 && stream.cuts.size === 0) return;
  const lowest = Math.min(...stream.positions.values());
  stream.times = stream.times.filter((range) => range.end > lowest);
  for (const [first, { end }] of stream.cuts) if (end <= lowest) stream.cuts.delete(first);
}
