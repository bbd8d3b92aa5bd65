// Which records of one instant are copies of each other (C20).
import type { SortedRecord } from './record-frames.ts';

/** Places of the records that are alike, by their outputs; each in their order. */
type Alike = Map<number, Places>;

interface Places {
  readonly all: number[];
  next: number;
}

/** Looking at each pair of more records costs more than what it saves. */
const FEW = 8;

/** False: no record has a copy among them. */
export function mayHaveCopies(records: readonly SortedRecord[]): boolean {
  if (records.length > FEW) return true;
  return records.some(
    ({ identity }, at) => identity !== 0 && records.findIndex((other) => other.identity === identity) < at,
  );
}

/**
 * Each record with its copies: at most one of each other output, the first that is left there.
 * @param records in their order; thousands may have the same time, so none is compared with each other one
 */
export function* withCopies(records: readonly SortedRecord[]): Generator<readonly SortedRecord[]> {
  const groups = new Map<string, Alike>();
  for (const [at, record] of records.entries()) if (record.identity !== 0) note(groups, record, at);
  const taken = new Set<number>();
  for (const [at, record] of records.entries()) {
    if (taken.delete(at)) continue;
    const places = record.identity === 0 ? [at] : firstOfEach(groups.get(likeness(record)) as Alike);
    for (const place of places) if (place !== at) taken.add(place);
    yield places.map((place) => records[place] as SortedRecord);
  }
}

function note(groups: Map<string, Alike>, record: SortedRecord, at: number): void {
  const key = likeness(record);
  const alike: Alike = groups.get(key) ?? new Map<number, Places>();
  groups.set(key, alike);
  const places = alike.get(record.sink);
  if (places) places.all.push(at);
  else alike.set(record.sink, { all: [at], next: 0 });
}

/** Takes the first place that is left of each output. */
function firstOfEach(alike: Alike): readonly number[] {
  const first: number[] = [];
  for (const [sink, places] of alike) {
    first.push(places.all[places.next++] as number);
    if (places.next === places.all.length) alike.delete(sink);
  }
  return first.sort((a, b) => a - b);
}

function likeness({ identity, check }: SortedRecord): string {
  return `${identity} ${check}`;
}
