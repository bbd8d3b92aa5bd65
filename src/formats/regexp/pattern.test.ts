import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { costOf } from './cost.ts';
import { compilePattern, type Pattern } from './pattern.ts';
import { parseRuby } from './ruby.ts';

function pattern(written: string): Pattern {
  const compiled = compilePattern(written);
  if (!compiled.ok) throw new Error(compiled.problems[0]?.message);
  return compiled.value;
}

test.each<[string, string, readonly (string | undefined)[] | undefined]>([
  ['^a$', 'x\na\ny', ['a']],
  ['\\Aa\\z', 'a\n', undefined],
  ['\\Aa\\Z', 'a\n', ['a']],
  ['a.c', 'a\nc', undefined],
  ['/a.c/m', 'a\nc', ['a\nc']],
  ['/KATA/i', 'a kata', ['kata']],
  ['(?i)kata(?-i)X', 'KaTaX', ['KaTaX']],
  ['(?i:k)ata', 'Kata', ['Kata']],
  ['(?i:k)ata', 'KATA', undefined],
  ['(?<a>x)(y)(?<b>z)?', 'xy', ['xy', 'x', undefined]],
  ['(x)(y)?', 'x', ['x', 'x', undefined]],
  ['\\h+', 'xyz09aFg', ['09aF']],
  ['\\R', 'a\r\nb', ['\r\n']],
  ['[[:alpha:]_]+', '12ab_c3', ['ab_c']],
  ['[^[:space:]]+', ' ab ', ['ab']],
  ['[]a]+', 'b]a', [']a']],
  ['[a-c&x-]+', '-&b', ['-&b']],
  ['a{2}b{,2}c{1,}', 'aabbcc', ['aabbcc']],
  ['a{,}', 'a{,}', ['a{,}']],
  ['(?>a+)b', 'aab', ['aab']],
  ['(?>a+)ab', 'aaab', undefined],
  ['a++ab', 'aaab', undefined],
  ['(?<q>["\'])x\\k<q>', `"x' 'x'`, ["'x'", "'"]],
  ['(a)\\1', 'aa', ['aa', 'a']],
  ['(?=x)\\w', 'ax', ['x']],
  ['(?<!a)b', 'abcb', ['b']],
  ['(?x) a b # comment\n c', 'abc', ['abc']],
  ['a(?#comment)b', 'ab', ['ab']],
  ['\\/\\-\\.\\"\\x41\\u0042\\x{43}', '/-."ABC', ['/-."ABC']],
  ['[\\d\\-\\]]+', 'x1-]2', ['1-]2']],
  ['.', '😀', ['😀']],
  ['\\s', '\u00a0', undefined],
])('%s on %j', (written, text, found) => {
  expect(pattern(written).exec(text)).toEqual(found);
  expect(pattern(written).test(text)).toBe(found !== undefined);
});

test.each([
  ['(', '( without its )'],
  ['a)', ') without its ('],
  ['[a', '[ without its ]'],
  ['*a', 'nothing to repeat'],
  ['\\Kx', '\\K'],
  ['[a&&b]', '&&'],
  ['\\p{Alpha}', '\\p{…}'],
  ['[[:foo:]]', '[:foo:]'],
  ['(?<a>x)\\1', '\\k<name>'],
  ['\\k<b>', 'no group b'],
  ['(?~a)', '(?~'],
  ['a{5000}', 'more than 1000'],
  ['(?=x)(a+)+$', 'busy for ever'],
])('%s is refused', (written, why) => {
  const compiled = compilePattern(written);
  expect(compiled.ok).toBe(false);
  expect(compiled.problems[0]?.message).toContain(why);
});

describe('cost', () => {
  const flags = { ignoreCase: false, dotAll: false, extended: false };
  test.each([
    ['(a+)+b', 'exponential'],
    ['(a|a)*b', 'exponential'],
    ['(a*)*', 'exponential'],
    ['(?:[^"]|\\\\.)*', 'exponential'],
    ['(\\w+\\s?)*$', 'exponential'],
    ['(\\w+\\s)*$', 1],
    ['(?:[^"\\\\]|\\\\.)*', 1],
    ['[^ ]* [^ ]* [^ ]*', 1],
    ['.*a.*b', 2],
    ['\\s*\\s*$', 2],
    ['(?:\\.\\d+)*', 1],
    ['abc', 1],
  ])('%s', (source, cost) => {
    const found = costOf(parseRuby(source, flags).tree, true);
    expect(found.kind === 'exponential' ? 'exponential' : found.power).toBe(cost);
  });
});

test.each(['^(a+)+$', '(a|aa)+$', '^(\\w+\\s?)*$', '(.*)*x', 'a*a*a*a*b', '(x+x+)+y', '\\s+$'])(
  '%s ends soon on a hostile text',
  (written) => {
    const compiled = pattern(written);
    const text = `${'a'.repeat(20_000)}${'x '.repeat(20_000)}!`;
    // Exponential, this would take longer than the age of the universe: the end of the test is the test.
    expect(compiled.exec(text) === undefined).toBe(!compiled.test(text));
    expect(compiled.givenUp).toBe(0);
  },
);

test('what no engine can search in time is given up and counted', () => {
  const compiled = pattern('(?=.*a).*b.*c$');
  expect(compiled.test('x'.repeat(100_000))).toBe(false);
  expect(compiled.givenUp).toBe(1);
});

test('both engines find the same', () => {
  const atom = fc.constantFrom(
    'a',
    'b',
    '.',
    '[ab]',
    '[^a]',
    '\\n',
    '(?:a|b)',
    '(a|ab)',
    '(?<!x)',
    '^',
    '$',
    '\\A',
    '\\z',
    '\\b',
  );
  const piece = fc
    .tuple(atom, fc.constantFrom('', '', '*', '+', '?', '{2}', '*?'))
    .map(([one, repeat]) => (/^(\(\?<!|\^|\$|\\A|\\z|\\b)/.test(one) ? one : one + repeat));
  const written = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(''));
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 12 });
  fc.assert(
    fc.property(written, text, (source, searched) => {
      fc.pre(!source.includes('(?<!'));
      const short = pattern(`/${source}/`).exec(searched);
      // An empty exponential choice forces the linear engine.
      const forced = pattern(`/(?:${source})(?:(?:|q|q)*)/`).exec(searched);
      expect(forced).toEqual(short);
    }),
    { numRuns: 2000 },
  );
});
