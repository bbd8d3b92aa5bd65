// `npm run bench:store [-- RECORDS]`: the embedded store with 10,000,000 synthetic records, or as many as are named.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { root, setUp } from './setup.js';

setUp();
const { build } = await import('./build.js');
await build();
const records = Number(process.argv[2] ?? 10_000_000);
const data = `${root}bench/data`;
mkdirSync(data, { recursive: true });
const file = `${data}/store-${records}.ndjson`;
const run = (...args) => spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 70;
if (!existsSync(file)) run('bench/store/records.js', String(records), file);
const { rolldown } = await import('rolldown');
const bundle = await rolldown({ input: `${root}bench/store/store-bench.ts`, platform: 'node', external: [/^@duckdb/] });
await bundle.write({ file: `${data}/store-bench.mjs`, format: 'esm', codeSplitting: false });
await bundle.close();
process.exitCode = run(`${data}/store-bench.mjs`, String(records), file, `${data}/store`);
rmSync(`${data}/store`, { recursive: true, force: true });
