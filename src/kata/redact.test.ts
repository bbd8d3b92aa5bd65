// Secrets: what is blacked out, at any depth of quoting, and what stays.
import { expect, test } from 'vitest';
import { ndjsonLine } from './ndjson.ts';
import { readRecords } from './plain-read.ts';
import { mayHoldSecret, Redactor } from './redact.ts';

const SECRETS: readonly (readonly [string, string])[] = [
  ['env: Some(["PATH=/bin", "TOKEN=abc"])', 'env: Some(["PATH=[redacted]", "TOKEN=[redacted]"])'],
  [
    'env: Some([\\"A=b c\\", \\"D=\\\\\\"q\\\\\\"\\"]), cwd',
    'env: Some([\\"A=[redacted]\\", \\"D=[redacted]\\"]), cwd',
  ],
  ['"env":["A=b","C=d"]', '"env":["A=[redacted]","C=[redacted]"]'],
  ['Env:[A=b C=d] Cwd:/', 'Env:[A=[redacted] C=[redacted]] Cwd:/'],
  ['"jaeger_password":"pw"', '"jaeger_password":"[redacted]"'],
  ['\\"jaeger_password\\": \\"p w\\"', '\\"jaeger_password\\": \\"[redacted]\\"'],
  ['agent.x_token=abc quiet', 'agent.x_token=[redacted] quiet'],
  ['api_key: Some("k")', 'api_key: Some("[redacted]")'],
  ['--initdata=aGVsbG8 x', '--initdata=[redacted] x'],
  ['cc_init_data="aGVsbG8="', 'cc_init_data="[redacted]"'],
  ['io.katacontainers.config.agent.policy": "cGFja2FnZQ=="', 'io.katacontainers.config.agent.policy": "[redacted]"'],
  ['"auth":"dXNlcjpwdw=="', '"auth":"[redacted]"'],
  ['Authorization: Bearer eyJhbGciOi1234567', 'Authorization: Bearer [redacted]'],
  ['https://user:pw@registry.example/x', 'https://user:[redacted]@registry.example/x'],
  ['sealed.fakeheader.eyJ2ZXJ.fakesig', 'sealed.[redacted]'],
];

test.each(SECRETS)('%s', (text, expected) => {
  expect(mayHoldSecret(text)).toBe(true);
  expect(new Redactor().text(text)).toBe(expected);
});

const HARMLESS: readonly string[] = [
  'bufio.Scanner: token too long',
  'Starting basic.target - Basic System...',
  'mounted /var/run/secrets/kubernetes.io/serviceaccount',
  'Not authorized',
  'Image policy rejected: Denied by policy',
  'environment is ready',
  '-global kvm-pit.lost_tick_policy=discard -vga none',
  'numa policy: "bind"',
];

test.each(HARMLESS)('stays: %s', (text) => {
  expect(new Redactor().text(text)).toBe(text);
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
