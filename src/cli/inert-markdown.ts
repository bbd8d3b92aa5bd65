// Foreign text in Markdown as GitHub renders it: it stands in code, where nothing is a mention, a link, markup or HTML, and
// nothing in it ends the code. What cannot be seen, or would turn the direction of reading, is shown as an escape.

/** Control characters, those of format (bidirectional, zero-width, tags), line and paragraph separators, halves of a pair. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

function seen(text: string): string {
  return text.replace(UNSEEN, (char) => {
    const code = char.codePointAt(0) ?? 0;
    const hex = code.toString(16);
    return code < 0x100 ? `\\x${hex.padStart(2, '0')}` : `<U+${hex.toUpperCase().padStart(4, '0')}>`;
  });
}

/** Backticks, more than stand in a row anywhere in the text. */
function fenceFor(text: string, least: number): string {
  const longest = (text.match(/`+/g) ?? []).reduce((length, run) => Math.max(length, run.length), 0);
  return '`'.repeat(Math.max(least, longest + 1));
}

/** Text inside a line. */
export function inlineCode(text: string): string {
  const shown = seen(text);
  if (shown.trim() === '') return '';
  const fence = fenceFor(shown, 1);
  // Of blanks at both ends one is taken off by who reads it; without them a backtick at an end would join the fence.
  const pad = fence.length > 1 ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** Text inside a cell of a table: its bars are escaped even in code, and a backslash before one would undo that. */
export function cellCode(text: string): string {
  return inlineCode(text.replace(/\\(?=\|)/g, '\\x5c')).replaceAll('|', '\\|');
}

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map((cells) => line(cells.map(cellCode)))].join('\n');
}

/** Lines in a code block. */
export function codeBlock(lines: readonly string[]): string {
  const text = lines.map(seen).join('\n');
  const fence = fenceFor(text, 3);
  return `${fence}text\n${text}\n${fence}`;
}
