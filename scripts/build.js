// Builds dist/: the scanner module, the query parser, the page, and one bundle of the program. Does nothing when the
// results are newer than every source.
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildKql } from './build-kql.js';
import { buildWasm } from './build-wasm.js';
import { buildWeb } from './build-web.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const result = `${root}dist/katalog.cjs`;

function upToDate() {
  if (!existsSync(result)) return false;
  const madeMs = statSync(result).mtimeMs;
  const sources = readdirSync(`${root}src`, { recursive: true }).map((name) => `${root}src/${name}`);
  return [...sources, `${root}package.json`, fileURLToPath(import.meta.url)].every(
    (path) => statSync(path).mtimeMs < madeMs,
  );
}

/** Chunks of an older build would stay. */
function removeBundle() {
  mkdirSync(`${root}dist`, { recursive: true });
  for (const name of readdirSync(`${root}dist`)) if (/\.c?js$/.test(name)) rmSync(`${root}dist/${name}`);
}

/** Builds unless dist/ is up to date; whether it did. */
export async function build() {
  await buildWasm();
  await buildKql();
  const isPageNew = await buildWeb();
  if (upToDate()) return isPageNew;
  const { rolldown } = await import('rolldown');
  removeBundle();
  const bundle = await rolldown({
    input: { katalog: `${root}src/cli/main.ts` },
    platform: 'node',
    // Loaded when they are needed; the rest is small or used at once.
    external: ['@duckdb/node-api', /^@?fastify/, 'prom-client'],
  });
  // Node starts CommonJS in two thirds of the CPU time that it takes for ES modules.
  const names = { entryFileNames: '[name].cjs', chunkFileNames: '[name].cjs' };
  await bundle.write({ dir: `${root}dist`, format: 'cjs', minify: false, ...names });
  await bundle.close();
  return true;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log((await build()) ? 'built dist/katalog.cjs' : 'dist/katalog.cjs is up to date');
}
