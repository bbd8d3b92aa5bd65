// A pattern of a configuration at work: its answers are remembered by the bytes of the value, and what had to be given up
// is counted and told.
import type { Host } from '../../core/plugin.ts';
import { type Problem, quoted } from '../../core/problem.ts';
import { compilePattern, type Found, type Pattern } from '../../formats/regexp/pattern.ts';
import type { FieldReader } from './field-reader.ts';
import { ValueMemo } from './value-memo.ts';

export class Matcher {
  readonly #pattern: Pattern;
  readonly #host: Host;
  readonly #memo = new ValueMemo<boolean>();
  #givenUp = 0;

  /** @param written a checked pattern, see {@link checkPattern}. */
  constructor(written: string, host: Host) {
    const compiled = compilePattern(written);
    if (!compiled.ok) throw new Error(`BUG: pattern ${written} was not checked`);
    this.#pattern = compiled.value;
    this.#host = host;
  }

  get groups(): readonly (string | undefined)[] {
    return this.#pattern.groups;
  }

  /** Whether the value that the reader found last matches. */
  testFound(found: FieldReader): boolean {
    const { u8 } = this.#host.arena;
    const { kind, start, end } = found;
    const known = this.#memo.find(u8, kind, start, end);
    if (known !== undefined) return known;
    const result = this.test(found.text());
    this.#memo.put(u8, kind, start, end, result);
    return result;
  }

  test(text: string): boolean {
    const result = this.#pattern.test(text);
    if (!result) this.#tell(text);
    return result;
  }

  exec(text: string): Found | undefined {
    const found = this.#pattern.exec(text);
    if (!found) this.#tell(text);
    return found;
  }

  #tell(text: string): void {
    const { givenUp, written } = this.#pattern;
    if (givenUp === this.#givenUp) return;
    this.#host.count('regexp_given_up', givenUp - this.#givenUp);
    this.#givenUp = givenUp;
    this.#host.log.warn(
      `the regular expression ${quoted(written)} could take too long on a text of ${text.length} characters; ` +
        'it counts as not matching',
    );
  }
}

/** What is wrong with a pattern, without a place. */
export function checkPattern(setting: string, written: string): readonly Omit<Problem, 'place'>[] {
  return compilePattern(written).problems.map((problem) => ({ ...problem, message: `${setting}: ${problem.message}` }));
}
