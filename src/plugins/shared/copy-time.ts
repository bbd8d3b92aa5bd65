// The time of one record for another.
import type { Arena } from '../../core/arena.ts';
import { D_SECONDS, setTime, W_NANOS, W_TIMED } from '../../core/tape.ts';

/** Gives `to` the time that `from` has, which may be none. */
export function copyTime(arena: Arena, from: number, to: number): void {
  if (arena.i32[(from >> 2) + W_TIMED] === 0) {
    arena.i32[(to >> 2) + W_TIMED] = 0;
    return;
  }
  setTime(arena, to, arena.f64[(from >> 3) + D_SECONDS] as number, arena.i32[(from >> 2) + W_NANOS] as number);
}
