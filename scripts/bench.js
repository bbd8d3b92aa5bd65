// `npm run bench`: builds, then measures; with `journal` as the first argument the journal reader. See bench/README.md.
import { spawnSync } from 'node:child_process';
import { root, setUp } from './setup.js';

setUp();
const { build } = await import('./build.js');
await build();
const [what, ...others] = process.argv.slice(2);
const command = what === 'journal' ? ['bench/journal.js', ...others] : ['bench/bench.js', ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, command, {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = status ?? 70;
