// The real clock. Everything that needs time gets a Clock, so that tests can give their own.
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../core/plugin.ts';

const NANOS_PER_MS = 1_000_000;

export const systemClock: Clock = {
  now() {
    // Milliseconds are all that Node tells of the wall clock.
    const ms = Date.now();
    const seconds = Math.floor(ms / 1000);
    return { seconds, nanos: (ms - seconds * 1000) * NANOS_PER_MS };
  },
  monotonicMs: () => performance.now(),
  async sleep(ms, signal) {
    try {
      await delay(ms, undefined, { signal });
    } catch (thrown) {
      signal.throwIfAborted();
      throw thrown;
    }
  },
};
