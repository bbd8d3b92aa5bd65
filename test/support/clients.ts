// The official clients of Elasticsearch and OpenSearch, installed into the cache folder from their own lockfile: they
// weigh 58 MB, and only one suite needs them.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('./clients/', import.meta.url));
const cache = process.env['KATALOG_CACHE'] ?? fileURLToPath(new URL('../../.cache/', import.meta.url));

export const CLIENTS = ['elasticsearch-9', 'elasticsearch-8', 'elasticsearch-7', 'opensearch-3'] as const;
export type ClientName = (typeof CLIENTS)[number];

/** What the tests use of a client; the answers of version 7 and of OpenSearch lie in `body`. */
export interface Client {
  bulk(request: object): Promise<Readonly<Record<string, unknown>>>;
  count(request: object): Promise<Readonly<Record<string, unknown>>>;
  mget(request: object): Promise<Readonly<Record<string, unknown>>>;
  close(): Promise<void>;
}

/** Installs the clients unless they are there. @throws when npm cannot. */
export function installClients(): void {
  const folder = path.join(cache, 'clients');
  const lock = fs.readFileSync(path.join(here, 'package-lock.json'), 'utf8');
  const installed = path.join(folder, 'node_modules', '.installed');
  if (fs.existsSync(installed) && fs.readFileSync(installed, 'utf8') === lock) return;
  fs.mkdirSync(folder, { recursive: true });
  for (const name of ['package.json', 'package-lock.json'])
    fs.copyFileSync(path.join(here, name), path.join(folder, name));
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', folder];
  const { status, stderr, error } = spawnSync('npm', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm cannot install the clients:\n${stderr}`, { cause: error });
  fs.writeFileSync(installed, lock);
}

export function openClient(name: ClientName, url: string, password: string): Client {
  const load = createRequire(path.join(cache, 'clients', 'package.json'));
  const { Client: Own } = load(name) as { readonly Client: new (options: object) => Client };
  const auth = { username: 'shipper', password };
  return new Own({ node: url, auth, maxRetries: 0 });
}
