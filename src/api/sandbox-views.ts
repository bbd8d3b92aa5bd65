// Lives of sandboxes, put together from their records in the store by the logic of room kata, and remembered while no
// record is added to them.
import { LEVELS as SCALE } from '../formats/kql/fields.ts';
import { readInstant } from '../kata/instant.ts';
import { type Component, type Kata, type Level, Pairs } from '../kata/record.ts';
import { SandboxBook, type SandboxView, type Seen } from '../kata/sandbox-book.ts';
import { allRecords } from '../store/all-records.ts';
import { instantOf } from '../store/document-encoder.ts';
import type { LogStore, SandboxRow, Scalar, StoredRecord } from '../store/log-store.ts';

const IDS_PER_QUERY = 50;
const REMEMBERED_MAX = 5000;

interface Remembered {
  readonly records: number;
  readonly last: bigint;
  /** Undefined where its records tell of no life. */
  readonly view: SandboxView | undefined;
}

export interface Lives {
  readonly views: ReadonlyMap<string, SandboxView>;
  /** Sandboxes whose records were not read: asked again, more of them are known. */
  readonly pending: number;
}

export class SandboxViews {
  readonly #store: LogStore;
  readonly #remembered = new Map<string, Remembered>();

  constructor(store: LogStore) {
    this.#store = store;
  }

  /** The lives that are known, and those of the first others: about `recordsMax` of their records are read. */
  async of(rows: readonly SandboxRow[], recordsMax: number, signal: AbortSignal): Promise<Lives> {
    const views = new Map<string, SandboxView>();
    const unknown: SandboxRow[] = [];
    let [records, pending] = [0, 0];
    for (const row of rows) {
      const known = this.#remembered.get(row.id);
      if (known && known.records === row.records && known.last === row.last) {
        if (known.view) views.set(row.id, known.view);
      } else if (records < recordsMax) {
        records += row.records;
        unknown.push(row);
      } else pending++;
    }
    for (let start = 0; start < unknown.length; start += IDS_PER_QUERY) {
      for (const view of await this.#read(unknown.slice(start, start + IDS_PER_QUERY), signal))
        views.set(view.id, view);
    }
    return { views, pending };
  }

  async #read(rows: readonly SandboxRow[], signal: AbortSignal): Promise<readonly SandboxView[]> {
    const book = new SandboxBook();
    const parts = rows.map(
      ({ id }) => ({ kind: 'field', field: 'sandbox', match: { kind: 'text', pieces: [id] } }) as const,
    );
    const times = rows.flatMap(({ first, last }) => [first, last]).sort((a, b) => (a < b ? -1 : Number(a > b)));
    const [from = 0n, to = 0n] = [times[0], times.at(-1)];
    for await (const page of allRecords(
      this.#store,
      { query: { kind: 'or', parts }, from, to: to + 1n },
      'asc',
      signal,
      SEEN_FIELDS,
    )) {
      for (const record of page) book.add(seenOf(record));
    }
    return rows.flatMap((row) => {
      const view = book.view(row.id);
      if (this.#remembered.size >= REMEMBERED_MAX)
        this.#remembered.delete(this.#remembered.keys().next().value as string);
      this.#remembered.set(row.id, { records: row.records, last: row.last, view });
      return view ? [view] : [];
    });
  }
}

const TEXTS = [
  'msg',
  'sandbox',
  'container',
  'exec',
  'subsystem',
  'hypervisor',
  'phase',
  'event',
  'rpc',
  'error',
  'template',
  'pod',
  'namespace',
] as const;

const namesOf = (name: string): readonly string[] => [`kata.${name}`, `kata_${name}`];
const NAMES = TEXTS.map((name) => ({ name, names: namesOf(name) }));
const LEVEL_NAMES = namesOf('level');

/** What `seenOf` reads, and what the phases are told by. */
const SEEN_FIELDS: readonly string[] = [
  ...NAMES.flatMap(({ names }) => names),
  ...LEVEL_NAMES,
  ...['kata.time', 'kata.component', 'kata.rpc_edge', 'kata.gap', 'kata.problem', 'fields.args', 'kata_args'],
];

/** A record of the store as room kata sees it; where the filter `kata` has not seen it, by the parser's fields. */
export function seenOf(record: StoredRecord): Seen {
  const { fields } = record;
  // The event may have the time at which it was read.
  const kata: Kata = { time: readInstant(textOf(fields.get('kata.time')) ?? '') ?? instantOf(record.time) };
  for (const { name, names } of NAMES) {
    const value = firstText(fields, names);
    if (value !== undefined) kata[name] = value;
  }
  const level = firstText(fields, LEVEL_NAMES);
  if (level !== undefined && SCALE.includes(level)) kata.level = level as Level;
  const component = textOf(fields.get('kata.component'));
  if (component !== undefined) kata.component = component as Component;
  const edge = textOf(fields.get('kata.rpc_edge'));
  if (edge === 'start' || edge === 'end') kata.rpc_edge = edge;
  if (fields.get('kata.gap') === true) kata.gap = true;
  if (fields.get('kata.problem') === true) kata.problem = true;
  return { kata, fields: pairsOf(fields) };
}

function firstText(fields: StoredRecord['fields'], names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = textOf(fields.get(name));
    if (value !== undefined) return value;
  }
  return undefined;
}

function textOf(value: Scalar | undefined): string | undefined {
  return value === undefined || value === null ? undefined : String(value);
}

const PAIR_PREFIXES = ['fields.', 'kata_'];

/** The pairs that Kata wrote, by the names it gave them. */
function pairsOf(fields: ReadonlyMap<string, Scalar>): Pairs {
  const pairs: [string, Scalar][] = [];
  for (const [name, value] of fields) {
    const prefix = PAIR_PREFIXES.find((one) => name.startsWith(one));
    if (prefix !== undefined && name.length > prefix.length) pairs.push([name.slice(prefix.length), value]);
  }
  return new Pairs(
    pairs.map(([name]) => name),
    pairs.map(([, value]) => value),
  );
}
