// The program store-child.ts as a file that Node runs.
import * as path from 'node:path';
import { rolldown } from 'rolldown';

/** @returns the file, which the caller removes; it lies beside the packages that it loads. */
export async function buildStoreChild(name: string): Promise<string> {
  const file = path.join(import.meta.dirname, '../../node_modules', `.store-child-${name}-${process.pid}.mjs`);
  const input = path.join(import.meta.dirname, 'store-child.ts');
  const bundle = await rolldown({ input, platform: 'node', external: [/^@duckdb/] });
  await bundle.write({ file, format: 'esm', codeSplitting: false });
  await bundle.close();
  return file;
}
