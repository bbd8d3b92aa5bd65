// Bounded bytes in flight: the only back-pressure there is. Readers wait for room; settled segments give it back.

/** Raw input bytes that may be read but not settled. Four times as much memory is used at the worst. */
export const IN_FLIGHT_MAX_BYTES: number = 32 << 20;

/** How often a reader that waits for room asks whether it waits in vain. */
const STUCK_POLL_MS = 200;

export class Flow {
  readonly #maxBytes: number;
  readonly #unstick: () => void;
  #bytes = 0;
  #waiting: (() => void)[] = [];

  /** @param unstick called while a reader waits: gives up on records that are held for later ones if only they are left. */
  constructor(maxBytes: number, unstick: () => void = () => {}) {
    this.#maxBytes = maxBytes;
    this.#unstick = unstick;
  }

  get bytes(): number {
    return this.#bytes;
  }

  take(bytes: number): void {
    this.#bytes += bytes;
  }

  give(bytes: number): void {
    this.#bytes -= bytes;
    if (this.#bytes >= this.#maxBytes) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  /** Resolves when less than the bound is in flight; one block more may then be taken. Rejects when the signal aborts. */
  async room(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#bytes < this.#maxBytes) return;
    const poll = setInterval(this.#unstick, STUCK_POLL_MS);
    try {
      while (this.#bytes >= this.#maxBytes) {
        await this.#turn(signal);
        signal.throwIfAborted();
      }
    } finally {
      clearInterval(poll);
    }
  }

  /** Resolves when nothing is in flight. Rejects when the signal aborts. */
  async empty(signal: AbortSignal): Promise<void> {
    while (this.#bytes > 0) {
      signal.throwIfAborted();
      await this.#turn(signal);
    }
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', wake);
        resolve();
      };
      signal.addEventListener('abort', wake, { once: true });
      this.#waiting.push(wake);
    });
  }
}
