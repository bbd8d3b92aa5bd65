// Walks over the LIVE records of a batch with the time that each will be stored under.
import type { Batch, Instant } from './event.ts';
import { D_OFFSET, D_SECONDS, LIVE, setTime, W_NANOS, W_STATUS, W_TIMED } from './tape.ts';

/**
 * Calls `visit` for each LIVE record in order. A record without a time first gets the one that its segment has for it,
 * which is the same after a restart. `visit` may allocate in the arena.
 */
export function eachLive(batch: Batch, visit: (record: number, time: Instant) => void): void {
  const { arena, tape, segment } = batch;
  for (let record = tape.start; record < tape.end; record += arena.i32[record >> 2] as number) {
    if (arena.i32[(record >> 2) + W_STATUS] !== LIVE) continue;
    if (arena.i32[(record >> 2) + W_TIMED] === 0) {
      const { seconds, nanos } = segment.timeAt(arena.f64[(record >> 3) + D_OFFSET] as number);
      setTime(arena, record, seconds, nanos);
    }
    visit(record, {
      seconds: arena.f64[(record >> 3) + D_SECONDS] as number,
      nanos: arena.i32[(record >> 2) + W_NANOS] as number,
    });
  }
}
