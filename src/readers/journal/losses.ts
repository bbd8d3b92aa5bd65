// Entries that were deleted before they were read, from the numbers of what is left.
import type { FileCursor } from './file-cursor.ts';
import type { Loss } from './problems.ts';
import type { Progress } from './progress.ts';

/**
 * A stream of numbers lost something when no file holds its last number that was read, and the lowest number left is not
 * the next one. (While a file of it is left that is older, nothing behind it was deleted: the oldest go first.) Each loss is
 * found once.
 */
export function findLosses(cursors: readonly FileCursor[], progress: Progress): Loss[] {
  const lowest = new Map<string, number>();
  for (const { seqnumId, file } of cursors) {
    const { headSeqnum, entries } = file.header;
    if (entries > 0 && headSeqnum > 0) lowest.set(seqnumId, Math.min(lowest.get(seqnumId) ?? headSeqnum, headSeqnum));
  }
  const losses: Loss[] = [];
  for (const [seqnumId, head] of lowest) {
    const read = progress.seqnums.get(seqnumId);
    if (read === undefined || head <= read + 1) continue;
    losses.push({ seqnumId, from: read + 1, to: head - 1 });
    progress.reach(seqnumId, head - 1);
  }
  return losses;
}
