// Problems in groups: what counts as one, of which kind it is, in which order they come.
import { expect, test } from 'vitest';
import { countOf, ProblemBook, type ProblemKind } from './problem-book.ts';
import type { Kata } from './record.ts';

const at = (seconds: number): Kata => ({ time: { seconds, nanos: 0 } });

function kindsOf(...records: readonly Kata[]): readonly string[] {
  const book = new ProblemBook();
  for (const kata of records) book.add({ kata });
  return book.list().map(({ kind, count, template }) => `${kind} ${count} ${template}`);
}

test.each<readonly [string, Kata, readonly string[]]>([
  ['an error', { level: 'error', msg: 'exit status 1' }, ['error 1 exit status *']],
  ['a panic at debug', { level: 'debug', event: 'panic', msg: 'panicked' }, ['panic 1 panicked']],
  ['out of memory', { event: 'oom', msg: 'got an OOM event' }, ['oom 1 got an OOM event']],
  ['a gap', { gap: true, msg: 'Suppressed 12 messages from x' }, ['gap 1 Suppressed * messages from x']],
  ['a warning', { level: 'warning', msg: 'slow' }, []],
  [
    'a process that ends with its sandbox',
    { level: 'info', event: 'process-lost', problem: true, msg: 'virtiofsd quits' },
    [],
  ],
  ['a process that is lost', { level: 'error', event: 'process-lost', msg: 'QEMU exited' }, ['error 1 QEMU exited']],
])('%s', (_, kata, expected) => {
  expect(kindsOf(kata)).toEqual(expected);
});

test('messages of one kind are one problem, those that appeared last come first', () => {
  const error = (seconds: number, msg: string): Kata => ({ ...at(seconds), level: 'error', msg });
  const found = kindsOf(error(1, 'pid 12 died'), error(9, 'no space left'), error(20, 'pid 700 died'), {
    level: 'error',
    msg: 'timeless',
  });
  expect(found).toEqual(['error 1 no space left', 'error 2 pid * died', 'error 1 timeless']);
});

test('a problem names its sandboxes and spans its time', () => {
  const book = new ProblemBook();
  for (const [seconds, sandbox] of [
    [5, 'b'],
    [3, 'a'],
    [4, 'b'],
  ] as const) {
    book.add({ kata: { ...at(seconds), sandbox, level: 'error', msg: 'x' } });
  }
  expect(book.list()).toMatchObject([{ count: 3, first: { seconds: 3 }, last: { seconds: 5 }, sandboxes: ['b', 'a'] }]);
});

test.each<readonly [string, Kata, readonly ProblemKind[], number]>([
  ['an error', { level: 'error', msg: 'x' }, ['error'], 1],
  ['a gap that was told as an error', { level: 'error', gap: true, msg: 'x' }, ['error'], 1],
  ['out of memory, critical', { level: 'critical', event: 'oom', msg: 'x' }, ['error', 'gap'], 1],
  ['a panic at debug', { level: 'debug', event: 'panic', msg: 'x' }, ['error'], 1],
  ['out of memory without a level', { event: 'oom', msg: 'x' }, ['error'], 1],
  ['a panic, asked for lost records', { level: 'error', event: 'panic', msg: 'x' }, ['gap'], 0],
  ['a panic, asked for out of memory', { event: 'panic', msg: 'x' }, ['oom'], 0],
  ['a gap at info', { level: 'info', gap: true, msg: 'x' }, ['error'], 0],
  ['out of memory asked for as such', { level: 'error', event: 'oom', msg: 'x' }, ['oom', 'error'], 1],
  ['a kind that was not asked for', { level: 'error', msg: 'x' }, ['panic', 'oom', 'gap'], 0],
])('what a gate counts: %s', (_, kata, kinds, expected) => {
  const book = new ProblemBook();
  book.add({ kata });
  expect(book.list().map((problem) => countOf(problem, kinds))).toEqual([expected]);
});

test.each<readonly [string, Kata, readonly [string, string | undefined]]>([
  ['both', { msg: 'failed', error: 'EIO' }, ['failed', 'EIO']],
  ['the error alone', { error: 'EIO' }, ['EIO', undefined]],
  ['the text alone', { msg: 'failed' }, ['failed', undefined]],
])('the example: %s', (_, kata, expected) => {
  const book = new ProblemBook();
  book.add({ kata: { level: 'error', ...kata } });
  expect(book.list().map(({ example, exampleError }) => [example, exampleError])).toEqual([expected]);
});
