// The boots of a journal, in order.
import { bootIdText } from '../../formats/journal/cursor.ts';
import { headNumber, newHead } from '../../formats/journal/entry.ts';
import { H_REALTIME } from '../../formats/journal/layout.ts';
import { allOf, fieldMatch, type Match } from '../../formats/journal/match.ts';
import type { FileCursor } from './file-cursor.ts';
import type { Journal } from './journal.ts';

export interface Boot {
  /** 32 hex digits. */
  readonly id: string;
  readonly firstUs: number;
  readonly lastUs: number;
}

/** All boots, the oldest first, by the files' own lists of values. */
export function listBoots(journal: Journal): Boot[] {
  const boots = new Map<string, Boot>();
  for (const cursor of journal.cursors) {
    for (const boot of bootsOf(cursor)) {
      const known = boots.get(boot.id) ?? boot;
      const firstUs = Math.min(known.firstUs, boot.firstUs);
      boots.set(boot.id, { id: boot.id, firstUs, lastUs: Math.max(known.lastUs, boot.lastUs) });
    }
  }
  return [...boots.values()].sort((a, b) => a.firstUs - b.firstUs);
}

function* bootsOf({ file, index }: FileCursor): Generator<Boot> {
  const head = newHead();
  const offsets = [...index.values('_BOOT_ID')];
  if (offsets.length === 0) yield* bootsByWalk(file);
  for (const offset of offsets) {
    const value = index.valueAt(offset);
    if (!value || value.count === 0) continue;
    const entries = index.entriesOf(value);
    const times = [entries.at(0), entries.at(value.count - 1)]
      .filter((entry) => file.openEntry(entry, head))
      .map((entry) => {
        file.openEntry(entry, head);
        return headNumber(head, H_REALTIME);
      });
    if (times.length > 0) yield { id: bootIdText(head), firstUs: Math.min(...times), lastUs: Math.max(...times) };
  }
}

/** For a file whose index of fields is gone. */
function* bootsByWalk(file: FileCursor['file']): Generator<Boot> {
  const head = newHead();
  for (let i = 0; i < file.entries.length; i++) {
    const offset = file.entries.at(i);
    if (offset === 0) return;
    if (!file.openEntry(offset, head)) continue;
    const us = headNumber(head, H_REALTIME);
    yield { id: bootIdText(head), firstUs: us, lastUs: us };
  }
}

/**
 * The condition that an entry is of a boot, and of `match`.
 * @param wanted 32 hex digits, or a number: 0 the last boot, -1 the one before, 1 the first; or both, `ID-1`.
 * @returns undefined where there is no such boot.
 */
export function selectBoot(boots: readonly Boot[], wanted: string, match: Match | undefined): Match | undefined {
  const [, id, offset] =
    /^([0-9a-f]{32})?([+-]?\d+)?$/i.exec(wanted.replaceAll(/(?<=[0-9a-f]{4})-(?=[0-9a-f]{4})/gi, '')) ?? [];
  const step = Number(offset ?? 0);
  const base =
    id === undefined ? (step > 0 ? -1 : boots.length - 1) : boots.findIndex((boot) => boot.id === id.toLowerCase());
  const boot = id === undefined && offset === undefined ? undefined : boots[base + step];
  if (!boot || (id !== undefined && base < 0)) return undefined;
  const condition = fieldMatch('_BOOT_ID', boot.id);
  return match ? allOf([condition, match]) : condition;
}
