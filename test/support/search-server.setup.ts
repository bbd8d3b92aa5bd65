// Starts one search server for all suites that need one, and says in one line where there cannot be one.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { TestProject } from 'vitest/node';
import { failureText } from '../../src/core/failure.ts';
import { missingForSearchNode, type SearchNode, startSearchNode } from './search-node.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** URL of the server; empty where there is none. */
    searchServerUrl: string;
    /** Why there is none. */
    searchServerMissing: string;
  }
}

/** Called by vitest before the first suite; what it returns is called after the last. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'katalog-search-node-'));
  const node = await start(directory);
  const isThere = typeof node !== 'string';
  project.provide('searchServerMissing', isThere ? '' : node);
  project.provide('searchServerUrl', isThere ? node.url : '');
  if (!isThere) console.log(`skipped: no search server (${node})`);
  return async () => {
    if (isThere) await node.stop();
    fs.rmSync(directory, { recursive: true, force: true });
  };
}

/** The node, or in one line why there is none: the suites without it run all the same. */
async function start(directory: string): Promise<SearchNode | string> {
  const missing = missingForSearchNode();
  if (missing !== undefined) return missing;
  try {
    return await startSearchNode(directory);
  } catch (thrown) {
    console.error(thrown);
    return failureText(thrown).split('\n', 1)[0] ?? '';
  }
}
