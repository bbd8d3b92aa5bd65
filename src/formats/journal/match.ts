// Conditions on fields, answered by a file's own indexes: the cost grows with what matches.

import { newHead } from './entry.ts';
import { type EntryList, OffsetList } from './entry-list.ts';
import { HashIndex, type ValueIndex } from './hash-index.ts';
import { itemOffset, type JournalFile } from './journal-file.ts';
import { ENTRY_ITEMS_MAX } from './layout.ts';

/** `FIELD=value` exactly, or all or any of several conditions. */
export type Match =
  | { readonly kind: 'field'; readonly payload: Buffer }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Match[] };

/** The condition `name`=`value`. */
export function fieldMatch(name: string, value: string | Buffer): Match {
  return { kind: 'field', payload: Buffer.concat([Buffer.from(`${name}=`), Buffer.from(value)]) };
}

export function allOf(of: readonly Match[]): Match {
  return of.length === 1 ? (of[0] as Match) : { kind: 'all', of };
}

export function anyOf(of: readonly Match[]): Match {
  return of.length === 1 ? (of[0] as Match) : { kind: 'any', of };
}

/**
 * Conditions as journalctl combines them: values of one field are alternatives, different fields must all match.
 * @param payloads `FIELD=value` each.
 */
export function groupMatch(payloads: readonly Buffer[]): Match {
  const byField = new Map<string, Match[]>();
  for (const payload of payloads) {
    const name = payload.toString('latin1', 0, payload.indexOf('='));
    byField.set(name, [...(byField.get(name) ?? []), { kind: 'field', payload }]);
  }
  return allOf([...byField.values()].map(anyOf));
}

/** The payloads of a condition, each once. */
function payloadsOf(match: Match, found = new Map<string, Buffer>()): Map<string, Buffer> {
  if (match.kind === 'field') found.set(match.payload.toString('latin1'), match.payload);
  else for (const part of match.of) payloadsOf(part, found);
  return found;
}

/** Whether a condition holds for what `has` tells about its payloads. */
function holds(match: Match, has: (payload: Buffer) => boolean): boolean {
  if (match.kind === 'field') return has(match.payload);
  return match.kind === 'all' ? match.of.every((part) => holds(part, has)) : match.of.some((part) => holds(part, has));
}

/** Entries at the end of a file that is written to that its indexes may lack. */
const UNLISTED_ENTRIES = 2;

/** The entries of one file that match, growing with the file. */
export class MatchedEntries implements EntryList {
  readonly #file: JournalFile;
  readonly #match: Match;
  readonly #index: HashIndex;
  #offsets = new OffsetList();
  /** Entries of the file's own list that were looked at. */
  #seen = 0;
  /** The list that was looked at: another one after a salvage. */
  #list: EntryList;
  readonly #payloads: ReadonlyMap<string, Buffer>;
  readonly #known = new Map<string, number>();
  readonly #meaning = new Map<number, string | undefined>();
  readonly #items = new Int32Array(ENTRY_ITEMS_MAX);
  readonly #head = newHead();

  constructor(file: JournalFile, match: Match) {
    this.#file = file;
    this.#match = match;
    this.#index = new HashIndex(file);
    this.#payloads = payloadsOf(match);
    this.#list = file.entries;
    this.update();
  }

  get length(): number {
    return this.#offsets.length;
  }

  at(index: number): number {
    return this.#offsets.at(index);
  }

  /** Looks at the entries that came since the last look. Call whenever the file changed. */
  update(): void {
    const { entries, fault } = this.#file;
    if (entries !== this.#list) this.#startAgain(entries);
    if (this.#seen === 0 && fault === undefined) this.#takeHistory();
    for (; this.#seen < this.#file.entries.length; this.#seen++) {
      if (this.#file.isUnsettled(this.#seen) && !this.#isReadable(this.#seen)) return;
      this.#take(this.#file.entries.at(this.#seen));
    }
  }

  #startAgain(entries: EntryList): void {
    this.#list = entries;
    this.#offsets = new OffsetList();
    this.#seen = 0;
  }

  #isReadable(index: number): boolean {
    return this.#file.openEntry(this.#file.entries.at(index), this.#head);
  }

  /** By index; but the last entries of a file that is written to may not be listed under all their values yet. */
  #takeHistory(): void {
    const { entries, header, objects } = this.#file;
    const listed = header.isOnline ? Math.max(0, entries.length - UNLISTED_ENTRIES) : entries.length;
    const end = listed < entries.length ? entries.at(listed) : objects.end;
    const found = listed > 0 ? this.#evaluate(this.#match) : undefined;
    if (!found) return;
    for (const offset of found) {
      if (offset >= end) break;
      this.#offsets.push(offset);
    }
    this.#seen = listed;
  }

  /** Offsets of the entries that match, ascending; undefined where a list is damaged. */
  #evaluate(match: Match): Float64Array | undefined {
    if (match.kind === 'field') return this.#listed(match.payload);
    const lists: Float64Array[] = [];
    for (const part of match.of) {
      const list = this.#evaluate(part);
      if (!list) return undefined;
      lists.push(list);
    }
    return match.kind === 'any' ? union(lists) : intersection(lists);
  }

  #listed(payload: Buffer): Float64Array | undefined {
    const value = this.#index.find(payload);
    if (!value) return new Float64Array(0);
    return readWhole(this.#index.entriesOf(value), value, this.#file.objects.end);
  }

  #take(offset: number): void {
    const file = this.#file;
    if (!file.openEntry(offset, this.#head)) return;
    const count = file.readItems(this.#items);
    const isMatch = file.fault === undefined ? this.#hasOffsets(count) : this.#hasPayloads(count);
    if (isMatch) this.#offsets.push(offset);
  }

  /** By the offsets of the values: nothing but numbers is compared. */
  #hasOffsets(count: number): boolean {
    const items = this.#items;
    return holds(this.#match, (payload) => {
      const offset = this.#offsetOf(payload);
      for (let i = 0; i < count; i++) if (itemOffset(items[i] as number) === offset) return true;
      return false;
    });
  }

  #offsetOf(payload: Buffer): number {
    const key = payload.toString('latin1');
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const found = this.#index.find(payload)?.offset;
    if (found !== undefined) this.#known.set(key, found);
    return found ?? -1;
  }

  /** By the values themselves, where the indexes of the file cannot be trusted. */
  #hasPayloads(count: number): boolean {
    const present = new Set<string>();
    for (let i = 0; i < count; i++) {
      const key = this.#meaningOf(itemOffset(this.#items[i] as number));
      if (key !== undefined) present.add(key);
    }
    return holds(this.#match, (payload) => present.has(payload.toString('latin1')));
  }

  #meaningOf(offset: number): string | undefined {
    if (this.#meaning.has(offset)) return this.#meaning.get(offset);
    const file = this.#file;
    const text = file.openData(offset) ? file.payload.subarray(file.payloadFrom, file.payloadUntil) : undefined;
    const found = text && [...this.#payloads].find(([, payload]) => payload.equals(text));
    this.#meaning.set(offset, found?.[0]);
    return found?.[0];
  }
}

/** A value's whole list; undefined where it is broken or shorter than it says. */
function readWhole(list: EntryList, { count }: ValueIndex, end: number): Float64Array | undefined {
  const offsets = new OffsetList();
  let before = 0;
  for (let i = 0; i < count; i++) {
    const offset = list.at(i);
    if (offset <= before || offset >= end) return undefined;
    offsets.push(offset);
    before = offset;
  }
  return offsets.toArray();
}

function union(lists: readonly Float64Array[]): Float64Array {
  const [only] = lists;
  if (lists.length === 1 && only) return only;
  const all = new Float64Array(lists.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  all.sort();
  return all.filter((offset, i) => i === 0 || offset !== all[i - 1]);
}

function intersection(lists: readonly Float64Array[]): Float64Array {
  const [shortest, ...others] = [...lists].sort((a, b) => a.length - b.length);
  if (!shortest) return new Float64Array(0);
  const places = others.map(() => 0);
  return shortest.filter((offset) =>
    others.every((list, i) => {
      let place = places[i] as number;
      while (place < list.length && (list[place] as number) < offset) place++;
      places[i] = place;
      return list[place] === offset;
    }),
  );
}
