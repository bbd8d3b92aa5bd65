// Damage to journal files, and what may become of their entries.
import { rawEncoder } from '../../src/formats/journal/encoders.ts';
import { FieldFragments } from '../../src/formats/journal/field-fragments.ts';
import { itemOffset } from '../../src/formats/journal/journal-file.ts';
import { DATA, ENTRY } from '../../src/formats/journal/layout.ts';
import { Journal } from '../../src/readers/journal/journal.ts';

/** Bytes `[from, until)` of a file. */
export type Range = readonly [from: number, until: number];

export interface ReadEntry {
  readonly offset: number;
  /** Number, times, boot and hash, as stored. */
  readonly head: string;
  readonly fields: readonly string[];
  /** The entry object and the DATA objects that it names. */
  readonly own: readonly Range[];
}

/** All entries that reading a file gives, in order. */
export async function readEntries(path: string): Promise<readonly ReadEntry[]> {
  const journal = await Journal.open({ directories: [], files: [path], isFinal: true, onProblem: () => undefined });
  const fields = new FieldFragments(rawEncoder);
  const found: ReadEntry[] = [];
  while (journal.next()) {
    const { file, offset, head } = journal.entry;
    const items = journal.items.slice(0, journal.itemCount);
    fields.load(file, items, items.length);
    found.push({
      offset,
      head: Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('hex'),
      fields: [...fields.ids.subarray(0, fields.count)].map((id) =>
        fields.bytes.toString('latin1', fields.start[id], fields.end[id]),
      ),
      own: [
        rangeOf(offset, file.objects.openHead(offset, ENTRY) ? file.objects.size : 64),
        ...Array.from(items, (item) =>
          rangeOf(itemOffset(item), file.objects.openHead(itemOffset(item), DATA) ? file.objects.size : 64),
        ),
      ],
    });
  }
  journal.close();
  return found;
}

function rangeOf(offset: number, bytes: number): Range {
  return [offset, offset + bytes];
}

/** Entries that differ from those of the whole file although the damage hit none of their own bytes. */
export function invented(
  found: readonly ReadEntry[],
  whole: ReadonlyMap<number, ReadEntry>,
  damage: readonly Range[],
): readonly ReadEntry[] {
  const isHit = ({ own }: ReadEntry): boolean =>
    own.some(([from, until]) => damage.some(([start, end]) => from < end && start < until));
  return found.filter((entry) => {
    const good = whole.get(entry.offset);
    if (good && isSame(good, entry)) return false;
    return !isHit(entry) && !(good && isHit(good));
  });
}

function isSame(a: ReadEntry, b: ReadEntry): boolean {
  return (
    a.head === b.head && a.fields.length === b.fields.length && a.fields.every((field, i) => field === b.fields[i])
  );
}

/** Entries that are given more than once. */
export function doubled(found: readonly ReadEntry[]): readonly number[] {
  const offsets = new Set<number>();
  return found.filter(({ offset }) => offsets.size === offsets.add(offset).size).map(({ offset }) => offset);
}
