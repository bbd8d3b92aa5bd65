// A line of a guest's console made readable: carriage returns, terminal sequences and control characters taken out.
import type { Repair } from './record.ts';

export interface CleanText {
  readonly text: string;
  readonly repairs: readonly Repair[];
}

// CSI, OSC (ended by BEL or ST), character sets, and the other two-character sequences; also 8-bit CSI.
const SEQUENCES =
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)|\x1b[()*+\-./][ -~]|\x1b[ -/]*[0-~]|(?:\x1b\[|\x9b)[0-?]*[ -/]*$/g;
/** Sequences that firmware and boot loaders send, not programs that colour their output: reset, clear, home, modes. */
const BOOT_SEQUENCES = /\x1bc|(?:\x1b\[|\x9b)(?:[0-3]?J|[0-9;]*H|[?=][0-9;]*[hl])/;
const CONTROLS = /[\x00-\x08\x0b-\x1f\x9b]/g;
/** Everything that needs a closer look; U+FFFD stands for a byte that was no UTF-8. */
const SUSPECT = /[\x00-\x08\x0a-\x1f\x9b\ufffd]/;
/** The text form of an escape character, where somebody quoted the line twice. */
const WRITTEN_ESCAPE = /\\x1b(?=[[\]()])|\\u001b(?=[[\]()])|\\u\{1b\}(?=[[\]()])|\\033(?=[[\]()])/gi;

/** What nobody writes over: a kernel line, an object of JSON. */
const WHOLE_LINE = /^(?:<\d{1,3}>)?\[\s{0,5}\d{1,7}\.\d{6}\] |^\{".*\}\s*$/;
/** Behind blanks like these another line begins. */
const BETWEEN_LINES = '  ';

const UNCHANGED: readonly Repair[] = [];

/** Of one in quotes only this is known: it belongs to no text. Carriage returns and line feeds are others' business. */
const CONTROL_IN_QUOTES = /[\x00-\x08\x0b\x0c\x0e-\x1f]/;

/** Whether a record has control characters in it, and no carriage return. */
export function hasControl(record: string): boolean {
  return CONTROL_IN_QUOTES.test(record) && !record.includes('\r');
}

export function isCleanText(text: string): boolean {
  return !SUSPECT.test(text) && !text.includes('\\x1b[');
}

/** The text without terminal sequences, in either form. */
export function withoutSequences(text: string): string {
  return text.replace(WRITTEN_ESCAPE, '\x1b').replace(SEQUENCES, '');
}

/** The text of one console line. Line feeds at its end are no damage: kata-proxy keeps them. */
export function cleanText(line: string): CleanText {
  if (isCleanText(line)) return { text: line, repairs: UNCHANGED };
  const repairs: Repair[] = [];
  let text = line.replace(/\n+$/, '');
  const written = text.replace(WRITTEN_ESCAPE, '\x1b');
  const bare = written.replace(SEQUENCES, '');
  if (bare !== text) {
    repairs.push('C10');
    if (BOOT_SEQUENCES.test(written)) repairs.push('C11');
    text = bare;
  }
  text = withoutReturns(text, repairs);
  if (/[\x00-\x08\x0b-\x1f\x9b\ufffd]/.test(text)) {
    if (!repairs.includes('C11')) repairs.push('C11');
    text = text.replace(CONTROLS, '');
  }
  return { text, repairs };
}

/**
 * Carriage returns: those at the end go; of a line that was written over, the last text stays. Kernel lines and records write over
 * nothing: between two of them the line feed was lost, too (C3).
 */
function withoutReturns(text: string, repairs: Repair[]): string {
  if (!text.includes('\r')) return text;
  repairs.push('C9');
  const parts = text.split('\r').filter((part) => part.trim() !== '');
  const last = parts.at(-1) ?? '';
  return WHOLE_LINE.test(last) ? parts.filter(staysBeforeNext).join(BETWEEN_LINES) : last;
}

/** Whether a text is a line that the one behind it does not write over: the same one, further written, would. */
function staysBeforeNext(part: string, index: number, parts: readonly string[]): boolean {
  const next = parts[index + 1];
  if (next === undefined) return true;
  const stamp = WHOLE_LINE.exec(part)?.[0];
  return stamp !== undefined && WHOLE_LINE.test(next) && !next.startsWith(stamp);
}
