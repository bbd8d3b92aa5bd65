// Secrets: what is blacked out, at any depth of quoting, and what stays.
import { expect, test } from 'vitest';
import { wrap } from '../../test/support/kata-lines.ts';
import { cutsOf, HARMLESS, leaksIn, SECRETS, WAYS } from '../../test/support/secret-texts.ts';
import { ndjsonLine } from './ndjson.ts';
import { readRecords } from './plain-read.ts';
import { Redactor } from './redact.ts';
import { mayHoldSecret } from './secret-words.ts';

test.each(SECRETS)('%s', (text, expected) => {
  expect(mayHoldSecret(text)).toBe(true);
  expect(new Redactor().text(text)).toBe(expected);
});

test.each(['pass\x1b[0mword=hunter2', 'pass\x00word=hunter2', 'pass\\x1b[0mword=hunter2'])(
  'what no terminal shows hides nothing: %j',
  (text) => {
    expect(new Redactor().text(text)).toBe('password=[redacted]');
  },
);

test.each(HARMLESS)('stays: %s', (text) => {
  expect(new Redactor().text(text)).toBe(text);
});

/** Texts of pieces of records: they may begin anywhere. */
const PIECES: readonly (readonly [string, string])[] = [
  ['WORD=hunter2", "A=b"]), cwd', '[redacted]", "A=[redacted]"]), cwd'],
  ['WORD=hunter2\\", \\"A=b\\"]) x', '[redacted]\\", \\"A=[redacted]\\"]) x'],
  ['pid=7 vmconsole="hunter2\\", \\"A=b\\"])"', 'pid=7 vmconsole="[redacted]\\", \\"A=[redacted]\\"])"'],
  ['unter2"]), cwd', '[redacted]"]), cwd'],
  ['x", "DB_PASSWORD=x", "B=y"]', '[redacted]", "DB_PASSWORD=[redacted]", "B=[redacted]"]'],
  [`${'cGFja2FnZQ'.repeat(9)}" x`, '[redacted]" x'],
  [`${'2fa5'.repeat(16)} x`, `${'2fa5'.repeat(16)} x`],
  ['options: ["rw", "mode=755"]', 'options: ["rw", "mode=755"]'],
];

test.each(PIECES)('of a piece: %s', (text, expected) => {
  expect(new Redactor(true).text(text)).toBe(expected);
});

const HOSTILE: readonly string[] = [
  ...['secret', 'secret="', 'secret=\\"', '"', '\\', 'env=[', 'env=["a', 'Env:[A=', 'A= ', ' ', '://', 'a://b:', ':a@'],
  ...[
    '---a',
    '--token ',
    'Bearer a',
    'sealed.a.',
    'policy="',
    '-----BEGIN PRIVATE KEY-----',
    'secret,a=',
    'key:a,value:',
    'key:a,value:b ',
    'env: map[A:',
    '{Token:a ',
    '\\x1b[',
    '\\x9b',
  ],
  ...['", "A=', 'token=,', 'token=[a', "token='", 'password=f(', '&sig='],
];

// What goes through a text more than once would not come to an end of these.
test.each(HOSTILE)('any number of `%s`', (unit) => {
  for (const head of ['', 'password: ', 'env=["A=']) {
    const text = head + unit.repeat(Math.ceil(400_000 / unit.length));
    for (const isCut of [true, false]) {
      const once = new Redactor(isCut).text(text);
      expect(new Redactor(isCut).text(once)).toBe(once);
    }
  }
});

test('a piece of a text with thousands of secrets is not shown', () => {
  const secrets = Array.from({ length: 4097 }, (_, index) => `hunter-${index}`);
  expect(new Redactor(true, secrets.slice(1)).withoutKnown('of hunter-7!')).toBe('of [redacted]!');
  expect(new Redactor(true, secrets).withoutKnown('of hunter-7!')).toBe('[redacted]');
});

test.each(WAYS)('no part of a secret of a record that is cut: %s', (_, record, linesOf) => {
  for (const at of cutsOf(record)) {
    const printed = readRecords(linesOf(record.slice(0, at), record.slice(at)))
      .map(ndjsonLine)
      .join('\n');
    expect({ at, leaks: leaksIn(printed) }).toEqual({ at, leaks: [] });
  }
});

test('a secret of a journal entry is in no part of the record', () => {
  const text = `time="2026-08-22T10:04:14.1Z" level=info msg="spec: env: Some([\\"TOKEN=planted\\"])" name=containerd-shim-v2 pid=1 source=katautils`;
  const entry = {
    MESSAGE: text,
    SYSLOG_RAW: [...Buffer.from(`<6>kata[1]: ${text}`)],
    _CMDLINE: 'x --token=planted',
    _TRANSPORT: 'syslog',
  };
  const lines = readRecords([
    JSON.stringify(entry),
    `time="2026-08-22T10:04:14.1Z" level=info msg="password=planted`,
  ]).map(ndjsonLine);
  expect(lines).toHaveLength(2);
  for (const line of lines) {
    expect(line).not.toContain('planted');
    expect(line).toMatch(/"redacted":[1-9]/);
  }
});

const BYTES_ENTRY = {
  MESSAGE: [
    ...Buffer.from(
      'time="2026-08-22T10:04:14.1Z" level=info msg="password=planted" name=kata-runtime source=virtcontainers',
    ),
  ],
  _TRANSPORT: 'syslog',
};
const RUST_ENTRY = {
  _TRANSPORT: 'journal',
  SYSLOG_IDENTIFIER: 'kata',
  NAME: 'kata-runtime',
  SOURCE: '2fa5'.repeat(16),
};
const AGENT = '"level":"INFO","ts":"2026-08-22T10:04:14.1Z","name":"kata-agent","source":"agent"}';

test.each([
  ['as bytes', JSON.stringify(BYTES_ENTRY)],
  ['in escapes', `{"msg":"p\\u0061ssword=planted",${AGENT}`],
  ['in escapes of a line that was repaired', `{"msg":"p\\u0061ssword=planted",${AGENT}[    1.000000] x`],
  ['under one name twice', `{"msg":"x","spec":"env: [\\"A=planted\\"]","spec":"y",${AGENT}`],
  [
    'beside kernel text',
    `{"msg":"x env: Some([\\"A=planted\\", \\[    1.122452] random: crng init done"B=planted2\\"]), cwd",${AGENT}`,
  ],
  ['with a sequence inside of its name', wrap('e\x1b[0mnv: Some(["A=planted-7"])')],
  ['in escapes of Rust', JSON.stringify({ ...RUST_ENTRY, MESSAGE: 'vm console: "p\\u{61}ssword=planted-7"' })],
  [
    'in escapes of rsyslog',
    'Aug 22 10:04:14 node1 kata[77]: Spec {#012 env: Some(#012  [#012 "A=planted-7",#012 "B=planted-8"',
  ],
  ['deep in an object', `{"msg":"x","credentials":{"user":"planted","v":{"x":["planted"]}},${AGENT}`],
  [
    'in a field',
    `time="2026-08-22T10:04:14.1Z" level=info msg=x env="[A=planted B=planted]" name=kata-runtime source=virtcontainers`,
  ],
])('a secret is found %s', (_, line) => {
  const printed = readRecords(line.split('\n')).map(ndjsonLine).join('\n');
  expect(printed).not.toContain('planted');
  expect(printed).toContain('"source":{');
});
