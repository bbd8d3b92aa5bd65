// `read_bytes_limit_per_second`: how long a file waits before more of it is read.
import type { Clock } from '../../../core/plugin.ts';
import type { Generation } from './generation.ts';

const WINDOW_MS = 1000;

export class Throttle {
  readonly #bytesPerWindow: number;
  readonly #clock: Clock;
  readonly #windows = new WeakMap<Generation, { startMs: number; bytes: number }>();

  /** @param bytesPerSecond not positive = no limit. A block counts whole: the limit holds on average. */
  constructor(bytesPerSecond: number, clock: Clock) {
    this.#bytesPerWindow = bytesPerSecond;
    this.#clock = clock;
  }

  /** Milliseconds until more may be read; 0 = now. */
  waitMs(generation: Generation): number {
    const window = this.#windows.get(generation);
    if (this.#bytesPerWindow <= 0 || !window) return 0;
    const dueMs = window.startMs + (WINDOW_MS * window.bytes) / this.#bytesPerWindow;
    return Math.max(0, dueMs - this.#clock.monotonicMs());
  }

  took(generation: Generation, bytes: number): void {
    if (this.#bytesPerWindow > 0 && bytes > 0)
      this.#windows.set(generation, { startMs: this.#clock.monotonicMs(), bytes });
  }
}
