// Two logs that grow by numbered records: timed.log (JSON with a time of its own) and untimed.log (plain text).
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Random } from '../../samples/random.js';

const PAD = 'x'.repeat(1900);
const TIME = Date.UTC(2026, 1, 21, 10, 31, 27);

export class GrowingLogs {
  readonly #folder: string;
  readonly #random: Random;
  /** The beginning of the next record, which is written when the rest of it is. */
  readonly #unwritten: Record<'timed' | 'untimed', string> = { timed: '', untimed: '' };
  /** Records written so far; they are numbered from 0. */
  count = 0;

  constructor(folder: string, random: Random) {
    this.#folder = folder;
    this.#random = random;
    for (const name of ['timed', 'untimed']) fs.writeFileSync(this.path(name), '');
  }

  path(name: string): string {
    return path.join(this.#folder, `${name}.log`);
  }

  /** Appends records of about 2 KB; the last one may lack its end. */
  append(name: 'timed' | 'untimed', records: number): void {
    let text = this.#unwritten[name];
    for (let i = 0; i < records; i++) text += name === 'timed' ? this.#timed() : this.#untimed();
    const kept = this.#random.chance(0.5) ? this.#random.int(0, Math.min(1500, text.length)) : 0;
    this.#unwritten[name] = text.slice(text.length - kept);
    fs.appendFileSync(this.path(name), text.slice(0, text.length - kept));
  }

  /** Writes what is still missing of the last records. */
  finish(): void {
    for (const name of ['timed', 'untimed'] as const) {
      fs.appendFileSync(this.path(name), this.#unwritten[name]);
      this.#unwritten[name] = '';
    }
  }

  #timed(): string {
    const time = new Date(TIME + this.count).toISOString();
    return `${JSON.stringify({ time, message: this.#message() })}\n`;
  }

  #untimed(): string {
    return `${this.#message()}\n`;
  }

  #message(): string {
    return `record ${this.count++} ${PAD.slice(this.#random.int(0, 200))}`;
  }
}

/** The number of the record with this message. */
export function numberOf(message: unknown): number {
  const digits = /^record (\d+) x+$/.exec(String(message))?.[1];
  if (digits === undefined) throw new Error(`no record of these logs: ${String(message).slice(0, 100)}`);
  return Number(digits);
}

/** Numbers below `count` that are missing in a list, and numbers that are there more than once, as ranges. */
export function compareNumbers(
  numbers: readonly number[],
  count: number,
): { readonly lost: readonly string[]; readonly doubled: readonly string[] } {
  const times = new Uint8Array(count);
  for (const number of numbers) times[number] = (times[number] as number) + 1;
  const all = [...times.keys()];
  return {
    lost: ranges(all.filter((n) => times[n] === 0)),
    doubled: ranges(all.filter((n) => (times[n] as number) > 1)),
  };
}

/** Ascending numbers as texts such as `3-7`. */
function ranges(numbers: readonly number[]): string[] {
  const found: { from: number; to: number }[] = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last && last.to === number - 1) last.to = number;
    else found.push({ from: number, to: number });
  }
  return found.map(({ from, to }) => `${from}-${to}`);
}
