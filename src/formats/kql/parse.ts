// KQL text → tree, or every place that is wrong.
import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from './grammar.generated.ts';
import type { Bound, Match, Query, QueryOutcome, QueryProblem, RangeMatch, TextMatch } from './query.ts';

/** Longest query, in UTF-16 units. */
export const QUERY_MAX_CHARS = 4096;
/** Deepest nesting of brackets and words; the tree is walked by recursion. */
const DEPTH_MAX = 200;

/** The parser itself, for highlighting and completion in an editor. */
export { parser as kqlParser };

/** Reads a query. An empty one asks for everything. */
export function parseQuery(text: string): QueryOutcome {
  if (text.length > QUERY_MAX_CHARS) {
    return {
      ok: false,
      problems: [{ message: `longer than ${QUERY_MAX_CHARS} characters`, from: 0, to: text.length }],
    };
  }
  const tree = parser.parse(text);
  const problems = syntaxProblems(tree, text);
  if (problems.length > 0) return { ok: false, problems };
  const first = tree.topNode.firstChild;
  return { ok: true, query: first ? readExpression(first, text) : { kind: 'all' } };
}

function syntaxProblems(tree: Tree, text: string): QueryProblem[] {
  const problems: QueryProblem[] = [];
  let depth = 0;
  tree.iterate({
    enter: (node) => {
      depth++;
      if (depth > DEPTH_MAX && problems.length === 0)
        problems.push({ message: 'nested too deep', from: node.from, to: node.to });
      if (node.type.isError) problems.push(syntaxProblem(node.node, text));
      return depth <= DEPTH_MAX;
    },
    leave: () => {
      depth--;
    },
  });
  return problems;
}

const HINTS: readonly (readonly [RegExp, string])[] = [
  [/^"/, 'a quote is not closed'],
  [/^:/, 'a value is expected before ":": quote a value that holds a colon'],
  [/^\)/, 'there is no "(" for this ")"'],
  [/^(and|or)\b/i, 'a condition is expected before this word'],
  [/^[<>]/, 'a field name is expected before this sign'],
  [/^\\/, 'a character is expected after the backslash'],
  [/^[[{]/, 'a range stands behind a field: field:[1 TO 5]'],
];

function syntaxProblem(node: SyntaxNode, text: string): QueryProblem {
  const parent = node.parent?.name;
  const found = text.slice(node.from).trimStart();
  const hint = HINTS.find(([pattern]) => pattern.test(found))?.[1];
  if (hint !== undefined && node.to > node.from) return { message: hint, from: node.from, to: node.to };
  return { message: expectedIn(parent, found), from: node.from, to: node.to };
}

function expectedIn(parent: string | undefined, found: string): string {
  const what = found === '' ? 'the end of the query' : `"${found.slice(0, 20)}"`;
  switch (parent) {
    case 'Comparison':
      return `a value is expected, found ${what}: write field:* for any value`;
    case 'Group':
    case 'ValueGroup':
      return `")" is expected, found ${what}`;
    case 'Range':
      return `a range reads [low TO high], found ${what}`;
    case 'Or':
    case 'And':
    case 'Not':
    case 'ValueOr':
    case 'ValueAnd':
    case 'ValueNot':
      return `a condition is expected, found ${what}`;
    default:
      return `a condition is expected, found ${what}: quote text that holds one of ( ) [ ] { } : < > "`;
  }
}

function readExpression(node: SyntaxNode, text: string): Query {
  switch (node.name) {
    case 'Or':
    case 'And':
      return joined(node, text, readExpression);
    case 'Not':
      return { kind: 'not', part: readExpression(lastExpression(node), text) };
    case 'Group':
      return readExpression(lastExpression(node), text);
    case 'Comparison':
      return readComparison(node, text);
    default: {
      const match = readText(child(node), text);
      return isAny(match) ? { kind: 'all' } : { kind: 'anywhere', match };
    }
  }
}

/** `a and b and c` is one list, however the grammar nested it. */
function joined(node: SyntaxNode, text: string, read: (part: SyntaxNode, text: string) => Query): Query {
  const kind = node.name.endsWith('Or') ? 'or' : 'and';
  const parts = expressions(node)
    .map((part) => read(part, text))
    .flatMap((part) => (part.kind === kind ? part.parts : [part]));
  return { kind, parts };
}

function readComparison(node: SyntaxNode, text: string): Query {
  const [fieldNode, ...rest] = expressions(node);
  const field = unescaped(child(fieldNode as SyntaxNode), text).join('*');
  const operator = node.getChild('Operator');
  const value = rest.at(-1) as SyntaxNode;
  if (operator) return { kind: 'field', field, match: comparison(text.slice(operator.from, operator.to), value, text) };
  return readValue(value, text, field);
}

function readValue(node: SyntaxNode, text: string, field: string): Query {
  const read = (part: SyntaxNode): Query => readValue(part, text, field);
  switch (node.name) {
    case 'ValueOr':
    case 'ValueAnd':
      return joined(node, text, read);
    case 'ValueNot':
      return { kind: 'not', part: read(lastExpression(node)) };
    case 'ValueGroup':
      return read(lastExpression(node));
    default:
      return { kind: 'field', field, match: readMatch(child(node), text) };
  }
}

function readMatch(node: SyntaxNode, text: string): Match {
  if (node.name === 'Range') return readRange(node, text);
  const match = readText(node, text);
  return isAny(match) ? { kind: 'exists' } : match;
}

function comparison(operator: string, value: SyntaxNode, text: string): Match {
  const bound: Bound = { value: unescaped(child(value), text).join('*'), inclusive: operator.length === 2 };
  return operator.startsWith('>') ? { kind: 'range', low: bound } : { kind: 'range', high: bound };
}

function readRange(node: SyntaxNode, text: string): Match {
  const [low, high] = node.getChildren('Bound').map((bound) => unescaped(child(bound), text));
  const sign = (name: string): string => text.charAt(node.getChild(name)?.from ?? 0);
  const range: RangeMatch = {
    kind: 'range',
    ...(isOpen(low) ? {} : { low: { value: (low as string[]).join('*'), inclusive: sign('RangeOpen') === '[' } }),
    ...(isOpen(high) ? {} : { high: { value: (high as string[]).join('*'), inclusive: sign('RangeClose') === ']' } }),
  };
  return range.low || range.high ? range : { kind: 'exists' };
}

function isOpen(pieces: readonly string[] | undefined): boolean {
  return pieces === undefined || isAny({ kind: 'text', pieces });
}

function readText(node: SyntaxNode, text: string): TextMatch {
  return { kind: 'text', pieces: unescaped(node, text) };
}

/** `*`, `**`: any value. */
function isAny({ pieces }: TextMatch): boolean {
  return pieces.length > 1 && pieces.every((piece) => piece === '');
}

/** The text of a Literal or Quoted without its escapes, cut at its wildcards; a quoted text has none. */
function unescaped(node: SyntaxNode, text: string): string[] {
  const isQuoted = node.name === 'Quoted';
  const source = isQuoted ? text.slice(node.from + 1, node.to - 1) : text.slice(node.from, node.to);
  const pieces = [''];
  for (let i = 0; i < source.length; i++) {
    const char = source.charAt(i);
    if (char === '*' && !isQuoted) pieces.push('');
    else pieces[pieces.length - 1] += char === '\\' ? source.charAt(++i) : char;
  }
  return pieces;
}

const SIGNS = new Set(['(', ')', ':', 'OrWord', 'AndWord', 'NotWord', 'Operator']);

function expressions(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let part = node.firstChild; part; part = part.nextSibling) if (!SIGNS.has(part.name)) found.push(part);
  return found;
}

function lastExpression(node: SyntaxNode): SyntaxNode {
  return expressions(node).at(-1) as SyntaxNode;
}

function child(node: SyntaxNode): SyntaxNode {
  return node.firstChild as SyntaxNode;
}
