// `npm run bench`: builds, then measures; see bench/README.md.
import { spawnSync } from 'node:child_process';
import { root, setUp } from './setup.js';

setUp();
const { build } = await import('./build.js');
await build();
const { status } = spawnSync(process.execPath, ['bench/bench.js', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = status ?? 70;
