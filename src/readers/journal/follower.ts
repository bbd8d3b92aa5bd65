// Waits until a journal may have something new.
//
// Entries are visible to a read at once, while the kernel's notice comes up to 250 ms late (journald truncates the file by a
// timer). So headers are polled: often while entries come, less often when none do; notices end a long wait.
import type { Clock } from '../../core/plugin.ts';
import { FileChanges } from '../files/changes.ts';
import type { Journal } from './journal.ts';

const ACTIVE_POLL_MS = 12;
const IDLE_POLL_MS = 250;
/** How much longer each wait without news is than the one before. */
const BACK_OFF = 1.25;
/** Without news for so long, a journal counts as idle and the waits grow. */
const ACTIVE_MS = 3000;

export class JournalFollower {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #changes: FileChanges;
  #waitMs = ACTIVE_POLL_MS;
  #newsMs: number;

  constructor(journal: Journal, clock: Clock) {
    this.#journal = journal;
    this.#clock = clock;
    this.#changes = new FileChanges(clock, IDLE_POLL_MS, true);
    this.#newsMs = clock.monotonicMs();
  }

  /** Resolves when the journal may have more; rejects when the signal aborts. */
  async wait(signal: AbortSignal): Promise<void> {
    while (!this.#journal.update()) {
      signal.throwIfAborted();
      if (this.#waitMs > ACTIVE_POLL_MS * 4) await this.#rest(signal);
      else await this.#clock.sleep(this.#waitMs, signal);
      if (this.#clock.monotonicMs() - this.#newsMs > ACTIVE_MS) {
        this.#waitMs = Math.min(this.#waitMs * BACK_OFF, IDLE_POLL_MS);
      }
    }
    this.#newsMs = this.#clock.monotonicMs();
    this.#waitMs = ACTIVE_POLL_MS;
  }

  close(): void {
    this.#changes.close();
  }

  async #rest(signal: AbortSignal): Promise<void> {
    this.#changes.watch(this.#journal.directories);
    await this.#changes.next(signal);
  }
}
