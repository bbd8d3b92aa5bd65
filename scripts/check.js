// `npm run check`: everything that a machine can say about the code without running it.
import { spawnSync } from 'node:child_process';
import { root, setUp } from './setup.js';

setUp();
const { build } = await import('./build.js');
await build();

const bin = `${root}node_modules/.bin/`;
const checks = [
  ['format and lint', 'biome', ['check', '--error-on-warnings', '.']],
  ['types', 'tsc', ['--noEmit', '-p', '.']],
  ['types of the page', 'tsc', ['--noEmit', '-p', 'web']],
  ['promises', 'eslint', ['.']],
  ['layers', 'depcruise', ['src', 'web/src', '--config', '.dependency-cruiser.cjs']],
  ['dead code', 'knip', []],
  ['generated docs', process.execPath, ['scripts/generate.js', '--check']],
  ['size of the page', process.execPath, ['scripts/page-size.js']],
];
let failed = 0;
for (const [name, program, args] of checks) {
  const command = program === process.execPath ? program : `${bin}${program}`;
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) failed++;
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name}`);
}
console.log(`${checks.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
