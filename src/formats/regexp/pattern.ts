// Patterns of configurations, ready to be used on hostile text: whatever the text, a search ends soon.
//
// The engine of JavaScript is used where its cost on the text is known to be small. Elsewhere the same expression runs in
// RE2, whose time grows with the length of the text only.
import { RE2JS } from 're2js';
import { type Outcome, type Problem, quoted } from '../../core/problem.ts';
import { type Cost, costOf } from './cost.ts';
import { parseRuby, RegexpFault, type RubyRegexp } from './ruby.ts';
import { sourceOf } from './source.ts';
import type { Tree } from './tree.ts';

/** Steps of the backtracking engine that one search may take at the worst; about 30 ms. */
const STEPS_MAX = 3e6;
/** Longest text that is searched by the linear engine; about as long. */
const LINEAR_TEXT_MAX = 1 << 18;

/** The groups that took part, in their order. */
export type Found = readonly (string | undefined)[];

export class Pattern {
  /** As it was written, for messages. */
  readonly written: string;
  /** Names of the groups, undefined for those without; a name may stand twice. */
  readonly groups: readonly (string | undefined)[];
  readonly #tree: Tree;
  readonly #lengthMax: number;
  #oneLine: Compiled | undefined;
  #manyLines: Compiled | undefined;
  #linear: Linear | undefined;
  /** Searches that were given up, as no engine can be sure to end them soon: the text counts as not matching. */
  givenUp = 0;

  constructor(written: string, { tree, groups }: RubyRegexp, cost: Cost) {
    this.written = written;
    this.groups = groups;
    this.#tree = tree;
    this.#lengthMax = cost.kind === 'exponential' ? 0 : lengthMax(cost.power);
  }

  test(text: string): boolean {
    if (text.length <= this.#lengthMax) return this.#compiled(text).regexp.test(text);
    const linear = this.#linearFor(text);
    return linear?.regexp.matcher(text).find() ?? false;
  }

  /** The whole match at 0 and then the groups, numbered as written; undefined where there is none. */
  exec(text: string): Found | undefined {
    if (text.length > this.#lengthMax) return this.#execLinear(text);
    const { regexp, captures } = this.#compiled(text);
    const found = regexp.exec(text);
    return found ? captures.map((group) => found[group]) : undefined;
  }

  #compiled(text: string): Compiled {
    if (!text.includes('\n')) {
      this.#oneLine ??= compile(this.#tree, true);
      return this.#oneLine;
    }
    this.#manyLines ??= compile(this.#tree, false);
    return this.#manyLines;
  }

  #execLinear(text: string): Found | undefined {
    const linear = this.#linearFor(text);
    const matcher = linear?.regexp.matcher(text);
    if (!linear || !matcher?.find()) return undefined;
    return linear.captures.map((group) => matcher.group(group) ?? undefined);
  }

  #linearFor(text: string): Linear | undefined {
    this.#linear ??= compileLinear(this.#tree);
    if (this.#linear && text.length <= LINEAR_TEXT_MAX) return this.#linear;
    this.givenUp++;
    return undefined;
  }
}

interface Compiled {
  readonly regexp: RegExp;
  readonly captures: readonly number[];
}

interface Linear {
  readonly regexp: RE2JS;
  readonly captures: readonly number[];
}

/**
 * @param written Ruby's dialect: `/text/imx` or the bare text.
 * @returns the pattern, or why it is refused, without a place.
 */
export function compilePattern(written: string): Outcome<Pattern> {
  const delimited = /^\/(.*)\/([a-z]*)$/s.exec(written);
  const source = delimited ? (delimited[1] as string) : written;
  const flags = delimited?.[2] ?? '';
  try {
    const parsed = parseRuby(source, {
      ignoreCase: flags.includes('i'),
      dotAll: flags.includes('m'),
      extended: flags.includes('x'),
    });
    const cost = costOf(parsed.tree, isAnchored(parsed.tree));
    // Whatever the engines have to say against it, they say it now.
    compile(parsed.tree, true);
    if (cost.kind === 'exponential' && !compileLinear(parsed.tree)) return refused(source, DANGEROUS, DANGEROUS_HINT);
    return { ok: true, value: new Pattern(written, parsed, cost), problems: [] };
  } catch (thrown) {
    if (thrown instanceof RegexpFault || thrown instanceof SyntaxError || thrown instanceof RangeError)
      return refused(source, thrown.message);
    throw thrown;
  }
}

const DANGEROUS = 'some texts would keep it busy for ever';
const DANGEROUS_HINT =
  'a repeated group holds a repeat of the same characters, and with a look around, an atomic group or a back reference ' +
  'it cannot be searched for in linear time; write it without one of both';

function refused(source: string, why: string, hint?: string): Outcome<never> {
  const message = `regular expression ${quoted(source)}: ${why}`;
  const problem: Problem = { code: 'config/bad-regexp', severity: 'error', message, ...(hint && { hint }) };
  return { ok: false, problems: [problem] };
}

function lengthMax(power: number): number {
  return power <= 1 ? Number.POSITIVE_INFINITY : Math.floor(STEPS_MAX ** (1 / power));
}

/** It can begin at the beginning of a line only. */
function isAnchored(tree: Tree): boolean {
  if (tree.kind === 'assertion') return tree.assertion === 'text-start' || tree.assertion === 'line-start';
  if (tree.kind === 'sequence') return tree.items[0] !== undefined && isAnchored(tree.items[0]);
  if (tree.kind === 'choice') return tree.items.every(isAnchored);
  return (tree.kind === 'capture' || tree.kind === 'atomic') && isAnchored(tree.item);
}

function compile(tree: Tree, singleLine: boolean): Compiled {
  const written = sourceOf(tree, { engine: 'backtracking', singleLine });
  if (!written) throw new Error('BUG: the backtracking engine takes everything');
  return { regexp: new RegExp(written.source, 'u'), captures: written.captures };
}

function compileLinear(tree: Tree): Linear | undefined {
  const written = sourceOf(tree, { engine: 'linear', singleLine: false });
  return written && { regexp: RE2JS.compile(written.source), captures: written.captures };
}
