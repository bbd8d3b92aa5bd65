// A journal file of a newer format: said loudly, read as far as it goes, and not well until a person has looked.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { scratchFolders } from './support/folder.ts';
import { writeJournal } from './support/journal-writer.ts';

const program = fileURLToPath(new URL('../bin/katalog.js', import.meta.url));
const folderOf = scratchFolders();
const FLAGS_AT = 12;
const UNKNOWN = 0x40;

test('an unknown incompatible flag', () => {
  const folder = folderOf('journal-health');
  const bytes = writeJournal([{ realtimeUs: 1.7e15, fields: ['MESSAGE=one', 'SYSLOG_IDENTIFIER=kata'] }]);
  bytes.writeUInt32LE(bytes.readUInt32LE(FLAGS_AT) | UNKNOWN, FLAGS_AT);
  fs.writeFileSync(path.join(folder, 'system.journal'), bytes);
  const config = path.join(folder, 'fluent.conf');
  fs.writeFileSync(
    config,
    `<source>\n  @type systemd\n  path ${folder}\n  tag j\n  read_from_head true\n</source>\n<match **>\n  @type null\n</match>\n`,
  );
  const args = ['run', '-c', config, '--once', '--state-dir', path.join(folder, 'state'), '--host-id', 'test'];
  const { status, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
  expect(stderr).toMatch(/\[error\].*system\.journal.*incompatible flags 0x40 are not known/);
  expect(status).toBe(1);
});
