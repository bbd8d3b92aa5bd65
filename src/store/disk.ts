// Keeps some room on the disk: ingest stops before it is full, so that sealing, which gives room back, still works.
import * as fs from 'node:fs';
import { EnvironmentError } from '../core/failure.ts';
import type { Clock } from '../core/plugin.ts';

const RESERVE_MAX_BYTES = 256 << 20;
const RESERVE_SHARE = 0.05;
const LOOK_EVERY_MS = 500;

export class Disk {
  readonly #directory: string;
  readonly #clock: Clock;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #isLow = false;

  constructor(directory: string, clock: Clock) {
    this.#directory = directory;
    this.#clock = clock;
  }

  /** Looks twice a second at most. */
  isLow(): boolean {
    const now = this.#clock.monotonicMs();
    if (!this.#isLow && now - this.#lookedMs < LOOK_EVERY_MS) return false;
    this.#lookedMs = now;
    const { free, reserve } = this.#room();
    this.#isLow = free < reserve;
    return this.#isLow;
  }

  /** @throws {EnvironmentError} `store/disk-low` */
  check(): void {
    const { free, reserve } = this.#room();
    this.#isLow = free < reserve;
    if (!this.#isLow) return;
    throw new EnvironmentError(
      'store/disk-low',
      `the disk of ${this.#directory} is nearly full (${free} bytes free, ${reserve} are kept): ingest waits; make room, or let the store keep less`,
    );
  }

  #room(): { readonly free: number; readonly reserve: number } {
    const { bavail, blocks, bsize } = fs.statfsSync(this.#directory);
    return { free: bavail * bsize, reserve: Math.min(RESERVE_MAX_BYTES, Math.floor(blocks * bsize * RESERVE_SHARE)) };
  }
}
