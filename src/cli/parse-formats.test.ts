// The output forms of `katalog parse`: whatever records hold, a reader of the form gets it back.
import fc from 'fast-check';
import { parse as parseToml } from 'smol-toml';
import { expect, test } from 'vitest';
import { splitCsv } from '../formats/csv.ts';
import { scanLogfmt } from '../kata/logfmt.ts';
import { ndjsonLine } from '../kata/ndjson.ts';
import { readRecords } from '../kata/plain-read.ts';
import { ENTRY_FIELDS } from './parse-entry.ts';
import { formatted, OUTPUT_FORMATS, type OutputFormat } from './parse-formats.ts';

type Form = Exclude<OutputFormat, 'ndjson'>;

const HOSTILE =
  '\u001b[31m ]]> </Msg><x> & "\' \\ \n\r\t \u0000\u007f\u0085\u2028 \ud800 =cmd|x!A0 # %s ${x} \u{1f4a5}';
const RECORDS = [
  {
    '@timestamp': '2026-03-01T21:20:00.000000001Z',
    kata: { level: 'info', component: 'shim', msg: 'first', sandbox: 'a'.repeat(64), pid: 12 },
    fields: { time: 'x', level: 'info', msg: 'first', name: 'kata', source: 'virtcontainers', pid: '12', sandbox: 'a' },
    source: { path: '-', line: 1 },
  },
  {
    '@timestamp': '2026-03-01T21:20:00.500000001Z',
    kata: { msg: HOSTILE, repairs: ['C10'] },
    fields: { [HOSTILE]: HOSTILE, __proto__x: '1', '': 'empty' },
    source: { path: '-', line: 2 },
    raw: HOSTILE,
  },
  { kata: {}, source: { path: '-', line: 3 } },
];
/** Bytes that are no text are escaped in entries, as they are in lines of logrus. */
const escaped = (text: string): string =>
  text.replace(/[\0-\u0006\u000e-\u001f\u007f]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);

const printed = (form: Form, records: readonly object[] = RECORDS): string =>
  [
    ...formatted(
      records.map((record) => JSON.stringify(record)),
      form,
      true,
    ),
  ].join('');

/** What JSON.parse gives of it: a lone surrogate stays, other forms have U+FFFD for it. */
const whole = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd');
const wholly = (value: unknown): unknown => JSON.parse(JSON.stringify(value).replaceAll('\\ud800', '\\ufffd'));
const ENTRIES = JSON.parse(printed('json')).Entries as readonly { readonly [name: string]: unknown }[];

const HEADER = /^# Format: .*\n# Program: katalog .*\n# Format version: 0\.0\.2\n# Fields: Data Time .* Pid\n/.source;

test.each<readonly [Form, string]>([
  ['text', `${HEADER}$`],
  ['json', '^{"FormatVersion":"0\\.0\\.2","Entries":\\[\n\\]}\n$'],
  ['csv', `^${ENTRY_FIELDS.join()}\n$`],
  ['logfmt', '^$'],
  ['yaml', `${HEADER}formatversion: "0\\.0\\.2"\nentries:\n$`],
  ['toml', `${HEADER}FormatVersion = "0\\.0\\.2"\n$`],
  ['xml', '^<\\?xml version="1\\.0" .*<LogEntries>\n<FormatVersion>0\\.0\\.2</FormatVersion>\n</LogEntries>\n$'],
])('%s of no record', (form, expected) => {
  expect(printed(form, [])).toMatch(new RegExp(expected, 's'));
});

test('json is FormatVersion 0.0.2 of kata-log-parser', () => {
  expect(JSON.parse(printed('json')).FormatVersion).toBe('0.0.2');
  expect(ENTRIES.map((entry) => Object.keys(entry).filter((name) => name !== 'kata'))).toEqual(
    RECORDS.map(() => [...ENTRY_FIELDS]),
  );
  expect(ENTRIES.map(({ Count, TimeDelta, Line }) => [Count, TimeDelta, Line])).toEqual([
    [1, 0, 1],
    [2, 500_000_000, 2],
    [3, 0, 3],
  ]);
  expect(ENTRIES[0]).toMatchObject({ Level: 'info', Source: 'virtcontainers', Name: 'kata', Pid: 12 });
  expect(ENTRIES[1]).toMatchObject({
    Msg: escaped(HOSTILE),
    Data: { [escaped(HOSTILE)]: escaped(HOSTILE), '': 'empty' },
  });
});

test('toml is read back', () => {
  const { FormatVersion, Entries } = parseToml(printed('toml')) as { FormatVersion: string; Entries: object[] };
  expect(FormatVersion).toBe('0.0.2');
  expect(Entries).toEqual(ENTRIES.map(({ kata: _, ...entry }) => wholly(entry)));
});

/** The rows of a table whose cells may hold line ends. */
function csvRows(text: string): readonly (readonly (string | null)[])[] {
  const rows: (readonly (string | null)[])[] = [];
  let open = '';
  for (const line of text.split('\n').slice(0, -1)) {
    open += line;
    const cells = splitCsv(open, ',');
    if (cells?.length === ENTRY_FIELDS.length) {
      rows.push(cells);
      open = '';
    } else open += '\n';
  }
  expect(open).toBe('');
  return rows;
}

test('csv has a row for each record, and no cell is a formula', () => {
  const [head, ...rows] = csvRows(printed('csv'));
  expect(head).toEqual([...ENTRY_FIELDS]);
  const at = (row: number, name: (typeof ENTRY_FIELDS)[number]): string | null | undefined =>
    rows[row]?.[ENTRY_FIELDS.indexOf(name)];
  expect(rows).toHaveLength(RECORDS.length);
  expect([at(1, 'Msg'), at(1, 'Line'), at(1, 'TimeDelta')]).toEqual([escaped(HOSTILE), '2', '500000000']);
  const formula = { kata: { msg: '=cmd|x!A0' }, source: { path: '-', line: 1 } };
  expect(csvRows(printed('csv', [formula]))[1]?.[ENTRY_FIELDS.indexOf('Msg')]).toBe("'=cmd|x!A0");
});

test('yaml: every value is a JSON text or a number, in one line', () => {
  const lines = printed('yaml')
    .split('\n')
    .filter((line) => !line.startsWith('#') && line !== '');
  expect(lines.slice(0, 2)).toEqual(['formatversion: "0.0.2"', 'entries:']);
  const values = lines.slice(2).map((line) => {
    const [, name = '', value = ''] = /^(?:- | {2})([a-z]+): (.*)$/.exec(line) ?? [];
    return [name, JSON.parse(value)] as const;
  });
  const expected = ENTRIES.flatMap((entry) => ENTRY_FIELDS.map((name) => [name.toLowerCase(), entry[name]]));
  expect(values).toEqual(wholly(expected));
});

const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"' };
const fromXml = (text: string): string => text.replace(/&\w+;/g, (entity) => ENTITIES[entity] ?? 'unknown entity');

test('xml: no text of a record is markup', () => {
  const text = printed('xml');
  expect(text).not.toMatch(/[\x00-\x08\x0b\x0c\x0e-\x1f]/);
  const messages = [...text.matchAll(/<Msg>([^<]*)<\/Msg>/g)].map(([, msg = '']) => fromXml(msg));
  expect(messages).toEqual(['first', escaped(whole(HOSTILE)), '']);
  const tags = [...text.matchAll(/<\/?([A-Za-z]+)/g)].map(([, name]) => name);
  expect(new Set(tags)).toEqual(new Set(['LogEntries', 'FormatVersion', 'Entries', 'Field', ...ENTRY_FIELDS]));
});

test('logfmt is read back, and keys are words', () => {
  const lines = printed('logfmt').replace(/\n$/, '').split('\n');
  expect(lines).toHaveLength(RECORDS.length);
  const { clean, pairs } = scanLogfmt(lines[1] ?? '');
  expect([clean, pairs.text('msg'), pairs.text('_')]).toEqual([true, whole(HOSTILE), 'empty']);
});

test.each(['text', 'logfmt'] as const)(
  '%s: nothing of a record reaches the terminal as a control character',
  (form) => {
    const body = printed(form).replaceAll('\n', '');
    expect(body).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  },
);

test('any text comes back from toml', () => {
  const shown = (text: string): string => escaped(whole(text));
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (name, value) => {
      const record = { kata: { msg: value }, fields: { [`k${name}`]: value }, source: { path: '-', line: 1 } };
      const { Entries } = parseToml(printed('toml', [record])) as { Entries: { Msg: string; Data: object }[] };
      expect([Entries[0]?.Msg, Entries[0]?.Data]).toEqual([shown(value), { [shown(`k${name}`)]: shown(value) }]);
    }),
  );
});

const SANDBOX = 'c'.repeat(64);
const SHIM = `time="2026-03-01T21:20:00.1Z" level=debug msg="reading guest console" console-url=unix:///c.sock name=shim pid=7 sandbox=${SANDBOX} source=virtcontainers subsystem=sandbox`;
const AGENT =
  '{\\"msg\\":\\"hi\\",\\"level\\":\\"DEBG\\",\\"ts\\":\\"2026-03-01T21:19:59Z\\",\\"pid\\":\\"21\\",\\"source\\":\\"agent\\",\\"cid\\":\\"c1\\",\\"sandbox\\":\\"s\\"}';
const OF_SHIM = { 'console-url': 'unix:///c.sock', subsystem: 'sandbox' };
const PROXY = 'time="2026-03-01T21:20:00.1Z" level=info name=kata-proxy pid=7 source=agent';
const TORN = 'time=2018-02-24T12:36:36.115882442Z[    1.122452] sd 0:0:0:0: [sda] 20971520 512-byte logical blocks';
const INNER = 'time=\\"2026-03-01T21:20:00Z\\" level=debug msg=x name=agent pid=3 source=agent a=b';

/** As kata-log-parser has it: what is unpacked, what of a wrapper stays, what is data. */
test.each<readonly [string, string, object, object]>([
  [
    'a line of the console keeps all of its wrapper',
    `${SHIM} vmconsole="[    0.110277] Linux version 5.19.2"`,
    {
      Level: 'debug',
      Msg: '[    0.110277] Linux version 5.19.2',
      Source: 'vmconsole',
      Name: 'shim',
      Pid: 7,
      Sandbox: SANDBOX,
    },
    { ...OF_SHIM, vmconsole: '[    0.110277] Linux version 5.19.2' },
  ],
  [
    'a record of the agent: its fields, the time of its wrapper',
    `${SHIM} vmconsole="${AGENT}"`,
    {
      Time: '2026-03-01T21:20:00.100000000Z',
      Level: 'debug',
      Msg: 'hi',
      Source: 'agent',
      Name: 'shim',
      Pid: 21,
      Sandbox: SANDBOX,
      Container: 'c1',
    },
    { level: 'DEBG', ts: '2026-03-01T21:19:59Z', sandbox: 's' },
  ],
  [
    'a record of the agent of 1.x',
    `${PROXY} msg="${INNER}"`,
    { Level: 'debug', Msg: 'x', Source: 'agent', Name: 'agent', Pid: 3 },
    { a: 'b' },
  ],
  [
    'one that kernel text cut',
    `${PROXY} msg="${TORN}"`,
    { Level: 'info', Msg: TORN, Source: 'agent', Name: 'kata-proxy', Pid: 7 },
    { 'katalog-agent-unpack-failed': 'true' },
  ],
  [
    'a request names its container',
    `${PROXY} msg=new req="container_id:\\"51f0\\" exec_id:\\"51f1\\""`,
    { Container: '51f0' },
    { req: 'container_id:"51f0" exec_id:"51f1"' },
  ],
  [
    'escapes of bytes stay as they are written',
    'time="2026-03-01T21:20:00.1Z" level=info msg="\\x00\\x01\\ta" name=shim pid=7 source=runtime',
    { Msg: '\\x00\\x01\ta' },
    {},
  ],
  [
    'numbers of any size',
    '{"time":"2026-03-01T21:20:00.1Z","level":"info","msg":"x","pid":12345678901234567890,"a": 12345678901234567890, "b":{"c":1.50},"d":null}',
    {},
    { a: '12345678901234567890', b: '{"c":1.50}', d: '' },
  ],
])('entry of %s', (_, line, expected, data) => {
  const lines = readRecords([line]).map(ndjsonLine);
  const [entry] = JSON.parse([...formatted(lines, 'json', true)].join('')).Entries;
  expect(entry).toMatchObject(expected);
  expect(entry.Data).toEqual(data);
});

const DEPTH = 5000;
const DEEP = `{"time":"2026-03-01T21:20:00.1Z","level":"info","msg":"x","pid":12345678901234567890,"a":${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}}`;

test.each(OUTPUT_FORMATS.filter((form) => form !== 'ndjson'))('%s of a long number and a deep object', (form) => {
  const text = [...formatted(readRecords([DEEP]).map(ndjsonLine), form, true)].join('');
  if (form === 'text') return;
  expect(text).toContain('12345678901234567890');
  expect(text).toContain(`${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}`);
});
