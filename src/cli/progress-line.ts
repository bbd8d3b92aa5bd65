// One line on a terminal that is written over while the program works; nothing where there is no terminal.

const REPAINT_MS = 200;

/** A stream that may be a terminal. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export class ProgressLine {
  readonly #out: Terminal;
  readonly #nowMs: () => number;
  #timer: NodeJS.Timeout | undefined;
  #paintedMs = 0;
  #text: () => string = () => '';

  /** @param nowMs monotonic milliseconds */
  constructor(out: Terminal, nowMs: () => number = () => performance.now()) {
    this.#out = out;
    this.#nowMs = nowMs;
  }

  start(text: () => string): void {
    if (!this.#out.isTTY) return;
    this.#text = text;
    this.#paint();
    this.#timer = setInterval(() => this.#paint(), REPAINT_MS);
    this.#timer.unref();
  }

  /** Called by work that leaves timers no turn. */
  tick(): void {
    if (this.#timer && this.#nowMs() - this.#paintedMs >= REPAINT_MS) this.#paint();
  }

  /** Prints a line of its own above the progress. */
  above(line: string): void {
    if (this.#timer) this.#out.write('\r\x1b[K');
    this.#out.write(line);
    if (this.#timer) this.#paint();
  }

  stop(): void {
    if (!this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#out.write('\r\x1b[K');
  }

  #paint(): void {
    this.#paintedMs = this.#nowMs();
    this.#out.write(`\r\x1b[K${this.#text().slice(0, (this.#out.columns || 80) - 1)}`);
  }
}
