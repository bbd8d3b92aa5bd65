import { expect, test } from 'vitest';
import { readConfig } from './load.ts';
import { plainCatalog } from './plain-catalog.ts';
import { contextOf } from './plain-read.ts';

function problemsOf(file: string, texts: Readonly<Record<string, string>>, env: Record<string, string> = {}) {
  const { environment, ...files } = contextOf(texts, env);
  return readConfig(file, plainCatalog, environment, files).outcome.problems;
}

test.each(['/c/fluent.rb', '/c/fluent.yaml', '/c/fluent.yml'])('%s is in another language', (file) => {
  expect(problemsOf(file, { [file]: 'config:\n  - source:\n' })).toMatchObject([
    { code: 'config/other-language', severity: 'error', place: { file, line: 1, column: 1 } },
  ]);
});

test('files of config_include_dir are read after the configuration, those that were included before are not', () => {
  const texts = {
    '/c/main.conf': '@include d/a.conf\n<system>\nconfig_include_dir d\n</system>\n',
    '/c/d/a.conf': 'from_a 1\n',
    '/c/d/b.conf': '\nfrom_b 1\n',
  };
  expect(problemsOf('/c/main.conf', texts).map(({ place }) => [place?.file, place?.line])).toEqual([
    ['/c/d/a.conf', 1],
    ['/c/d/b.conf', 2],
  ]);
});

test('what came from the environment is not shown', () => {
  const text = '<source>\n@type reader\npath /a\nlimit "#{ENV[\'LIMIT\']}"\n</source>\n';
  const { message } = problemsOf('/c/main.conf', { '/c/main.conf': text }, { LIMIT: 'many things' })[0] ?? {};
  expect(message).toBe('limit: expected a whole number, got "***"');
});
