// Every case of a plugin: configuration and input → events and problems.
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { findCases } from '../src/cli/cases/case-folder.ts';
import { runCase } from '../src/cli/cases/run-case.ts';

const cases = findCases(fileURLToPath(new URL('../src/plugins', import.meta.url)));

test.each(cases.map((testCase) => [testCase.name, testCase] as const))('%s', async (_, testCase) => {
  const differences = await runCase(testCase, { configuration: undefined, update: false, env: process.env });
  expect(differences).toEqual([]);
});
