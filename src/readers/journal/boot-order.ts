// Which boot was first, as far as the files tell: by the newest entry that is known of each.
import { bootIdText } from '../../formats/journal/cursor.ts';
import { type EntryHead, headNumber, newHead } from '../../formats/journal/entry.ts';
import { itemOffset } from '../../formats/journal/journal-file.ts';
import { ENTRY_ITEMS_MAX, H_REALTIME } from '../../formats/journal/layout.ts';
import type { FileCursor } from './file-cursor.ts';

interface Newest {
  readonly realtimeUs: number;
  readonly machineId: string;
}

const MACHINE_ID = Buffer.from('_MACHINE_ID=');

export class BootOrder {
  readonly #newest = new Map<string, Newest>();

  /** Takes the last entry of each file. */
  constructor(cursors: Iterable<FileCursor>) {
    for (const cursor of cursors) this.#add(cursor);
  }

  /** Less than 0 where the boot of `a` was first; 0 where that is not known. */
  compare(a: EntryHead, b: EntryHead): number {
    const first = this.#newest.get(bootIdText(a));
    const second = this.#newest.get(bootIdText(b));
    // Clocks of two machines tell nothing about each other's boots.
    if (!first || !second || first.machineId !== second.machineId) return 0;
    return first.realtimeUs - second.realtimeUs;
  }

  #add({ file }: FileCursor): void {
    const head = newHead();
    const { length } = file.entries;
    if (length === 0 || !file.openEntry(file.entries.at(length - 1), head)) return;
    const boot = bootIdText(head);
    const realtimeUs = headNumber(head, H_REALTIME);
    const known = this.#newest.get(boot);
    if (known && known.realtimeUs >= realtimeUs) return;
    this.#newest.set(boot, { realtimeUs, machineId: machineOf(file) ?? file.header.machineId });
  }
}

/** The machine that the entry tells which `file` has open: a receiver stamps its own id on the files of others. */
function machineOf(file: FileCursor['file']): string | undefined {
  const items = new Int32Array(ENTRY_ITEMS_MAX);
  const count = file.readItems(items);
  for (let i = 0; i < count; i++) {
    if (!file.openData(itemOffset(items[i] as number))) continue;
    const text = file.payload.subarray(file.payloadFrom, file.payloadUntil);
    if (text.length > MACHINE_ID.length && text.subarray(0, MACHINE_ID.length).equals(MACHINE_ID)) {
      return text.toString('latin1', MACHINE_ID.length);
    }
  }
  return undefined;
}
