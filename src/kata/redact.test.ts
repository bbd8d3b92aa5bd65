// Secrets: what is blacked out, at any depth of quoting, and what stays.
import { expect, test } from 'vitest';
import { agent, shim, wrap } from '../../test/support/kata-lines.ts';
import { HARMLESS, SECRETS } from '../../test/support/secret-texts.ts';
import { ndjsonLine } from './ndjson.ts';
import { readRecords } from './plain-read.ts';
import { Redactor } from './redact.ts';
import { mayHoldSecret } from './secret-words.ts';

test.each(SECRETS)('%s', (text, expected) => {
  expect(mayHoldSecret(text)).toBe(true);
  expect(new Redactor().text(text)).toBe(expected);
});

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

const SPEC = 'spec: Spec { env: Some(["PATH=/bin", "DB_PASSWORD=Xk7vqzzz", "A=Yj3wrrru"]), cwd: "/" }';
const AGENT = agent(SPEC);
const SHIM = shim(SPEC.replaceAll('"', '\\"'));
const OTHER = shim('Starting VM');
const KERNEL = wrap('[    0.110277] Linux version 5.19.2');
const CRI = '2026-08-22T10:04:14.1Z stderr';
/** Ways in which a record comes in two pieces, or one of them only. */
const WAYS: readonly (readonly [string, string, (head: string, rest: string) => readonly string[]])[] = [
  ['two lines of a console', AGENT, (head, rest) => [wrap(head), wrap(rest), KERNEL]],
  ['the first of them', AGENT, (head) => [wrap(head), KERNEL]],
  ['the second of them', AGENT, (_, rest) => [KERNEL, wrap(rest)]],
  ['two lines', SHIM, (head, rest) => [head, rest, OTHER]],
  ['the first line', SHIM, (head) => [head, OTHER]],
  ['the second line', SHIM, (_, rest) => [OTHER, rest, OTHER]],
  ['another record between them', SHIM, (head, rest) => [head + OTHER, rest, OTHER]],
  ['a partial line', SHIM, (head, rest) => [`${CRI} P ${head}`, `${CRI} F ${rest}`]],
];

/** Pieces of the secrets that are long enough to be of use. */
const LEAKS = ['Xk7vqzzz', 'Yj3wrrru'].flatMap((secret) => [0, 1, 2, 3, 4].map((at) => secret.slice(at, at + 4)));

test.each(WAYS)('no part of a secret of a record that is cut: %s', (_, record, linesOf) => {
  const from = record.indexOf('PATH');
  for (let at = from; at < record.indexOf('cwd') + 9; at++) {
    const printed = readRecords(linesOf(record.slice(0, at), record.slice(at)))
      .map(ndjsonLine)
      .join('\n');
    expect({ at, leaks: LEAKS.filter((leak) => printed.includes(leak)) }).toEqual({ at, leaks: [] });
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
