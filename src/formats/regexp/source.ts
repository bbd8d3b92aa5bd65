// Trees written in the dialects of the two engines.
import { CODE_POINT_MAX, complement, type Ranges, type Tree } from './tree.ts';

/** Which engine, and whether the text that is searched holds a line feed: without one, lines are the text. */
export interface Dialect {
  readonly engine: 'backtracking' | 'linear';
  readonly singleLine: boolean;
}

/**
 * The source text, for JavaScript with the flag u or for RE2; undefined where the linear engine cannot say it.
 * Capture n of the tree is group `captures[n]` of the source.
 */
export function sourceOf(
  tree: Tree,
  dialect: Dialect,
): { readonly source: string; readonly captures: number[] } | undefined {
  const writer = new SourceWriter(dialect);
  try {
    return { source: writer.write(tree), captures: writer.captures };
  } catch (thrown) {
    if (thrown instanceof NotLinear) return undefined;
    throw thrown;
  }
}

class NotLinear extends Error {}

class SourceWriter {
  readonly captures: number[] = [0];
  readonly #dialect: Dialect;
  #groups = 0;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  write(tree: Tree): string {
    switch (tree.kind) {
      case 'set':
        return this.#set(tree.ranges);
      case 'sequence':
        return tree.items
          .map((item) => (item.kind === 'choice' ? `(?:${this.write(item)})` : this.write(item)))
          .join('');
      case 'choice':
        return tree.items.map((item) => this.write(item)).join('|');
      case 'assertion':
        return this.#isLinear ? LINEAR[tree.assertion] : this.#assertion(tree.assertion);
      case 'capture':
        this.captures[tree.capture] = ++this.#groups;
        return `(${this.write(tree.item)})`;
      case 'repeat':
        return this.#repeat(tree);
      default:
        return this.#backtracking(tree);
    }
  }

  get #isLinear(): boolean {
    return this.#dialect.engine === 'linear';
  }

  #repeat({ item, min, max, lazy }: Tree & { readonly kind: 'repeat' }): string {
    const isBare = item.kind === 'set' || item.kind === 'capture';
    const body = isBare ? this.write(item) : `(?:${this.write(item)})`;
    return `${body}${boundsText(min, max)}${lazy ? '?' : ''}`;
  }

  #backtracking(tree: Tree & { readonly kind: 'atomic' | 'look' | 'reference' }): string {
    if (this.#isLinear) throw new NotLinear();
    if (tree.kind === 'reference') {
      // The last of several groups of one name that took part; a group that took none matches nothing at all.
      const [last, ...others] = tree.captures.map((capture) => this.captures[capture] ?? 0).reverse();
      if (others.length > 0) throw new RangeError('a reference to one of several groups of a name');
      return `(?:\\${last})`;
    }
    if (tree.kind === 'look') {
      const sign = `${tree.ahead ? '' : '<'}${tree.negated ? '!' : '='}`;
      return `(?${sign}${this.write(tree.item)})`;
    }
    // What a lookahead found is never looked for again: the group behind it takes just that.
    const group = ++this.#groups;
    return `(?=(${this.write(tree.item)}))\\${group}(?:)`;
  }

  #assertion(assertion: keyof typeof LINEAR): string {
    const { singleLine } = this.#dialect;
    switch (assertion) {
      case 'line-start':
        return singleLine ? '^' : '(?<![^\\n])';
      case 'line-end':
        return singleLine ? '$' : '(?![^\\n])';
      case 'text-start':
        return singleLine ? '^' : '(?<![^])';
      case 'text-end':
        return '(?![^])';
      case 'last-line-end':
        return singleLine ? '$' : '(?=\\n?(?![^]))';
      case 'word':
        return '\\b';
      default:
        return '\\B';
    }
  }

  #set(ranges: Ranges): string {
    const [first] = ranges;
    if (!first)
      return '[^\\0-\\u{10ffff}]'.replace('\\0', this.#char(0)).replace('\\u{10ffff}', this.#char(CODE_POINT_MAX));
    if (ranges.length === 1 && first[0] === first[1]) return this.#char(first[0]);
    const isNegated = (ranges.at(-1) as readonly [number, number])[1] === CODE_POINT_MAX;
    const parts = isNegated ? complement(ranges) : ranges;
    if (parts.length === 0) return this.#isLinear ? '(?s:.)' : '[^]';
    const inner = parts.map(([from, to]) => (from === to ? this.#char(from) : `${this.#char(from)}-${this.#char(to)}`));
    return `[${isNegated ? '^' : ''}${inner.join('')}]`;
  }

  #char(code: number): string {
    const isPlain = (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
    if (isPlain) return String.fromCodePoint(code);
    return this.#isLinear ? `\\x{${code.toString(16)}}` : `\\u{${code.toString(16)}}`;
  }
}

const LINEAR = {
  'line-start': '(?m:^)',
  'line-end': '(?m:$)',
  'text-start': '\\A',
  'text-end': '\\z',
  'last-line-end': '(?:\\n?\\z)',
  word: '\\b',
  'not-word': '\\B',
} as const;

function boundsText(min: number, max: number): string {
  if (max === Number.POSITIVE_INFINITY) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`;
  return min === 0 && max === 1 ? '?' : `{${min},${max}}`;
}
