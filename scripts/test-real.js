// `npm run test:real`: the slow suites, with a real search server where there is Java and Maven.
import { root, setUp } from './setup.js';

setUp();
const { build } = await import('./build.js');
await build();
const { runSuite } = await import('./run-suite.js');
process.exitCode = await runSuite({ config: `${root}vitest.real.config.ts`, filters: process.argv.slice(2) });
