// Where a command's records are: one place that knows how they are named on the command line and opened.
import * as path from 'node:path';
import { type Command, Option } from 'commander';
import { systemClock } from '../pipeline/system-clock.ts';
import { clusterConnection } from '../search/connection.ts';
import type { LogStore } from '../store/log-store.ts';
import { defaultStateDirectory } from './state-directory.ts';

/** Options as commander reads them. */
export interface LogPlace {
  readonly store?: string;
  readonly es?: string;
  readonly index: string;
  readonly esCa?: string;
  readonly esInsecure?: true;
}

/** What the outputs `elasticsearch` and `opensearch` write with logstash_format. */
const INDICES = 'logstash-*';

/** Adds the options that say where the records are. */
export function withLogPlace(command: Command): Command {
  return withCluster(
    command.addOption(new Option('--store <dir>', `the embedded store (default: ${defaultStore()})`).conflicts('es')),
  );
}

/** Adds the options that say which cluster is read. */
export function withCluster(command: Command): Command {
  return command
    .option(
      '--es <url>',
      'read Elasticsearch or OpenSearch instead: https://host:9200; credentials in the URL, or in the environment: KATALOG_ES_API_KEY, KATALOG_ES_USER and KATALOG_ES_PASSWORD',
    )
    .option('--index <pattern>', 'its indices, separated by commas', INDICES)
    .option('--es-ca <file>', 'certificates that are trusted instead of those of the system')
    .option('--es-insecure', 'take any certificate');
}

/**
 * Opens the records for reading, beside whoever writes them.
 * @throws {EnvironmentError} `store/…`, `search/address`, `search/tls-file`
 */
export async function openLogs({ store, ...place }: LogPlace): Promise<LogStore> {
  if (place.es !== undefined) return openCluster({ ...place, es: place.es });
  // Loaded here: a command that reads files starts without DuckDB.
  const { openForReading } = await import('../store/open-store.ts');
  return openForReading(store ?? defaultStore(), systemClock);
}

async function openCluster({ es: url, index, esCa: ca, esInsecure }: LogPlace & { es: string }): Promise<LogStore> {
  const { ClusterStore } = await import('../store/cluster/cluster-store.ts');
  const { KATALOG_ES_API_KEY: apiKey, KATALOG_ES_USER: user, KATALOG_ES_PASSWORD: password } = process.env;
  const credentials = { apiKey, user, password };
  const options = clusterConnection({ url, credentials, ca, isInsecure: esInsecure === true });
  return new ClusterStore(options, index, systemClock);
}

/** The store of this host. */
export function defaultStore(): string {
  return path.join(defaultStateDirectory(), 'store');
}
