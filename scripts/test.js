// `npm test`: sets up, builds, runs the quick tests, and ends with one line that counts them. Arguments go to vitest.
import { root, setUp } from './setup.js';

setUp();
const { build } = await import('./build.js');
await build();
const { runSuite } = await import('./run-suite.js');
process.exitCode = await runSuite({ config: `${root}vitest.config.ts`, filters: process.argv.slice(2) });
