// Scratch folders of a test file, removed at its end; kept where KATALOG_KEEP is set.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll } from 'vitest';

export function scratchFolders(): (name: string) => string {
  const made: string[] = [];
  afterAll(() => {
    if (process.env['KATALOG_KEEP']) return;
    for (const folder of made) fs.rmSync(folder, { recursive: true, force: true });
  });
  return (name) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), `katalog-${name}-`));
    made.push(folder);
    return folder;
  };
}
