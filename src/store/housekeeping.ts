// What a store's writer does while there is little else to do: seals what lies still, merges what is small, removes what
// nobody reads any more.
import type { Clock } from '../core/plugin.ts';

/** How often it is looked whether there is little to do, and how few records in between that is. */
const TIDY_EVERY_MS = 30_000;
const QUIET_ROWS = 30_000;
/** A write-ahead file this long is sealed when nothing was appended for a moment: sealed records are read much quicker. */
const STILL_BYTES = 1 << 20;
const STILL_MS = 1000;
const LOOKS_PER_TIDY = TIDY_EVERY_MS / STILL_MS;

export interface House {
  /** Records appended so far. */
  readonly appended: number;
  /** Bytes of the write-ahead file that is open. */
  readonly openBytes: number;
  seal(): Promise<void>;
  tidy(): Promise<void>;
}

/** Resolves when the signal aborts. */
export async function keepHouse(house: House, clock: Clock, signal: AbortSignal): Promise<void> {
  let [looked, tidied] = [house.appended, house.appended];
  for (let look = 1; !signal.aborted; look++) {
    try {
      await clock.sleep(STILL_MS, signal);
    } catch (thrown) {
      if (!signal.aborted) throw thrown;
      return;
    }
    if (house.appended === looked && house.openBytes >= STILL_BYTES) await house.seal();
    looked = house.appended;
    if (look % LOOKS_PER_TIDY !== 0) continue;
    if (looked - tidied <= QUIET_ROWS) await house.tidy();
    tidied = looked;
  }
}
