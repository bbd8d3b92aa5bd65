// Words that make a record one for the plain road: it may hold secrets, name a pod, or tell of trouble.
import type { Arena } from '../../core/arena.ts';
import type { KataFunctions } from '../../core/scanner.ts';
import { FRAME_WORDS } from '../frame.ts';
import { SANDBOX_WORDS } from '../identity.ts';
import { TROUBLE_WORDS } from '../lifecycle.ts';
import { POD_WORDS } from '../memory.ts';
import { SECRET_WORDS } from '../secret-words.ts';

const MAY_HOLD_SECRET = 1;
const MAY_NAME_POD = 2;
/** Counts in what the guest's kernel says only. */
const MAY_BE_TROUBLE = 4;
/** Counts in lines that are JSON: the text of the record stands in it. */
const MAY_BE_FRAME = 8;
/** Counts in records that name no sandbox. */
const MAY_NAME_SANDBOX = 16;
/** Counts in what is no line of a console, of which sequences are taken out. */
const HAS_SEQUENCE = 32;
const SEQUENCE_WORDS = ['\\x0', '\\x1', '\\x7f', '\\u000', '\\u001', '\\u{0', '\\u{1', '\\u{7f', '\\033'];

// An entry of formats/scan/assembly/words.ts: bytes of the word, its flag, its bucket, when it counts; then the word.
const ENTRY_BYTES = 32;
const AT_WORD = 4;
/**
 * Words are looked for in eight groups: of each, all texts are looked at more closely that might begin one of its words if the
 * halves of the first four bytes are taken for themselves. These were found by trying on logs of Kata which go together best.
 */
const GROUPS: readonly (readonly string[])[] = [
  ['://', ':\\', 'pod', 'poli', 'pwd'],
  ['acces', 'api-', 'apik', 'basic', 'dock', 'key=', 'oom'],
  ['\\0', '\\u', '\\x', '__curs', '__real', '_boot', '_pass', '_trans'],
  ['auth', 'bear', 'io.', 'veri'],
  ['env', 'hook', 'toke'],
  ['/run/', '/shar', 'cred', 'jaeg', 'sandb', '{"log'],
  ['-pass', 'pani', 'pass', 'seal', 'secr', 'segf', 'sig=', 'sign', 'sync', 'sysl'],
  ['api_', 'init', 'priv', 'ran '],
];
// What has to stand behind a word that may mean a secret; by the rules of ../redact.ts nothing is found without.
/** `…@`, without blanks and slashes. */
const BEFORE_USER = 1;
/** The rest of a name, then a colon or an equals sign, behind a quote maybe; a word `value`; or the name of an option, `--…`. */
const BEFORE_VALUE = 2;
/** As BEFORE_VALUE, and a value that is long or in quotes. */
const BEFORE_DOCUMENT = 3;
/** What is a credential and no word. */
const BEFORE_CREDENTIAL = 4;
/** Backslashes, then a slash. */
const BEFORE_SLASH = 5;
const CONDITIONS: ReadonlyMap<string, number> = new Map([
  ['://', BEFORE_USER],
  [':\\\\', BEFORE_SLASH],
  ['policy', BEFORE_DOCUMENT],
  ['bearer ', BEFORE_CREDENTIAL],
  ['basic ', BEFORE_CREDENTIAL],
]);

/** When the word counts; escapes and words with other signs always do. */
function conditionOf(word: string): number {
  return CONDITIONS.get(word) ?? (/^[a-z_-]+$/.test(word) ? BEFORE_VALUE : 0);
}

function groupOf(word: string): number {
  const group = GROUPS.findIndex((starts) => starts.some((start) => word.startsWith(start)));
  if (group < 0) throw new Error(`no group has the word ${word}`);
  return group;
}

const prepared = new WeakSet<Arena>();

/** Whether a text in the arena may hold a secret: as mayHoldSecret, in a fraction of its time. */
export function bytesMayHoldSecret(kata: KataFunctions, start: number, end: number): boolean {
  return (kata.wordFlags(start, end) & MAY_HOLD_SECRET) !== 0;
}

/** Makes the words known to a thread's scanner. */
export function prepareWords(arena: Arena, kata: KataFunctions): void {
  if (prepared.has(arena)) return;
  prepared.add(arena);
  const flagged = [
    ...SECRET_WORDS.map((word) => ({ word, flag: MAY_HOLD_SECRET })),
    ...POD_WORDS.map((word) => ({ word, flag: MAY_NAME_POD })),
    ...TROUBLE_WORDS.map((word) => ({ word, flag: MAY_BE_TROUBLE })),
    ...SANDBOX_WORDS.map((word) => ({ word, flag: MAY_NAME_SANDBOX })),
    ...FRAME_WORDS.map((word) => ({ word, flag: MAY_BE_FRAME })),
    ...SEQUENCE_WORDS.map((word) => ({ word, flag: HAS_SEQUENCE })),
  ].map(({ word, flag }) => ({ word: word.toLowerCase(), flag, group: groupOf(word.toLowerCase()) }));
  flagged.sort((a, b) => a.group - b.group);
  const list = Buffer.alloc(flagged.length * ENTRY_BYTES);
  for (const [index, { word, flag, group }] of flagged.entries()) {
    const at = index * ENTRY_BYTES;
    list[at] = list.write(word, at + AT_WORD, 'latin1');
    list[at + 1] = flag;
    list[at + 2] = group;
    list[at + 3] = flag === MAY_HOLD_SECRET ? conditionOf(word) : 0;
  }
  kata.setWords(arena.constant(list), flagged.length);
}
