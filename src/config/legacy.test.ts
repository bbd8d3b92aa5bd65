import { expect, test } from 'vitest';
import { modernNames, pluginType, sectionsFromFlat, sectionTitle } from './legacy.ts';
import { type ShortTree, short, treeOf } from './plain-read.ts';
import type { LegacyGroup } from './planned.ts';
import type { Section } from './tree.ts';

function sectionOf(text: string): Section {
  const [section] = treeOf(`<match x>\n${text}\n</match>`).sections;
  if (!section) throw new Error('no section');
  return section;
}

test.each<readonly [string, ShortTree, readonly string[]]>([
  [
    'type tail\nid a\nlog_level warn\nlabel @X',
    [{ '@type': 'tail', '@id': 'a', '@log_level': 'warn', label: '@X' }, []],
    ['write @type tail', 'write @id a', 'write @log_level warn'],
  ],
  ['@type tail\ntype none', [{ '@type': 'tail', type: 'none' }, []], []],
  ['@type tail\n@id a', [{ '@type': 'tail', '@id': 'a' }, []], []],
])('modern names of %j', (text, tree, hints) => {
  const { section, problems } = modernNames(sectionOf(text));
  expect(short(section)).toEqual(tree);
  expect(problems.map(({ code, severity, hint }) => [code, severity, hint])).toEqual(
    hints.map((hint) => ['config/old-style', 'warning', hint]),
  );
});

const flat: readonly (readonly [string, readonly LegacyGroup[], string, ShortTree])[] = [
  [
    'a parser',
    ['parser'],
    'path /a\nformat json\ntime_key t\ntime_format %iso8601\nkeep_time_key true',
    [
      { path: '/a' },
      [['parse', '', { '@type': 'json', time_key: 't', time_format: '%iso8601', keep_time_key: 'true' }, []]],
    ],
  ],
  [
    'a regular expression',
    ['parser'],
    'format /^(?<a>.*)$/',
    [{}, [['parse', '', { '@type': 'regexp', expression: '/^(?<a>.*)$/' }, []]]],
  ],
  ['a regular expression cannot have flags', ['parser'], 'format /a/i', [{}, [['parse', '', { '@type': '/a/i' }, []]]]],
  [
    'lines of several lines',
    ['parser'],
    'format multiline\nformat_firstline /^x/\nformat1 /a/\nformat20 /b/\nformat21 /c/',
    [
      { format21: '/c/' },
      [['parse', '', { '@type': 'multiline', format_firstline: '/^x/', format1: '/a/', format20: '/b/' }, []]],
    ],
  ],
  [
    'types with their usual delimiters',
    ['parser'],
    'format none\ntypes a:integer,b:time:%Y',
    [{}, [['parse', '', { '@type': 'none', types: 'a:integer,b:time:%Y' }, []]]],
  ],
  [
    'types with delimiters of their own',
    ['parser'],
    'format none\ntypes a=integer;b=time=%Y\ntypes_delimiter ;\ntypes_label_delimiter =',
    [{}, [['parse', '', { '@type': 'none', types: '{"a":"integer","b":"time=%Y"}' }, []]]],
  ],
  [
    'what v0.12 did not have is not taken along',
    ['parser'],
    'format json\ntime_type string\ntimezone +09:00',
    [{ time_type: 'string', timezone: '+09:00' }, [['parse', '', { '@type': 'json' }, []]]],
  ],
  ['nothing without format', ['parser'], 'time_key t', [{ time_key: 't' }, []]],
  [
    'the section wins',
    ['parser'],
    'format json\n<parse>\n@type none\n</parse>',
    [{ format: 'json' }, [['parse', '', { '@type': 'none' }, []]]],
  ],
  [
    'what the plugin declares itself stays',
    ['inject'],
    'own true\ntag_key t',
    [{ own: 'true' }, [['inject', '', { tag_key: 't' }, []]]],
  ],
  ['plugins that do not opt in', [], 'format json\nbuffer_type file', [{ format: 'json', buffer_type: 'file' }, []]],
  [
    'a buffer',
    ['buffer'],
    'buffer_type file\nbuffer_path /b\nnum_threads 2\nflush_interval 5s\nretry_limit 9\nretry_wait 1s\n' +
      'buffer_chunk_limit 1m\nbuffer_queue_limit 8\nbuffer_queue_full_action exception\nmax_retry_wait 9s\n' +
      'disable_retry_limit\ntry_flush_interval 1\nqueued_chunk_flush_interval 2\nflush_at_shutdown true',
    [
      {},
      [
        [
          'buffer',
          '',
          {
            '@type': 'file',
            path: '/b',
            flush_thread_count: '2',
            flush_interval: '5s',
            retry_max_times: '9',
            retry_wait: '1s',
            chunk_limit_size: '1m',
            queue_limit_length: '8',
            overflow_action: 'throw_exception',
            retry_max_interval: '9s',
            retry_forever: '',
            flush_thread_interval: '1',
            flush_thread_burst_interval: '2',
            flush_at_shutdown: 'true',
          },
          [],
        ],
      ],
    ],
  ],
  ...(
    [
      ['%Y%m%d%H%M%S', '1'],
      ['%Y%m%d%H%M', '60'],
      ['%Y%m%d%H', '3600'],
      ['%Y%m%d', '86400'],
      ['%Y%m', '%Y%m'],
    ] as const
  ).map(
    ([format, timekey]) =>
      [
        `a slice of time ${format}`,
        ['buffer'],
        `time_slice_format ${format}\ntime_slice_wait 10m\ntimezone +09:00`,
        [{}, [['buffer', 'time', { timekey, timekey_wait: '10m', timekey_zone: '+09:00' }, []]]],
      ] as const,
  ),
  [
    'time and tag in the record',
    ['inject'],
    'include_time_key true\ninclude_tag_key yes\ntime_format %F',
    [{}, [['inject', '', { time_format: '%F', time_key: 'time', time_type: 'string', tag_key: 'tag' }, []]]],
  ],
  [
    'names of the fields for time and tag',
    ['inject'],
    'include_time_key true\ntime_key t\ninclude_tag_key true\ntag_key g',
    [{}, [['inject', '', { time_key: 't', tag_key: 'g', time_type: 'string' }, []]]],
  ],
  [
    'time as a number',
    ['inject'],
    'time_as_epoch true',
    [{}, [['inject', '', { time_key: 'time', time_type: 'unixtime' }, []]]],
  ],
  ['switched off', ['inject'], 'include_time_key false\ninclude_tag_key no', [{}, [['inject', '', {}, []]]]],
  [
    'a formatter',
    ['formatter'],
    'format csv\nfields a,b\ndelimiter ;\noutput_tag false\npath /x',
    [{ path: '/x' }, [['format', '', { '@type': 'csv', fields: 'a,b', delimiter: ';', output_tag: 'false' }, []]]],
  ],
  [
    'two groups',
    ['buffer', 'formatter'],
    'format json\nflush_interval 1s',
    [
      {},
      [
        ['buffer', '', { flush_interval: '1s' }, []],
        ['format', '', { '@type': 'json' }, []],
      ],
    ],
  ],
];

test.each(flat)('flat parameters: %s', (_, groups, text, tree) => {
  const { section, problems } = sectionsFromFlat(sectionOf(text), groups, new Set(['own']));
  expect(short(section)).toEqual(tree);
  expect(problems.every(({ code, severity }) => code === 'config/old-style' && severity === 'warning')).toBe(true);
});

test('the warning says what to write, and where', () => {
  const { problems } = sectionsFromFlat(sectionOf('path /a\nformat json\ntime_key "t\u0007"'), ['parser'], new Set());
  expect(problems).toEqual([
    {
      code: 'config/old-style',
      severity: 'warning',
      message: 'format, time_key outside of <parse> are old style',
      place: { file: '/etc/fluent.conf', line: 3, column: 1 },
      hint: 'write <parse> @type json; time_key t\\x07 </parse>',
    },
  ]);
});

test('what the plugin declares itself is never moved', () => {
  const { section, problems } = sectionsFromFlat(
    sectionOf('format json\ntag_key t'),
    ['formatter'],
    new Set(['format']),
  );
  expect(short(section)).toEqual([{ format: 'json', tag_key: 't' }, []]);
  expect(problems).toEqual([]);
});

test('localtime and utc contradict each other', () => {
  const { problems } = sectionsFromFlat(sectionOf('format json\nlocaltime\nutc'), ['parser'], new Set());
  expect(problems).toMatchObject([
    { severity: 'warning' },
    { code: 'config/localtime-and-utc', severity: 'error', place: { line: 4 } },
  ]);
});

test.each([
  ['@type tail', 'tail'],
  ['@type "#{use_nil}"', undefined],
  ['@type', undefined],
  ['', undefined],
])('the type of %j is %s', (text, type) => {
  expect(pluginType(sectionOf(text))).toBe(type);
});

test('the title of a section can be printed', () => {
  const [plain, odd] = treeOf('<source>\n</source>\n<match "a\u0007">\n</match>').sections;
  expect([plain, odd].map((section) => section && sectionTitle(section))).toEqual(['<source>', '<match a\\x07>']);
});
