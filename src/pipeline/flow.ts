// Bounded bytes in flight: the only back-pressure there is. Readers wait for room; settled segments give it back.

/** Raw input bytes that may be read but not settled. Four times as much memory is used at the worst. */
export const IN_FLIGHT_MAX_BYTES: number = 32 << 20;

export class Flow {
  readonly #maxBytes: number;
  #bytes = 0;
  #waiting: (() => void)[] = [];

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
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
    while (this.#bytes >= this.#maxBytes) {
      await this.#turn(signal);
      signal.throwIfAborted();
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
