// `npm run bench`: builds, then measures; with `journal` or `kata` as the first argument the journal reader, or what
// understanding Kata costs. See bench/README.md.
import { spawnSync } from 'node:child_process';
import { root, setUp } from './setup.js';

setUp();
const { build } = await import('./build.js');
await build();
const [what, ...others] = process.argv.slice(2);
const SUITES = ['journal', 'kata'];
const command = SUITES.includes(what) ? [`bench/${what}.js`, ...others] : ['bench/bench.js', ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, command, {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = status ?? 70;
