// Tag patterns with Fluentd's meaning: `*` one part, `**` any number of parts, `{a,b}` either, `/re/` the whole tag,
// several patterns separated by blanks. Source: fluentd's match.rb, as observed.
import { type Outcome, type Problem, quoted } from '../core/problem.ts';
import { compilePattern } from '../formats/regexp/pattern.ts';

interface Alternative {
  test(tag: string): boolean;
}

export class TagPattern {
  readonly text: string;
  /** The patterns that stand in the text; a tag matches if one of them does. */
  readonly parts: readonly string[];
  readonly #alternatives: readonly Alternative[];

  private constructor(text: string, parts: readonly string[], alternatives: readonly Alternative[]) {
    this.text = text;
    this.parts = parts;
    this.#alternatives = alternatives;
  }

  /** An empty text is `**`. The problems have no place; the caller knows it. */
  static parse(text: string): Outcome<TagPattern> {
    const patterns = text.trim() === '' ? ['**'] : text.trim().split(/\s+/);
    const problems: Problem[] = [];
    const alternatives: Alternative[] = [];
    for (const pattern of patterns) {
      const compiled = compile(pattern);
      if ('test' in compiled) alternatives.push(compiled);
      else problems.push(compiled);
    }
    if (problems.length > 0) return { ok: false, problems };
    return { ok: true, value: new TagPattern(text, patterns, alternatives), problems };
  }

  matches(tag: string): boolean {
    return this.#alternatives.some((alternative) => alternative.test(tag));
  }
}

function compile(pattern: string): Alternative | Problem {
  const whole = /^\/(.*)\/$/.exec(pattern)?.[1];
  if (whole === undefined) return new RegExp(`^(?:${globSource(pattern)})$`, 's');
  const compiled = compilePattern(`/\\A(?:${whole})\\z/`);
  if (compiled.ok) return compiled.value;
  const why = compiled.problems.map(({ message }) => message).join(', ');
  return { code: 'config/bad-pattern', severity: 'error', message: `${quoted(pattern)} is no tag pattern: ${why}` };
}

/** A piece of a pattern: its length there, its source, and how it changes the depth of braces. */
interface Piece {
  readonly length: number;
  readonly source: string;
  readonly nesting?: 1 | -1;
}

/** The source of the regular expression; braces nest, a backslash takes the next character as it is. */
function globSource(pattern: string): string {
  let source = '';
  let depth = 0;
  let at = 0;
  while (at < pattern.length) {
    const piece = pattern.startsWith('**', at) ? manyParts(pattern, at) : onePiece(pattern, at, depth > 0);
    source += piece.source;
    depth += piece.nesting ?? 0;
    at += piece.length;
  }
  return source + ')'.repeat(depth);
}

function onePiece(pattern: string, at: number, inBraces: boolean): Piece {
  const char = pattern.charAt(at);
  if (char === '\\' && at + 1 < pattern.length) return { length: 2, source: literal(pattern.charAt(at + 1)) };
  if (char === '*') return { length: 1, source: '[^.]*' };
  if (char === '{') return { length: 1, source: '(?:', nesting: 1 };
  if (inBraces && char === '}') return { length: 1, source: ')', nesting: -1 };
  if (inBraces && char === ',') return { length: 1, source: '|' };
  // `a.**`: the dot belongs to the parts that may be missing.
  const isBeforeParts = pattern.startsWith('.**', at) && ['', '.', '}', ','].includes(pattern.charAt(at + 3));
  return isBeforeParts ? { length: 3, source: '(?:\\..*)?' } : { length: 1, source: literal(char) };
}

/** `**` at `at`: with the dot behind it, it may be missing altogether (`**.a` matches `a`). */
function manyParts(pattern: string, at: number): Piece {
  const before = pattern.charAt(at - 1);
  const opens = before === '' || before === '{' || before === ',' || before === '.';
  if (opens && pattern.charAt(at + 2) === '.') return { source: '(?:.*\\.)?', length: 3 };
  return { source: '.*', length: 2 };
}

function literal(char: string): string {
  return char.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
