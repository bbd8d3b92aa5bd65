// The law of this folder: on any bytes the fast scanners say what the plain ones say.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { REASON_NOT_OBJECT, REASON_SYNTAX } from '../../core/tape.ts';
import { KATA_BLANK_KEYS } from './blank-keys.ts';
import { type PlainParse, plainJson } from './plain-json.ts';
import { plainLogfmt } from './plain-logfmt.ts';
import { PlainView } from './plain-view.ts';

/** Lines that each law tries; KATALOG_LAW_CASES sets more for a long run. */
const CASES = Number(process.env['KATALOG_LAW_CASES'] ?? 10_000);
const LINES_PER_RUN = 25;

const KEYS = [
  'a',
  'b',
  'level',
  'msg',
  'time',
  '',
  '1',
  '__proto__',
  'vm path',
  'größe',
  'a=b',
  'k'.repeat(13),
  'x'.repeat(29),
];
const LONG_KEYS = [
  'k'.repeat(31),
  'k'.repeat(32),
  'k'.repeat(1023),
  'k'.repeat(1024),
  'k'.repeat(1025),
  'ß'.repeat(513),
];
const FRAGMENTS = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '=',
  ' ',
  '\t',
  '\r',
  '\0',
  '\x01',
  '\x1f',
  '\x7f',
  '-',
  '+',
  '.',
  'e',
  'E',
  '0',
  '\\u12',
  '\\u00e9',
  '\\u0000',
  '\\ud83d',
  '\\ude00',
  '\\ud83d\\ude00',
  '\\x',
  '\\xc3',
  '\\xc3\\xa9',
  '\\xff',
  '\\303\\251',
  '\\400',
  '\\U0001F600',
  '\\U00110000',
  '\\uD800',
  '\\a',
  "\\'",
  '\\/',
  '\\"',
  '\\\\',
  'true',
  'nul',
  'null',
  '01',
  '1.',
  '1e5',
  '""',
  '"a":1,',
  'a=1 ',
  'a="',
  '{"a":',
  '[[[[',
  ']]]]',
  '\ufeff',
  'é',
  '容',
  '😀',
  '\u2028',
  'vm path=',
  'default mem="',
];
const BAD_BYTES = ['ff', 'c3', 'c328', 'e282', 'eda080', 'f0808080', 'f4908080', 'f09f98', '80', 'c0af'].map((hex) =>
  Buffer.from(hex, 'hex'),
);

const oddKey = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(...KEYS) },
  { weight: 1, arbitrary: fc.constantFrom(...LONG_KEYS) },
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
);
const number = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.constantFrom(
    '-0',
    '0',
    '1e308',
    '1E+400',
    '12345678901234567890',
    '0.1e-7',
    '123456789012345',
    '1234567890123456',
    '007',
  ),
);

/** JSON string with characters escaped at random. */
const jsonString = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(text, fc.nat()).map(([value, seed]) => {
    const hex = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
    const parts = [...value].map((char, i) =>
      (seed >> (i % 24)) % 7 === 1 ? [...char.split('')].map(hex).join('') : JSON.stringify(char).slice(1, -1),
    );
    return `"${parts.join('')}"`;
  });
const blank = fc.constantFrom('', '', '', '', ' ', '\t', '\r', '  ');
const anyText = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('', 'kata', 'x'.repeat(15), 'y'.repeat(16), 'z'.repeat(33)),
);

const jsonValue = fc.letrec<{ value: string; list: string; object: string; scalar: string }>((tie) => ({
  scalar: fc.oneof(jsonString(anyText), number, fc.constantFrom('true', 'false', 'null')),
  list: fc
    .tuple(blank, fc.array(tie('value'), { maxLength: 4 }), blank)
    .map(([a, items, b]) => `[${a}${items.join(`${b},${a}`)}${b}]`),
  object: fc
    .tuple(blank, fc.array(fc.tuple(jsonString(oddKey), tie('value')), { maxLength: 4 }), blank)
    .map(([a, items, b]) => `{${a}${items.map(([key, value]) => `${key}${b}:${a}${value}`).join(`${a},${b}`)}${b}}`),
  value: fc.oneof({ maxDepth: 4 }, { weight: 4, arbitrary: tie('scalar') }, tie('list'), tie('object')),
}));
const jsonLine = fc
  .tuple(blank, fc.array(fc.tuple(jsonString(oddKey), jsonValue.value), { maxLength: 8 }), blank)
  .map(
    ([a, items, b]) => `${b}{${a}${items.map(([key, value]) => `${key}${a}:${b}${value}`).join(`${a},${b}`)}${b}}${a}`,
  );

const goQuoted = anyText.map((text) => JSON.stringify(text).replace(/\\u00(..)/g, '\\x$1'));
const logfmtPair = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(oddKey, goQuoted).map(([key, value]) => `${key}=${value}`) },
  { weight: 3, arbitrary: fc.tuple(oddKey, number).map(([key, value]) => `${key}=${value}`) },
  { weight: 3, arbitrary: fc.tuple(oddKey, anyText).map(([key, value]) => `${key}=${value}`) },
  { weight: 1, arbitrary: oddKey },
  { weight: 1, arbitrary: fc.constantFrom(...KATA_BLANK_KEYS).map((key) => `${key}=7`) },
);
const logfmtLine = fc.array(logfmtPair, { maxLength: 8 }).map((pairs) => pairs.join(' '));

/** Cuts, doubles and replaces pieces of a line; a line feed never comes in. */
const mutated = (line: fc.Arbitrary<string>): fc.Arbitrary<Buffer> =>
  fc
    .tuple(
      line,
      fc.array(
        fc.record({
          at: fc.nat(),
          remove: fc.nat(4),
          piece: fc.oneof(
            { weight: 8, arbitrary: fc.constantFrom(...FRAGMENTS).map((text) => Buffer.from(text)) },
            { weight: 1, arbitrary: fc.constantFrom(...BAD_BYTES) },
            { weight: 1, arbitrary: fc.uint8Array({ maxLength: 3 }).map((bytes) => Buffer.from(bytes)) },
          ),
        }),
        { maxLength: 3, size: 'small' },
      ),
      fc.boolean(),
    )
    .map(([text, edits, whole]) => {
      let bytes = Buffer.from(text);
      for (const { at, remove, piece } of whole ? [] : edits) {
        const start = at % (bytes.length + 1);
        bytes = Buffer.concat([bytes.subarray(0, start), piece, bytes.subarray(start + remove)]);
      }
      return Buffer.from(bytes.map((byte) => (byte === 10 ? 32 : byte)));
    });

function textOf(line: Buffer): string {
  const chomped = line.at(-1) === 13 ? line.subarray(0, -1) : line;
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(chomped);
}

/** Fields with each string in one spelling; numbers and nested values keep theirs. */
function spelled(parse: PlainParse): unknown {
  if (!parse.ok) return parse;
  return [...parse.fields].map(([key, value]) => [key, value.startsWith('"') ? JSON.parse(value) : { json: value }]);
}

// One view for all runs: what a line leaves in the key table must not change how another is read.
const view = new PlainView();

/** Which of several faults of a text is met first is the scanner's affair; that there is one is not. */
function forgiven(fast: PlainParse, plain: PlainParse | undefined): PlainParse {
  const isSyntax = plain?.ok === false && plain.reason === REASON_SYNTAX;
  return isSyntax && !fast.ok && fast.reason !== REASON_NOT_OBJECT ? plain : fast;
}

function hold(
  line: fc.Arbitrary<string>,
  fast: (block: Buffer) => PlainParse[],
  plain: (text: string) => PlainParse,
): void {
  fc.assert(
    fc.property(fc.array(mutated(line), { minLength: 1, maxLength: LINES_PER_RUN * 2, size: 'max' }), (lines) => {
      const block = Buffer.concat(lines.flatMap((bytes) => [bytes, Buffer.from('\n')]));
      view.scanner.tidy();
      const wanted = lines.map((bytes) => plain(textOf(bytes)));
      expect(fast(block).map((parse, i) => spelled(forgiven(parse, wanted[i])))).toEqual(wanted.map(spelled));
    }),
    { numRuns: Math.ceil(CASES / LINES_PER_RUN) },
  );
}

describe('fast = plain on any bytes', () => {
  test('JSON', () => {
    hold(jsonLine, (block) => view.json(block), plainJson);
  });

  test('logfmt', () => {
    hold(
      logfmtLine,
      (block) => view.logfmt(block, { blankKeys: false }),
      (text) => plainLogfmt(text, false),
    );
  });

  test('logfmt with the keys with blanks', () => {
    hold(
      logfmtLine,
      (block) => view.logfmt(block, { blankKeys: true }),
      (text) => plainLogfmt(text, true),
    );
  });

  test('JSON records wherever blocks end', () => {
    const line = fc.oneof(jsonLine, fc.constantFrom('', '{"a":1}\r', '\ufeff{"b":2}', 'no object'));
    fc.assert(
      fc.property(fc.array(mutated(line), { maxLength: 12 }), fc.integer({ min: 1, max: 64 }), (lines, size) => {
        const stream = Buffer.concat(lines.flatMap((bytes) => [bytes, Buffer.from('\n')]));
        const parsed: PlainParse[] = [];
        let start = 0;
        for (let read = size; start < stream.length; read += size) {
          const end = stream.lastIndexOf(10, Math.min(read, stream.length) - 1) + 1;
          if (end <= start) continue;
          parsed.push(...view.json(stream.subarray(start, end)));
          start = end;
        }
        expect(parsed).toEqual(view.json(stream));
      }),
      { numRuns: 300 },
    );
  });
});
