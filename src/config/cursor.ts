// A position in a configuration text, with its line and column, and the error that stops one file's reading.
import type { Place, Problem } from '../core/problem.ts';

/** Ends the reading of a value or a tag at its first mistake; never leaves the grammar. */
export class SyntaxFault extends Error {
  readonly problem: Problem;
  /** Index in the text where it was found. */
  readonly at: number;
  constructor(problem: Problem, at: number) {
    super(problem.message);
    this.problem = problem;
    this.at = at;
  }
}

export class Cursor {
  readonly text: string;
  readonly file: string;
  at = 0;
  readonly #lineStarts: readonly number[];

  constructor(text: string, file: string) {
    this.text = text;
    this.file = file;
    this.#lineStarts = lineStarts(text);
  }

  get char(): string {
    return this.text.charAt(this.at);
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  get isAtLineEnd(): boolean {
    return this.isAtEnd || isLineBreak(this.char);
  }

  place(at: number = this.at): Place {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lineStarts[middle] as number) <= at) low = middle;
      else high = middle - 1;
    }
    return { file: this.file, line: low + 1, column: at - (this.#lineStarts[low] as number) + 1 };
  }

  /** Takes characters while `accept` holds. */
  take(accept: (char: string) => boolean): string {
    const start = this.at;
    while (!this.isAtEnd && accept(this.char)) this.at++;
    return this.text.slice(start, this.at);
  }

  skipBlanks(): void {
    this.take(isBlank);
  }

  /** Skips blanks, line ends and comments; leaves the cursor at the next thing that means something. */
  skipToContent(): void {
    for (;;) {
      this.take((char) => isBlank(char) || isLineBreak(char));
      if (this.char !== '#') return;
      this.take((char) => !isLineBreak(char));
    }
  }

  /** Expects nothing but blanks and a comment up to the end of the line; what else stands there may be a secret. */
  expectLineEnd(after: string, began: number = this.at): void {
    this.skipBlanks();
    if (this.char === '#') this.take((char) => !isLineBreak(char));
    if (this.isAtLineEnd) return;
    const [first, last] = [this.place(began).line, this.place().line];
    const hint = first < last ? `it begins at line ${first}; is a closing quote missing there?` : undefined;
    this.fail('config/junk-after-value', `${after}: expected the end of the line`, hint);
  }

  /** Goes on behind the line in which `at` lies. */
  skipLine(at: number): void {
    this.at = at;
    this.take((char) => !isLineBreak(char));
  }

  restOfLine(): string {
    return this.text.slice(this.at).split(/[\r\n]/, 1)[0] ?? '';
  }

  fail(code: string, message: string, hint?: string, at: number = this.at): never {
    const inText = Math.min(at, this.text.length);
    const problem = {
      code,
      severity: 'error',
      message,
      place: this.place(inText),
      ...(hint !== undefined && { hint }),
    } as const;
    throw new SyntaxFault(problem, inText);
  }
}

export function isBlank(char: string): boolean {
  return char === ' ' || char === '\t';
}

export function isLineBreak(char: string): boolean {
  return char === '\n' || char === '\r';
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === '\n' || (char === '\r' && text.charAt(i + 1) !== '\n')) starts.push(i + 1);
  }
  return starts;
}
