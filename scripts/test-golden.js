// `npm run test:golden -- DIR`: cases recorded from real Fluentd; ends with the line `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root, setUp } from './setup.js';

setUp();
const { build } = await import('./build.js');
await build();
const directory = process.argv[2];
// The journal of the systemd cases lies beside the cases.
const journal = directory && join(directory, '../fluentd-journal');
const env = journal && existsSync(journal) ? { JOURNAL_DIR: journal, ...process.env } : process.env;
const args = [`${root}bin/katalog.js`, 'test', ...process.argv.slice(2)];
process.exitCode = spawnSync(process.execPath, args, { stdio: 'inherit', env }).status ?? 70;
