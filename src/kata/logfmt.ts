// The pairs of one logfmt text (logrus's TextFormatter), and where it is not as logrus writes it.
import { KATA_BLANK_KEYS } from '../formats/scan/blank-keys.ts';
import { unquoteGo } from './quoted-text.ts';
import { Pairs } from './record.ts';

export interface LogfmtScan {
  readonly pairs: Pairs;
  /** A key with blanks, or a backtick at its end, that logrus did not quote. */
  readonly blankKey: boolean;
  /** Nothing but pairs; no quote left open, nothing glued to a closing one. */
  readonly clean: boolean;
  /** The value of the last pair ends with the text, inside its quotes. */
  readonly cut: boolean;
  /** Words without an equals sign that belong to no known key. */
  readonly bareWords: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const EQUALS = 0x3d;
const BLANK = 0x20;
const BACKTICK = 0x60;
/** Power of two; more names than Kata has. */
const NAMES_MAX = 1024;
/** Beyond this the rest of a text is no record of logrus. */
const PAIRS_MAX = 512;
const BARE_WORDS_MAX = 64;

// The same names come again and again: one string for each makes comparing them a look at the address.
const names: string[] = new Array<string>(NAMES_MAX).fill('');

// State of the scan in progress: one text at a time.
let text = '';
let position = 0;
let glued = false;
let cut = false;

export function scanLogfmt(line: string): LogfmtScan {
  text = line;
  position = 0;
  glued = false;
  cut = false;
  const keys: string[] = [];
  const values: string[] = [];
  let bareWords = 0;
  let blankKey = false;
  while (skipBlanks() && keys.length < PAIRS_MAX && bareWords < BARE_WORDS_MAX) {
    const key = readName();
    if (text.charCodeAt(position) === EQUALS && key !== '') {
      position++;
      keys.push(key);
      values.push(readValue());
      // A slip of the pen in the runtime, as bad as a blank for whoever reads logfmt by its rules.
      blankKey ||= key.charCodeAt(key.length - 1) === BACKTICK;
      continue;
    }
    const phrase = KATA_BLANK_KEYS.find((known) => text.startsWith(`${known}=`, position - key.length));
    if (phrase !== undefined) {
      position += phrase.length - key.length + 1;
      keys.push(phrase);
      values.push(readValue());
      blankKey = true;
      continue;
    }
    bareWords++;
    skipWord();
  }
  const clean = !glued && !cut && bareWords === 0 && position >= text.length;
  return { pairs: new Pairs(keys, values), blankKey, clean, cut, bareWords };
}

function skipBlanks(): boolean {
  while (text.charCodeAt(position) === BLANK) position++;
  return position < text.length;
}

function skipWord(): void {
  const end = text.indexOf(' ', position + 1);
  position = end < 0 ? text.length : end;
}

function readName(): string {
  const start = position;
  let hash = 0;
  let code = text.charCodeAt(position);
  while (code > BLANK && code !== EQUALS && code !== QUOTE) {
    hash = (hash * 31 + code) | 0;
    code = text.charCodeAt(++position);
  }
  const slot = (hash ^ (hash >>> 10)) & (NAMES_MAX - 1);
  const known = names[slot] as string;
  if (known.length === position - start && text.startsWith(known, start)) return known;
  const name = text.slice(start, position);
  if (name.length < 40) names[slot] = name;
  return name;
}

function readValue(): string {
  if (text.charCodeAt(position) === QUOTE) return readQuoted();
  const start = position;
  let code = text.charCodeAt(position);
  while (code > BLANK) {
    if (code === QUOTE) glued = true;
    code = text.charCodeAt(++position);
  }
  return text.slice(start, position);
}

/** How the text between quotes is written: as it is, with escapes that JSON has too, or with others. */
const AS_IS = 0;
const JSON_ESCAPES = 1;
const GO_ESCAPES = 2;

function readQuoted(): string {
  const start = ++position;
  const escapes = passQuoted();
  if (position >= text.length) {
    cut = true;
    position = text.length;
    return unquoted(text.slice(start), escapes);
  }
  const end = position++;
  if (position < text.length && text.charCodeAt(position) !== BLANK) glued = true;
  return unquoted(text.slice(start, end), escapes);
}

function unquoted(inner: string, escapes: number): string {
  if (escapes === AS_IS) return inner;
  return escapes === JSON_ESCAPES ? (JSON.parse(`"${inner}"`) as string) : unquoteGo(inner);
}

/** Steps to the closing quote, or to the end of the text. */
function passQuoted(): number {
  let escapes = AS_IS;
  const { length } = text;
  while (position < length) {
    const code = text.charCodeAt(position);
    if (code === QUOTE) break;
    if (code === BACKSLASH) {
      escapes |= isJsonEscape(text.charCodeAt(position + 1)) ? JSON_ESCAPES : GO_ESCAPES;
      position++;
    } else if (code < BLANK) escapes |= GO_ESCAPES;
    position++;
  }
  return escapes;
}

/** Whether `\` + the letter means in JSON what it means in Go. `\u` is left out: Go writes it for rare runes only. */
function isJsonEscape(letter: number): boolean {
  switch (letter) {
    case QUOTE:
    case BACKSLASH:
    case 0x6e: // n
    case 0x74: // t
    case 0x72: // r
    case 0x62: // b
    case 0x66: // f
      return true;
    default:
      return false;
  }
}

/** The value of the quoted text that begins at `start` and ends with the line, or undefined. */
export function readLastQuoted(line: string, start: number): string | undefined {
  if (line.charCodeAt(start) !== QUOTE || line.charCodeAt(line.length - 1) !== QUOTE) return undefined;
  text = line;
  position = start;
  glued = false;
  cut = false;
  const value = readQuoted();
  return cut || position !== line.length ? undefined : value;
}

/** Names of the head; logrus gives a field of such a name another one. */
export const HEAD: ReadonlySet<string> = new Set(['time', 'level', 'msg']);

/** Whether logrus could have written the pairs: time and level first, `msg` if any, then names in order, none twice. */
export function isWholeLogrus(scan: LogfmtScan): boolean {
  const { keys } = scan.pairs;
  if (!scan.clean || keys[0] !== 'time' || keys[1] !== 'level') return false;
  let at = keys[2] === 'msg' ? 3 : 2;
  if (keys[at] === 'logrus_error') at++;
  if (keys.length - at < 1) return keys[2] === 'msg';
  for (let index = at; index < keys.length; index++) {
    const key = keys[index] as string;
    if (HEAD.has(key) || (index > at && (keys[index - 1] as string) >= key)) return false;
  }
  return true;
}
