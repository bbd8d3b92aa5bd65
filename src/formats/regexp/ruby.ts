// Ruby's regular expressions (Onigmo) as trees. What has no equal here is refused, never read otherwise.
import { complement, folded, normal, type Ranges, type Tree } from './tree.ts';

export interface RubyRegexp {
  readonly tree: Tree;
  /** Groups in their order: the name, or undefined. Where one has a name, those without do not capture. */
  readonly groups: readonly (string | undefined)[];
}

/** Thrown inside and caught by the one caller: why the text is refused. */
export class RegexpFault extends Error {}

const DIGITS: Ranges = [[0x30, 0x39]];
const HEX: Ranges = normal([[0x30, 0x39], [0x41, 0x46], [0x61, 0x66]]); // biome-ignore format: a table
const WORD: Ranges = normal([[0x30, 0x39], [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]]); // biome-ignore format: a table
const SPACE: Ranges = normal([[0x09, 0x0d], [0x20, 0x20]]); // biome-ignore format: a table
const LETTERS: Ranges = normal([[0x41, 0x5a], [0x61, 0x7a]]); // biome-ignore format: a table
const PUNCTUATION: Ranges = normal([[0x21, 0x2f], [0x3a, 0x40], [0x5b, 0x60], [0x7b, 0x7e]]); // biome-ignore format: a table
const LINE_FEED: Ranges = [[0x0a, 0x0a]];
const ALL: Ranges = complement([]);

/** `\d`, `\w`… and by upper case their complements. */
const CLASS_ESCAPES: Readonly<Record<string, Ranges>> = { d: DIGITS, h: HEX, w: WORD, s: SPACE };

const POSIX: Readonly<Record<string, Ranges>> = {
  alpha: LETTERS,
  digit: DIGITS,
  alnum: normal([...LETTERS, ...DIGITS]),
  upper: [[0x41, 0x5a]],
  lower: [[0x61, 0x7a]],
  space: SPACE,
  blank: normal([[0x09, 0x09], [0x20, 0x20]]), // biome-ignore format: a table
  cntrl: normal([[0, 0x1f], [0x7f, 0x7f]]), // biome-ignore format: a table
  graph: [[0x21, 0x7e]],
  print: [[0x20, 0x7e]],
  punct: PUNCTUATION,
  xdigit: HEX,
  word: WORD,
};

const CONTROL: Readonly<Record<string, number>> = { t: 9, n: 10, r: 13, f: 12, v: 11, a: 7, e: 27 };
const REFUSED_ESCAPES: Readonly<Record<string, string>> = {
  G: '\\G',
  K: '\\K',
  X: '\\X',
  g: '\\g, a call of a group,',
  p: '\\p{…}',
  P: '\\P{…}',
};
/** Longest counted repeat: `a{1000}` is written out by both engines. */
const REPEAT_MAX = 1000;
const NESTING_MAX = 100;

interface Flags {
  readonly ignoreCase: boolean;
  /** The dot takes line feeds. */
  readonly dotAll: boolean;
  /** Blanks and comments mean nothing. */
  readonly extended: boolean;
}

/** @throws {RegexpFault} */
export function parseRuby(source: string, flags: Flags): RubyRegexp {
  const hasNames = /\(\?(?:<(?![=!])|')/.test(source.replace(/\\[\s\S]/g, ''));
  return new RubyParser(source, hasNames).whole(flags);
}

class RubyParser {
  readonly #chars: readonly string[];
  readonly #hasNames: boolean;
  readonly #groups: (string | undefined)[] = [];
  #at = 0;
  #flags: Flags = { ignoreCase: false, dotAll: false, extended: false };
  #depth = 0;

  constructor(source: string, hasNames: boolean) {
    this.#chars = [...source];
    this.#hasNames = hasNames;
  }

  whole(flags: Flags): RubyRegexp {
    this.#flags = flags;
    const tree = this.#choice();
    if (this.#at < this.#chars.length) throw new RegexpFault('there is a ) without its (');
    return { tree, groups: this.#groups };
  }

  get #next(): string | undefined {
    return this.#chars[this.#at];
  }

  #take(text: string): boolean {
    for (let i = 0; i < text.length; i++) if (this.#chars[this.#at + i] !== text[i]) return false;
    this.#at += text.length;
    return true;
  }

  #until(end: string): string {
    const start = this.#at;
    while (this.#at < this.#chars.length && this.#next !== end) this.#at++;
    if (this.#next === undefined) throw new RegexpFault(`expected ${end}`);
    this.#at++;
    return this.#chars.slice(start, this.#at - 1).join('');
  }

  #choice(): Tree {
    if (++this.#depth > NESTING_MAX) throw new RegexpFault('it is nested too deeply');
    const before = this.#flags;
    const items = [this.#sequence()];
    while (this.#take('|')) items.push(this.#sequence());
    this.#flags = before;
    this.#depth--;
    return items.length === 1 ? (items[0] as Tree) : { kind: 'choice', items };
  }

  #sequence(): Tree {
    const items: Tree[] = [];
    while (this.#next !== undefined && this.#next !== '|' && this.#next !== ')') {
      if (this.#skipped()) continue;
      const item = this.#item();
      if (item) items.push(this.#repeated(item));
    }
    return items.length === 1 ? (items[0] as Tree) : { kind: 'sequence', items };
  }

  #skipped(): boolean {
    if (this.#take('(?#')) {
      this.#until(')');
      return true;
    }
    if (!this.#flags.extended) return false;
    if (/\s/.test(this.#next ?? '')) {
      this.#at++;
      return true;
    }
    if (this.#next !== '#') return false;
    while (this.#at < this.#chars.length && this.#chars[this.#at] !== '\n') this.#at++;
    return true;
  }

  #item(): Tree | undefined {
    const char = this.#chars[this.#at++] as string;
    switch (char) {
      case '(':
        return this.#group();
      case '[':
        return this.#set(this.#bracket());
      case '.':
        return { kind: 'set', ranges: this.#flags.dotAll ? ALL : complement(LINE_FEED) };
      case '^':
        return { kind: 'assertion', assertion: 'line-start' };
      case '$':
        return { kind: 'assertion', assertion: 'line-end' };
      case '\\':
        return this.#escape();
      case '*':
      case '+':
      case '?':
        throw new RegexpFault(`${char} has nothing to repeat`);
      default:
        return this.#literal(char.codePointAt(0) as number);
    }
  }

  #literal(code: number): Tree {
    return this.#set([[code, code]]);
  }

  #set(ranges: Ranges): Tree {
    return { kind: 'set', ranges: this.#flags.ignoreCase ? folded(ranges) : ranges };
  }

  #repeated(first: Tree): Tree {
    let item = first;
    while (true) {
      const bounds = this.#bounds();
      if (!bounds) return item;
      if (bounds.max !== Number.POSITIVE_INFINITY && bounds.max > REPEAT_MAX)
        throw new RegexpFault(`it repeats more than ${REPEAT_MAX} times`);
      const lazy = this.#take('?');
      item = { kind: 'repeat', item, min: bounds.min, max: bounds.max, lazy };
      // In Ruby `{n,m}+` is no possessive repeat.
      if (!lazy && !bounds.counted && this.#take('+')) item = { kind: 'atomic', item };
    }
  }

  #bounds(): { readonly min: number; readonly max: number; readonly counted: boolean } | undefined {
    const max = Number.POSITIVE_INFINITY;
    if (this.#take('*')) return { min: 0, max, counted: false };
    if (this.#take('+')) return { min: 1, max, counted: false };
    if (this.#take('?')) return { min: 0, max: 1, counted: false };
    const counted = /^\{(\d*)(,?)(\d*)\}/.exec(this.#chars.slice(this.#at, this.#at + 24).join(''));
    if (!counted || (counted[1] === '' && counted[3] === '')) return undefined;
    this.#at += counted[0].length;
    const min = Number(counted[1] || 0);
    if (counted[2] === '') return { min, max: min, counted: true };
    return { min, max: counted[3] === '' ? max : Number(counted[3]), counted: true };
  }

  #group(): Tree | undefined {
    if (!this.#take('?')) return this.#closed(this.#hasNames ? undefined : { name: undefined });
    if (this.#take(':')) return this.#closed(undefined);
    if (this.#take('=')) return this.#look(true, false);
    if (this.#take('!')) return this.#look(true, true);
    if (this.#take('<=')) return this.#look(false, false);
    if (this.#take('<!')) return this.#look(false, true);
    if (this.#take('>')) return { kind: 'atomic', item: this.#closed(undefined) };
    if (this.#take('<')) return this.#closed({ name: this.#until('>') });
    if (this.#take("'")) return this.#closed({ name: this.#until("'") });
    return this.#flagged();
  }

  #closed(capture: { readonly name: string | undefined } | undefined): Tree {
    if (capture) {
      if (capture.name !== undefined && !/^[\p{L}_][\p{L}\p{N}_]*$/u.test(capture.name))
        throw new RegexpFault(`"${capture.name}" is no name of a group`);
      this.#groups.push(capture.name);
    }
    const number = this.#groups.length;
    const item = this.#choice();
    if (!this.#take(')')) throw new RegexpFault('there is a ( without its )');
    return capture ? { kind: 'capture', item, capture: number } : item;
  }

  #look(ahead: boolean, negated: boolean): Tree {
    return { kind: 'look', item: this.#closed(undefined), ahead, negated };
  }

  /** `(?i)` holds to the end of the group around it, `(?i:…)` inside of itself. */
  #flagged(): Tree | undefined {
    const written = /^([imx]*)(?:-([imx]*))?([:)])/.exec(this.#chars.slice(this.#at, this.#at + 12).join(''));
    if (!written) throw new RegexpFault(`(?${this.#next ?? ''} is not understood`);
    const [all, on = '', off = '', end] = written;
    const before = this.#flags;
    const flag = (name: string, now: boolean): boolean => (now || on.includes(name)) && !off.includes(name);
    this.#at += all.length;
    this.#flags = {
      ignoreCase: flag('i', before.ignoreCase),
      dotAll: flag('m', before.dotAll),
      extended: flag('x', before.extended),
    };
    if (end === ')') return undefined;
    const item = this.#closed(undefined);
    this.#flags = before;
    return item;
  }

  #escape(): Tree {
    const char = this.#chars[this.#at++];
    if (char === undefined) throw new RegexpFault('it ends with a backslash');
    const assertion = ASSERTIONS[char];
    if (assertion) return { kind: 'assertion', assertion };
    if (char === 'R') return LINE_BREAK;
    if (char === 'k') return this.#reference(this.#take('<') ? this.#until('>') : '');
    if (/[1-9]/.test(char)) return this.#numbered(char);
    const refused = REFUSED_ESCAPES[char];
    if (refused !== undefined) throw new RegexpFault(`${refused} is not understood`);
    const ranges = classEscape(char);
    return ranges ? { kind: 'set', ranges } : this.#literal(this.#escapedCode(char));
  }

  #numbered(first: string): Tree {
    let digits = first;
    while (/\d/.test(this.#next ?? '')) digits += this.#chars[this.#at++];
    if (this.#hasNames) throw new RegexpFault('groups with names are referred to by \\k<name>');
    return this.#reference(digits);
  }

  #reference(name: string): Tree {
    const captures = this.#groups.flatMap((own, index) =>
      own === name || String(index + 1) === name ? [index + 1] : [],
    );
    if (captures.length === 0) throw new RegexpFault(`there is no group ${name}`);
    return { kind: 'reference', captures };
  }

  /** The code point of an escape that stands for one character; its letter is taken already. */
  #escapedCode(char: string): number {
    const control = CONTROL[char];
    if (control !== undefined) return control;
    const rest = this.#chars.slice(this.#at, this.#at + 10).join('');
    const forms = {
      x: /^(?:\{([0-9a-fA-F]{1,6})\}|([0-9a-fA-F]{1,2}))/,
      u: /^(?:\{([0-9a-fA-F]{1,6})\}|([0-9a-fA-F]{4}))/,
    };
    const form =
      char === 'x' || char === 'u' ? forms[char].exec(rest) : char === '0' ? /^([0-7]{0,2})/.exec(rest) : null;
    if (form) {
      this.#at += form[0].length;
      return Number.parseInt(form[1] || form[2] || '0', char === '0' ? 8 : 16);
    }
    if (/[xuCcM]/.test(char)) throw new RegexpFault(`\\${char} is not understood here`);
    return char.codePointAt(0) as number;
  }

  /** The code points of a class; its bracket is taken already. */
  #bracket(): Ranges {
    if (++this.#depth > NESTING_MAX) throw new RegexpFault('it is nested too deeply');
    const isNegated = this.#take('^');
    const parts: (readonly [number, number])[] = [];
    // A closing bracket in the first place is a character.
    for (let isFirst = true; isFirst || this.#next !== ']'; isFirst = false) {
      if (this.#next === undefined) throw new RegexpFault('there is a [ without its ]');
      if (this.#take('&&')) throw new RegexpFault('&& in a class is not understood');
      parts.push(...this.#classPart());
    }
    this.#at++;
    this.#depth--;
    const ranges = normal(parts);
    return isNegated ? complement(this.#flags.ignoreCase ? folded(ranges) : ranges) : ranges;
  }

  #classPart(): Ranges {
    if (this.#take('[:')) return this.#posix();
    if (this.#take('[')) return this.#bracket();
    const from = this.#classChar();
    if (typeof from !== 'number') return from;
    const [dash, after] = [this.#chars[this.#at], this.#chars[this.#at + 1]];
    if (dash !== '-' || after === ']' || after === undefined || after === '[') return [[from, from]];
    this.#at++;
    const to = this.#classChar();
    if (typeof to !== 'number') return normal([[from, from], [0x2d, 0x2d], ...to]);
    if (to < from) throw new RegexpFault('a range in a class ends before it begins');
    return [[from, to]];
  }

  #classChar(): number | Ranges {
    const char = this.#chars[this.#at++];
    if (char === undefined) throw new RegexpFault('there is a [ without its ]');
    if (char !== '\\') return char.codePointAt(0) as number;
    const escaped = this.#chars[this.#at++];
    if (escaped === undefined) throw new RegexpFault('it ends with a backslash');
    if (escaped === 'b') return 8;
    if (escaped === 'p' || escaped === 'P') throw new RegexpFault(`\\${escaped}{…} is not understood`);
    return classEscape(escaped) ?? this.#escapedCode(escaped);
  }

  #posix(): Ranges {
    const isNegated = this.#take('^');
    const name = this.#until(':');
    const ranges = Object.hasOwn(POSIX, name) ? POSIX[name] : undefined;
    if (!ranges || !this.#take(']')) throw new RegexpFault(`[:${name}:] is not understood`);
    return isNegated ? complement(ranges) : ranges;
  }
}

const ASSERTIONS = {
  A: 'text-start',
  z: 'text-end',
  Z: 'last-line-end',
  b: 'word',
  B: 'not-word',
} as Readonly<Record<string, 'text-start' | 'text-end' | 'last-line-end' | 'word' | 'not-word' | undefined>>;

const LINE_BREAK: Tree = {
  kind: 'choice',
  items: [
    {
      kind: 'sequence',
      items: [
        { kind: 'set', ranges: [[13, 13]] },
        { kind: 'set', ranges: [[10, 10]] },
      ],
    },
    {
      kind: 'set',
      ranges: normal([
        [10, 13],
        [0x85, 0x85],
        [0x2028, 0x2029],
      ]),
    },
  ],
};

function classEscape(char: string): Ranges | undefined {
  const lower = char.toLowerCase();
  const ranges = Object.hasOwn(CLASS_ESCAPES, lower) ? CLASS_ESCAPES[lower] : undefined;
  return ranges && (lower === char ? ranges : complement(ranges));
}
