// The structure of a file, checked throughout: every entry, every field, every list.

import { rawEncoder } from '../../formats/journal/encoders.ts';
import { newHead } from '../../formats/journal/entry.ts';
import { FieldFragments } from '../../formats/journal/field-fragments.ts';
import type { JournalFile } from '../../formats/journal/journal-file.ts';
import { ENTRY_ITEMS_MAX } from '../../formats/journal/layout.ts';

/** What is wrong with a file; empty for a good one. */
export function verifyFile(file: JournalFile): string[] {
  const { entries, missing } = readEntries(file);
  const faults: string[] = [];
  if (file.fault !== undefined) faults.push(file.fault);
  if (missing > 0) faults.push(`${missing} places in the list of entries hold no entry`);
  if (file.header.entries !== entries.count)
    faults.push(`entries: expected ${file.header.entries}, found ${entries.count}`);
  if (entries.unreadable > 0) faults.push(`${entries.unreadable} fields cannot be read`);
  return faults;
}

function readEntries(file: JournalFile): {
  readonly entries: { count: number; unreadable: number };
  readonly missing: number;
} {
  const head = newHead();
  const items = new Int32Array(ENTRY_ITEMS_MAX);
  const fields = new FieldFragments(rawEncoder);
  let count = 0;
  let missing = 0;
  for (let i = 0; i < file.entries.length; i++) {
    const offset = file.entries.at(i);
    if (offset === 0 || !file.openEntry(offset, head)) {
      missing++;
      file.salvage('there is no entry where one should be');
      continue;
    }
    fields.load(file, items, file.readItems(items));
    count++;
  }
  return { entries: { count, unreadable: fields.unreadable }, missing };
}
