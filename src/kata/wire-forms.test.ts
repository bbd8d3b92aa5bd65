// C23: which records of a file are the odd ones, from its first line on.
import { expect, test } from 'vitest';
import { shim } from '../../test/support/kata-lines.ts';
import { KataMemory } from './memory.ts';
import { KataReader } from './reader.ts';

const PATH = '/var/log/kata.log';
const TEXT = shim('text');
const JSON_LINE = JSON.stringify({
  level: 'info',
  msg: 'json',
  name: 'containerd-shim-v2',
  pid: 7,
  source: 'virtcontainers',
  time: '2026-03-02T00:00:00Z',
});
const SLOG = '{"msg":"slog","level":"INFO","ts":"2026-03-02T00:00:00Z","name":"kata-agent","source":"agent"}';

/** Which lines are marked, of a file whose head was looked at, and of one that was not. */
function oddLines(lines: readonly string[], looksAhead: boolean): readonly number[] {
  const odd: number[] = [];
  const reader = new KataReader({
    memory: new KataMemory(),
    redacts: false,
    unwraps: true,
    emit: ({ kata, source }) => {
      if (kata.repairs?.includes('C23') === true) odd.push(source.line);
    },
  });
  if (looksAhead) reader.lookAhead(PATH, lines.join('\n'));
  for (const [at, text] of lines.entries()) reader.line(text, { path: PATH, line: at + 1, offset: at, bytes: 1 });
  reader.end();
  return odd;
}

test.each([
  ['the first of a file of text', [JSON_LINE, TEXT, TEXT], [1], []],
  ['the last of a file of text', [TEXT, TEXT, JSON_LINE], [3], [3]],
  ['the first of a file of JSON', [TEXT, JSON_LINE, JSON_LINE], [1], []],
  ['none of a file of both', [JSON_LINE, TEXT, JSON_LINE, TEXT], [], []],
  ['JSON of slog counts for nothing', [TEXT, SLOG, SLOG, SLOG], [], []],
  ['two of a file of text', [JSON_LINE, JSON_LINE, TEXT, TEXT, TEXT, TEXT], [1, 2], [3]],
])('%s', (_, lines, ahead, asTheyCome) => {
  expect(oddLines(lines, true)).toEqual(ahead);
  expect(oddLines(lines, false)).toEqual(asTheyCome);
});
