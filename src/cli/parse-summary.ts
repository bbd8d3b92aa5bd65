// What `katalog parse` found, for people: records, repairs by kind, what failed the checks, clocks.
import { printable } from '../core/problem.ts';
import type { FastLine } from '../kata/fast/fast-lines.ts';
import { millisBetween } from '../kata/instant.ts';
import type { KataMemory } from '../kata/memory.ts';
import type { Repair, Understood } from '../kata/record.ts';
import { type CheckSettings, checkRecord } from '../kata/record-checks.ts';

const MEANING: Readonly<Record<Repair, string>> = {
  C1: 'kernel text inside a record, taken out',
  C2: 'record over several lines, joined',
  C3: 'several records on one line, split',
  C4: 'console lost: a line was too long for the shim',
  C5: "record split at journald's line limit, joined",
  C6: 'records of several writers in one another',
  C7: 'record whose end is missing',
  C8: 'records glued together, split',
  C9: 'carriage returns, taken out',
  C10: 'terminal sequences, taken out',
  C11: 'control characters and bad bytes, taken out',
  C12: 'message cut at a NUL, read from SYSLOG_RAW',
  C13: 'message lost in an export without -a: export again with journalctl -a',
  C14: 'empty console line, dropped',
  C15: "JSON that is no record of Kata's, kept",
  C16: 'quotes that were not escaped',
  C17: 'panic or stack dump, one event',
  C18: "Rust's quoting, undone",
  C19: 'key with blanks',
  C20: 'copy of a record, merged',
  C21: "guest's clock is off, or the line was late",
  C22: 'records were lost here',
  C23: 'record in the other form than its file',
  C24: 'record cut at the border of two files, joined',
  C25: 'octal escapes of rsyslog, undone',
  C26: 'padding or prefix of pasted text, taken off',
};

const SANDBOXES_MAX = 10_000;
const SAMPLES_MAX = 101;
/** Smaller differences are the way through the console. */
const SKEW_SHOWN_MS = 1000;
const PROBLEMS_SHOWN = 10;

/** What became of an input. */
interface Input {
  records: number;
  /** Unpacked; those of a journal are not counted. */
  bytes: number;
  hasFailed: boolean;
}

function newInput(): Input {
  return { records: 0, bytes: 0, hasFailed: false };
}

function inputText({ records, bytes, hasFailed }: Input): string {
  const count = records.toLocaleString('en');
  if (hasFailed) return `${count} (could not be read to its end)`;
  if (records > 0) return count;
  return bytes === 0 ? '0 (empty)' : `0 (nothing in its ${bytes.toLocaleString('en')} bytes is a record)`;
}

export class ParseSummary {
  readonly #settings: CheckSettings;
  readonly #skews = new Map<string, number[]>();
  readonly #inputs = new Map<string, Input>();
  readonly #examples: string[] = [];
  #input: Input = newInput();
  #path = '';
  #ofFile = 0;
  #emptyLines = 0;
  records = 0;
  /** Records that failed a check, and lines without any. */
  problems = 0;

  constructor(settings: CheckSettings) {
    this.#settings = settings;
  }

  /** An input is about to be read. */
  open(path: string): void {
    this.#input = newInput();
    this.#inputs.set(path, this.#input);
  }

  /** Some of an input could not be read. */
  fail(path: string): void {
    const input = this.#inputs.get(path);
    if (input) input.hasFailed = true;
  }

  /** So many bytes of the input that was opened last were read. */
  addBytes(bytes: number): void {
    this.#input.bytes += bytes;
  }

  /** kata-log-parser expects a record in every line. */
  addEmptyLines(count: number): void {
    this.#emptyLines += count;
    this.problems += count;
  }

  get hasFailures(): boolean {
    return [...this.#inputs.values()].some(({ hasFailed }) => hasFailed);
  }

  get hasEmptyInput(): boolean {
    this.#leaveFile('');
    return [...this.#inputs.values()].some(
      ({ bytes, records, hasFailed }) => bytes === 0 && records === 0 && !hasFailed,
    );
  }

  /** @param checks whether to make the checks of kata-log-parser. */
  add(record: Understood, checks: boolean): void {
    const { source, kata } = record;
    this.records++;
    if (source.path !== this.#path) this.#leaveFile(source.path);
    this.#ofFile++;
    if (kata.guest_time && kata.time) this.#noteSkew(kata.sandbox ?? '', millisBetween(kata.guest_time, kata.time));
    if (checks) this.#check(record);
  }

  /** Counts records that were made on the fast road: they are whole, and nobody asked for the checks. */
  addFast(path: string, lines: readonly FastLine[]): void {
    this.records += lines.length;
    if (path !== this.#path) this.#leaveFile(path);
    this.#ofFile += lines.length;
    for (const { sandbox, guestLeadMs } of lines) if (!Number.isNaN(guestLeadMs)) this.#noteSkew(sandbox, guestLeadMs);
  }

  text(memory: KataMemory, doubles: number): string {
    const repairs = (Object.keys(MEANING) as Repair[])
      .map((kind) => [kind, kind === 'C20' ? doubles : (memory.counts.get(kind) ?? 0)] as const)
      .filter(([, count]) => count > 0);
    this.#leaveFile('');
    const redacted = memory.counts.get('redacted') ?? 0;
    const around = memory.counts.get('around') ?? 0;
    return [
      `${this.records.toLocaleString('en')} records from ${this.#inputs.size} inputs`,
      ...[...this.#inputs].map(([path, input]) => `  ${printable(path)}: ${inputText(input)}`),
      ...repairs.map(([kind, count]) => `  ${kind.padEnd(4)}${String(count).padStart(9)}  ${MEANING[kind]}`),
      ...(redacted > 0 ? [`  secrets blacked out: ${redacted}`] : []),
      ...(around > 0 ? [`  lines of journalctl and of reports around records, left out: ${around}`] : []),
      ...this.#skewLines(),
      ...this.#problemLines(),
      '',
    ].join('\n');
  }

  #leaveFile(next: string): void {
    const input = this.#inputs.get(this.#path);
    if (input) input.records += this.#ofFile;
    this.#path = next;
    this.#ofFile = 0;
  }

  #check(record: Understood): void {
    const found = checkRecord(record, this.#settings);
    if (found.length === 0) return;
    this.problems++;
    const { path, line } = record.source;
    if (this.#examples.length < PROBLEMS_SHOWN) this.#examples.push(`${printable(path)}:${line}: ${found.join('; ')}`);
  }

  #noteSkew(sandbox: string, millis: number): void {
    const samples = this.#skews.get(sandbox) ?? [];
    if (samples.length === 0 && this.#skews.size < SANDBOXES_MAX) this.#skews.set(sandbox, samples);
    if (samples.length < SAMPLES_MAX) samples.push(millis);
  }

  #skewLines(): string[] {
    return [...this.#skews]
      .map(([sandbox, samples]) => [sandbox, samples.toSorted((a, b) => a - b)[samples.length >> 1] as number] as const)
      .filter(([, median]) => Math.abs(median) > SKEW_SHOWN_MS)
      .map(
        ([sandbox, median]) =>
          `  guest clock of sandbox ${printable(sandbox || '(unknown)')}: ${median > 0 ? '+' : ''}${(median / 1000).toFixed(3)} s`,
      );
  }

  /** What failed a check: nothing, or lines. */
  problemText(): string {
    return this.#problemLines()
      .map((line) => `${line}\n`)
      .join('');
  }

  #problemLines(): string[] {
    const records = this.problems - this.#emptyLines;
    const empty = this.#emptyLines.toLocaleString('en');
    return [
      ...(records > 0 ? [`records that failed a check: ${records.toLocaleString('en')}`] : []),
      ...this.#examples.map((line) => `  ${line}`),
      ...(records > PROBLEMS_SHOWN ? [`  and ${(records - PROBLEMS_SHOWN).toLocaleString('en')} more`] : []),
      ...(this.#emptyLines > 0 ? [`lines without anything where a record was expected: ${empty}`] : []),
    ];
  }
}
