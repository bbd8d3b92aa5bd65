// `npm run bench:page [-- RECORDS]`: the page in a real browser over 5,000,000 synthetic records, or as many as are named.
// Needs Debian's chromium.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { root, setUp } from './setup.js';

setUp();
const { build } = await import('./build.js');
await build();
const records = Number(process.argv[2] ?? 5_000_000);
const data = `${root}bench/data`;
mkdirSync(data, { recursive: true });
const file = `${data}/store-${records}.ndjson`;
const run = (...args) => spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 70;
if (!existsSync(file)) run('bench/store/records.js', String(records), file);
process.exitCode = run('bench/page/page-bench.js', String(records), file, `${data}/page`);
rmSync(`${data}/page`, { recursive: true, force: true });
