// No secret of a configuration is shown by what looks at configurations; test/real runs the whole program on the same.
import { expect, test } from 'vitest';
import { drawing } from '../src/cli/explain/drawing.ts';
import { readConfig } from '../src/config/load.ts';
import { modernText } from '../src/config/modern-text.ts';
import { contextOf } from '../src/config/plain-read.ts';
import { treeJson } from '../src/config/tree-json.ts';
import { describeProblem } from '../src/core/problem.ts';
import { catalog } from '../src/plugins/catalog.ts';
import { planted, SECRET, secretSettings } from './support/planted-secrets.ts';

function everythingSaid(text: string): string {
  const { environment, ...files } = contextOf({ '/c/fluent.conf': text }, { PLANTED: SECRET });
  const { tree, outcome, redact } = readConfig('/c/fluent.conf', catalog, environment, files);
  const ways = outcome.ok ? redact(drawing(outcome.value)) : '';
  const problems = outcome.problems.map(describeProblem).join('\n');
  return [problems, JSON.stringify(treeJson(tree, catalog, redact)), modernText(tree, catalog, redact), ways].join(
    '\n',
  );
}

test('there are secret settings', () => {
  expect(secretSettings.map(([, , name]) => name)).toContain('password');
});

test.each(planted)('%s', (_, text) => {
  expect(everythingSaid(text)).not.toContain(SECRET);
});
