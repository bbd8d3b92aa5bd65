// `npm start`: sets up, builds, and imports the sample logs.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { root, setUp } from './setup.js';

setUp();
const { build } = await import('./build.js');
if (await build()) console.error('built dist/katalog.cjs');
const samples = `${root}samples/logs`;
if (!existsSync(samples)) {
  const { generateSamples } = await import('../samples/generate.js');
  generateSamples(samples);
  console.error('made the sample logs in samples/logs');
}
// The samples are imported anew each time: nothing is remembered of the last one.
const state = `${root}.cache/samples-state`;
rmSync(state, { recursive: true, force: true });
const { status } = spawnSync(
  process.execPath,
  ['bin/katalog.js', 'run', '-c', 'examples/samples.conf', '--once', '--summary', '--state-dir', state],
  { cwd: root, stdio: 'inherit', env: { ...process.env, KATALOG_SAMPLES: samples } },
);
process.exitCode = status ?? 70;
