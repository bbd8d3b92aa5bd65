// `npm start`: sets up, builds, imports the sample logs into the embedded store and serves the page.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { root, setUp } from './setup.js';

setUp();
const { build } = await import('./build.js');
if (await build()) console.error('built dist/katalog.cjs');
const samples = `${root}samples/logs`;
const { generateSamples } = await import('../samples/generate.js');
// Files that are right already are left as they are.
generateSamples(samples);
// The samples are imported anew each time: nothing is remembered of the last one.
const state = `${root}.cache/samples-state`;
rmSync(state, { recursive: true, force: true });
const logs = ['kata-runtime.log', 'kata-json.log', 'kata-agent.log', 'console.log'].map((name) => `${samples}/${name}`);
const args = ['bin/katalog.js', 'up', ...logs, '--state-dir', state, '--host-id', 'samples', ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
process.exitCode = status ?? 70;
