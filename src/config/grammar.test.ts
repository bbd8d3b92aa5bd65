// The rows were observed on Fluentd, apart from those that say otherwise.
import { expect, test } from 'vitest';
import { parseText, type ShortTree, short, treeOf } from './plain-read.ts';

const params = (values: Record<string, string | null>): ShortTree => [values, []];

const trees: readonly (readonly [string, string, ShortTree])[] = [
  ['nothing', '', params({})],
  [
    'sections and parameters in order',
    '<source>\n  @type tail\n  @id kata_in\n  path /a.log\n  <parse>\n    @type json\n  </parse>\n</source>\n' +
      '<filter kata.**>\n  @type grep\n</filter>\n<match kata.** containerd.*>\n  @type stdout\n</match>\n',
    [
      {},
      [
        ['source', '', { '@type': 'tail', '@id': 'kata_in', path: '/a.log' }, [['parse', '', { '@type': 'json' }, []]]],
        ['filter', 'kata.**', { '@type': 'grep' }, []],
        ['match', 'kata.** containerd.*', { '@type': 'stdout' }, []],
      ],
    ],
  ],
  [
    'deep nesting, end tags with blanks',
    '<match **>\n <store ignore_error>\n  <buffer tag, time>\n   <deeper arg one>\n    k v\n   </deeper  >\n' +
      '  </buffer>\n </store >\n <store>\n </store>\n</match>\n',
    [
      {},
      [
        [
          'match',
          '**',
          {},
          [
            ['store', 'ignore_error', {}, [['buffer', 'tag, time', {}, [['deeper', 'arg one', { k: 'v' }, []]]]]],
            ['store', '', {}, []],
          ],
        ],
      ],
    ],
  ],
  [
    'brackets that are not first',
    'a x[1]\nb $' + '{tag_parts[1]}\nc $.a["b"][0]\nd %{x}\ne v{1,2}\nf ,[x]\n',
    params({ a: 'x[1]', b: ['$', '{tag_parts[1]}'].join(''), c: '$.a["b"][0]', d: '%{x}', e: 'v{1,2}', f: ',[x]' }),
  ],
  [
    'comments',
    '# leading\nalpha one # trailing\n  # indented\nbeta two#three\ngamma four  #five\ndelta six #\n' +
      '<match a> # after the tag\n  k v   # x # y\n</match> # after the end tag\n',
    [{ alpha: 'one', beta: 'two#three', gamma: 'four', delta: 'six' }, [['match', 'a', { k: 'v' }, []]]],
  ],
  ['a value that begins with # is text', 'a #note\nb # note\n', params({ a: '#note', b: '# note' })],
  ['a regular expression loses what stands behind a #', 'a /^a #b/\n', params({ a: '/^a' })],
  [
    'CRLF',
    'a 1\r\n<source>\r\n  path "x y"\r\n  list [1,\r\n   2]\r\n  flag\r\n</source>\r\n',
    [{ a: '1' }, [['source', '', { path: 'x y', list: '[1,2]', flag: '' }, []]]],
  ],
  ['CR alone', 'a 1\rb 2\r', params({ a: '1', b: '2' })],
  [
    'escapes in double quotes',
    'a "tab\\there"\nb "quote\\"inside"\nc "back\\\\slash"\nd "nl\\nend"\ne "it\\\'s"\nf "\\# \\$ \\[ \\. \\-"\n' +
      'g ""\nh "  padded  "\ni "\\r\\f\\b\\0"\n',
    params({
      a: 'tab\there',
      b: 'quote"inside',
      c: 'back\\slash',
      d: 'nl\nend',
      e: "it's",
      f: '# $ [ . -',
      g: '',
      h: '  padded  ',
      i: '\r\f\b\0',
    }),
  ],
  ['line breaks in double quotes', 'a "x\ny"\nb "x\\\ny"\nc "x\\\r\ny" # z\n', params({ a: 'x\ny', b: 'xy', c: 'xy' })],
  [
    'single quotes',
    "a 'plain # text'\nb 'it\\'s'\nc 'back\\\\slash'\nd '\\n stays'\ne ''\nf '#{1 + 1}'\n" +
      "g '\\d+ \\. \\['\nh '[1]' # c\n",
    params({
      a: 'plain # text',
      b: "it's",
      c: 'back\\slash',
      d: '\\n stays',
      e: '',
      f: '#{1 + 1}',
      g: '\\d+ \\. \\[',
      h: '[1]',
    }),
  ],
  [
    'bare values',
    'a x  y\t z   \nb C:\\dir\\new\nc #{1 + 1}\nd v#{2 + 2}\ne a"b"c\nf it\'s\ng %Y-%m-%dT%H:%M:%S.%N%z\n',
    params({
      a: 'x  y\t z',
      b: 'C:\\dir\\new',
      c: '#{1 + 1}',
      d: 'v#{2 + 2}',
      e: 'a"b"c',
      f: "it's",
      g: '%Y-%m-%dT%H:%M:%S.%N%z',
    }),
  ],
  [
    'keys without a value',
    'flag_a\nflag_b   \n<buffer>\n  retry\n  other\t\n</buffer>\nlast_key',
    [{ flag_a: '', flag_b: '', last_key: '' }, [['buffer', '', { retry: '', other: '' }, []]]],
  ],
  [
    'odd keys',
    'a.b-c:d 1\n/path/key 2\nkey[0] 3\n$.x.y 4\nk@y 5\nclé naïve\n"quoted key" 6\na#b 7\n',
    params({
      'a.b-c:d': '1',
      '/path/key': '2',
      'key[0]': '3',
      '$.x.y': '4',
      'k@y': '5',
      clé: 'naïve',
      'quoted key': '6',
      'a#b': '7',
    }),
  ],
  [
    'JSON on one line',
    'a [1,2,3] # cmt\nb {"k":"v","n":{"m":[]}}\nc []\nd {}\ne ["a b", "#c"]\n',
    params({ a: '[1,2,3]', b: '{"k":"v","n":{"m":[]}}', c: '[]', d: '{}', e: '["a b","#c"]' }),
  ],
  [
    'JSON over several lines',
    'filters [\n  {"I": "kata-runtime"},   # runtime\n  {"I": "kata#proxy"}\n]\n' +
      'map {\n  "a": 1,\n  "b": [true, null, "x y"]\n} # done\nafter yes\n',
    params({
      filters: '[{"I":"kata-runtime"},{"I":"kata#proxy"}]',
      map: '{"a":1,"b":[true,null,"x y"]}',
      after: 'yes',
    }),
  ],
  [
    'JSON with comments of other languages',
    'a [1, // one\n /* , 9 ] */ 2]\nb ["/* x */ // y"]\n',
    params({ a: '[1,2]', b: '["/* x */ // y"]' }),
  ],
  ['JSON whose last element is commented out (not Fluentd)', 'a ["x,]", # y\n # "z"\n]\n', params({ a: '["x,]"]' })],
  ['JSON numbers stay as written', 'a [12345678901234567890, 5.0]\n', params({ a: '[12345678901234567890,5.0]' })],
  ['JSON strings are normal', 'a ["\\u00e9\\/"]\n', params({ a: '["é/"]' })],
  [
    'the last of equal keys',
    'k first\nk second\n<x>\n n 1\n</x>\n<x>\n n 2\n n 3\n</x>\n',
    [
      { k: 'second' },
      [
        ['x', '', { n: '1' }, []],
        ['x', '', { n: '3' }, []],
      ],
    ],
  ],
  [
    'tabs',
    '\ta\t\t1\n<match\ta.*>\n\t\t@type\tstdout\n\tk\tx\ty\t\n</match>\n',
    [{ a: '1' }, [['match', 'a.*', { '@type': 'stdout', k: 'x\ty' }, []]]],
  ],
  ...(
    [
      ['<match a.b   c.**  d.{e,f}>', 'a.b   c.**  d.{e,f}'],
      ['<match /^kata\\.(in|out)$/>', '/^kata\\.(in|out)$/'],
      ['<match "quoted arg">', 'quoted arg'],
      ['<match "a>b" >', 'a>b'],
      ["<match 'a b'>", 'a b'],
      ['<match>', ''],
      ['<match   spaced   >', 'spaced'],
      ['<match タグ.**>', 'タグ.**'],
      ['<match a # comment\n>', 'a'],
      ['<match # comment >\n # more\n>', ''],
      ['<match a\n>', 'a'],
      ['<match /a#b/>', '/a#b/'],
      ['<match a #b>', 'a #b'],
    ] as const
  ).map(([tag, arg]) => [`argument: ${tag}`, `${tag}\n</match>\n`, [{}, [['match', arg, {}, []]]]] as const),
  [
    'the old style is a matter of names, not of grammar',
    '<source>\n  type systemd\n  pos_file /a.pos\n  filters [{"I": "kata-runtime"}, {"I": "kata-proxy"}]\n</source>\n',
    [
      {},
      [
        [
          'source',
          '',
          { type: 'systemd', pos_file: '/a.pos', filters: '[{"I":"kata-runtime"},{"I":"kata-proxy"}]' },
          [],
        ],
      ],
    ],
  ],
];

test.each(trees)('%s', (_, text, expected) => {
  expect(short(treeOf(text))).toEqual(expected);
});

test('embedded expressions', () => {
  const text =
    "path \"#{ENV['KATA_DIR']}/runtime.log\"\ntag \"#{ENV['NOT_SET'] || 'fallback'}\"\nraw '#{ENV[\"KATA_DIR\"]}'\n" +
    'json ["#{hostname}", #{worker_id}]\nnone "x#{use_nil}"\ndefault "#{ENV[\'X\'] || use_default}"\nf "\\#{text}"\n' +
    "braces \"#{ENV.fetch('A', '}')}\"\n";
  expect(short(treeOf(text, { KATA_DIR: '/var/log/kata' }))[0]).toEqual({
    path: '/var/log/kata/runtime.log',
    tag: 'fallback',
    raw: '#{ENV["KATA_DIR"]}',
    json: '["node-1",0]',
    none: null,
    default: 'use_default',
    f: '#{text}',
    braces: '}',
  });
});

test.each([
  ['a 1\n\npattern "^\\d+$"\n', 'config/unknown-escape', 3, 11],
  ['a 1\n<foo-bar>\n</foo-bar>\n', 'config/section-name', 2, 5],
  ['< y>\n</ y>\n', 'config/section-name', 1, 2],
  ['<source>\n  @type tail\n  path /x\n', 'config/unclosed-section', 4, 1],
  ['<source>\n  filters [{"a": "b"}, {"c": "d"}\n  tag x\n</source>\n', 'config/incomplete-json', 2, 11],
  ['a 1\nb "x" y\nc 2\n', 'config/junk-after-value', 2, 7],
  ["b 'x' y\n", 'config/junk-after-value', 1, 7],
  ['b [1] y\n', 'config/junk-after-value', 1, 7],
  ['x 1\n<source> @type tail\n</source>\n', 'config/junk-after-value', 2, 10],
  ['<source>\n</source> x\n', 'config/junk-after-value', 2, 11],
  ['<source>\n  @type tail\n</match>\n', 'config/unmatched-end', 3, 1],
  ['a 1\n</source>\n', 'config/unmatched-end', 2, 1],
  ['<source\n  @type tail\n</source>\n', 'config/unclosed-tag', 1, 8],
  ['<source # >\n  @type tail\n</source>\n', 'config/unclosed-tag', 1, 9],
  ['a "x\ny\n', 'config/unterminated-string', 1, 3],
  ['a "x\\', 'config/unknown-escape', 1, 5],
  ["a 'x\ny'\n", 'config/unterminated-string', 1, 3],
  ['host [::1]\n', 'config/incomplete-json', 1, 6],
  ['pattern [a-z]+\n', 'config/incomplete-json', 1, 9],
  ['x {a}\n', 'config/incomplete-json', 1, 3],
  ['x ["a\n', 'config/incomplete-json', 1, 3],
  ['x [/* 1]\n', 'config/incomplete-json', 1, 3],
  ['a "#{1 + 2}"\n', 'config/ruby', 1, 4],
  ['a "#{hostname"\n', 'config/unterminated-ruby', 1, 4],
  ['@foo 1\n', 'config/reserved-name', 1, 1],
  ['<match a>\n  @foo 1\n</match>\n', 'config/reserved-name', 2, 3],
  ['@include\n', 'config/include', 1, 1],
  ['@include http://example.org/a.conf\n', 'config/include', 1, 1],
])('%j is refused: %s at %d:%d', (text, code, line, column) => {
  const { ok, problems } = parseText(text);
  expect(ok).toBe(false);
  expect(problems).toMatchObject([{ code, severity: 'error', place: { file: '/etc/fluent.conf', line, column } }]);
});

test.each([
  ['<match a>\n <parse>\n  @foo 1\n </parse>\n</match>\n', 'config/reserved-name'],
  ['@include missing.conf\n', 'config/include'],
  ['\ufeff<match a>\n</match>\n', 'config/byte-order-mark'],
])('%j is read with a warning: %s', (text, code) => {
  const { ok, problems } = parseText(text);
  expect(ok).toBe(true);
  expect(problems).toMatchObject([{ code, severity: 'warning' }]);
});

test('sections stand at most 64 deep in each other', () => {
  const nest = (depth: number) => '<a>\n'.repeat(depth) + '</a>\n'.repeat(depth);
  expect(parseText(nest(64)).ok).toBe(true);
  expect(parseText(nest(100_000)).problems).toMatchObject([{ code: 'config/too-deep', place: { line: 65 } }]);
});

test('every parameter knows its place, and the one of its value', () => {
  const [param] = treeOf('<a>\r\n\tkey   "v"\r\n</a>').sections[0]?.params ?? [];
  expect(param).toMatchObject({ place: { line: 2, column: 2 }, valuePlace: { line: 2, column: 8 } });
});
