// The two commands of the README on a fresh clone: `npm start` sets up by itself and imports the samples.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { scratchFolders } from '../support/folder.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const SUMMARY = /^[\d,]+ records from [\d.]+ MB in /m;

const folderOf = scratchFolders();

/** Runs `npm start` until it has told what it imported, or has ended. @returns everything that it printed. */
async function start(clone: string): Promise<string> {
  const child = spawn('npm', ['start'], { cwd: clone, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  await new Promise<void>((resolve) => {
    const take = (chunk: Buffer): void => {
      text += chunk.toString('utf8');
      if (SUMMARY.test(text)) resolve();
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('close', () => resolve());
  });
  await end(child);
  return text;
}

/** It may go on to serve the page. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  const closed = new Promise((resolve) => child.once('close', resolve));
  try {
    process.kill(-child.pid, 'SIGTERM');
  } catch {
    // It has just ended by itself.
  }
  await closed;
}

test('npm start on a fresh clone installs, builds and imports; the second time it only imports', async () => {
  const clone = path.join(folderOf('clone'), 'katalog');
  execFileSync('git', ['clone', '--quiet', root, clone]);
  const first = await start(clone);
  expect(first).toMatch(SUMMARY);
  expect(first).toContain('installing packages');
  const second = await start(clone);
  expect(second).toMatch(SUMMARY);
  expect(second).not.toContain('installing packages');
  expect(execFileSync('git', ['status', '--porcelain'], { cwd: clone, encoding: 'utf8' })).toBe('');
});
