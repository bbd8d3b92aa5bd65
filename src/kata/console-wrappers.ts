// The wrapper of a console line, as the Go shim writes it thousands of times for one sandbox: read once, then recognised.
import { readInstant } from './instant.ts';
import { readLastQuoted } from './logfmt.ts';
import { pairsJson } from './ndjson.ts';
import { type Kata, kataWith, Pairs, type Value } from './record.ts';

const TIME_START = 'time="'.length;
const HEAD = ' level=debug msg="reading guest console" ';
const KEY = ' vmconsole=';
/** Sandboxes of a node whose wrappers are known at once. */
const WRAPPERS_MAX = 4096;

/** What is the same in all wrappers of a sandbox: everything but the time and the line. */
interface Known {
  readonly kata: Kata;
  readonly keys: readonly string[];
  readonly values: readonly Value[];
  /** The pairs behind the time, as JSON. */
  readonly json: string;
}

/** A wrapper, and the line in it. */
export interface ConsoleWrapper {
  readonly kata: Kata;
  readonly pairs: Pairs;
  readonly line: string;
}

export class ConsoleWrappers {
  readonly #known = new Map<string, Known>();

  /** The wrapper, if one like it was learned and the text is as sound as that one was. */
  read(text: string): ConsoleWrapper | undefined {
    const quote = text.indexOf('"', TIME_START);
    if (!text.startsWith(HEAD, quote + 1)) return undefined;
    const key = text.indexOf(KEY, quote);
    const known = key < 0 ? undefined : this.#known.get(text.slice(quote + 1, key));
    if (!known) return undefined;
    const line = readLastQuoted(text, key + KEY.length);
    const written = text.slice(TIME_START, quote);
    const time = readInstant(written);
    if (line === undefined || !time) return undefined;
    const kata = kataWith(known.kata);
    kata.time = time;
    return {
      kata,
      line,
      pairs: new Pairs(known.keys, [written, ...known.values], `{"time":"${written}",${known.json}`),
    };
  }

  /** A wrapper that was read pair by pair: sound, `vmconsole` its last pair. */
  learn(text: string, pairs: Pairs, kata: Kata): void {
    const quote = text.indexOf('"', TIME_START);
    const key = text.indexOf(KEY, quote);
    if (key < 0 || !text.startsWith(HEAD, quote + 1) || pairs.keys.at(-1) !== 'vmconsole') return;
    if (this.#known.size >= WRAPPERS_MAX) this.#known.clear();
    const [keys, values] = [pairs.keys.slice(0, -1), pairs.values.slice(1, -1)];
    const json = pairsJson(new Pairs(keys.slice(1), values)).slice(1);
    this.#known.set(text.slice(quote + 1, key), { kata: kataWith(kata), keys, values, json });
  }
}
