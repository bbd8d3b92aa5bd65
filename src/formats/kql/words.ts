// Words of free text: runs of letters, digits and underscores, in lower case. The index template's analyzer and the
// store's SQL cut at the same places.

/** A character of a word, as the inside of a character class (JavaScript with the flag `u`, and RE2). */
export const WORD_CLASS = '\\p{L}\\p{N}_';

const WORD = /[\p{L}\p{N}_]+/gu;
const PATTERN_WORD = /[\p{L}\p{N}_*]+/gu;

export function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(WORD) ?? [];
}

/** The words that a search text asks for, side by side; each in its literal pieces between wildcards. */
export function wordPatterns(pieces: readonly string[]): readonly (readonly string[])[] {
  // No piece can smuggle a star in: a literal star is no character of a word and cuts like a blank.
  const text = pieces.map((piece) => piece.replaceAll('*', ' ')).join('*');
  return (text.toLowerCase().match(PATTERN_WORD) ?? [])
    .map((word) => word.split(/\*+/))
    .filter((word) => word.length > 0);
}
