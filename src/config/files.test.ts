import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import { EnvironmentError } from '../core/failure.ts';
import { diskFiles } from './files.ts';

/** A directory below one whose name begins with a dot. */
function directory(names: readonly string[]): string {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'config-files-'));
  const dir = path.join(root, '.conf.d');
  fs.mkdirSync(path.join(dir, 'sub'), { recursive: true });
  for (const name of names) fs.writeFileSync(path.join(dir, name), name);
  return dir;
}

test.each([
  ['*.conf', ['10-a.conf', '20-b.conf', 'link.conf']],
  ['{20,10}-*.conf', ['10-a.conf', '20-b.conf']],
  ['10-a.conf', ['10-a.conf']],
  ['[x].conf', ['[x].conf']],
  ['none.conf', []],
  ['none-*.conf', []],
  ['**/*.txt', ['c.txt', 'sub/d.txt']],
])('%s', (pattern, expected) => {
  const dir = directory(['20-b.conf', '10-a.conf', '.swap.conf', 'c.txt', 'sub/d.txt']);
  fs.symlinkSync('10-a.conf', path.join(dir, 'link.conf'));
  if (pattern.startsWith('[')) fs.writeFileSync(path.join(dir, pattern), '');
  const found = diskFiles.glob(path.join(dir, pattern));
  expect(found.map((file) => path.relative(dir, file))).toEqual(expected);
});

test('a file that cannot be read is a broken world', () => {
  const dir = directory(['a.conf']);
  expect(diskFiles.readFile(path.join(dir, 'a.conf'))).toBe('a.conf');
  expect(() => diskFiles.readFile(path.join(dir, 'b.conf'))).toThrow(EnvironmentError);
  expect(() => diskFiles.readFile(dir)).toThrow(EnvironmentError);
});
