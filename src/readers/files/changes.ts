// Tells when files may have changed: by the kernel's notices where it gives them, by the clock everywhere.
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Clock } from '../../core/plugin.ts';

/** Notices come one for each write; this many milliseconds of them are answered together. */
const GATHER_MS = 20;
/** The same for names: each answer is a look at whole directories. */
const GATHER_NAMES_MS = 100;

export interface Changed {
  /** Files may have come, gone or changed their names. */
  readonly names: boolean;
  /** Paths whose content changed, or `all` where that is not known. */
  readonly paths: ReadonlySet<string> | 'all';
}

export class FileChanges {
  readonly #clock: Clock;
  readonly #pollMs: number;
  readonly #usesNotices: boolean;
  readonly #watchers = new Map<string, fs.FSWatcher>();
  #names = false;
  #paths = new Set<string>();
  #wake: (() => void) | undefined;

  /** @param pollMs the longest time between two answers of `next`. */
  constructor(clock: Clock, pollMs: number, usesNotices: boolean) {
    this.#clock = clock;
    this.#pollMs = pollMs;
    this.#usesNotices = usesNotices;
  }

  /** Watches these directories and no others. One that cannot be watched is left to the clock. */
  watch(directories: Iterable<string>): void {
    if (!this.#usesNotices) return;
    const wanted = new Set(directories);
    for (const [directory, watcher] of this.#watchers) {
      if (wanted.has(directory)) continue;
      watcher.close();
      this.#watchers.delete(directory);
    }
    for (const directory of wanted) if (!this.#watchers.has(directory)) this.#start(directory);
  }

  /** Resolves at the next change, or after `pollMs` with `all`. Rejects when the signal aborts. */
  async next(signal: AbortSignal): Promise<Changed> {
    signal.throwIfAborted();
    const until = this.#clock.monotonicMs() + this.#pollMs;
    if (!this.#isPending()) await this.#wait(signal);
    if (this.#isPending()) await this.#clock.sleep(this.#names ? GATHER_NAMES_MS : GATHER_MS, signal);
    const isTick = this.#clock.monotonicMs() >= until;
    const changed: Changed = { names: this.#names, paths: isTick ? 'all' : this.#paths };
    this.#names = false;
    this.#paths = new Set();
    return changed;
  }

  #isPending(): boolean {
    return this.#names || this.#paths.size > 0;
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  async #wait(signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    try {
      await this.#clock.sleep(this.#pollMs, AbortSignal.any([signal, woken.signal]));
    } catch (thrown) {
      if (signal.aborted) throw thrown;
    } finally {
      this.#wake = undefined;
    }
  }

  #start(directory: string): void {
    try {
      const watcher = fs.watch(directory, { persistent: false }, (event, name) => {
        if (event === 'rename' || name === null) this.#names = true;
        else this.#paths.add(path.join(directory, name));
        this.#wake?.();
      });
      // The directory was removed, or the kernel has no more watches: the clock does it.
      watcher.on('error', () => {
        watcher.close();
        this.#watchers.delete(directory);
      });
      this.#watchers.set(directory, watcher);
    } catch {
      // As above.
    }
  }
}
