// A parser over one of the scanners: scan, values, time.
import type { Host, Parser } from '../../core/plugin.ts';
import type { Tape } from '../../core/tape.ts';
import { ParsedTime } from './parsed-time.ts';
import type { CommonParserSettings } from './parser-settings.ts';
import { createValueChanges } from './typed-values.ts';

export class ScanningParser implements Parser {
  readonly estimatesTime: boolean;
  readonly #scan: (tape: Tape, key: number) => Tape;
  readonly #time: ParsedTime;
  readonly #changeValues: ((tape: Tape) => void) | undefined;

  /** @param scan makes a new tape from the texts of a field. */
  constructor(settings: CommonParserSettings, host: Host, scan: (tape: Tape, key: number) => Tape) {
    this.estimatesTime = settings.estimate_current_event;
    this.#scan = scan;
    this.#time = new ParsedTime(settings, host);
    this.#changeValues = createValueChanges(settings, host);
  }

  parse(tape: Tape, key: number): Tape {
    const parsed = this.#scan(tape, key);
    this.#time.read(parsed);
    this.#changeValues?.(parsed);
    return parsed;
  }
}
