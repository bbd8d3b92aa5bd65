// Each example that has a small node under test/examples, run on it: the configuration as it is, its paths below the node.
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { findCases } from '../src/cli/cases/case-folder.ts';
import { runCase } from '../src/cli/cases/run-case.ts';

const folder = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const cases = findCases(folder('examples'));

test('there are nodes to run on', () => {
  expect(cases.map(({ name }) => name)).toEqual(expect.arrayContaining(['containerd', 'crio']));
});

test.each(cases.map((testCase) => [testCase.name, testCase] as const))('%s', async (name, testCase) => {
  const configuration = folder(`../examples/${name}.conf`);
  expect(await runCase(testCase, { configuration, update: false, env: process.env })).toEqual([]);
});
