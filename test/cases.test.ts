// Every case of a plugin and of the pipeline: configuration and input → events and problems.
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { findCases } from '../src/cli/cases/case-folder.ts';
import { runCase } from '../src/cli/cases/run-case.ts';

const folders = ['../src/plugins', './cases'].map((name) => fileURLToPath(new URL(name, import.meta.url)));
const cases = folders.flatMap(findCases);

test.each(cases.map((testCase) => [testCase.name, testCase] as const))('%s', async (_, testCase) => {
  const differences = await runCase(testCase, { configuration: undefined, update: false, env: process.env });
  expect(differences).toEqual([]);
});
