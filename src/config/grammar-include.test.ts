// What @include takes; the rows were observed on Fluentd, apart from the limits.
import { expect, test } from 'vitest';
import { EnvironmentError } from '../core/failure.ts';
import type { Problem } from '../core/problem.ts';
import type { ReadContext } from './environment.ts';
import { parseConfig } from './grammar.ts';
import { contextOf, outcomeOf, type ShortTree, short } from './plain-read.ts';

const params = (values: Record<string, string | null>): ShortTree => [values, []];

function parseFiles(files: Record<string, string>) {
  return outcomeOf(parseConfig(files['/c/main.conf'] ?? '', '/c/main.conf', contextOf(files)));
}

test.each<readonly [string, Record<string, string>, ShortTree]>([
  [
    'at the root and in a section',
    {
      '/c/main.conf': 'a 1\n@include inc/one.conf\n<source>\n  @include inc/two.conf\n  b 2\n</source>\n',
      '/c/inc/one.conf': 'from_one yes\n<match x>\n</match>\n',
      '/c/inc/two.conf': 'from_two yes\n<parse>\n  @type none\n</parse>\n',
    },
    [
      { a: '1', from_one: 'yes' },
      [
        ['match', 'x', {}, []],
        ['source', '', { from_two: 'yes', b: '2' }, [['parse', '', { '@type': 'none' }, []]]],
      ],
    ],
  ],
  [
    'a pattern, sorted by name',
    {
      '/c/main.conf': 'start 1\n@include parts/*.conf # all\nend 1\n',
      '/c/parts/20-b.conf': 'second 2\nk b\n',
      '/c/parts/10-a.conf': 'first 1\nk a\n',
      '/c/parts/ignored.txt': 'nope 1\n',
    },
    params({ start: '1', first: '1', k: 'b', second: '2', end: '1' }),
  ],
  [
    'relative to the including file, with blanks, quoted, absolute, twice',
    {
      '/c/main.conf': '@include sub/my file.conf\n@include "/d/#{hostname}.conf"\n@include /d/node-1.conf\n',
      '/c/sub/my file.conf': '@include next.conf\n',
      '/c/sub/next.conf': 'next 1\n',
      '/d/node-1.conf': 'host 1\n',
    },
    params({ next: '1', host: '1' }),
  ],
  [
    'brackets are part of a pattern',
    { '/c/main.conf': '@include [x].conf\n', '/c/[x].conf': 'x 1\n' },
    params({ x: '1' }),
  ],
  ['the former spelling', { '/c/main.conf': 'include x.conf\n', '/c/x.conf': 'x 1\n' }, params({ x: '1' })],
])('@include: %s', (_, files, expected) => {
  const outcome = parseFiles(files);
  expect(outcome.ok && short(outcome.value)).toEqual(expected);
});

test.each<readonly [string, Record<string, string>, Partial<Problem>]>([
  [
    'a problem in an included file names that file',
    { '/c/main.conf': '@include x.conf\n', '/c/x.conf': 'a 1\nb "x" y\n' },
    { code: 'config/junk-after-value', severity: 'error', place: { file: '/c/x.conf', line: 2, column: 7 } },
  ],
  [
    'a section may not end in another file',
    { '/c/main.conf': '<source>\n@include x.conf\n</source>\n', '/c/x.conf': '</source>\n' },
    { code: 'config/unmatched-end', severity: 'error', place: { file: '/c/x.conf', line: 1, column: 1 } },
  ],
  [
    'files that include each other',
    { '/c/main.conf': '@include x.conf\n', '/c/x.conf': '\n  @include main.conf\n' },
    { code: 'config/include', severity: 'error', place: { file: '/c/x.conf', line: 2, column: 3 } },
  ],
  [
    'a backup that a pattern takes',
    { '/c/main.conf': '@include p/*.conf\n', '/c/p/a.bak.conf': 'a 1\n' },
    { code: 'config/include', severity: 'warning', place: { file: '/c/main.conf', line: 1, column: 1 } },
  ],
  [
    'the former spelling',
    { '/c/main.conf': 'include x.conf\n', '/c/x.conf': '' },
    { code: 'config/old-style', severity: 'warning', place: { file: '/c/main.conf', line: 1, column: 1 } },
  ],
])('@include: %s', (_, files, problem) => {
  expect(parseFiles(files).problems).toMatchObject([problem]);
});

test('a file that cannot be read is a problem of the line that includes it', () => {
  const context: ReadContext = {
    ...contextOf(),
    glob: (pattern) => [pattern],
    readFile: (path) => {
      throw new EnvironmentError('config/unreadable', `cannot read ${path}`, { cause: new Error('EACCES') });
    },
  };
  const { ok, problems } = outcomeOf(parseConfig('\n@include x.conf\n', '/c/main.conf', context));
  expect(ok).toBe(false);
  expect(problems).toMatchObject([{ message: 'cannot read /c/x.conf: EACCES', place: { line: 2, column: 1 } }]);
});

test('files that include each other twice a level come to an end', () => {
  const files: Record<string, string> = { '/c/main.conf': '@include 0.conf\n' };
  for (let i = 0; i < 30; i++) files[`/c/${i}.conf`] = `@include ${i + 1}.conf\n`.repeat(2);
  files['/c/30.conf'] = '';
  const { ok, problems } = parseFiles(files);
  expect(ok).toBe(false);
  expect(problems[0]).toMatchObject({ code: 'config/include', message: 'a configuration may have 1000 files' });
});
