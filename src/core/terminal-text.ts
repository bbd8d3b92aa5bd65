// Text on its way to a terminal: what could move the cursor, change the terminal or turn the direction of reading is escaped, in
// the way of the text's own form, so that what is copied from there can still be read.
import { printable } from './problem.ts';

/** How the form of a text writes a character that may not stand for itself: `\u009b`, `&#x9b;`, or only for people, `\x9b`. */
export type EscapeWay = 'json' | 'xml' | 'plain';

/** All but the tabulator and ends of lines, which give a text its form. */
const UNSAFE =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\r(?!\n)/g;

const ESCAPES: Readonly<Record<EscapeWay, (char: string) => string>> = {
  json: (char) => `\\u${hexOf(char).padStart(4, '0')}`,
  xml: (char) => `&#x${hexOf(char)};`,
  plain: printable,
};

function hexOf(char: string): string {
  return char.charCodeAt(0).toString(16);
}

export function inert(text: string, way: EscapeWay): string {
  return text.replace(UNSAFE, ESCAPES[way]);
}

/** The bytes of a text, escaped where they go to a terminal. Others get them as they are. */
export function inertBytes(bytes: Buffer, way: EscapeWay, isTerminal: boolean): Buffer {
  return isTerminal ? Buffer.from(inert(bytes.toString('utf8'), way)) : bytes;
}
