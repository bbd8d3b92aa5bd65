// The doubles that journald writes when a file is full in the middle of an entry: the entry is in the file, but not listed
// under all its values, and comes again as the first one of the next file, with the next number.
import { newHead } from '../../formats/journal/entry.ts';
import { HashIndex } from '../../formats/journal/hash-index.ts';
import { itemOffset, type JournalFile } from '../../formats/journal/journal-file.ts';
import { ENTRY_ITEMS_MAX } from '../../formats/journal/layout.ts';

/** Whether every value of the entry at `offset`, the last one of its file, lists it. */
export function isFullyListed(file: JournalFile, offset: number): boolean {
  if (!file.openEntry(offset, newHead())) return true;
  const items = new Int32Array(ENTRY_ITEMS_MAX);
  const count = file.readItems(items);
  const index = new HashIndex(file);
  for (let i = 0; i < count; i++) {
    const value = index.valueAt(itemOffset(items[i] as number));
    if (!value) continue;
    if (value.count === 0 || index.entriesOf(value).at(value.count - 1) !== offset) return false;
  }
  return true;
}
