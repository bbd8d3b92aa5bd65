// Runs one vitest configuration and ends with the line `N passed, N failed`.
import { root } from './setup.js';

/** @returns the exit code. A suite without a single test has failed. */
export async function runSuite({ config, filters = [] }) {
  const { startVitest } = await import('vitest/node');
  const vitest = await startVitest('test', filters, { config, root, watch: false, run: true });
  const states = vitest.state
    .getTestModules()
    .flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
  const brokenFiles = vitest.state
    .getTestModules()
    .filter((module) => module.state() === 'failed' && module.errors().length > 0);
  const passed = states.filter((state) => state === 'passed').length;
  const failed =
    states.filter((state) => state === 'failed').length + brokenFiles.length + vitest.state.getUnhandledErrors().length;
  await vitest.close();
  console.log(`${passed} passed, ${failed} failed`);
  return passed > 0 && failed === 0 ? 0 : 1;
}
