// No secret of a configuration is ever printed by the program: check, config, explain and run on planted secrets.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { scratchFolders } from '../support/folder.ts';
import { planted, SECRET } from '../support/planted-secrets.ts';

const program = fileURLToPath(new URL('../../bin/katalog.js', import.meta.url));
const folderOf = scratchFolders();

test.each(planted)('%s', (_, text) => {
  const folder = folderOf('secrets');
  const file = path.join(folder, 'fluent.conf');
  fs.writeFileSync(file, text);
  const commands = [
    'check --live',
    'check --json --strict',
    'config --json',
    'config --modern',
    'explain',
    'run --once',
  ];
  for (const command of commands) {
    const args = [
      program,
      ...command.split(' '),
      '-c',
      file,
      ...(command.startsWith('run') ? ['--state-dir', folder] : []),
    ];
    const env = { ...process.env, PLANTED: SECRET };
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env, timeout: 60_000 });
    expect([0, 1, 78], stderr).toContain(status);
    expect(stdout + stderr).not.toContain(SECRET);
  }
});
