// Builds the page (web/) into dist/web. Does nothing when the result is newer than every source.
import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = new URL('../', import.meta.url);
const result = new URL('dist/web/index.html', root);
/** What the page is made of: its own folder, and the two places of the program that it may use. */
const SOURCES = ['web', 'src/api/contract.ts', 'src/formats/kql', 'package-lock.json'];

function modifiedMs(url) {
  return statSync(url, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function filesBelow(name) {
  const url = new URL(name, root);
  if (!statSync(url).isDirectory()) return [url];
  return [url, ...readdirSync(url, { recursive: true }).map((file) => new URL(`${name}/${file}`, root))];
}

function upToDate() {
  const madeMs = modifiedMs(result);
  return SOURCES.flatMap(filesBelow).every((url) => modifiedMs(url) < madeMs);
}

/** Builds unless dist/web is up to date; whether it did. */
export async function buildWeb() {
  if (upToDate()) return false;
  const { build } = await import('vite');
  const { NODE_ENV: before } = process.env;
  await build({ configFile: fileURLToPath(new URL('web/vite.config.ts', root)), logLevel: 'warn' });
  // Vite says "production": whoever builds and goes on, as the tests do, would install packages without those of developers.
  if (before === undefined) delete process.env.NODE_ENV;
  else process.env.NODE_ENV = before;
  return true;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log((await buildWeb()) ? 'built dist/web' : 'dist/web is up to date');
}
