import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Clock, DeadLetter } from '../core/plugin.ts';
import { DeadLetterFile } from './dead-letter.ts';

const LETTER: DeadLetter = {
  destination: 'logs-2026.03.02',
  id: 'k1',
  status: 400,
  type: 'mapper_parsing_exception',
  reason: 'failed to parse',
  attempts: 2,
  document: '{"n":12345678901234567890}',
};
const QUIET = { debug() {}, info() {}, warn() {}, error() {} };

function temporary(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'katalog-dead-'));
}

function clockThat(onSleep: () => void): Clock {
  return {
    now: () => ({ seconds: 1_582_281_087, nanos: 0 }),
    monotonicMs: () => 0,
    sleep: (_ms, signal) => {
      onSleep();
      signal.throwIfAborted();
      return Promise.resolve();
    },
  };
}

function linesOf(directory: string): Record<string, unknown>[] {
  const text = fs.readFileSync(path.join(directory, 'dead-letters.ndjson'), 'utf8');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('a letter is a line with a check over the rest of it', async () => {
  const directory = temporary();
  const file = new DeadLetterFile(
    directory,
    clockThat(() => undefined),
  );
  await file.append('es', LETTER, QUIET, new AbortController().signal);
  file.close();
  const [line] = linesOf(directory);
  const { crc, ...entry } = line ?? {};
  expect(entry).toEqual({ at: '2020-02-21T10:31:27.000Z', output: 'es', ...LETTER });
  expect(crc).toBe(crc32(JSON.stringify(entry)));
});

test('while the file is full the letter waits; once it was moved away a new one begins', async () => {
  const directory = temporary();
  const name = path.join(directory, 'dead-letters.ndjson');
  let waits = 0;
  const clock = clockThat(() => {
    waits++;
    if (waits === 3) fs.renameSync(name, `${name}.old`);
  });
  const file = new DeadLetterFile(directory, clock, 400);
  const signal = new AbortController().signal;
  await file.append('es', LETTER, QUIET, signal);
  await file.append('es', { ...LETTER, id: 'k2' }, QUIET, signal);
  file.close();
  expect([waits, linesOf(directory).map(({ id }) => id)]).toEqual([3, ['k2']]);
});

test('a stop ends the wait', async () => {
  const stop = new AbortController();
  const file = new DeadLetterFile(
    temporary(),
    clockThat(() => stop.abort(new Error('the program ends'))),
    10,
  );
  await expect(file.append('es', LETTER, QUIET, stop.signal)).rejects.toThrow('the program ends');
});
