// Words that make a record one for the plain road: it may hold secrets, name a pod, or tell of trouble.
import type { Arena } from '../../core/arena.ts';
import type { KataFunctions } from '../../core/scanner.ts';
import { FRAME_WORDS } from '../frame.ts';
import { SANDBOX_WORDS } from '../identity.ts';
import { TROUBLE_WORDS } from '../lifecycle.ts';
import { POD_WORDS } from '../memory.ts';
import { SECRET_WORDS } from '../redact.ts';

const MAY_HOLD_SECRET = 1;
const MAY_NAME_POD = 2;
/** Counts in what the guest's kernel says only. */
const MAY_BE_TROUBLE = 4;
/** Counts in lines that are JSON: the text of the record stands in it. */
const MAY_BE_FRAME = 8;
/** Counts in records that name no sandbox. */
const MAY_NAME_SANDBOX = 16;

// An entry of formats/scan/assembly/words.ts: bytes of the word, its flag, its bucket, whether it counts only before `…@`; then
// the word.
const ENTRY_BYTES = 32;
const AT_WORD = 4;
const BUCKETS = 8;
/** In front of a user's name, maybe with a password behind it. */
const BEFORE_USER = '://';

export function prepareWords(arena: Arena, kata: KataFunctions): void {
  const flagged = [
    ...SECRET_WORDS.map((word) => ({ word, flag: MAY_HOLD_SECRET })),
    ...POD_WORDS.map((word) => ({ word, flag: MAY_NAME_POD })),
    ...TROUBLE_WORDS.map((word) => ({ word, flag: MAY_BE_TROUBLE })),
    ...SANDBOX_WORDS.map((word) => ({ word, flag: MAY_NAME_SANDBOX })),
    ...FRAME_WORDS.map((word) => ({ word, flag: MAY_BE_FRAME })),
  ].map(({ word, flag }) => ({ word: word.toLowerCase(), flag }));
  // Words that begin alike share a bucket: the fewer a text has to be compared with.
  flagged.sort((a, b) => (a.word < b.word ? -1 : 1));
  const list = Buffer.alloc(flagged.length * ENTRY_BYTES);
  for (const [index, { word, flag }] of flagged.entries()) {
    const at = index * ENTRY_BYTES;
    list[at] = list.write(word, at + AT_WORD, 'latin1');
    list[at + 1] = flag;
    list[at + 2] = Math.floor((index * BUCKETS) / flagged.length);
    list[at + 3] = word === BEFORE_USER ? 1 : 0;
  }
  kata.setWords(arena.constant(list), flagged.length);
}
