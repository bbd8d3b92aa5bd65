// `npm run bench:store [-- RECORDS [OPENSEARCH-RECORDS]]`: the embedded store with 1,000,000 synthetic records, or as many
// as are named, and as many of them in OpenSearch (0: without it; it needs java and mvn).
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { root, setUp } from './setup.js';

setUp();
const { build } = await import('./build.js');
await build();
const records = Number(process.argv[2] ?? 1_000_000);
const others = Number(process.argv[3] ?? records);
const data = `${root}bench/data`;
mkdirSync(data, { recursive: true });
const file = `${data}/store-${records}.ndjson`;
const run = (...args) => spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 70;
if (!existsSync(file)) run('bench/store/records.js', String(records), file);
const { rolldown } = await import('rolldown');
// The bundle lies beside test/support/search-node.ts, which finds its node by its own place.
const program = `${root}test/support/.store-bench.mjs`;
const bundle = await rolldown({ input: `${root}bench/store/store-bench.ts`, platform: 'node', external: [/^@duckdb/] });
await bundle.write({ file: program, format: 'esm', codeSplitting: false });
await bundle.close();
process.exitCode = run(program, String(records), file, `${data}/store`, String(others));
for (const left of [program, `${data}/store`, `${data}/store-sealing`]) rmSync(left, { recursive: true, force: true });
