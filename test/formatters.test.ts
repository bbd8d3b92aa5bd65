// Every formatter through the whole road: a file of JSON lines in, a file of each format out, byte by byte.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeMulti } from '@msgpack/msgpack';
import { beforeAll, expect, test } from 'vitest';
import { scratchFolders } from './support/folder.ts';

const program = fileURLToPath(new URL('../bin/katalog.js', import.meta.url));
const folderOf = scratchFolders();
let folder = '';

const LINES = [
  '{"time":"2020-02-21T10:31:27.810781647Z","level":"info","message":"größe \\"x\\"","n":12345678901234567890,"o":{"a":[1,2.50]},"nil":null}',
  '{"time":"2020-02-21T10:31:28Z","level":"","message":"a\\tb: c\\nd, e","n":-0.5,"yes":true}',
];
const R1 = String.raw`{"level":"info","message":"größe \"x\"","n":12345678901234567890,"o":{"a":[1,2.50]},"nil":null}`;
const R2 = String.raw`{"level":"","message":"a\tb: c\nd, e","n":-0.5,"yes":true}`;

const FORMATS: readonly (readonly [name: string, settings: string, expected: string])[] = [
  ['json', '@type json', `${R1}\n${R2}\n`],
  ['json-crlf', '@type json\nnewline crlf', `${R1}\r\n${R2}\r\n`],
  ['json-together', '@type json\nadd_newline false', R1 + R2],
  ['out_file', '@type out_file', `2020-02-21T10:31:27+00:00\tkata\t${R1}\n2020-02-21T10:31:28+00:00\tkata\t${R2}\n`],
  [
    'out_file-own',
    '@type out_file\ndelimiter COMMA\noutput_tag false\ntime_type unixtime',
    `1582281087,${R1}\n1582281088,${R2}\n`,
  ],
  [
    'stdout',
    '@type stdout',
    `2020-02-21 10:31:27.810781647 +0000 kata: ${R1}\n2020-02-21 10:31:28.000000000 +0000 kata: ${R2}\n`,
  ],
  [
    'ltsv',
    '@type ltsv',
    'level:info\tmessage:größe "x"\tn:12345678901234567890\to:{"a"=>[1, 2.5]}\tnil:\nlevel:\tmessage:a b: c d, e\tn:-0.5\tyes:true\n',
  ],
  [
    'ltsv-own',
    '@type ltsv\ndelimiter "|"\nlabel_delimiter "="\nreplacement _',
    'level=info|message=größe "x"|n=12345678901234567890|o={"a"=>[1, 2.5]}|nil=\nlevel=|message=a\tb: c_d, e|n=-0.5|yes=true\n',
  ],
  ['csv', '@type csv\nfields level,message,none', '"info","größe ""x""",""\n"","a\tb: c\nd, e",""\n'],
  [
    'csv-plain',
    '@type csv\nfields level,n,none,message\nforce_quotes false\ndelimiter ";"',
    'info;12345678901234567890;;"größe ""x"""\n"";-0.5;;"a\tb: c\nd, e"\n',
  ],
  ['tsv', '@type tsv\nkeys level,n,none', 'info\t12345678901234567890\t\n\t-0.5\t\n'],
  ['single_value', '@type single_value', 'größe "x"\na\tb: c\nd, e\n'],
  ['single_value-own', '@type single_value\nmessage_key n\nadd_newline false', '12345678901234567890-0.5'],
];

function store(name: string, settings: string): string {
  return `<store>
  @type file
  path ${folder}/out/${name}.%Y
  utc true
  <format>
    ${settings.replaceAll('\n', '\n    ')}
  </format>
</store>`;
}

beforeAll(() => {
  folder = folderOf('formatters');
  fs.writeFileSync(path.join(folder, 'in.log'), `${LINES.join('\n')}\n`);
  const stores = [...FORMATS.map(([name, settings]) => store(name, settings)), store('msgpack', '@type msgpack')];
  const config = `<source>
  @type tail
  path ${folder}/in.log
  tag kata
  read_from_head true
  <parse>
    @type json
    time_format %iso8601
  </parse>
</source>
<match **>
  @type copy
${stores.join('\n')}
</match>
`;
  fs.writeFileSync(path.join(folder, 'fluent.conf'), config);
  const run = ['run', '-c', `${folder}/fluent.conf`, '--once', '--state-dir', `${folder}/state`, '--host-id', 'test'];
  const { status, stderr } = spawnSync(process.execPath, [program, ...run], {
    encoding: 'utf8',
    env: { ...process.env, TZ: 'UTC' },
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
});

test.each(FORMATS)('%s', (name, _, expected) => {
  expect(fs.readFileSync(`${folder}/out/${name}.2020`, 'utf8')).toBe(expected);
});

test('msgpack', () => {
  const bytes = fs.readFileSync(`${folder}/out/msgpack.2020`);
  expect([...decodeMulti(bytes, { useBigInt64: true })]).toEqual([
    { level: 'info', message: 'größe "x"', n: 12345678901234567890n, o: { a: [1, 2.5] }, nil: null },
    { level: '', message: 'a\tb: c\nd, e', n: -0.5, yes: true },
  ]);
});
