// `npm run test:journals -- DIR`: a corpus of real journals with the answers of the real journalctl; DIR is the unpacked folder,
// the archive, or the folder that holds it. Ends with the line `N passed, N failed`.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { root, setUp } from './setup.js';

setUp();
const { build } = await import('./build.js');
await build();
const { runSuite } = await import('./run-suite.js');

const ARCHIVE = 'journals.tar.xz';
const named = resolve(process.argv[2] ?? `${root}../shared/corpus`);
const given = existsSync(join(named, ARCHIVE)) ? join(named, ARCHIVE) : named;
if (!existsSync(given)) {
  console.error(`there is no ${given}; usage: npm run test:journals -- DIR`);
  process.exit(64);
}
const unpacked = statSync(given).isDirectory() ? undefined : mkdtempSync(join(tmpdir(), 'katalog-journals-'));
if (unpacked) execFileSync('tar', ['xf', given, '-C', unpacked], { stdio: 'inherit' });
const folder = unpacked ?? given;
process.env.KATALOG_JOURNALS = existsSync(join(folder, 'journals')) ? join(folder, 'journals') : folder;
try {
  process.exitCode = await runSuite({ config: `${root}vitest.journals.config.ts` });
} finally {
  if (unpacked) rmSync(unpacked, { recursive: true, force: true });
}
