// One line on a terminal that is written over while the program works; nothing where there is no terminal.

const REPAINT_MS = 200;

export class ProgressLine {
  readonly #out: NodeJS.WriteStream;
  #timer: NodeJS.Timeout | undefined;
  #text: () => string = () => '';

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  start(text: () => string): void {
    if (!this.#out.isTTY) return;
    this.#text = text;
    this.#paint();
    this.#timer = setInterval(() => this.#paint(), REPAINT_MS);
    this.#timer.unref();
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
    this.#out.write(`\r\x1b[K${this.#text().slice(0, this.#out.columns - 1)}`);
  }
}
