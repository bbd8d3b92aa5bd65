// Starts one search server for all suites that need one, and says in one line where there cannot be one.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { TestProject } from 'vitest/node';
import { missingForSearchNode, startSearchNode } from './search-node.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** URL of the server; empty where there is none. */
    searchServerUrl: string;
    /** Why there is none. */
    searchServerMissing: string;
  }
}

/** Called by vitest before the first suite; what it returns is called after the last. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const missing = missingForSearchNode();
  project.provide('searchServerMissing', missing ?? '');
  if (missing !== undefined) {
    console.log(`skipped: no search server (${missing})`);
    project.provide('searchServerUrl', '');
    return undefined;
  }
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'katalog-search-node-'));
  const node = await startSearchNode(directory);
  project.provide('searchServerUrl', node.url);
  return async () => {
    await node.stop();
    fs.rmSync(directory, { recursive: true, force: true });
  };
}
