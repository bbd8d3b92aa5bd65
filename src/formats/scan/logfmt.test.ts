import { describe, expect, test } from 'vitest';
import {
  firstSpan,
  KIND_JSON,
  MAX_FIELDS,
  MAX_KEY_BYTES,
  NO_MATCH,
  REASON_KEY_TOO_LONG,
  REASON_NO_FIELD,
  REASON_NOT_TEXT,
  REASON_TOO_MANY_FIELDS,
  S_KIND,
  W_ORIGIN,
  W_REASON,
  W_STATUS,
} from '../../core/tape.ts';
import { KATA_BLANK_KEYS } from './blank-keys.ts';
import { plainLogfmt } from './plain-logfmt.ts';
import { PlainView } from './plain-view.ts';

const view = new PlainView();

/** The pairs of one line, in order, or the reason. */
function pairs(line: string, blankKeys = false): [string, unknown][] | number {
  const parsed = view.logfmt(`${line}\n`, { blankKeys })[0];
  if (!parsed?.ok) return parsed?.reason ?? -1;
  return [...parsed.fields].map(([key, json]) => [key, JSON.parse(json)]);
}

describe('pairs', () => {
  test.each<[string, string, [string, unknown][]]>([
    ['nothing', '', []],
    ['blanks', ' \t \0\x1f ', []],
    [
      'values',
      'a=b c=d-e/f',
      [
        ['a', 'b'],
        ['c', 'd-e/f'],
      ],
    ],
    [
      'any blanks between',
      '\ta=b\0\x01 c=d\r',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'no value',
      'a= b=',
      [
        ['a', ''],
        ['b', ''],
      ],
    ],
    [
      'no equals sign',
      'a b=1 c',
      [
        ['a', true],
        ['b', 1],
        ['c', true],
      ],
    ],
    [
      'stray signs',
      '= =a="" " b=1 =" c',
      [
        ['a', ''],
        ['b', 1],
        ['c', true],
      ],
    ],
    ['equals signs in a value', 'a=b=c==', [['a', 'b=c==']]],
    ['quotes and backslashes in a value', 'a=b"c\\n"', [['a', 'b"c\\n"']]],
    [
      'a quote behind a key',
      'a"b=1',
      [
        ['a', true],
        ['b', 1],
      ],
    ],
    [
      'a key directly behind a quoted value',
      'a="b"c=d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['a backslash in a key', 'a\\b=1 a\\b=2', [['a\\b', 2]]],
    [
      'text beyond ASCII',
      'größe=µs 容器="é 😀"',
      [
        ['größe', 'µs'],
        ['容器', 'é 😀'],
      ],
    ],
    ['a byte order mark', '\ufeffa=1', [['a', 1]]],
    ['a second mark, part of the key', '\ufeff\ufeffa=1', [['\ufeffa', 1]]],
    [
      'a key twice',
      'a=1 b=2 a="3"',
      [
        ['a', '3'],
        ['b', 2],
      ],
    ],
    [
      'integers',
      'a=0 b=-7 c=123456789012345 d=-0',
      [
        ['a', 0],
        ['b', -7],
        ['c', 123456789012345],
        ['d', -0],
      ],
    ],
    [
      'no integers',
      'a=00 b=- c=1234567890123456 d=1.5 e=+1 f=1x g=0x1 h=-01',
      [
        ['a', '00'],
        ['b', '-'],
        ['c', '1234567890123456'],
        ['d', '1.5'],
        ['e', '+1'],
        ['f', '1x'],
        ['g', '0x1'],
        ['h', '-01'],
      ],
    ],
    ['an integer in quotes', 'a="7"', [['a', '7']]],
    [
      'words',
      'a=true b=false c=null d=NaN',
      [
        ['a', 'true'],
        ['b', 'false'],
        ['c', 'null'],
        ['d', 'NaN'],
      ],
    ],
    ['control characters in quotes', 'a="\0\x01\t\r\x7f"', [['a', '\0\x01\t\r\x7f']]],
  ])('%s', (_name, line, wanted) => {
    expect(pairs(line)).toEqual(wanted);
    expect(pairs(line)).toEqual(wanted);
  });

  test('an integer keeps its digits', () => {
    view.reset();
    const tape = view.scanner.logfmt(view.cut('a=-0 b=999999999999999\n'), view.message, { blankKeys: false });
    expect(view.text(view.scanner.encodeRecord(tape.start))).toBe('{"a":-0,"b":999999999999999}');
  });
});

describe('quoted values', () => {
  test.each([
    ['', ''],
    ['a b=c', 'a b=c'],
    ['\\"\\\\\\n\\t\\r\\b\\f', '"\\\n\t\r\b\f'],
    ["\\a\\v\\'", "\x07\v'"],
    ['\\x41\\x00\\x7f', 'A\0\x7f'],
    ['\\xc3\\xa9', 'é'],
    ['\\xc3', '\ufffd'],
    ['\\xc3A', '\ufffdA'],
    ['\\xc3\\n\\xa9', '\ufffd\n\ufffd'],
    ['\\xe5\\xae\\xb9\\xff', '容\ufffd'],
    ['\\xf0\\x9f\\x98\\x80', '😀'],
    ['\\xf0\\x9f\\x98', '\ufffd'],
    ['\\xed\\xa0\\x80', '\ufffd\ufffd\ufffd'],
    ['\\303\\251', 'é'],
    ['\\101\\000\\377', 'A\0\ufffd'],
    ['\\400\\18\\8', '\\400\\18\\8'],
    ['\\u00e9\\u0000\\u5bb9', 'é\0容'],
    ['\\ud83d\\ude00', '\ufffd\ufffd'],
    ['\\U0001f600\\U00000041', '😀A'],
    ['\\U00110000\\U0000d800\\Uffffffff', '\ufffd\ufffd\ufffd'],
    ['\\q\\/\\0\\u{1b}\\x4\\u12\\U0001\\é\\容', '\\q\\/\\0\\u{1b}\\x4\\u12\\U0001\\é\\容'],
    ['\\ufeffa', '\ufeffa'],
    ['\x1b[31m\\x1b', '\x1b[31m\x1b'],
  ])('"%s"', (written, meant) => {
    const wanted = [
      ['k', meant],
      ['z', 1],
    ];
    expect(pairs(`k="${written}" z=1`)).toEqual(wanted);
    expect(plainLogfmt(`k="${written}" z=1`, false)).toEqual({
      ok: true,
      fields: new Map([
        ['k', JSON.stringify(meant)],
        ['z', '1'],
      ]),
    });
  });

  test.each([
    ['a="b c', 'b c'],
    ['a="', ''],
    ['a="b\\', 'b\\'],
    ['a="b\\"', 'b"'],
    ['a="b\\n c=1', 'b\n c=1'],
    ['a="\\xc3', '\ufffd'],
    ['a="\\x4', '\\x4'],
    ['a="\\u00e', '\\u00e'],
    [`a="${'x'.repeat(40)}\0y`, `${'x'.repeat(40)}\0y`],
  ])('without an end are the rest of the text: %j', (line, value) => {
    expect(pairs(line)).toEqual([['a', value]]);
  });
});

describe('keys with blanks', () => {
  test.each(KATA_BLANK_KEYS.map((key) => [key]))('%s', (key) => {
    expect(pairs(`level=debug ${key}=7 vm=1`, true)).toEqual([
      ['level', 'debug'],
      [key, 7],
      ['vm', 1],
    ]);
    expect(pairs(`${key}="x y"`, true)).toEqual([[key, 'x y']]);
  });

  test.each<[string, string, [string, unknown][]]>([
    [
      'not asked for',
      'vm path=1',
      [
        ['vm', true],
        ['path', 1],
      ],
    ],
  ])('%s', (_name, line, wanted) => {
    expect(pairs(line, false)).toEqual(wanted);
  });

  test.each<[string, string, [string, unknown][]]>([
    [
      'no equals sign behind',
      'vm path 1',
      [
        ['vm', true],
        ['path', true],
        ['1', true],
      ],
    ],
    [
      'two blanks',
      'vm  path=1',
      [
        ['vm', true],
        ['path', 1],
      ],
    ],
    [
      'a longer word',
      'vm pathology=1',
      [
        ['vm', true],
        ['pathology', 1],
      ],
    ],
    [
      'the end of the text',
      'a=1 vm',
      [
        ['a', 1],
        ['vm', true],
      ],
    ],
    [
      'its first word as a key',
      'vm=1 path=2',
      [
        ['vm', 1],
        ['path', 2],
      ],
    ],
    [
      'a bare word before',
      'my vm path=1',
      [
        ['my', true],
        ['vm path', 1],
      ],
    ],
    [
      'twice',
      'vm path=1 a=2 vm path=3',
      [
        ['vm path', 3],
        ['a', 2],
      ],
    ],
  ])('%s', (_name, line, wanted) => {
    expect(pairs(line, true)).toEqual(wanted);
  });
});

describe('refusals', () => {
  const words = (count: number): string => Array.from({ length: count }, (_, i) => `w${i}`).join(' ');
  test('a key that is too long', () => {
    expect(pairs(`a=1 ${'k'.repeat(MAX_KEY_BYTES)}=2`)).toEqual([
      ['a', 1],
      ['k'.repeat(MAX_KEY_BYTES), 2],
    ]);
    expect(pairs(`a=1 ${'k'.repeat(MAX_KEY_BYTES + 1)}=2`)).toBe(REASON_KEY_TOO_LONG);
  });

  test('too many fields', () => {
    expect(pairs(words(MAX_FIELDS))).toHaveLength(MAX_FIELDS);
    expect(pairs(`${words(MAX_FIELDS)} w0=1`)).toHaveLength(MAX_FIELDS);
    expect(pairs(words(MAX_FIELDS + 1))).toBe(REASON_TOO_MANY_FIELDS);
  });

  test('no text, no field', () => {
    view.reset();
    const tape = view.cut('a=1\n');
    const other = view.scanner.keys.pin('other');
    const missing = view.scanner.logfmt(tape, other, { blankKeys: false }).start;
    view.arena.i32[firstSpan(tape.start) + S_KIND] = KIND_JSON;
    const number = view.scanner.logfmt(tape, view.message, { blankKeys: false }).start;
    expect([missing, number].map((record) => [view.word(record, W_STATUS), view.word(record, W_REASON)])).toEqual([
      [NO_MATCH, REASON_NO_FIELD],
      [NO_MATCH, REASON_NOT_TEXT],
    ]);
  });
});

test('a block of the smallest pairs', () => {
  view.reset();
  const lines = view.cut('a b c d e f g h i j k l m n o p\n'.repeat(4000));
  const tape = view.scanner.logfmt(lines, view.message, { blankKeys: true });
  expect(tape.count).toBe(4000);
  expect(view.records(tape).map((record) => view.word(record, W_ORIGIN))).toEqual(view.records(lines));
});

test('decoded values of a block do not run into each other', () => {
  const lines = Array.from({ length: 500 }, (_, i) => `a="\\x1b${i}" b="\\xff${'y'.repeat(i)}" c="\\xc3\\xa9"`);
  const parsed = view.logfmt(lines.join('\n'), { blankKeys: false });
  expect(parsed).toEqual(lines.map((line) => plainLogfmt(line, false)));
});
